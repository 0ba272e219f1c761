"""Teaching a controller: poses of it, each with a picture, and what lies between them.

What lies between is an interpolation by multiquadrics (Hardy 1971, doi:10.1029/JB076i008p01905)
with a constant: for poses that differ it has one solution, whatever their number and that of
their values (Micchelli 1986, doi:10.1007/BF01893414), goes through every picture exactly, and
needs no training that could end elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from models.facts import Ability
from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Part, pack_latent
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.slerp import Latent

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

MOST_SOURCES = 64
MOST_LESSONS = 64
FEWEST = 2
ALIKE = 0.02
"""Poses no further apart than this, of a controller's whole way, are one."""
_SOFTNESS = 0.25
"""Of the middle distance between poses: how wide the bend is at each of them."""

_MOST_MENDED = 2.0

Place = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Numbers = np.ndarray[Any, np.dtype[np.float64]]


class Lesson(Part):
    """In this pose, this picture."""

    pose: Annotated[tuple[Place, ...], Field(min_length=1, max_length=MOST_SOURCES)]
    recipe: LatentRecipe


class Lessons(Part):
    """All of a controller: whose values a pose is made of, in order, and what was taught."""

    sources: Annotated[tuple[str, ...], Field(max_length=MOST_SOURCES)] = ()
    lessons: Annotated[tuple[Lesson, ...], Field(max_length=MOST_LESSONS)] = ()

    @model_validator(mode="after")
    def _alike(self) -> Self:
        if any(len(each.pose) != len(self.sources) for each in self.lessons):
            raise ValueError("a pose has not as many values as there are sources")
        return self

    def with_lesson(self, pose: Sequence[float], recipe: LatentRecipe) -> Self:
        """With one more; it takes the place of those in the same pose."""
        new = Lesson(pose=tuple(pose), recipe=recipe.unrecorded())
        kept = [each for each in self.lessons if _apart(each.pose, new.pose) > ALIKE]
        return type(self)(sources=self.sources, lessons=(*kept, new))

    def without(self, place: int) -> Self:
        """Without the lesson at a place in their order."""
        kept = (*self.lessons[:place], *self.lessons[place + 1 :])
        return type(self)(sources=self.sources, lessons=kept)


def _apart(one: Sequence[float], two: Sequence[float]) -> float:
    return max(abs(a - b) for a, b in zip(one, two, strict=True))


class Taught:
    """What was taught, on one model: from a pose to a recipe."""

    def __init__(self, player: Player, lessons: Lessons) -> None:
        """:class:`UsageError` where there are too few."""
        if len(lessons.lessons) < FEWEST:
            raise UsageError("Teach at least {n} poses.", n=FEWEST)
        self.sources = lessons.sources
        self._recipes = [each.recipe for each in lessons.lessons]
        self._poses: Numbers = np.array([each.pose for each in lessons.lessons], np.float64)
        player.need(Ability.BLEND)
        points = np.stack([player.latent_of(each) for each in self._recipes])
        begins = self._recipes[0].beginning, self._recipes[1].beginning
        self._centre = player.centre(*begins)
        self._ways = points - self._centre
        self._lengths = np.linalg.norm(self._ways, axis=2, keepdims=True)
        distances = _distances(self._poses, self._poses)
        self._bend = _SOFTNESS * float(np.median(distances[distances > 0]))
        count = len(self._poses)
        system = np.ones((count + 1, count + 1))
        system[:count, :count] = self._kernel(distances)
        system[count, count] = 0.0
        self._solved = np.asarray(np.linalg.inv(system), np.float64)

    def _kernel(self, distances: Numbers) -> Numbers:
        made: Numbers = np.sqrt(distances**2 + self._bend**2)
        return made

    def shares(self, pose: Sequence[float]) -> Numbers:
        """How much of each lesson is in a pose [lessons]; together 1, at a lesson it alone."""
        distances = _distances(np.array([pose], np.float64), self._poses)[0]
        given = np.append(self._kernel(distances), 1.0)
        made: Numbers = (given @ self._solved)[:-1]
        return made

    def point(self, pose: Sequence[float]) -> Latent:
        """w [slots, dim]. Its distance from the middle of the lessons is mixed as its way from
        there is, as on an arc: what lies between typical latents is typical, too."""
        shares = self.shares(pose).astype(np.float32)[:, None, None]
        way = (shares * self._ways).sum(axis=0)
        wanted = np.maximum((shares * self._lengths).sum(axis=0), 0.0)
        length = np.linalg.norm(way, axis=1, keepdims=True)
        # Near the middle there is no way whose length could be mended.
        mended = wanted / np.maximum(np.maximum(length, wanted / _MOST_MENDED), 1e-12)
        made: Latent = (self._centre + way * mended).astype(np.float32)
        return made

    def recipe(self, pose: Sequence[float]) -> LatentRecipe:
        """The picture of a pose: at a lesson its own recipe, between them a point, which is drawn
        as that of the nearest lesson is."""
        distances = _distances(np.array([pose], np.float64), self._poses)[0]
        nearest = int(distances.argmin())
        if distances[nearest] < 1e-6:
            return self._recipes[nearest]
        return self._recipes[nearest].at(pack_latent(self.point(pose)))


def _distances(one: Numbers, two: Numbers) -> Numbers:
    made: Numbers = np.linalg.norm(one[:, None] - two[None, :], axis=2)
    return made
