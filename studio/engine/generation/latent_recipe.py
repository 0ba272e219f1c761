"""How a picture is made: where it begins, and what moves it from there, in order.

A new way to change a picture is one class here: it names its `kind`, says which control
it belongs to, and folds itself over the point so far.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Protocol, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from studio.engine.errors import StudioError
from studio.engine.generation.slerp import Latent, slerp
from studio.engine.seeds import LARGEST_SEED

FARTHEST = 100.0
"""Standard deviations; far beyond anything that is still a picture."""

Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]
Psi = Annotated[float, Field(ge=0.0, le=1.5)]
Sigma = Annotated[float, Field(ge=-FARTHEST, le=FARTHEST)]
Mix = Annotated[float, Field(ge=0.0, le=1.0)]


class Played(Protocol):
    """What a recipe asks of the model that it is played on. Points are [slots, dim]."""

    def sample(self, beginning: Seeded) -> Latent:
        """Where a seed lies."""

    def read(self, beginning: Point) -> Latent:
        """Where a point lies, which must fit the model."""

    def centre(self, one: Beginning, two: Beginning) -> Latent:
        """What a blend of two goes around."""

    def direction(self, index: int) -> Latent:
        """One standard deviation along a direction."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Seeded(_Part):
    """Begins by chance. Without `label` the seed draws one, where the model knows labels."""

    kind: Literal["seeded"] = "seeded"
    seed: Seed = 0
    truncation_psi: Psi = 1.0
    label: int | None = None

    def place(self, played: Played) -> Latent:
        """The point w [slots, dim]."""
        return played.sample(self)


class Point(_Part):
    """Begins at a point of the model's space: float32 [slots, dim], little-endian, base64."""

    kind: Literal["point"] = "point"
    w: str
    truncation_psi: Psi = 1.0
    label: ClassVar[None] = None
    """It has one, if the model knows labels; which is not known."""

    def place(self, played: Played) -> Latent:
        """The point w [slots, dim]."""
        return played.read(self)


class Along(_Part):
    """`sigma` standard deviations along a direction of the model."""

    kind: Literal["along"] = "along"
    direction: Annotated[int, Field(ge=0)]
    sigma: Sigma
    rank: ClassVar[int] = 1

    @property
    def control(self) -> tuple[str, int]:
        """A recipe has one move of each control."""
        return self.kind, self.direction

    @property
    def idle(self) -> bool:
        """Whether it says nothing."""
        return self.sigma == 0

    def apply(self, w: Latent, _beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        return w + np.float32(self.sigma) * played.direction(self.direction) if self.sigma else w


class Blend(_Part):
    """Towards another seed, of the beginning's truncation and label; `mix` 1 is there."""

    kind: Literal["blend"] = "blend"
    seed: Seed
    mix: Mix = 0.0
    rank: ClassVar[int] = 0
    idle: ClassVar[bool] = False  # it remembers its seed

    @property
    def control(self) -> tuple[str, int]:
        """A recipe has one move of each control."""
        return self.kind, 0

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        if not self.mix:
            return w
        psi, label = beginning.truncation_psi, beginning.label
        other = Seeded(seed=self.seed, truncation_psi=psi, label=label)
        return slerp(w, played.sample(other), self.mix, played.centre(beginning, other))


Beginning = Seeded | Point
Move = Along | Blend


class LatentRecipe(_Part):
    """A beginning and moves. `point`, where it was recorded, is what they led to (as
    :attr:`Point.w`): a check, and what a piece is rendered from; playing does not read it.
    """

    beginning: Annotated[Beginning, Field(discriminator="kind")] = Seeded()
    moves: tuple[Annotated[Move, Field(discriminator="kind")], ...] = ()
    noise_seed: Seed = 0
    point: str | None = None

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

    @property
    def seed(self) -> int | None:
        """None where it begins at a point."""
        return self.beginning.seed if isinstance(self.beginning, Seeded) else None

    @property
    def edits(self) -> dict[int, float]:
        """Standard deviations by the index of a direction."""
        return {move.direction: move.sigma for move in self.moves if isinstance(move, Along)}

    @property
    def blend(self) -> Blend | None:
        """The move towards another seed."""
        return next((move for move in self.moves if isinstance(move, Blend)), None)

    # What follows makes other recipes of parts that are checked, and so checks nothing again.

    def begun(self, beginning: Beginning) -> Self:
        """The same moves from another beginning."""
        return self.model_copy(update={"beginning": beginning, "point": None})

    def unrecorded(self) -> Self:
        """Without the point that was recorded."""
        return self.begun(self.beginning)

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

    def unmoved(self) -> Self:
        """Of the moves only the seed of a blend stays, and no truncation."""
        kept = self.blend and Blend(seed=self.blend.seed)
        beginning = self.beginning.model_copy(update={"truncation_psi": 1.0})
        return self.begun(beginning).model_copy(update={"moves": (kept,) if kept else ()})


class _Flat(_Part):
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


def pack_latent(w: Latent) -> str:
    """A point as text for a recipe."""
    return base64.b64encode(np.asarray(w, "<f4").tobytes()).decode("ascii")


def unpack_latent(text: str, shape: tuple[int, int]) -> Latent:
    """The point of a recipe; :class:`StudioError` when it does not fit the model."""
    try:
        values = np.frombuffer(base64.b64decode(text, validate=True), "<f4")
        if not np.isfinite(values).all():
            raise ValueError("there are values that are no numbers")
        return values.reshape(shape).astype(np.float32)
    except ValueError as error:
        raise StudioError(
            "The latent of this recipe does not fit the model: open the model it was made with.",
            repr(error),
        ) from error
