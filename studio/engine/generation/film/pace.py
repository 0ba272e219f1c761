"""Even speed: how far apart pictures look along a way, and what lies at every part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.film.between import Between
from studio.engine.generation.film.easing import EVEN, JUMP
from studio.engine.generation.film.timeline import Timeline, frame_count

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

_STEPS = 24
"""Pictures that a way is measured by."""
_REMEMBERED = 1000
_SHORTEST = 1e-3
"""Of all ways together: keys that look alike keep their order."""


@dataclass(frozen=True)
class Stretch:
    """How far one has come at equal steps along a way, from 0."""

    reached: NDArray[np.float64]

    @property
    def length(self) -> float:
        return float(self.reached[-1])

    def mix(self, share: float) -> float:
        """How far along the way, 0 to 1, that share of the distance is reached."""
        if not self.length:
            return share
        steps = np.linspace(0, 1, len(self.reached))
        return float(np.interp(share * self.length, self.reached, steps))


class Pace:
    """Measures ways on one player, in the features that copies are found by: each step from
    picture to picture counts as far as they are from each other there. Remembers them."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self._known: dict[tuple[str, str], Stretch] = {}

    def stretch(self, way: Between) -> Stretch:
        """Made when it is first wanted, of `_STEPS` pictures."""
        key = way.one.model_dump_json(), way.two.model_dump_json()
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[key] = self._measured(way)
        return self._known[key]

    def _measured(self, way: Between) -> Stretch:
        from studio.engine.evaluation.copies import embed

        mixes = np.linspace(0, 1, _STEPS + 1)
        pictures = np.stack([self.player.picture(way.at(float(mix))) for mix in mixes])
        steps = np.linalg.norm(np.diff(embed(pictures).astype(float), axis=0), axis=1)
        return Stretch(np.concatenate([[0.0], np.cumsum(steps)]))


def evened(
    line: Timeline, pace: Pace, cancelled: Callable[[], bool] = lambda: False
) -> Timeline:  # fmt: skip
    """The same keys at other moments: from each to the next it takes as long as they look apart,
    and on the way speed stays the same. Holds and jumps stay.

    :class:`UsageError` where there are less than two keys, or no time is left to move in.
    """
    keys = line.keys
    if len(keys) < 2:
        raise UsageError("Even speed needs at least two keys.")
    ends = [*keys[1:], keys[0]] if line.loop else keys[1:]
    lengths = []
    for one, two in zip(keys, ends, strict=False):
        if cancelled():
            raise StudioError("Stopped; the keys stay where they are.")
        jumps = one.easing == JUMP
        way = Between(pace.player, one.recipe, two.recipe)
        lengths.append(0.0 if jumps else pace.stretch(way).length)
    end = line.seconds
    if not line.loop:
        end = float((frame_count(line.seconds, line.rate) - 1) / line.rate) - keys[-1].hold
    free = end - sum(key.hold for key in keys[: len(lengths)])
    if free <= len(lengths) / float(line.rate):
        raise UsageError("The holds of the keys leave no time to move: make the film longer.")
    parts = np.maximum(lengths, max(sum(lengths), 1e-9) * _SHORTEST)
    spans = parts / parts.sum() * free
    time, made = 0.0, []
    for place, key in enumerate(keys):
        easing = key.easing if key.easing == JUMP else EVEN
        made.append(key.model_copy(update={"time": time, "easing": easing}))
        if place < len(spans):
            time += key.hold + float(spans[place])
    return line.changed(keys=tuple(made))
