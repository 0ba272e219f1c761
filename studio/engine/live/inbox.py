"""What has arrived and was not looked at yet: of each source the newest value, and no more.

A flood fills nothing: a value that nobody took is replaced by the next of its source.
"""

from __future__ import annotations

import heapq
import itertools
import math
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.engine.live.osc import Argument, Message
from studio.engine.said import NOTHING, Said

FARTHEST = 60.0
"""Seconds that a message may be meant for later; beyond, the clocks of two machines differ."""
MOST_WAITING = 4096
"""Messages that are meant for later."""
MOST_SOURCES = 4096
"""That are remembered at a time; a flood of addresses that nobody knows is no memory."""
_MOST_PARTS = 16


class Arrival(NamedTuple):
    """A value and when it came, in seconds of the inbox's clock."""

    value: float | str
    at: float


@dataclass
class Tally:
    """What came in since listening began."""

    messages: int = 0
    taken: int = 0
    """Values that reached the picture."""
    replaced: int = 0
    """Values for which a newer one came before the picture was drawn."""
    refused: Counter[str] = field(default_factory=Counter)
    """How many were left out, by the reason."""
    last: Said = NOTHING
    """The newest reason, with what it was about."""

    @property
    def left_out(self) -> int:
        return self.refused.total()


class Inbox:
    """Filled by the threads that listen, emptied by the one that plays."""

    def __init__(self, clock: Callable[[], float], wall: Callable[[], float]) -> None:
        """`clock` counts seconds evenly; `wall` is seconds since 1970, as time stamps are."""
        self.clock, self._wall = clock, wall
        self.tally = Tally()
        self._newest: dict[str, Arrival] = {}
        self._later: list[tuple[float, int, str, float | str]] = []
        self._number = itertools.count()
        self._guard = threading.Lock()

    def put_messages(self, messages: Sequence[Message]) -> None:
        """What a packet said. Several values of a message are sources of their own, `/xy:1`."""
        now, today = self.clock(), self._wall()
        with self._guard:
            for address, arguments, at in messages:
                self.tally.messages += 1
                parts = arguments[:_MOST_PARTS] or (1.0,)  # a bare address is a button
                for number, each in enumerate(parts, 1):
                    source = address if len(parts) == 1 else f"{address}:{number}"
                    self._put(source, each, now, 0.0 if at is None else at - today)

    def put(self, source: str, value: float) -> None:
        """One value of another kind of source, now."""
        with self._guard:
            self.tally.messages += 1
            self._put(source, value, self.clock(), 0.0)

    def refuse(self, kind: str, said: Said) -> None:
        """Count what could not be understood."""
        with self._guard:
            self._refuse(kind, said)

    def _put(self, source: str, value: Argument, now: float, delay: float) -> None:
        if not isinstance(value, str):
            value = float(value)
            if not math.isfinite(value):
                said = Said("{source} sent a value that is no number.", source=source[:80])
                self._refuse("no number", said)
                return
        if delay > FARTHEST:
            said = Said(
                "{source} is meant for {n} s from now: set the clocks of both machines alike.",
                source=source[:80], n=round(delay),
            )  # fmt: skip
            self._refuse("too far ahead", said)
        elif delay > 0:
            self._wait(now + delay, source, value)
        else:
            self._arrive(source, Arrival(value, now))

    def _wait(self, due: float, source: str, value: float | str) -> None:
        if len(self._later) >= MOST_WAITING:
            said = Said("More than {n} values wait for later.", n=MOST_WAITING)
            self._refuse("too many ahead", said)
            return
        heapq.heappush(self._later, (due, next(self._number), source, value))

    def _arrive(self, source: str, arrival: Arrival) -> None:
        if source in self._newest:
            self.tally.replaced += 1
        elif len(self._newest) >= MOST_SOURCES:
            self._refuse("too many sources", Said("More than {n} addresses at once.",
                                                  n=MOST_SOURCES))  # fmt: skip
            return
        self._newest[source] = arrival

    def _refuse(self, kind: str, said: Said) -> None:
        self.tally.refused[kind] += 1
        self.tally.last = said

    def take(self) -> dict[str, Arrival]:
        """The newest value of each source that is due, oldest source first, and none twice."""
        now = self.clock()
        with self._guard:
            while self._later and self._later[0][0] <= now:
                due, _, source, value = heapq.heappop(self._later)
                self._arrive(source, Arrival(value, due))
            taken, self._newest = self._newest, {}
            self.tally.taken += len(taken)
            return taken

    @property
    def due(self) -> float | None:
        """When there is something to take: now, later, or None for never."""
        with self._guard:
            if self._newest:
                return self.clock()
            return self._later[0][0] if self._later else None
