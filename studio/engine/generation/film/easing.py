"""How a walk leaves one key and comes to the next."""

from __future__ import annotations

import math
from collections.abc import Callable

LINEAR, SMOOTH, EVEN, JUMP = "linear", "smooth", "even", "jump"

EASINGS: dict[str, Callable[[float], float]] = {
    SMOOTH: lambda t: t * t * (3 - 2 * t),
    LINEAR: lambda t: t,
    "in": lambda t: t * t,
    "out": lambda t: t * (2 - t),
    "sine": lambda t: 0.5 - 0.5 * math.cos(math.pi * t),
    EVEN: lambda t: t,
    JUMP: lambda t: float(t >= 1),
}
"""By name, from [0, 1] to [0, 1]; the first is the usual one. `EVEN` is a part of how far the
pictures look apart (:mod:`pace`), the others of how far the numbers are."""
TITLES = {
    SMOOTH: "Smooth", LINEAR: "Linear", "in": "Ease in", "out": "Ease out", "sine": "Sine",
    EVEN: "Even to the eye", JUMP: "Jump",
}  # fmt: skip
"""For a menu; in English."""
