"""3x3 convolutions by a quarter of the products: Winograd's F(4x4, 3x3) on a processor.

Lavin & Gray 2016, arXiv:1509.09308, Sec. 4.3: tiles of 6x6 pixels and the kernel are turned into
36 numbers each, multiplied channel by channel, and turned back into 4x4 pixels. Turning costs as
much a channel as the products a pair of channels, so it pays from some width on (measured on
Zen 4, one thread: 512 channels of 32 pixels 15 ms instead of 43 ms, 128 of 128 pixels 26 ms
instead of 41 ms, 64 of 256 pixels nothing). No gradients.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

FEWEST_CHANNELS = 128
SHORTEST_SIDE = 16
ROWS = 8
"""Rows of tiles that are worked on at once, so that they stay in the cache."""
_INPUT = (
    (4, 0, -5, 0, 1, 0), (0, -4, -4, 1, 1, 0), (0, 4, -4, -1, 1, 0),
    (0, -2, -1, 2, 1, 0), (0, 2, -1, -2, 1, 0), (0, 4, 0, -5, 0, 1),
)  # fmt: skip
_KERNEL = (
    (1 / 4, 0, 0), (-1 / 6, -1 / 6, -1 / 6), (-1 / 6, 1 / 6, -1 / 6),
    (1 / 24, 1 / 12, 1 / 6), (1 / 24, -1 / 12, 1 / 6), (0, 0, 1),
)  # fmt: skip
_RESULT = ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0), (0, 1, -1, 8, -8, 1))


def pays(weight: Tensor, height: int, width: int) -> bool:
    """Whether pictures of these sides are convolved faster by it with `weight` [out, in, k, k]."""
    return (
        weight.shape[2:] == (3, 3)
        and min(weight.shape[:2]) >= FEWEST_CHANNELS
        and min(height, width) >= SHORTEST_SIDE
        and height % 4 == width % 4 == 0
    )


class Winograd:
    """A convolution that keeps the sides, of `weight` [out, in, 3, 3]."""

    def __init__(self, weight: Tensor, seamless: bool = False) -> None:
        out, inputs = weight.shape[:2]
        taps = weight.detach().double().permute(2, 3, 1, 0).reshape(9, -1)
        self.weight = (_both_ways(_KERNEL) @ taps).float().view(36, inputs, out)
        self.into, self.back = _both_ways(_INPUT).float(), _both_ways(_RESULT).float()
        self.seamless = seamless

    def __call__(
        self, x: Tensor, bias: Tensor | None = None, style: Tensor | None = None
    ) -> Tensor:
        """[1, in, h, w], sides multiples of 4, to [1, out, h, w]; `style` [in] scales x first."""
        _, inputs, height, width = x.shape
        out, down, across = self.weight.shape[2], height // 4, width // 4
        rows = _strip(down)
        x = self._bordered(x[0].permute(1, 2, 0), style)  # [h + 2, w + 2, in]
        line, pixel, _ = x.stride()
        tiles = x.new_empty(6, 6, rows, across, inputs)
        turned = x.new_empty(36, rows * across, inputs)
        products = x.new_empty(36, rows * across, out)
        pixels = x.new_empty(4, 4, rows, across, out)
        made = x.new_empty(down, 4, across, 4, out)
        for top in range(0, down, rows):
            steps = (line, pixel, 4 * line, 4 * pixel, 1)
            tiles.copy_(x.as_strided(tiles.shape, steps, 4 * top * line))
            torch.mm(self.into, tiles.view(36, -1), out=turned.view(36, -1))
            torch.bmm(turned, self.weight, out=products)
            torch.mm(self.back, products.view(36, -1), out=pixels.view(16, -1))
            strip = made[top : top + rows].permute(1, 3, 0, 2, 4)
            strip.copy_(pixels) if bias is None else torch.add(pixels, bias, out=strip)
        return made.view(height, width, out).permute(2, 0, 1)[None]

    def _bordered(self, x: Tensor, style: Tensor | None) -> Tensor:
        """[h, w, in], times `style`, with a pixel of zeros or of the opposite edge all around."""
        height, width, inputs = x.shape
        made = x.new_empty(height + 2, width + 2, inputs)
        inside = made[1:-1, 1:-1]
        inside.copy_(x) if style is None else torch.mul(x, style, out=inside)
        made[0, 1:-1], made[-1, 1:-1] = (inside[-1], inside[0]) if self.seamless else (0.0, 0.0)
        made[:, 0], made[:, -1] = (made[:, -2], made[:, 1]) if self.seamless else (0.0, 0.0)
        return made


def _strip(rows: int) -> int:
    """The divisor of so many rows of tiles that is nearest to `ROWS`."""
    whole = (k for k in range(1, 2 * ROWS + 1) if rows % k == 0)
    return min(whole, key=lambda k: abs(k - ROWS))


def _both_ways(turn: Sequence[Sequence[float]]) -> Tensor:
    """What turns a line, as one matrix that turns a square row by row; in double precision."""
    once = torch.tensor(turn, dtype=torch.float64)
    return torch.kron(once, once)
