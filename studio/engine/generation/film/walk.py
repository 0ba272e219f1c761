"""The walk that a timeline says: the recipe of every moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from studio.engine.artwork import Pixels
from studio.engine.errors import UsageError
from studio.engine.generation.film.between import Between
from studio.engine.generation.film.camera import Camera, period, seen
from studio.engine.generation.film.easing import EASINGS, EVEN
from studio.engine.generation.film.pace import Pace
from studio.engine.generation.film.timeline import Timeline, frame_count
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.sound.drive import Driven

if TYPE_CHECKING:
    from studio.engine.generation.player import Player
    from studio.engine.generation.sound.heard import Heard


class Walk:
    """Play a timeline on a player. Between two keys lies a way, made when it is first gone.

    `heard` is the timeline's sound; without it nothing is moved by sound. `pace` remembers what
    was measured for other timelines.
    """

    def __init__(
        self, player: Player, timeline: Timeline, heard: Heard | None = None,
        pace: Pace | None = None,
    ) -> None:  # fmt: skip
        if not timeline.keys:
            raise UsageError("A film needs at least one key: add one at the playhead.")
        self._player, self.timeline = player, timeline
        self._times = [key.time for key in timeline.keys]
        self.fps = timeline.rate
        self.count = frame_count(timeline.seconds, self.fps)
        """Frames."""
        self._ways: dict[tuple[int, int], Between] = {}
        self._pace = pace or Pace(player)
        self._driven = None if heard is None else Driven(player, heard, timeline.drives)

    def at(self, time: float) -> LatentRecipe:
        """What is seen at `time` in seconds, moved by the sound."""
        recipe = self.still(time)
        frame = float(1 / self.fps)
        return recipe if self._driven is None else self._driven.moved(recipe, time, frame)

    def still(self, time: float) -> LatentRecipe:
        """The same without what the sound moves."""
        begin, end, share = self._place(time)
        if begin == end:
            return self.timeline.keys[begin].recipe
        way, easing = self._way(begin, end), self.timeline.keys[begin].easing
        mix = EASINGS[easing](share)
        if easing == EVEN and 0 < mix < 1:
            mix = self._pace.stretch(way).mix(mix)
        return way.at(mix)

    def camera(self, time: float) -> Camera:
        """Where the camera stands then. Its way is eased as that of the picture, and never bent
        to how far the pictures look apart."""
        begin, end, share = self._place(time)
        here, there = (self.timeline.keys[place] for place in (begin, end))
        mix = EASINGS[here.easing](share)
        goal = there.camera
        if end < begin:
            goal = here.camera.before(goal, period(self._player.seamless))
        return goal if mix >= 1 else here.camera.towards(goal, mix) if mix else here.camera

    def picture(self, time: float, larger: Callable[[Pixels], Pixels] = lambda it: it) -> Pixels:
        """What the camera sees at `time` of the picture, which `larger` has made larger."""
        made = larger(self._player.picture(self.at(time)))
        return seen(made, self.camera(time), seamless=self._player.seamless)

    def _place(self, time: float) -> tuple[int, int, float]:
        """The keys that a moment lies between, by their places, and how much of the way's time is
        over, 0 to 1. Before the first key and after the last one it lies at that key, or, in a
        loop, on the way from the last to the first."""
        line, keys = self.timeline, self.timeline.keys
        place = bisect_right(self._times, time) - 1
        around = place < 0 or place == len(keys) - 1
        if around and not (line.loop and len(keys) > 1):
            return max(0, place), max(0, place), 0.0
        if around:
            begin, end = len(keys) - 1, 0
            start = keys[begin].time - (line.seconds if place < 0 else 0.0)
            length = keys[0].time + line.seconds - keys[begin].time
        else:
            begin, end = place, place + 1
            start, length = keys[begin].time, keys[end].time - keys[begin].time
        rest = length - keys[begin].hold
        share = (time - start - keys[begin].hold) / rest if rest > 0 else 0.0
        return begin, end, min(1.0, max(0.0, share))

    def _way(self, begin: int, end: int) -> Between:
        if (begin, end) not in self._ways:
            keys = self.timeline.keys
            made = Between(self._player, keys[begin].recipe, keys[end].recipe)
            self._ways[begin, end] = made
        return self._ways[begin, end]

    @property
    def times(self) -> Iterator[float]:
        """The moment of every frame, in seconds."""
        return (float(number / self.fps) for number in range(self.count))

    def recipes(self) -> Iterator[LatentRecipe]:
        """One for every frame."""
        return map(self.at, self.times)
