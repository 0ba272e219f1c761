"""What a seed of 63 bits draws: on the processor, so that it means the same on every device.

PyTorch's generator keeps only the low 32 bits of a seed. So a seed from 2**32 on draws from
two generators, whose seeds are the halves of its bits after the finaliser of SplitMix64
(Steele, Lea, Flood 2014). That is a bijection: no two seeds have the same pair. Smaller seeds
draw from one generator, as they always have.
"""

from __future__ import annotations

import torch
from torch import Tensor

_BITS = (1 << 64) - 1
# Squares of the two add up to 1, so the sum is N(0, 1); they differ, so a pair has an order.
_WEIGHTS = (0.6, 0.8)


class Draws:
    """Normal numbers of one seed, in turn."""

    def __init__(self, seed: int) -> None:
        seed %= 1 << 63
        mixed = mixed_bits(seed)
        seeds = (mixed & 0xFFFFFFFF, mixed >> 32) if seed >> 32 else (seed,)
        self._generators = [torch.Generator().manual_seed(each) for each in seeds]

    def normal(self, *shape: int) -> Tensor:
        """N(0, 1) float32 of `shape`."""
        parts = [torch.randn(shape, generator=each) for each in self._generators]
        if len(parts) == 1:
            return parts[0]
        return _WEIGHTS[0] * parts[0] + _WEIGHTS[1] * parts[1]


def folded(seed: int) -> int:
    """A seed of 32 bits for a generator of PyTorch, of every bit of `seed`; small ones stay."""
    return mixed_bits(seed) >> 32 if seed >> 32 else seed


def mixed_bits(seed: int) -> int:
    """64 bits, of which each depends on every bit of `seed`."""
    bits = (seed + 0x9E3779B97F4A7C15) & _BITS
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _BITS
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _BITS
    return bits ^ (bits >> 31)
