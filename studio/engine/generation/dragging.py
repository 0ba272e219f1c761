"""Dragging points of a picture to where they are to be.

DragGAN (Pan et al. 2023, arXiv:2305.10973): what the layers say around a handle is moved a
little towards its target by a step of the latent (motion supervision, Eq. 1), and the handle is
looked for again where they say what they said of it at first (point tracking, Eq. 3).

What differs from the paper. A handle is known by a small patch and not by one place, as
small models have a sixteenth of its channels. Steps are taken in standard deviations of the
model's own latents, so that one length of step fits every family. A latent that leaves the
place where these are is pulled back, as most families have no truncated W that holds it.
What a handle is led towards is the patch it had at first and not the last one (as in FreeDrag,
Ling 2023, arXiv:2307.04684), which drifts to a like one beside it: the next window of a facade.
Where a latent is one slot of some hundred numbers, with no W+ of several thousand, the coarsest
layer moves, too (:class:`DraggedLayer`): of ten pulls on a few-picture GAN a direct fit of the
latent to the pulled picture reaches none, and with that layer nine. And the pull goes on for a
while after it has arrived, in which the rest goes back.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.facts import Ability
from models.parameters import Declared, param
from studio.engine.errors import UsageError
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.dragged import Dragged, Handle, Mask, PackedMask, Pull
from studio.engine.generation.moves.residual import Added, DraggedLayer
from studio.engine.generation.slerp import Latent

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

NEAR = 0.4
"""Pixels from its target at which a handle has arrived."""
PATIENCE = 60
"""Steps that may bring a handle no nearer before it is said to be stuck."""
SETTLED = 20
"""Steps after it has arrived."""
_NEARER = 0.25
_SHORTEST = 0.5
"""Of a pull; the pixel is the same one below."""


@dataclass(frozen=True)
class DragOptions(Declared):
    """How pictures are dragged."""

    steps: int = param(
        300, label="Most steps", low=1, high=2_000, step=50,
        help="After so many it stops where it is. It stops earlier where the points have arrived, "
        "or come no nearer.",
    )  # fmt: skip
    hold: float = param(
        2.0, label="Hold the rest", low=0.0, high=1_000.0, step=1.0, term="lambda",
        help="How much it counts that nothing changes where the mask lets nothing move.",
    )  # fmt: skip
    likeness: float = param(
        0.03, label="Stay likely", low=0.0, high=10.0, step=0.01, term="prior weight",
        help="How strongly the picture is kept among those that the model makes by itself. Less "
        "reaches farther, and breaks more.",
    )  # fmt: skip
    reach: float = param(
        1.0, label="Reach", low=0.0, high=4.0, step=0.1, term="feature step (F space)",
        help="How readily the coarsest layer moves too, where a latent has too few numbers to move "
        "a part of the picture alone. 0 moves the latent only.",
    )  # fmt: skip


@dataclass(frozen=True)
class Step:
    """Where a pull stands: the handles [n, 2] in pixels (x, y), w [slots, dim], and what is added
    to the coarsest layer, where it moves."""

    number: int
    handles: tuple[tuple[float, float], ...]
    away: float
    """Pixels from the handle that is farthest from its target to that."""
    w: Latent
    layer: Added | None = None

    @property
    def arrived(self) -> bool:
        return self.away <= NEAR


class Dragging:
    """One pull on the picture of a recipe. Iterating takes the steps, as long as it is wanted;
    other threads may play the model between them."""

    def __init__(
        self,
        player: Player,
        recipe: LatentRecipe,
        handles: Sequence[Handle],
        mask: Mask | None = None,
        options: DragOptions | None = None,
    ) -> None:
        """:class:`UsageError` where it cannot be done. `mask` [h, w] is True where the picture may
        change; None is everywhere."""
        player.need(Ability.DRAG)
        if recipe.drawing(player).other is not None:
            raise UsageError(
                "This picture is drawn by two models, and its points cannot be dragged: take the "
                "mix of models away first."
            )
        spec = player.image_spec
        _check(handles, mask, spec.width, spec.height)
        packed = None if mask is None else PackedMask.of(mask)
        self.pull = Pull(handles=tuple(handles), mask=packed)
        self._player, self._recipe, self._mask = player, recipe, mask
        self._options = options or DragOptions()
        self._start = player.latent_of(recipe)

    def recipe(self, step: Step) -> LatentRecipe:
        """The recipe of the picture that a step has reached."""
        moved = step.w - self._start
        before = self._recipe.only(Dragged)
        pulls: tuple[Pull, ...] = (self.pull,)
        if before is not None:
            moved, pulls = moved + before.offset_of(step.w), (*before.pulls, self.pull)
        used = np.flatnonzero(moved.any(axis=1))
        rows = int(used[-1]) + 1 if len(used) else 0
        made = self._recipe.moved(Dragged.by(moved[:rows], pulls))
        if step.layer is None or not step.layer.any():
            return made
        own = self._recipe.only(DraggedLayer)
        added = step.layer if own is None else step.layer + own.added(self._player)
        return made.moved(DraggedLayer.of(added))

    def done(self, step: Step) -> float:
        """How much of the way was made by the handle that has most left, 0 to 1."""
        lengths = [math.hypot(each.to_x - each.x, each.to_y - each.y) for each in self.pull.handles]
        return min(1.0, max(0.0, 1 - step.away / max(lengths)))

    def changed_outside(self, step: Step) -> float | None:
        """Levels (of 255) by which pixels that were to stay have changed, on the mean; None where
        all might move."""
        if self._mask is None or self._mask.all():
            return None
        pictures = (self._player.picture(each) for each in (self._recipe, self.recipe(step)))
        before, after = (each.astype(np.float32) for each in pictures)
        return float(np.abs(after - before)[~self._mask].mean())

    def __iter__(self) -> Iterator[Step]:
        from studio.engine.generation.point_motion import PointMotion

        options = self._options
        work = PointMotion(
            self._player, self._recipe, self._start, self.pull.handles, self._mask, options.reach
        )
        nearest, since, settled = math.inf, 0, 0
        for number in range(options.steps + 1):
            places, w = work.look()
            gaps = (
                math.hypot(each.to_x - x, each.to_y - y)
                for each, (x, y) in zip(self.pull.handles, places, strict=True)
            )
            step = Step(number, places, max(gaps), w, work.layer())
            yield step
            if step.away < nearest - _NEARER:
                nearest, since = step.away, number
            settled += step.arrived
            if settled > SETTLED or (not settled and number - since >= PATIENCE):
                return
            work.advance(options.hold, options.likeness)


def _check(handles: Sequence[Handle], mask: Mask | None, width: int, height: int) -> None:
    for each in handles:
        for x, y in ((each.x, each.y), (each.to_x, each.to_y)):
            if not (-0.5 <= x <= width - 0.5 and -0.5 <= y <= height - 0.5):
                raise UsageError(
                    "The point {x:g},{y:g} lies outside of the picture, which has {width} × "
                    "{height} pixels: take one inside.",
                    x=round(x, 1), y=round(y, 1), width=width, height=height,
                )  # fmt: skip
        if math.hypot(each.to_x - each.x, each.to_y - each.y) < _SHORTEST:
            raise UsageError(
                "The point {x:g},{y:g} is where it is to go already: drag it farther.",
                x=each.x, y=each.y,
            )  # fmt: skip
    if mask is None:
        return
    if mask.shape != (height, width):
        raise UsageError(
            "The mask has {mask_width} × {mask_height} pixels, the picture {width} × {height}: "
            "make it of the same size.",
            mask_width=mask.shape[1], mask_height=mask.shape[0], width=width, height=height,
        )  # fmt: skip
    for each in handles:
        if not mask[_pixel(each.y, height), _pixel(each.x, width)]:
            raise UsageError(
                "The point {x:g},{y:g} lies where the mask lets nothing move: paint over it, too.",
                x=each.x, y=each.y,
            )  # fmt: skip


def _pixel(place: float, count: int) -> int:
    return min(count - 1, max(0, round(place)))
