"""How far the pictures of a model are from real ones as a whole."""

from __future__ import annotations

from functools import partial

import numpy as np

from studio.engine.evaluation.measures.base import Measure, Measured, Sides, register, shares

FEWEST = 20
MOST_DRAWN = 500
"""Pictures a side, evenly spaced, of which draws for the interval are taken."""


def kernel(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(x.y / d + 1)^3 of rows [n, d] and [m, d]: Binkowski 2018 (arXiv:1801.01401), Eq. 3."""
    return np.asarray((one @ other.T / one.shape[1] + 1.0) ** 3)


def unbiased(
    real: np.ndarray, between: np.ndarray, other: np.ndarray, drawn: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Squared MMD [b] of kernels, with pictures drawn so often [b, n] and [b, m].

    Gretton 2012 (JMLR 13), Eq. 4; pairs of a picture with itself are left out.
    """
    first, second = drawn

    def within(among: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        pairs = len(among) ** 2 - (drawn**2).sum(1)
        sums = np.einsum("bn,bn->b", drawn @ among, drawn) - drawn**2 @ np.diag(among)
        return np.asarray(sums / np.maximum(pairs, 1.0))

    across = np.einsum("bm,bm->b", first @ between, second) / between.size
    return np.asarray(within(real, first) + within(other, second) - 2.0 * across)


def _measure(sides: Sides) -> Measured:
    """KID on the fixed extractor; it may be a little below 0 where there is no difference."""
    real, other = sides.real.features, sides.other.features
    value = _of(real, other, (np.ones((1, len(real))), np.ones((1, len(other)))))[0]
    return Measured(float(value), partial(_draws, real, other, sides.count))


def _draws(real: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    few = min(count, MOST_DRAWN)
    one, two = (each[np.arange(few) * len(each) // few] for each in (real, other))
    found = _of(one, two, (shares(few, seed=0), shares(few, seed=1)))
    # What is drawn from fewer pictures spreads wider, by the root of how many fewer.
    return np.asarray(found.mean() + (found - found.mean()) * np.sqrt(few / count))


def _of(real: np.ndarray, other: np.ndarray, drawn: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return unbiased(kernel(real, real), kernel(real, other), kernel(other, other), drawn)


register(
    Measure(
        name="kid", part="realism", order=2, title="Distance",
        term="kernel distance (KID, fixed random features)",
        help="How far the pictures as a whole are from the training pictures. 0 is best; figures "
        "of other programs use other features and cannot be compared.",
        better="lower", fewest=FEWEST, measure=_measure,
    )
)  # fmt: skip
