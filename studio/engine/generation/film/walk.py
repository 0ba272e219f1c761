"""The walk that a timeline says: the recipe of every moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from studio.engine.errors import UsageError
from studio.engine.generation.film.between import Between
from studio.engine.generation.film.easing import EASINGS
from studio.engine.generation.film.timeline import Timeline, frame_count
from studio.engine.generation.latent_recipe import LatentRecipe

if TYPE_CHECKING:
    from studio.engine.generation.player import Player


class Walk:
    """Play a timeline on a player. Between two keys lies a way, made when it is first gone."""

    def __init__(self, player: Player, timeline: Timeline) -> None:
        if not timeline.keys:
            raise UsageError("A film needs at least one key: add one at the playhead.")
        self._player, self.timeline = player, timeline
        self._times = [key.time for key in timeline.keys]
        self.fps = timeline.rate
        self.count = frame_count(timeline.seconds, self.fps)
        """Frames."""
        self._ways: dict[tuple[int, int], Between] = {}

    def at(self, time: float) -> LatentRecipe:
        """What is seen at `time` in seconds. Before the first key and after the last one that key
        is seen, or, in a loop, the way from the last to the first."""
        line, keys = self.timeline, self.timeline.keys
        place = bisect_right(self._times, time) - 1
        around = place < 0 or place == len(keys) - 1
        if around and not (line.loop and len(keys) > 1):
            return keys[max(0, place)].recipe
        if around:
            begin, end = len(keys) - 1, 0
            start = keys[begin].time - (line.seconds if place < 0 else 0.0)
            length = keys[0].time + line.seconds - keys[begin].time
        else:
            begin, end = place, place + 1
            start, length = keys[begin].time, keys[end].time - keys[begin].time
        rest = length - keys[begin].hold
        share = (time - start - keys[begin].hold) / rest if rest > 0 else 0.0
        return self._way(begin, end).at(EASINGS[keys[begin].easing](min(1.0, max(0.0, share))))

    def _way(self, begin: int, end: int) -> Between:
        if (begin, end) not in self._ways:
            keys = self.timeline.keys
            made = Between(self._player, keys[begin].recipe, keys[end].recipe)
            self._ways[begin, end] = made
        return self._ways[begin, end]

    def recipes(self) -> Iterator[LatentRecipe]:
        """One for every frame."""
        for number in range(self.count):
            yield self.at(float(number / self.fps))
