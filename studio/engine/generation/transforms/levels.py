"""How strong activations are: each number by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.parameters import param
from studio.engine.generation.transforms.base import Plain, register, spread

if TYPE_CHECKING:
    from torch import Tensor


@register
@dataclass(frozen=True)
class Scale(Plain):
    """By a factor."""

    name: ClassVar[str] = "scale"
    title: ClassVar[str] = "Scale"
    summary: ClassVar[str] = "More or less of what the layer says; 0 silences it."

    factor: float = param(
        1.5, label="Factor", low=-4.0, high=4.0, step=0.05, term="multiplication",
        help="By how much what the layer says is multiplied; below 0 it says the contrary.",
    )  # fmt: skip

    def apply(self, x: Tensor) -> Tensor:
        return x * self.factor


@register
@dataclass(frozen=True)
class Shift(Plain):
    """By a constant, in standard deviations of the layer."""

    name: ClassVar[str] = "shift"
    title: ClassVar[str] = "Add"
    summary: ClassVar[str] = "Adds the same amount everywhere."

    amount: float = param(
        0.5, label="Amount", low=-4.0, high=4.0, step=0.05, unit="σ", term="addition",
        help="How much is added, in standard deviations of what the layer says.",
    )  # fmt: skip

    def apply(self, x: Tensor) -> Tensor:
        return x + self.amount * spread(x)


@register
@dataclass(frozen=True)
class Threshold(Plain):
    """Nothing below a level, in standard deviations of the layer."""

    name: ClassVar[str] = "threshold"
    title: ClassVar[str] = "Threshold"
    summary: ClassVar[str] = "Keeps what is strong, and silences the rest."

    level: float = param(
        0.5, label="Level", low=-2.0, high=4.0, step=0.05, unit="σ", term="threshold",
        help="What is weaker is silenced, in standard deviations of what the layer says.",
    )  # fmt: skip

    def apply(self, x: Tensor) -> Tensor:
        return x * (x > self.level * spread(x))


@register
@dataclass(frozen=True)
class Invert(Plain):
    """Mirrored about the mean of each channel."""

    name: ClassVar[str] = "invert"
    title: ClassVar[str] = "Invert"
    summary: ClassVar[str] = "Strong where it was weak, and weak where it was strong."

    def apply(self, x: Tensor) -> Tensor:
        return 2 * x.mean((2, 3), keepdim=True) - x
