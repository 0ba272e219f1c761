"""The numbers that chance begins from."""

from __future__ import annotations

LARGEST_SEED = (1 << 63) - 1


def following(seed: int | None) -> int:
    """The seed after `seed`; the first where there is none, and the largest is the last."""
    return 0 if seed is None else min(LARGEST_SEED, seed + 1)


def previous(seed: int | None) -> int:
    """The seed before `seed`, or the first."""
    return max(0, (seed or 0) - 1)
