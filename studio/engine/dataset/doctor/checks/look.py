"""What a picture looks like: its tones, its detail and its lettering."""

from __future__ import annotations

from studio.engine.dataset.decoding import lettering
from studio.engine.dataset.doctor.checks.base import Check, Threshold, register

SHARPNESS_SIDE = 64
"""Below this there are too few pixels to tell soft from sharp."""

register(Check(
    "flat", order=110, listed=60, title="Single colour", badge="Single colour",
    help="Pictures that are nearly one single colour.",
    advice="There is nothing to learn from a picture without detail.",
    sentence="It is nearly a single colour (its tones deviate by {deviation}, below {limit}).",
    limit=Threshold("deviation", 2.0, 0.0, 128.0, "levels", below=True, fact="deviation"),
))  # fmt: skip
register(Check(
    "dark", order=120, listed=70, title="Under-exposed", badge="Too dark",
    help="Pictures in which hardly anything is bright.",
    advice="What cannot be seen cannot be learnt.",
    sentence="It is under-exposed: 95 % of it is no brighter than {dark} of 255 (limit {limit}).",
    limit=Threshold("dark", 48, 0, 255, "levels", below=True, fact="dark", blank=False),
))  # fmt: skip
register(Check(
    "bright", order=130, listed=80, title="Over-exposed", badge="Too bright",
    help="Pictures in which hardly anything is dark.",
    advice="What is burnt out cannot be learnt.",
    sentence="It is over-exposed: 95 % of it is at least {bright} of 255 (limit {limit}).",
    limit=Threshold("bright", 208, 0, 255, "levels", fact="bright", blank=False),
))  # fmt: skip
register(Check(
    "text_heavy", order=150, listed=120, title="Lettering", badge="Lettering",
    help="Pages, screenshots and captions: small letters on a plain ground (stroke density).",
    advice="A model learns the look of letters, but not to write: crop it or hide them.",
    sentence="Lettering takes {lettering} % of it (limit {limit} %).",
    limit=Threshold(
        "lettering", 10.0, 0.0, 100.0, "percent", fact="lettering",
        smallest=lettering.SMALLEST_SIDE,
    ),
))  # fmt: skip
register(Check(
    "blurred", order=160, listed=50, title="Blurred", badge="Blurred", always=True,
    help="Pictures with hardly any fine detail (variance of the Laplacian).",
    advice="A model trained on soft pictures makes soft pictures.",
    sentence="It looks blurred (sharpness {sharpness}, below {limit}).",
    limit=Threshold(
        "sharpness", 12.0, 0.0, 10_000.0, "variance", below=True, fact="sharpness",
        smallest=SHARPNESS_SIDE, blank=False,
    ),
))  # fmt: skip
