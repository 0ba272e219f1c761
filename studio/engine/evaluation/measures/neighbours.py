"""Whether pictures lie where others lie: balls around each one that reach its k-th neighbour."""

from __future__ import annotations

import numpy as np

from studio.engine.evaluation.measures.base import Measure, Measured, Sides, mean_of, register

NEIGHBOURS = 5
"""k of Naeem 2020."""
FEWEST = 20
"""Pictures on each side: with fewer, a ball holds a quarter of the set."""


def radii(among: np.ndarray, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """Distance [n] to the k-th nearest other one, of distances [n, n] with zeros across."""
    return np.asarray(np.partition(among, neighbours, axis=1)[:, neighbours])


def _coverage(sides: Sides) -> Measured:
    """Naeem 2020 (arXiv:2002.09797), Eq. 3: the interval is over the real pictures."""
    nearest = sides.between.min(1)
    return mean_of((nearest <= radii(sides.among_real)).astype(np.float64))


def _density(sides: Sides) -> Measured:
    """Naeem 2020, Eq. 2: the interval is over the other pictures."""
    inside = sides.between <= radii(sides.among_real)[:, None]
    return mean_of(np.asarray(inside.sum(0) / NEIGHBOURS))


def _precision(sides: Sides) -> Measured:
    """Kynkäänniemi 2019 (arXiv:1904.06991), Eq. 2: the interval is over the other pictures."""
    inside = sides.between <= radii(sides.among_real)[:, None]
    return mean_of(np.asarray(inside.any(0), np.float64))


def _recall(sides: Sides) -> Measured:
    """Kynkäänniemi 2019, Eq. 3: the interval is over the real pictures."""
    inside = sides.between <= radii(sides.among_other)[None]
    return mean_of(np.asarray(inside.any(1), np.float64))


register(
    Measure(
        name="coverage", part="diversity", order=0, title="Kinds covered", term="coverage",
        help="Part of the training pictures that have a picture of the model nearby. Higher is "
        "more varied.",
        better="higher", fewest=FEWEST, measure=_coverage, unit="%", least=0.0, most=1.0,
    )
)  # fmt: skip
register(
    Measure(
        name="recall", part="diversity", order=1, title="Kinds within reach", term="recall",
        help="Part of the training pictures that lie among those of the model. Higher is more "
        "varied.",
        better="higher", fewest=FEWEST, measure=_recall, unit="%", least=0.0, most=1.0,
    )
)  # fmt: skip
register(
    Measure(
        name="precision", part="realism", order=0, title="Look real", term="precision",
        help="Part of the pictures that lie among training pictures. Higher is more lifelike.",
        better="higher", fewest=FEWEST, measure=_precision, unit="%", least=0.0, most=1.0,
    )
)  # fmt: skip
register(
    Measure(
        name="density", part="realism", order=1, title="Typical", term="density",
        help="How thick training pictures lie around those of the model. About 1 is as real "
        "pictures; far above, it draws the most ordinary ones only.",
        better="higher", fewest=FEWEST, measure=_density, least=0.0,
    )
)  # fmt: skip
