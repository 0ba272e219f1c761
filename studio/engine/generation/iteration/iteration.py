"""Going on from a picture by one way: what is tried is drawn, measured and sorted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError
from studio.engine.evaluation.nearest_picture import Nearest, NearestPicture
from studio.engine.generation.iteration.subject import Subject
from studio.engine.generation.iteration.way import Way
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.said import Said


@dataclass(frozen=True)
class Candidate:
    """A picture, uint8 [h, w, c], and its figure; what it is kept as is its recipe."""

    recipe: LatentRecipe
    pixels: Pixels
    figure: float
    number: int
    """0 is the picture that it began with."""


class Progress(NamedTuple):
    """`done` of `total` is behind it, and `shown` is what was looked at last."""

    done: int
    total: int
    shown: Pixels
    best: Candidate


class Changed(NamedTuple):
    """What a candidate is beside the beginning."""

    apart: float | None
    """Standard deviations between the points, root of the mean square; None where the latent is
    made of parts that are drawn."""
    inside: float | None
    """Levels of 255 by which pixels changed on the mean where the mask lets them; None without."""
    outside: float | None
    """And where it does not."""
    whole: float
    """And everywhere."""
    nearest: Nearest | None
    """The training picture that it is nearest to; None where these are gone."""


class Iteration:
    """Iterating tries, as long as it is wanted; `best_first` has what may be kept so far, and the
    beginning among it."""

    def __init__(self, subject: Subject, way: Way) -> None:
        """Raises :class:`StudioError` where it cannot begin."""
        way.ready(subject)
        self.subject, self.way = subject, way
        self.measure: Said = way.measure(subject)
        figure = way.figure(subject, subject.pixels)
        self.beginning = Candidate(subject.recipe, subject.pixels, figure, 0)
        self._found: list[Candidate] = []
        self._nearest: NearestPicture | None = None
        self._is_known = False

    def __iter__(self) -> Iterator[Progress]:
        way, player = self.way, self.subject.player
        number = 0
        for tried in way.tried(self.subject):
            pixels = player.picture(tried.recipe)
            if tried.is_whole:
                number += 1
                figure = way.figure(self.subject, pixels)
                self._take(Candidate(tried.recipe, pixels, figure, number))
            shown = pixels if way.several else self.best_first()[0].pixels
            yield Progress(tried.done, tried.total, shown, self.best_first()[0])

    def _take(self, made: Candidate) -> None:
        if not np.isfinite(made.figure):
            return
        if self.way.several:
            self._found.append(made)
        elif self._is_better(made, self._found[0] if self._found else self.beginning):
            self._found = [made]

    def _is_better(self, one: Candidate, two: Candidate) -> bool:
        return one.figure > two.figure if self.way.rising else one.figure < two.figure

    def best_first(self) -> list[Candidate]:
        """Sorted by figure; of equal ones the beginning, then the first, stays first."""
        sign = -1.0 if self.way.rising else 1.0
        return sorted([self.beginning, *self._found], key=lambda each: sign * each.figure)

    def changed(self, found: Candidate) -> Changed:
        """How a candidate differs from the beginning, and what it is near to."""
        before, after = (each.pixels.astype(np.float32) for each in (self.beginning, found))
        gaps = np.abs(after - before).mean(2)
        weights = self.subject.given.weights if self.way.wants_region else None
        inside = outside = None
        if weights is not None:
            inside = float(gaps[weights > 0].mean())
            outside = float(gaps[weights == 0].mean()) if (weights == 0).any() else None
        apart = self.subject.apart(found.recipe)
        return Changed(apart, inside, outside, float(gaps.mean()), self._near(found.pixels))

    def _near(self, pixels: Pixels) -> Nearest | None:
        if not self._is_known:
            self._is_known = True
            try:
                self._nearest = NearestPicture(self.subject.project, self.subject.run)
            except StudioError:
                self._nearest = None
        return None if self._nearest is None else self._nearest.of(pixels)
