"""Where a recipe begins: by chance, or at a point."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol, Self

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from models.facts import Ability
from models.parameters import Value
from studio.engine.errors import StudioError
from studio.engine.generation.slerp import Latent
from studio.engine.seeds import LARGEST_SEED

if TYPE_CHECKING:
    from torch import Tensor

    from models.bending import Layer

Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]
Psi = Annotated[float, Field(ge=0.0, le=1.5)]
MOST_SET = 32
"""Values that say how chance is used."""


def _pairs(said: object) -> object:
    """In the order of names, so that the same values are the same beginning."""
    return tuple(sorted(said.items())) if isinstance(said, Mapping) else said


Sampled = Annotated[
    tuple[tuple[str, Value], ...], Field(max_length=MOST_SET), BeforeValidator(_pairs),
    PlainSerializer(dict, return_type=dict[str, Value]),
]  # fmt: skip
"""How chance is used, by the names that a model's `sampling` declares; files have a table."""

Chosen = np.ndarray[Any, np.dtype[np.bool_]]
"""bool [slots]."""


class Played(Protocol):
    """What a recipe asks of the model that it is played on. Points are [slots, dim]."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of its pictures."""

    @property
    def shape(self) -> tuple[int, int]:
        """(slots, dim) of its points."""

    def sample(self, beginning: Seeded) -> Latent:
        """Where a seed lies."""

    def read(self, beginning: Point) -> Latent:
        """Where a point lies, which must fit the model."""

    def centre(self, one: Beginning, two: Beginning) -> Latent:
        """What a blend of two goes around."""

    def direction(self, wanted: int | str, zone: str) -> Latent:
        """One sigma along a direction, by its number or identity, in the slots of a zone."""

    def need(self, ability: Ability) -> None:
        """Refuse where the model lacks it."""

    def layers(self) -> tuple[Layer, ...]:
        """Those of its generator, from coarse to fine."""

    def redrawn(self, w: Latent, chosen: Chosen, seed: int, beginning: Beginning) -> Latent:
        """The point with the slots that are chosen drawn anew, with the label and the chance of a
        beginning."""

    def activations(self, beginning: Seeded, layer: int) -> Tensor:
        """What a layer says [1, c, h, w] where a seed begins, with nothing bent."""


class Part(BaseModel):
    """What a recipe is made of: checked once, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Seeded(Part):
    """Begins by chance. Without `label` the seed draws one, where the model knows labels.

    `sampling` has the values that are not those of the model.
    """

    kind: Literal["seeded"] = "seeded"
    seed: Seed = 0
    truncation_psi: Psi = 1.0
    label: int | None = None
    sampling: Sampled | None = None

    def place(self, played: Played) -> Latent:
        """The point w [slots, dim]."""
        return played.sample(self)

    @classmethod
    def beside(cls, other: Beginning, seed: int) -> Self:
        """Another seed with the truncation, the label and the chance of a beginning."""
        psi, label = other.truncation_psi, other.label
        return cls(seed=seed, truncation_psi=psi, label=label, sampling=other.sampling)


class Source(Part):
    """The picture that a point was found for (:mod:`inversion`), and how near it came."""

    file: Annotated[str, Field(max_length=1000)]
    """Its name, without where it lay."""
    sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""
    """Of its bytes; empty where it had no file."""
    psnr: Annotated[float, Field(allow_inf_nan=False)]
    """dB."""
    ssim: Annotated[float, Field(ge=-1.0, le=1.0)]
    known: Literal["training", "held_out"] | None = None
    """What it was to the run, where it is one of its pictures."""


class Point(Part):
    """Begins at a point of the model's space: float32 [slots, dim], little-endian, base64."""

    kind: Literal["point"] = "point"
    w: str
    truncation_psi: Psi = 1.0
    source: Source | None = None
    label: ClassVar[None] = None
    """It has one, if the model knows labels; which is not known."""
    sampling: ClassVar[None] = None

    def place(self, played: Played) -> Latent:
        """The point w [slots, dim]."""
        return played.read(self)


Beginning = Seeded | Point


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
