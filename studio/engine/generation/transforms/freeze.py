"""What a layer says held fast, whatever else moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from models.parameters import param
from studio.engine.generation.beginnings import Played, Seeded
from studio.engine.generation.transforms.base import Transform, register
from studio.engine.seeds import LARGEST_SEED

if TYPE_CHECKING:
    from torch import Tensor

    from models.bending import Change


@register
@dataclass(frozen=True)
class Freeze(Transform):
    """As in the picture of a seed."""

    name: ClassVar[str] = "freeze"
    title: ClassVar[str] = "Freeze"
    summary: ClassVar[str] = "Holds what the layer says as it is in one seed, whatever you move."

    seed: int = param(
        0, label="Seed", low=0, high=min(LARGEST_SEED, 2**31 - 1), term="random seed",
        help="The picture that these channels stay with.",
    )  # fmt: skip

    def change(self, played: Played, layer: int, channels: tuple[int, ...] | None) -> Change:
        held = played.activations(Seeded(seed=self.seed), layer)
        kept = held if channels is None else held[:, list(channels)]
        return _Held((self.seed, layer, channels), kept)


@dataclass(frozen=True)
class _Held:
    """Says the same [1, c, h, w] whatever it is given."""

    of: tuple[int, int, tuple[int, ...] | None]
    kept: Tensor = field(compare=False)

    def __call__(self, x: Tensor) -> Tensor:
        return self.kept.to(x).expand_as(x)
