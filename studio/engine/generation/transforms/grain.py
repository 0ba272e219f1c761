"""Numbers by chance on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.parameters import param
from studio.engine.generation.transforms.base import Plain, register, spread
from studio.engine.seeds import LARGEST_SEED

if TYPE_CHECKING:
    from torch import Tensor


@register
@dataclass(frozen=True)
class Grain(Plain):
    """N(0, 1) of a seed, in standard deviations of the layer; the same on every device."""

    name: ClassVar[str] = "noise"
    title: ClassVar[str] = "Noise"
    summary: ClassVar[str] = "Adds numbers by chance: grain in fine layers, other shapes in coarse."

    amount: float = param(
        0.5, label="Amount", low=0.0, high=4.0, step=0.05, unit="σ", term="additive noise",
        help="How strong it is, in standard deviations of what the layer says.",
    )  # fmt: skip
    seed: int = param(
        0, label="Noise seed", low=0, high=min(LARGEST_SEED, 2**31 - 1), term="random seed",
        help="The number that the noise is drawn from.",
    )  # fmt: skip

    def apply(self, x: Tensor) -> Tensor:
        from models.draws import Draws

        drawn = Draws(self.seed).normal(*x.shape[1:]).to(x)
        return x + self.amount * spread(x) * drawn
