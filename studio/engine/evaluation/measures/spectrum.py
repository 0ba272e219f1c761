"""How the strengths of coarse and fine structure differ from those of real pictures."""

from __future__ import annotations

import numpy as np

from studio.engine.evaluation.measures.base import Measure, Measured, Sides, register, shares


def _measure(sides: Sides) -> Measured:
    """Root mean square over the rings of the difference of mean log power, in dB.

    The radial power spectrum in which generated pictures give themselves away: Durall 2020
    (arXiv:2003.01826), Sec. 3.
    """
    real, other = sides.real.spectra, sides.other.spectra
    gap = real.mean(0) - other.mean(0)

    def draw() -> np.ndarray:
        one, two = (
            shares(len(each), seed=number) @ each / len(each)
            for number, each in enumerate((real, other))
        )
        return np.asarray(np.sqrt(((one - two) ** 2).mean(1)))

    return Measured(_rms(gap), draw)


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt((values**2).mean()))


register(
    Measure(
        name="spectrum", part="detail", order=0, title="Edges and grain",
        term="radial spectrum distance",
        help="How far the strengths of coarse and fine structure lie from those of the training "
        "pictures, in decibels. 0 is best; a soft model has a large one.",
        better="lower", fewest=8, measure=_measure, unit="dB", least=0.0,
    )
)  # fmt: skip
