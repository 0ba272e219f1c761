"""How a walk leaves one key and comes to the next."""

from __future__ import annotations

import math
from collections.abc import Callable

LINEAR, SMOOTH = "linear", "smooth"

EASINGS: dict[str, Callable[[float], float]] = {
    SMOOTH: lambda t: t * t * (3 - 2 * t),
    LINEAR: lambda t: t,
    "in": lambda t: t * t,
    "out": lambda t: t * (2 - t),
    "sine": lambda t: 0.5 - 0.5 * math.cos(math.pi * t),
    "jump": lambda t: float(t >= 1),
}
"""By name, from [0, 1] to [0, 1]; the first is the usual one."""
TITLES = {
    SMOOTH: "Smooth", LINEAR: "Linear", "in": "Ease in", "out": "Ease out", "sine": "Sine",
    "jump": "Jump",
}  # fmt: skip
"""For a menu; in English."""
