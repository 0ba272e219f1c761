"""A desk without a network, whose clock is set by hand, and a machine with MIDI inputs."""

from __future__ import annotations

from collections.abc import Callable

from models.facts import Ability
from studio.engine.live.controls import Playable, Way
from studio.engine.live.desk import Desk
from studio.engine.live.inbox import Inbox
from studio.engine.live.midi import Message as Midi
from studio.engine.live.osc import Argument, Message
from studio.engine.live.setup import Setup
from studio.engine.live.tempo import Tempo

TODAY = 1_800_000_000.0
KEY = "pca-0123456789abcdef"
MODEL = Playable(
    (Ability.TRUNCATION, Ability.BLEND, Ability.NOISE, Ability.DIRECTIONS, Ability.BEND),
    ("cats", "dogs"), (Way(KEY, "pca", 1, "Warmth"),),
)  # fmt: skip
DIRECTION = "/latent/direction/pca/1"


class Stand:
    """A desk that plays `MODEL`."""

    def __init__(self, setup: Setup = Setup()) -> None:  # noqa: B008  # frozen
        self.now = 100.0
        self.inbox = Inbox(lambda: self.now, lambda: TODAY + self.now)
        self.tempo = Tempo()
        self.desk = Desk(self.inbox, self.tempo, setup)
        self.desk.play(MODEL)

    def send(self, address: str, *values: Argument, after: float | None = None) -> None:
        at = None if after is None else TODAY + self.now + after
        self.inbox.put_messages([Message(address, values, at)])


class Plugs:
    """A machine whose inputs are put in and pulled out."""

    def __init__(self, *names: str) -> None:
        self.plugged = list(names)
        self.receive: Callable[[Midi], None] | None = None

    def names(self) -> list[str]:
        return list(self.plugged)

    def open(self, name: str, receive: Callable[[Midi], None]) -> Callable[[], None]:
        if name not in self.plugged:
            raise OSError(f"{name} is not there")
        self.receive = receive

        def close() -> None:
            self.receive = None

        return close
