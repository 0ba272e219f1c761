"""The orders in which a prior lays a grid: the surest cells first, or row by row.

All chance is uniform numbers in (0, 1) that are given, so that it is of seeds alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from models.families.tokens.prior import GridPrior, Past

BOLDNESS = 4.5
"""Chance in which cells are taken for sure, falling to 0: the 'choice temperature' of MaskGIT."""

Logits = Callable[[Tensor], Tensor]
"""Of tokens int64 [N, cells]: [N, cells, size]."""


def surest_first(
    logits: Logits, tokens: Tensor, hidden: int, chance: Tensor, temperature: float
) -> Tensor:
    """MaskGIT: Chang 2022, arXiv:2202.04200, Sec. 3.2. Tokens int64 [N, cells] without hidden ones.

    In each of the steps all cells that are `hidden` are drawn, and the least sure of them hidden
    again; so many that the rest falls along a cosine. `chance` is [N, steps, 2, cells].
    """
    covered = tokens == hidden
    whole, steps = covered.sum(1, keepdim=True), chance.shape[1]
    for step in range(steps):
        told = logits(tokens).float() / temperature
        drawn = by_chance(told, chance[:, step, 0])
        sure = told.log_softmax(2).gather(2, drawn.unsqueeze(2)).squeeze(2)
        done = (step + 1) / steps
        sure = sure - BOLDNESS * (1 - done) * (-chance[:, step, 1].log()).log()
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
