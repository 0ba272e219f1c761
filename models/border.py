"""The border of a family: pictures as bytes outside, as numbers from -1 to 1 inside."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def to_network(images: Tensor) -> Tensor:
    """uint8 NHWC to float NCHW in [-1, 1], channels last in memory; RGBA is premultiplied."""
    x = images.permute(0, 3, 1, 2).to(torch.float32).div_(127.5).sub_(1.0)
    if x.shape[1] == 4:
        alpha = (x[:, 3:] + 1) / 2
        x = torch.cat([(x[:, :3] + 1) * alpha - 1, x[:, 3:]], dim=1)
    return x.contiguous(memory_format=torch.channels_last)


def to_picture(x: Tensor) -> Tensor:
    """float NCHW in [-1, 1] to uint8 NHWC; premultiplied RGBA becomes straight again."""
    x = x.to(torch.float32).clamp(-1, 1)
    if x.shape[1] == 4:
        alpha = (x[:, 3:] + 1) / 2
        colour = ((x[:, :3] + 1) / alpha.clamp_min(1 / 255)).clamp(0, 2) - 1
        colour = torch.where(alpha < 0.5 / 255, torch.full_like(colour, -1.0), colour)
        x = torch.cat([colour, x[:, 3:]], dim=1)
    return x.add(1).mul(127.5).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()


def shrink(x: Tensor, longest: int | None) -> Tensor:
    """Halve network pictures until their longer side is at most `longest`; None leaves them."""
    while longest is not None and max(x.shape[2:]) > longest and min(x.shape[2:]) > 1:
        x = F.avg_pool2d(x, 2)
    return x
