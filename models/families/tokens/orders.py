"""The orders in which a prior lays a grid: several cells at a time, or row by row.

All chance is uniform numbers in (0, 1) that are given, so that it is of seeds alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from models.families.tokens.prior import GridPrior, Past
from models.families.tokens.tokens_config import GridSampling, MaskedSampling

_CLOSE = 1e-6
"""Of a uniform number to 0 and to 1."""

Logits = Callable[[Tensor], Tensor]
"""Of tokens int64 [N, cells]: [N, cells, size]."""


def laid(
    prior: GridPrior, condition: Tensor, weighed: Logits, chance: Tensor, sampling: GridSampling,
    tokens: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Tokens int64 [N, cells] of uniform numbers `chance` [N, looks, cells], by the prior's order.

    There may be several conditions for each row; `weighed` makes one of their logits. Of `tokens`
    only the hidden ones are laid.
    """
    if not isinstance(sampling, MaskedSampling):
        return row_by_row(prior, condition, chance[:, 0], sampling.temperature, weighed)
    copies = len(condition) // len(chance)
    if tokens is None:
        tokens = torch.full((len(chance), prior.cells), prior.hidden, device=chance.device)
    return by_steps(
        lambda each: weighed(prior(each.repeat(copies, 1), condition)), tokens, prior.hidden,
        chance.unflatten(1, (-1, 2)), sampling.temperature, sampling.choice,
    )  # fmt: skip


def uniform(normal: Tensor) -> Tensor:
    """Numbers in (0, 1) of N(0, 1) ones."""
    return torch.special.ndtr(normal).clamp(_CLOSE, 1 - _CLOSE)


def by_steps(
    logits: Logits, tokens: Tensor, hidden: int, chance: Tensor, temperature: float, choice: float
) -> Tensor:
    """MaskGIT: Chang 2022, arXiv:2202.04200, Sec. 3.2. Tokens int64 [N, cells] without hidden ones.

    In each of the steps all cells that are `hidden` are drawn, and the least sure of them hidden
    again; so many that the rest falls along a cosine. `chance` is [N, steps, 2, cells]. With a
    high `choice` it is chance which are taken for sure, falling to 0 at the last step: as it is
    chance which ones the prior has learnt with, its pictures are then as varied as those are.
    """
    covered = tokens == hidden
    whole, steps = covered.sum(1, keepdim=True), chance.shape[1]
    for step in range(steps):
        told = logits(tokens).float() / temperature
        drawn = by_chance(told, chance[:, step, 0])
        sure = told.log_softmax(2).gather(2, drawn.unsqueeze(2)).squeeze(2)
        done = (step + 1) / steps
        sure = sure - choice * (1 - done) * (-chance[:, step, 1].log()).log()
        rest = (whole * math.cos(math.pi / 2 * done)).floor().long() if step + 1 < steps else 0
        rank = sure.masked_fill(~covered, math.inf).argsort(1).argsort(1)
        tokens = torch.where(covered, drawn, tokens)
        covered = covered & (rank < rest)
        tokens = tokens.masked_fill(covered, hidden)
    return tokens


def row_by_row(
    prior: GridPrior, condition: Tensor, chance: Tensor, temperature: float, weighed: Logits
) -> Tensor:
    """Tokens int64 [N, cells], each drawn knowing those before it; `chance` is [N, cells].

    There may be several conditions for each row; `weighed` makes one of their logits.
    """
    copies = len(condition) // len(chance)
    before: Tensor | None = None
    past: list[Past] = []
    drawn = []
    for cell in range(prior.cells):
        told, past = prior.following(cell, before, condition, past)
        found = by_chance(weighed(told).float() / temperature, chance[:, cell])
        drawn.append(found)
        before = found.repeat(copies)
    return torch.stack(drawn, 1)


def by_chance(logits: Tensor, chance: Tensor) -> Tensor:
    """int64 [...] drawn from logits [..., size] by uniform numbers [...]."""
    edges = logits.softmax(-1).cumsum(-1)
    place = (chance.unsqueeze(-1) * edges[..., -1:]).contiguous()
    found = torch.searchsorted(edges, place, right=True).squeeze(-1)
    return found.clamp_max(logits.shape[-1] - 1)
