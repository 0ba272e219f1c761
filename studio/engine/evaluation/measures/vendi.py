"""How many kinds there are, as if all were equally frequent and had nothing in common."""

from __future__ import annotations

from functools import partial

import numpy as np

from studio.engine.evaluation.measures.base import Measure, Measured, Sides, register

MOST, MOST_DRAWN = 1000, 250
"""Pictures, evenly spaced, of which the score is taken, and of each draw of its interval."""
DRAWS = 24


def vendi(rows: np.ndarray) -> float:
    """Exponential of the entropy of the eigenvalues of K / n, K the cosines of rows [n, d].

    Friedman & Dieng 2023 (arXiv:2210.02410), Def. 3.1; from 1 for one picture to n.
    """
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = rows / np.where(lengths > 0, lengths, 1.0)
    small = unit @ unit.T if len(unit) <= unit.shape[1] else unit.T @ unit
    weights = np.linalg.eigvalsh(small / len(rows))
    weights = weights[weights > 1e-12]
    return float(np.exp(-(weights * np.log(weights)).sum()))


def _ratio(real: np.ndarray, other: np.ndarray, most: int) -> float:
    """Over that of as many real pictures: the score alone grows with the number of pictures."""
    count = min(len(real), len(other), most)
    mine, theirs = (vendi(each[np.arange(count) * len(each) // count]) for each in (other, real))
    return mine / theirs


def _measure(sides: Sides) -> Measured:
    real, other = sides.real.features, sides.other.features
    return Measured(_ratio(real, other, MOST), partial(_draws, real, other, sides.count))


def _draws(real: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    """Of half the pictures without any of them twice, as one twice is no new kind."""
    chance = np.random.default_rng(0)
    few = min(max(2, count // 2), MOST_DRAWN)
    found = np.empty(DRAWS)
    for number in range(DRAWS):
        mine, theirs = (each[chance.permutation(len(each))[:few]] for each in (other, real))
        found[number] = _ratio(theirs, mine, few)
    # Politis & Romano 1994: m of n without replacement spread by the root of (n - m) / m.
    scale = min(1.0, float(np.sqrt(few / max(1, count - few))))
    return np.asarray(found.mean() + (found - found.mean()) * scale)


register(
    Measure(
        name="vendi", part="diversity", order=2, title="Kinds in all",
        term="Vendi score, over that of as many training pictures",
        help="How many kinds of pictures there are, counted as if they had nothing in common. 1 is "
        "as many as among the training pictures.",
        better="higher", fewest=10, measure=_measure, least=0.0,
    )
)  # fmt: skip
