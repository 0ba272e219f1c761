"""What a prior over a grid is shown while it learns, and what its answers cost."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from models.families.tokens.prior import GridPrior


def shown(
    prior: GridPrior, tokens: Tensor, noise: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """What it is shown of tokens int64 [N, cells], and which of them it has to find: bool.

    Those are a part of every grid, which is hidden, or every next one where it is causal. Of
    those that it is shown a part `noise` is exchanged by chance.
    """
    given = _disturbed(tokens, prior.hidden, noise, generator)
    if prior.causal:
        return given, torch.ones_like(tokens, dtype=torch.bool)
    wanted = _hidden_cells(tokens, generator)
    return given.masked_fill(wanted, prior.hidden), wanted


def surprise(logits: Tensor, tokens: Tensor, wanted: Tensor) -> Tensor:
    """Cross entropy, in nats, of the `wanted` ones of tokens [N, cells] by logits [N, cells, size]:
    a scalar (Chang 2022, arXiv:2202.04200, Eq. 1)."""
    apart = F.cross_entropy(logits.float().flatten(0, 1), tokens.flatten(), reduction="none")
    return apart[wanted.flatten()].mean()


def _hidden_cells(tokens: Tensor, generator: torch.Generator) -> Tensor:
    """bool [N, cells]: by chance cos(pi r / 2) of each row, r uniform; at least one."""
    n, cells = tokens.shape
    r = torch.rand(n, 1, generator=generator, device=tokens.device)
    count = ((math.pi / 2 * r).cos() * cells).ceil().clamp_min(1)
    order = torch.rand(n, cells, generator=generator, device=tokens.device)
    return order.argsort(1).argsort(1) < count


def _disturbed(tokens: Tensor, size: int, noise: float, generator: torch.Generator) -> Tensor:
    device = tokens.device
    wrong = torch.rand(tokens.shape, generator=generator, device=device)
    other = torch.randint(size, tokens.shape, generator=generator, device=device)
    return torch.where(wrong < noise, other, tokens)
