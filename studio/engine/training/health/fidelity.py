"""How near redrawn pictures come to their originals: one rule for training and evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_PERFECT = 1e-10
"""An error of 100 dB; a picture redrawn without any error has no PSNR of its own."""


def psnr(redrawn: Tensor, originals: Tensor) -> Tensor:
    """dB of each picture, [N], of uint8 NHWC. The figure of a model is the mean of these."""
    error = (seen(redrawn) - seen(originals)).square().mean((1, 2, 3))
    return -10 * error.clamp_min(_PERFECT).log10()


def seen(images: Tensor) -> Tensor:
    """uint8 NHWC to float NCHW in [0, 1] without the colour that transparency hides."""
    x = images.permute(0, 3, 1, 2).float() / 255.0
    if x.shape[1] == 4:
        x[:, :3] *= x[:, 3:]
    return x
