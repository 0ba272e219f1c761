"""What is done inside a generator while it draws.

Network bending: Broad, Leymarie, Grierson 2021, "Network bending: expressive manipulation of deep
generative models", arXiv:2005.12420.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from torch import Tensor

Change = Callable[[Tensor], Tensor]
"""Of activations [n, c, h, w] to the same shape; what it is given is not changed."""


@dataclass(frozen=True)
class Layer:
    """A place of a generator where activations can be taken hold of.

    `noisy` says whether noise is added there. `tensors` are the beginnings of the names of the
    weights between the layer before and what is seen of this one.
    """

    channels: int
    height: int
    width: int
    noisy: bool = False
    tensors: tuple[str, ...] = ()

    def including(self, *tensors: str) -> Layer:
        """With more weights of its own."""
        return replace(self, tensors=(*self.tensors, *tensors))


@dataclass(frozen=True)
class Bends:
    """`changes` by the number of the layer that they follow, counted from the coarsest; `noise`
    is by how much that of a layer is multiplied, 1 where nothing is said."""

    changes: Mapping[int, Change] = field(default_factory=dict)
    noise: Mapping[int, float] = field(default_factory=dict)

    def strength(self, layer: int) -> float:
        return self.noise.get(layer, 1.0)


def bent(x: Tensor, layer: int, bends: Bends | None) -> Tensor:
    """Activations [n, c, h, w] of a layer as the next one is given them."""
    change = None if bends is None else bends.changes.get(layer)
    return x if change is None else change(x)


def noise_strength(layer: int, bends: Bends | None) -> float:
    return 1.0 if bends is None else bends.strength(layer)


def rising(
    grid: tuple[int, int], widths: Sequence[int], tensors: Sequence[tuple[str, ...]]
) -> tuple[Layer, ...]:
    """A layer for each doubling of `grid`, with so many channels and these weights."""
    height, width = grid
    shapes = enumerate(zip(widths, tensors, strict=True))
    return tuple(Layer(c, height << k, width << k, False, own) for k, (c, own) in shapes)


def inside(module: str, layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """The layers of a network, with the names that its weights have in a family."""
    return tuple(
        replace(layer, tensors=tuple(f"{module}.{name}" for name in layer.tensors))
        for layer in layers
    )
