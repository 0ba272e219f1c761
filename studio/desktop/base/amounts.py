"""Numbers and spans of time as they are read in every place."""

from __future__ import annotations

import math

from studio.desktop.i18n import tr


def count(number: float) -> str:
    """214016 as `214,016`."""
    return f"{int(number):,}"


def duration(seconds: float | None) -> str:
    """A time span in one unit, `—` while it is unknown."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return "—"
    if seconds < 90:
        return tr("{n} s", n=round(seconds))
    if seconds < 90 * 60:
        return tr("{n} min", n=round(seconds / 60))
    return tr("{n} h", n=f"{seconds / 3600:.1f}")
