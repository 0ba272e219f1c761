"""How alike two pictures look, to be climbed by gradients: structure at several scales."""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from torch import Tensor

WINDOW, SIGMA = 11, 1.5
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Of the scales from the finest on: Wang 2003, Sec. 3.2."""
_CALM_LIGHT, _CALM_CONTRAST = 0.01**2, 0.03**2


def multiscale_ssim(x: Tensor, y: Tensor) -> Tensor:
    """MS-SSIM of pictures float NCHW in [0, 1]: [N], at most 1, differentiable.

    Wang 2003, 'Multiscale structural similarity for image quality assessment', Eq. 7, with as
    many of its five scales as the window of 11 pixels fits into, and their weights made to add
    up to 1: five need 176 pixels. A scale that is inverted counts as 0.
    """
    count = _scales(min(x.shape[2:]))
    weights = torch.tensor(WEIGHTS[:count], dtype=x.dtype, device=x.device)
    made = x.new_ones(len(x))
    for scale, weight in enumerate(weights / weights.sum()):
        light, structure = _compared(x, y)
        last = scale == count - 1
        value = (light * structure if last else structure).mean((1, 2, 3))
        made = made * value.clamp_min(1e-4) ** weight  # a power of 0 has no slope
        if not last:
            x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
    return made


def _scales(side: int) -> int:
    count = 1
    while count < len(WEIGHTS) and side >> count >= WINDOW:
        count += 1
    return count


def _compared(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Likeness of light and of contrast with structure, [N, C, h, w] each, inside the border."""
    mean_x, mean_y = _blurred(x), _blurred(y)
    spread_x = _blurred(x * x) - mean_x.square()
    spread_y = _blurred(y * y) - mean_y.square()
    shared = _blurred(x * y) - mean_x * mean_y
    light = (2 * mean_x * mean_y + _CALM_LIGHT) / (mean_x.square() + mean_y.square() + _CALM_LIGHT)
    structure = (2 * shared + _CALM_CONTRAST) / (spread_x + spread_y + _CALM_CONTRAST)
    return light, structure


def _blurred(x: Tensor) -> Tensor:
    """Products with banded matrices: on a processor quicker than a convolution by channel."""
    across = _band(x.shape[3], x.device, x.dtype)
    down = _band(x.shape[2], x.device, x.dtype)
    return down @ x @ across.T


@functools.lru_cache(maxsize=16)
def _band(side: int, device: torch.device, dtype: torch.dtype) -> Tensor:
    """[inside, side]: each row is the Gaussian window at one place inside the border."""
    width = min(WINDOW, side)
    with torch.inference_mode(False):
        place = torch.arange(width, dtype=torch.float64) - (width - 1) / 2
        window = (-place.square() / (2 * SIGMA**2)).exp()
        window /= window.sum()
        rows = [F.pad(window, (k, side - width - k)) for k in range(side - width + 1)]
        return torch.stack(rows).to(device, dtype)
