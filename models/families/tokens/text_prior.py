"""A prior over a grid that is given a text."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.families.tokens.prior import GridPrior
from models.parts.byte_pairs import END

MERGES = 767
EMPTY = END + 1 + MERGES
"""Stands where a text is over."""
LENGTH = 32
"""Numbers of a text; what is longer is cut."""
_SPREAD = 0.02


class TextPrior(GridPrior):
    """As its base, with a text [n, LENGTH] behind the beginning (Chang 2023, 'Muse',
    arXiv:2301.00704, Sec. 2.4, with embeddings that are learnt along). The mean of its numbers is
    a part of the beginning, which every cell is given."""

    def __init__(
        self, size: int, grid: tuple[int, int], width: int, depth: int, causal: bool,
        classes: int = 0, shares: Tensor | None = None,
    ) -> None:  # fmt: skip
        super().__init__(size, grid, width, depth, causal, classes, shares)
        self.texts = nn.Embedding(EMPTY + 1, width)
        self.orders = nn.Parameter(_SPREAD * torch.randn(LENGTH, width))
        nn.init.normal_(self.texts.weight, std=5 * _SPREAD)

    def told(self, texts: Tensor, labels: Tensor | None) -> Tensor:
        """The condition [n, 1 + LENGTH, width] of texts int64 [n, LENGTH] and of classes."""
        written = self.texts(texts)
        known = (texts != EMPTY).unsqueeze(2)
        middle = (written * known).sum(1, keepdim=True) / known.sum(1, keepdim=True).clamp_min(1)
        begin = self.condition(len(texts), labels) + middle
        return torch.cat([begin, written + self.orders], 1)
