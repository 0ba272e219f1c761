"""How far apart the pictures of a model lie, as real ones do."""

from __future__ import annotations

import numpy as np

from studio.engine.evaluation.measures.base import Measure, Measured, Sides, register, shares


def _spread(among: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Mean distance [b] of two different pictures, drawn so often [b, n].

    Two of the same picture are no pair.
    """
    count = len(among)
    pairs = count**2 - (drawn**2).sum(1)
    return np.asarray(np.einsum("bn,bn->b", drawn @ among, drawn) / np.maximum(pairs, 1.0))


def _measure(sides: Sides) -> Measured:
    """Mean distance of pairs over that of training pictures."""
    among = sides.among_other, sides.among_real
    mine, theirs = (_spread(each, np.ones((1, len(each))))[0] for each in among)
    if theirs <= 0:
        return Measured(1.0, lambda: np.ones(1))

    def draw() -> np.ndarray:
        made, real = (_spread(each, shares(len(each), seed=n)) for n, each in enumerate(among))
        return np.asarray(made / np.maximum(real, 1e-12))

    return Measured(float(mine / theirs), draw)


register(
    Measure(
        name="variety", part="diversity", order=3, title="Apart from each other",
        term="mean pairwise distance, over that of the training pictures",
        help="How different pictures of the model are from each other. 1 is as different as "
        "training pictures are.",
        better="higher", fewest=10, measure=_measure, least=0.0,
    )
)  # fmt: skip
