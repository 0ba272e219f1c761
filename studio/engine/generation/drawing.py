"""How a point is drawn: what the moves of a recipe do to the layers of the generator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from models.bending import Bends, Change


class Drawing:
    """Moves add to it in their order."""

    def __init__(self) -> None:
        self.changes: dict[int, list[Change]] = defaultdict(list)
        """By the number of a layer: what is done to its activations, one after another."""
        self.noise: dict[int, float] = {}
        """By the number of a layer: by how much its noise is multiplied."""

    def bends(self) -> Bends | None:
        """What the family is told; None where it draws as it has learnt to."""
        from models.bending import Bends

        if not self.changes and not self.noise:
            return None
        changes = {layer: partial(_in_turn, steps) for layer, steps in self.changes.items()}
        return Bends(changes, dict(self.noise))


def _in_turn(steps: Sequence[Change], x: Tensor) -> Tensor:
    for step in steps:
        x = step(x)
    return x
