"""The way that leads from one group of latents to another, and whether it can be believed.

Ridge regression on +-1 in the space where the latents of the model are white: without a ridge
that is Fisher's discriminant, with a large one the difference of the means. The ridge is the one
that does best when each example is left out in turn (in closed form: Allen's PRESS, Hastie 2009,
Sec. 7.10); and the same is done with the groups shuffled, so that its luck is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

FEWEST = 3
"""Examples of each group from which anything can be said at all."""
SURE = 0.05
"""Part of the shuffled ones that may do as well."""
SHUFFLES = 199
_RIDGES = (100.0, 10.0, 1.0, 0.1)
"""Of the mean square of an example; of those that do as well the largest is taken."""


@dataclass(frozen=True)
class Separation:
    """`way` [k] of length 1 leads from the second group to the first."""

    way: Tensor
    right: float
    """Part of the examples that the others sort rightly, both groups counting the same: 0.5 is
    chance, 1 is all."""
    luck: float
    """Part of the shuffles that do as well, above 0 to 1."""

    @property
    def is_sure(self) -> bool:
        """Whether it is better than chance."""
        return self.luck <= SURE


def separate(rows: Tensor, first: Tensor) -> Separation:
    """Between float64 rows [n, k], where bool `first` [n] says which group each belongs to.

    Each group has :data:`FEWEST` at least. Always the same for the same rows.
    """
    import torch

    sides = torch.where(first, 1.0, -1.0).double()
    chance = torch.Generator().manual_seed(0)
    shuffled = [sides[torch.randperm(len(sides), generator=chance)] for _ in range(SHUFFLES)]
    targets = torch.stack([sides, *shuffled], 1)  # [n, 1 + SHUFFLES]
    mean = rows.mean(0)
    products = (rows - mean) @ (rows - mean).T
    scale = products.diagonal().mean().clamp_min(1e-30)
    best = torch.full((targets.shape[1],), -1.0, dtype=torch.float64)
    chosen, way = -1.0, torch.zeros(rows.shape[1], dtype=torch.float64)
    for ridge in _RIDGES:
        # A constant that costs next to nothing is the threshold between the groups.
        whole = products + 100 * scale + ridge * scale * torch.eye(len(rows), dtype=rows.dtype)
        inverse = torch.linalg.inv(whole)
        weights = inverse @ (targets * _balance(targets))
        left_out = targets * _balance(targets) - weights / inverse.diagonal()[:, None]
        right = _balanced(left_out, targets)
        best = torch.maximum(best, right)
        if float(right[0]) > chosen:
            chosen, way = float(right[0]), (rows - mean).T @ weights[:, 0]
    luck = float((best[1:] >= best[0] - 1e-9).sum() + 1) / (SHUFFLES + 1)
    return Separation(way / way.norm().clamp_min(1e-30), chosen, luck)


def _balance(targets: Tensor) -> Tensor:
    """What makes both groups count the same, whatever their sizes: [n, columns]."""
    first = (targets > 0).double().mean(0)
    return (targets > 0) / (2 * first) + (targets < 0) / (2 * (1 - first))


def _balanced(scores: Tensor, targets: Tensor) -> Tensor:
    """The part of each group on its side, averaged: [columns]; what is undecided counts half."""
    hits = ((scores * targets) > 0).double() + 0.5 * (scores == 0)
    parts = [(hits * side).sum(0) / side.sum(0) for side in ((targets > 0), (targets < 0))]
    made: Tensor = (parts[0] + parts[1]) / 2
    return made
