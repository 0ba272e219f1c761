"""How a point is drawn: what the moves of a recipe do to the layers of the generator."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from models.bending import Bends, Change


@dataclass(frozen=True)
class OtherWeights:
    """Of the model with this SHA-256, and how much of it each layer is, 0 to 1."""

    sha256: str
    shares: tuple[float, ...]


class Drawing:
    """Moves add to it in their order."""

    def __init__(self) -> None:
        self.changes: dict[int, list[Change]] = defaultdict(list)
        """By the number of a layer: what is done to its activations, one after another."""
        self.noise: dict[int, float] = {}
        """By the number of a layer: by how much its noise is multiplied."""
        self.other: OtherWeights | None = None
        """Another model that draws along."""

    def bends(self) -> Bends | None:
        """What the family is told; None where it draws as it has learnt to."""
        from models.bending import Bends

        if not self.changes and not self.noise:
            return None
        changes = {layer: _InTurn(tuple(steps)) for layer, steps in self.changes.items()}
        return Bends(changes, dict(self.noise))


@dataclass(frozen=True)
class _InTurn:
    steps: tuple[Change, ...]

    def __call__(self, x: Tensor) -> Tensor:
        for step in self.steps:
            x = step(x)
        return x
