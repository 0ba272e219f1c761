"""What enlargers learn by."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_ROUND = 1e-3


def charbonnier(made: Tensor, wanted: Tensor) -> Tensor:
    """The mean of |made - wanted|, rounded at 0 (Lai 2017, arXiv:1704.03915, section 3.3)."""
    return torch.sqrt((made - wanted) ** 2 + _ROUND * _ROUND).mean()


def small_again(made: Tensor, wanted: Tensor, factor: int) -> Tensor:
    """How far two pictures [N, 3, h, w] are apart once their details are averaged away."""
    return F.avg_pool2d(made - wanted, factor).abs().mean()


def judged(first: Tensor, second: Tensor) -> Tensor:
    """The loss of who wants `first` to be judged more real than `second` is on the average, and
    the other way round (relativistic average, Jolicoeur-Martineau 2018, arXiv:1807.00734)."""
    above = F.softplus(-(first - second.mean())).mean()
    below = F.softplus(second - first.mean()).mean()
    return (above + below) / 2
