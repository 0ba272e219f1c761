"""Whether small pieces of the pictures look like small pieces of real ones."""

from __future__ import annotations

from functools import partial

import numpy as np

from studio.engine.evaluation.measures.base import Measure, Measured, Sides, register

DIRECTIONS, DRAWN_DIRECTIONS = 128, 48
MOST, MOST_DRAWN = 16_384, 2_048
"""Patches a level on each side, for the figure and for one draw of its interval."""
DRAWS = 24
_SEED = 20_261_130


def sliced(one: np.ndarray, other: np.ndarray, directions: np.ndarray) -> float:
    """Sliced Wasserstein-1 distance of rows [n, d] and [n, d] along unit `directions` [d, k]."""
    first, second = np.sort(one @ directions, 0), np.sort(other @ directions, 0)
    return float(np.abs(first - second).mean())


def normalised(rows: np.ndarray) -> np.ndarray:
    """float32 [n, c * 49] of patches, each channel with mean 0 and deviation 1 over all of them."""
    channels = rows.reshape(len(rows), -1, 49).astype(np.float32)
    mean, spread = channels.mean((0, 2), keepdims=True), channels.std((0, 2), keepdims=True)
    return np.asarray((channels - mean) / np.maximum(spread, 1e-3)).reshape(len(rows), -1)


def directions(width: int, count: int) -> np.ndarray:
    """Unit vectors float32 [width, count] by chance, always the same."""
    found = np.random.default_rng(_SEED).normal(size=(width, count)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=0))


def _distance(real: list[np.ndarray], other: list[np.ndarray], most: int, along: int) -> float:
    """Mean over the levels, times 1000 as in the paper."""
    found = []
    for one, two in zip(real, other, strict=True):
        count = min(len(one), len(two), most)
        first, second = (
            normalised(each[np.arange(count) * len(each) // count]) for each in (one, two)
        )
        found.append(sliced(first, second, directions(one.shape[1], along)))
    return 1000.0 * float(np.mean(found))


def _measure(sides: Sides) -> Measured:
    """Karras 2018 (arXiv:1710.10196), Sec. 5, over all levels, with fewer patches."""
    real, other = sides.real.patches, sides.other.patches
    whole = slice(None)
    value = _distance(_flat(real, whole), _flat(other, whole), MOST, DIRECTIONS)
    return Measured(value, partial(_draws, real, other, sides.count))


def _draws(real: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...], count: int) -> np.ndarray:
    chance = np.random.default_rng(_SEED)
    few = min(count, MOST_DRAWN // real[0].shape[1])
    found = np.empty(DRAWS)
    for number in range(DRAWS):
        rows = [chance.integers(0, len(each[0]), few) for each in (real, other)]
        drawn = _flat(real, rows[0]), _flat(other, rows[1])
        found[number] = _distance(*drawn, MOST_DRAWN, DRAWN_DIRECTIONS)
    # What is drawn from fewer pictures spreads wider, by the root of how many fewer.
    return np.asarray(found.mean() + (found - found.mean()) * np.sqrt(few / count))


def _flat(patches: tuple[np.ndarray, ...], rows: np.ndarray | slice) -> list[np.ndarray]:
    """Each level as rows [n, d]."""
    return [each[rows].reshape(-1, each.shape[-1]) for each in patches]


register(
    Measure(
        name="patches", part="detail", order=1, title="Textures",
        term="sliced Wasserstein distance of patches (SWD, × 1000)",
        help="How far pieces of 7 x 7 pixels, from fine to coarse, are from pieces of the training "
        "pictures. 0 is best.",
        better="lower", fewest=8, measure=_measure, least=0.0, smallest=16,
    )
)  # fmt: skip
