"""What a transform of activations is, and the list of those there are.

Adding one is a frozen dataclass of declared parameters with an `apply`, decorated with `register`,
in a file of this folder. All are after Broad, Leymarie, Grierson 2021, arXiv:2005.12420, Sec. 4.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.errors import ParameterError
from models.parameters import Declared
from models.registry import Registry
from studio.engine.generation.beginnings import Played

if TYPE_CHECKING:
    from torch import Tensor

    from models.bending import Change


@dataclass(frozen=True)
class Transform(Declared, ABC):
    """One change of activations. Its defaults can be seen, and leave a picture."""

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]

    @abstractmethod
    def change(self, played: Played, layer: int, channels: tuple[int, ...] | None) -> Change:
        """What is done to these channels of `layer` (None: all), which is given no others."""


class Plain(Transform):
    """One that needs to know nothing but the activations."""

    def change(self, played: Played, layer: int, channels: tuple[int, ...] | None) -> Change:
        return self.apply

    @abstractmethod
    def apply(self, x: Tensor) -> Tensor:
        """Activations [n, c, h, w] changed; `x` itself stays as it is."""


_REGISTRY = Registry[type[Transform]](
    __package__,
    lambda name, known: ParameterError(
        "There is no transform {name}. Known: {known}.", name=name, known=known
    ),
)
register, transforms, transform = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one


def spread(x: Tensor) -> Tensor:
    """One standard deviation of the activations of each picture: [n, c, h, w] to [n, 1, 1, 1]."""
    return x.float().std(dim=(1, 2, 3), correction=0, keepdim=True).to(x.dtype)
