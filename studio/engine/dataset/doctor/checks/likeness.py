"""Pictures that are like another one, or like none: found in the whole set."""

from __future__ import annotations

from studio.engine.dataset.doctor import near_duplicates
from studio.engine.dataset.doctor.checks.base import Check, Threshold, register

register(Check(
    "duplicate", order=30, listed=10, title="Duplicates", badge="Duplicate", always=True,
    grouped=True,
    help="Pictures that are byte for byte the same as an earlier one (SHA-256).",
    advice="Copies make the model repeat a picture. Keep one of them.",
    sentence="The same file, byte for byte, as {name}.",
))  # fmt: skip
register(Check(
    "hidden_copy", order=40, listed=20, title="Hidden in copies", badge="Parts hidden",
    help="Copies, byte for byte, of a picture with hidden parts: they hide the same.",
    advice="What is hidden or shown in one of them is so in all.",
    sentence="Parts of it are hidden as in {name}, which is the same file, byte for byte.",
))  # fmt: skip
register(Check(
    "near_duplicate", order=50, listed=30, title="Near duplicates", badge="Nearly the same",
    grouped=True,
    help="Pictures nearly the same as a better one (perceptual hash, then compared).",
    advice="Look-alikes make the model repeat a picture. Keep the best of them.",
    sentence="It is {alike} % like {name}, the largest and sharpest of {count} (limit {limit} %).",
    limit=Threshold(
        "alike", near_duplicates.DEFAULT_ALIKE, near_duplicates.LOWEST_ALIKE, 100.0, "percent"
    ),
))  # fmt: skip
# Measured when asked for (see `outliers.py`), so absent at first.
register(Check(
    "outlier", order=170, listed=40, title="Outliers", badge="Outlier",
    help="Pictures unlike their neighbours (distance in feature space).",
    advice="It may not belong here, or be the only one of its kind.",
    sentence="It is unlike the rest: {apart} robust deviations further from its neighbours than "
    "is usual in this set (limit {limit}).",
    limit=Threshold("apart", 3.5, 0.0, 100.0, "deviations", fact="outlier"),
))  # fmt: skip
