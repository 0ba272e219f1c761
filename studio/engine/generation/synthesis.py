"""How a point is drawn: what the moves of a recipe do to the layers of the generator."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

    from models.bending import Bends, Change
    from studio.engine.artwork import Pixels
    from studio.engine.generation.slerp import Latent


@dataclass(frozen=True)
class OtherWeights:
    """Of the model with this SHA-256, and how much of it each layer is, 0 to 1."""

    sha256: str
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Patch:
    """A part of the picture from another point: `kept` [slots, 1] of this one and `added`
    [slots, dim] make it. It is seen by `weights` [h, w], from 0 to 1."""

    weights: np.ndarray
    kept: np.ndarray
    added: np.ndarray

    def point(self, w: Latent) -> Latent:
        """The other point [slots, dim] beside w."""
        made: Latent = w * self.kept + self.added
        return made

    def laid(self, below: Pixels, above: Pixels) -> Pixels:
        """uint8 [h, w, c]: `below`, and `above` where it is seen. Straight alpha stays so."""
        weight = self.weights[..., None]
        one, two = below.astype(np.float32), above.astype(np.float32)
        if below.shape[2] == 4:
            alpha = (one[..., 3:] * (1 - weight), two[..., 3:] * weight)
            whole = alpha[0] + alpha[1]
            colour = (one[..., :3] * alpha[0] + two[..., :3] * alpha[1]) / np.maximum(whole, 1e-6)
            made = np.concatenate([colour, whole], 2)
        else:
            made = one + (two - one) * weight
        return np.where(weight > 0, np.rint(made), one).astype(np.uint8)


class Drawing:
    """Moves add to it in their order."""

    def __init__(self) -> None:
        self.changes: dict[int, list[Change]] = defaultdict(list)
        """By the number of a layer: what is done to its activations, one after another."""
        self.noise: dict[int, float] = {}
        """By the number of a layer: by how much its noise is multiplied."""
        self.other: OtherWeights | None = None
        """Another model that draws along."""
        self.patches: list[Patch] = []
        """Parts from other points, each laid over what was there."""

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
