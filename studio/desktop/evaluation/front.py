"""What can be in front of the evaluation place."""

from __future__ import annotations

from enum import IntEnum


class Front(IntEnum):
    """In the order of the tabs."""

    WALLS = 0
    PAIRS = 1
    LIFE = 2
    REVIEW = 3
