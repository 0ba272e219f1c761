"""How near a model with an encoder comes when it redraws pictures that it never saw."""

from __future__ import annotations

from functools import partial

from studio.engine.evaluation.measures.base import Measure, Measured, Sides, mean_of, register

SMALLEST_MULTISCALE = 22
"""Pixels; see `metrics.scales`."""


def _measure(name: str, sides: Sides) -> Measured:
    """The mean over the pictures of each one's own."""
    return mean_of(sides.rebuilt[name])


register(
    Measure(
        name="psnr", part="detail", order=2, title="Redrawn: colours",
        term="peak signal-to-noise ratio (PSNR)",
        help="How near pictures that the model never saw come back from its encoder, in decibels. "
        "Higher is better.",
        better="higher", fewest=4, measure=partial(_measure, "psnr"), unit="dB", by_encoder=True,
    )
)  # fmt: skip
register(
    Measure(
        name="ms_ssim", part="detail", order=3, title="Redrawn: structure",
        term="multi-scale structural similarity (MS-SSIM)",
        help="How well coarse and fine structure come back from the encoder. 1 is identical.",
        better="higher", fewest=4, measure=partial(_measure, "ms_ssim"), by_encoder=True,
        smallest=SMALLEST_MULTISCALE, most=1.0,
    )
)  # fmt: skip
