"""How near a few generated pictures come to a few real ones, quickly enough for every checkpoint.

Both are embedded by the fixed random network of `models.parts.features` and measured in units
of the real pictures' own spread. Good for comparing moments of one run with the same seeds; not a
figure to publish, which needs thousands of pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

NEIGHBOURS = 5


@dataclass(frozen=True)
class Likeness:
    """Generated against real. Distances are relative, so 1 means "as the real ones"."""

    distance: float
    """Squared MMD with the cubic kernel of KID (Binkowski 2018, arXiv:1801.01401); 0 is best."""
    coverage: float
    """Part of the real pictures that have a generated one nearby (Naeem 2020), 0 to 1."""
    variety: float
    """Mean distance between generated pictures over that between real ones."""
    colour: float
    """Spread of mean colours over the real ones': above 1 where invented casts appear."""
    tilt: float
    """Difference in log(horizontal / vertical) contrast; 0 where orientation agrees."""

    @property
    def score(self) -> float:
        """Lower is better: the distance, up to twice as bad where nothing is covered."""
        return self.distance * (2.0 - self.coverage)


class SmallSet:
    """A fixed set of real pictures, embedded once."""

    def __init__(self, real: Tensor) -> None:
        """`real` is uint8 [n, H, W, C] with n >= 2, on any device."""
        vectors = _embed(real)
        self._mean, self._scale = vectors.mean(0), vectors.std(0)
        # A feature that never varies would turn rounding into distance.
        self._scale = np.maximum(self._scale, 1e-3 * max(float(self._scale.max()), 1e-3))
        self._real = self._relative(vectors)
        self._facts = facts(real)

    def compare(self, made: Tensor) -> Likeness:
        """Compare uint8 pictures of the same shape, at least two, with the real ones."""
        vectors, (colours, tilt) = self._relative(_embed(made)), facts(made)
        between = mean_distance(self._real)
        known = np.linalg.norm(self._facts[0].std(0))
        spread = np.linalg.norm(colours.std(0))
        return Likeness(
            distance=squared_mmd(self._real, vectors),
            coverage=coverage(self._real, vectors),
            variety=mean_distance(vectors) / between if between > 0 else 1.0,
            colour=float(spread / known) if known > 1e-3 else 1.0,
            tilt=tilt - self._facts[1],
        )

    def _relative(self, vectors: np.ndarray) -> np.ndarray:
        relative: np.ndarray = (vectors - self._mean) / self._scale
        return relative


def _embed(images: Tensor) -> np.ndarray:
    from models.parts.features import Extractor

    return Extractor(device=str(images.device)).embed(images).double().numpy()


def facts(images: Tensor) -> tuple[np.ndarray, float]:
    """(mean colour [n, C] in [0, 1], log of horizontal over vertical contrast) of pictures."""
    x = images.float() / 255.0
    across = float((x[:, :, 1:] - x[:, :, :-1]).square().mean())
    down = float((x[:, 1:] - x[:, :-1]).square().mean())
    return x.mean((1, 2)).cpu().double().numpy(), float(np.log((across + 1e-6) / (down + 1e-6)))


def squared_mmd(real: np.ndarray, made: np.ndarray) -> float:
    """Biased, so never negative; kernel (x.y / d + 1)^3 of rows [n, d] and [m, d]."""

    def mean(a: np.ndarray, b: np.ndarray) -> float:
        return float(((a @ b.T / a.shape[1] + 1.0) ** 3).mean())

    return max(0.0, mean(real, real) + mean(made, made) - 2.0 * mean(real, made))


def coverage(real: np.ndarray, made: np.ndarray, neighbours: int = NEIGHBOURS) -> float:
    """Part of the real rows with a made one nearer than their k-th real neighbour: Naeem 2020."""
    k = min(neighbours, len(real) - 1)
    among = _distances(real, real)
    np.fill_diagonal(among, np.inf)
    radius = np.partition(among, k - 1, axis=1)[:, k - 1]
    return float((_distances(real, made).min(axis=1) <= radius).mean())


def mean_distance(rows: np.ndarray) -> float:
    """Mean Euclidean distance between two different rows of [n, d], n >= 2."""
    return float(_distances(rows, rows).sum() / (len(rows) * (len(rows) - 1)))


def _distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    square = (one**2).sum(1)[:, None] + (other**2).sum(1)[None] - 2.0 * one @ other.T
    if one is other:
        np.fill_diagonal(square, 0.0)
    found: np.ndarray = np.sqrt(np.maximum(square, 0.0))
    return found
