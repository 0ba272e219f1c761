"""How a picture is made: where it begins, and what moves it from there, in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self, TypeVar

import numpy as np
from pydantic import Field, field_validator, model_validator

from studio.engine.generation.beginnings import Beginning, Part, Played, Point, Psi, Seed, Seeded
from studio.engine.generation.moves.along import Along, Sigma
from studio.engine.generation.moves.base import AnyMove, Move, Share
from studio.engine.generation.moves.blend import Blend, Mix
from studio.engine.generation.moves.residual import Residual
from studio.engine.generation.slerp import Latent
from studio.engine.generation.synthesis import Drawing

Kind = TypeVar("Kind", bound=Move)
MOST_PARENTS = 16


class LatentRecipe(Part):
    """A beginning and moves. `point`, where it was recorded, is what they led to (as
    :attr:`Point.w`): a check, and what a piece is rendered from; playing does not read it.
    """

    beginning: Annotated[Beginning, Field(discriminator="kind")] = Seeded()
    moves: tuple[AnyMove, ...] = ()
    noise_seed: Seed = 0
    point: str | None = None
    descent: Descent | None = None
    """Where it was bred: of whom, and how."""

    @model_validator(mode="before")
    @classmethod
    def _of_flat_form(cls, values: object) -> object:
        if not isinstance(values, Mapping) or values.keys() & {"beginning", "moves", "point"}:
            return values
        return _Flat.model_validate(values).parts()

    def fold(self, played: Played) -> Latent:
        """The point w [slots, dim] that the beginning and the moves lead to."""
        w = self.beginning.place(played)
        for move in self.moves:
            w = move.apply(w, self.beginning, played)
        return np.ascontiguousarray(w, np.float32)

    def drawing(self, played: Played) -> Drawing:
        """How that point is drawn."""
        made = Drawing()
        for move in self.moves:
            move.bend(made, played)
        return made

    @property
    def seed(self) -> int | None:
        """None where it begins at a point."""
        return self.beginning.seed if isinstance(self.beginning, Seeded) else None

    @property
    def along(self) -> tuple[Along, ...]:
        """Its moves along directions."""
        return tuple(move for move in self.moves if isinstance(move, Along))

    @property
    def edits(self) -> dict[int | str, float]:
        """Steps by the number or identity of a direction."""
        return {move.direction: move.sigma for move in self.along}

    @property
    def blend(self) -> Blend | None:
        return self.only(Blend)

    def only(self, kind: type[Kind]) -> Kind | None:
        """Its first move of a kind, if it has one."""
        return next((move for move in self.moves if isinstance(move, kind)), None)

    # What follows makes other recipes of parts that are checked, and so checks nothing again.

    def begun(self, beginning: Beginning) -> Self:
        """The same moves from another beginning; of another picture, without those of this one."""
        psi = {"truncation_psi": self.beginning.truncation_psi}
        same = beginning.model_copy(update=psi) == self.beginning
        moves = tuple(move for move in self.moves if same or not move.of_picture)
        return self.model_copy(update={
            "beginning": beginning, "moves": moves, "point": None,
            "descent": self.descent if same else None,
        })  # fmt: skip

    def unrecorded(self) -> Self:
        """Without the point that was recorded."""
        return self.begun(self.beginning)

    def at(self, point: str) -> Self:
        """Drawn alike, from a point that is given as :attr:`Point.w`."""
        kept = tuple(move for move in self.moves if not move.leads)
        own = {"moves": kept, "descent": self.descent}
        return self.begun(Point(w=point)).model_copy(update=own)

    def with_noise(self, seed: int) -> Self:
        """With the noise of another seed."""
        return self.model_copy(update={"noise_seed": seed, "point": None})

    def moved(self, move: Move) -> Self:
        """With `move` for that of the same control, or else after those of its rank."""
        places = [each.control for each in self.moves]
        if move.control in places:
            at = places.index(move.control)
            rest = self.moves[at + 1 :]
        else:
            at = sum(each.rank <= move.rank for each in self.moves)
            rest = self.moves[at:]
        own = () if move.idle else (move,)
        return self.model_copy(update={"moves": (*self.moves[:at], *own, *rest), "point": None})

    def without(self, control: tuple[str, int | str]) -> Self:
        """With no move of this control."""
        kept = tuple(move for move in self.moves if move.control != control)
        return self.model_copy(update={"moves": kept, "point": None})

    def unmoved(self) -> Self:
        """Of the moves only the seed of a blend stays and what belongs to a picture that was
        brought in, and no truncation."""
        kept = self.blend and Blend(seed=self.blend.seed)
        beginning = self.beginning.model_copy(update={"truncation_psi": 1.0})
        moves = *((kept,) if kept else ()), *(m for m in self.moves if isinstance(m, Residual))
        return self.begun(beginning).model_copy(update={"moves": moves})


class Parent(Part):
    """One of those that a picture was bred of; who bred the parent is told where that is."""

    recipe: LatentRecipe
    name: Annotated[str, Field(max_length=200)] = ""
    """As the artist called it; empty where the recipe says all there is."""

    @field_validator("recipe")
    @classmethod
    def _of_one_generation(cls, recipe: LatentRecipe) -> LatentRecipe:
        """Two recipes of every recipe before would double a file with each generation."""
        if recipe.descent is not None:
            raise ValueError("the parents of a parent are not written down with it")
        return recipe


class Descent(Part):
    """How a picture was bred (:mod:`offspring`): only parents that it has something of."""

    parents: Annotated[tuple[Parent, ...], Field(min_length=1, max_length=MOST_PARENTS)]
    crossover: tuple[Annotated[int, Field(ge=0, lt=MOST_PARENTS)], ...]
    """Whose each slot of its point is, by place in `parents`; where the model has a single slot,
    the two that the point lies between."""
    share: Share | None = None
    """How far it lies on the arc from the first to the second of those, 0 to 1."""
    mutation: Share
    """How far it was led from there towards a picture that chance drew, 0 to 1."""
    seed: Seed
    number: Annotated[int, Field(ge=0)]
    """Of chance: the n-th child of a seed, counted from 0."""

    @model_validator(mode="after")
    def _of_these(self) -> Self:
        if any(who >= len(self.parents) for who in self.crossover):
            raise ValueError("there is no such parent")
        return self


LatentRecipe.model_rebuild()


class _Flat(Part):
    """A recipe as version b1d9e7a wrote it, into projects and files.

    A piece has both its seed with its edits and, in `latent`, the point that was rendered.
    """

    seed: Seed | None = None
    truncation_psi: Psi = 1.0
    label: int | None = None
    noise_seed: Seed = 0
    edits: dict[Annotated[str, Field(pattern="^[0-9]{1,6}$")], Sigma] = Field(default_factory=dict)
    seed_b: Seed | None = None
    mix: Mix = 0.0
    latent: str | None = None

    def parts(self) -> dict[str, object]:
        """The values of a :class:`LatentRecipe`."""
        blend = [] if self.seed_b is None else [Blend(seed=self.seed_b, mix=self.mix)]
        edits = [Along(direction=int(key), sigma=sigma) for key, sigma in self.edits.items()]
        seeded = Seeded(seed=self.seed or 0, truncation_psi=self.truncation_psi, label=self.label)
        if self.latent is not None and self.seed is None:
            return {"beginning": Point(w=self.latent), "noise_seed": self.noise_seed}
        return {
            "beginning": seeded, "moves": (*blend, *edits), "noise_seed": self.noise_seed,
            "point": self.latent,
        }  # fmt: skip
