"""A transformer over a grid of tokens: what stands in a cell, given what stands in others."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.parts.classes import class_vectors, vectors_of

HEAD = 32
"""Numbers of a head of attention."""
_SPREAD = 0.02
"""Of weights at the beginning."""

Past = tuple[Tensor, Tensor]
"""Keys and values [N, heads, length, HEAD] of all places before."""


class Block(nn.Module):
    """Attention and two dense layers, each after a normalisation: Xiong 2020, arXiv:2002.04745."""

    def __init__(self, width: int, causal: bool) -> None:
        super().__init__()
        self.causal = causal
        self.heads = max(1, width // HEAD)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.asked, self.told = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor, past: Past | None = None) -> tuple[Tensor, Past]:
        """[N, length, width] to the same shape, and what later places may look back at.

        With `past` it goes on after those places.
        """
        n, length, width = x.shape
        asked = self.asked(self.norm1(x)).view(n, length, 3, self.heads, -1)
        query, key, value = asked.permute(2, 0, 3, 1, 4)
        if past is not None:
            key, value = torch.cat([past[0], key], 2), torch.cat([past[1], value], 2)
        told = F.scaled_dot_product_attention(
            query, key, value, is_causal=self.causal and past is None
        )
        x = x + self.told(told.transpose(1, 2).reshape(n, length, width))
        return x + self.down(F.gelu(self.up(self.norm2(x)))), (key, value)


class GridPrior(nn.Module):
    """Logits for every cell of a grid. `hidden` is the token of a cell that is not known.

    Without `causal` all cells see each other; with it each sees those before it, row by row.
    In front of the cells stands a condition: a learnt beginning, moved by the class, which is
    also added to every cell, and then whatever a family adds.

    With `shares` [size, k], what tokens have in common, their vectors and logits are the sum of
    their own and of those of what they share, so that what is learnt of one token is of use for
    its neighbours (after Yu 2024, 'MAGVIT-v2', arXiv:2310.05737, 'token factorization').
    """

    shares: Tensor

    def __init__(
        self, size: int, grid: tuple[int, int], width: int, depth: int, causal: bool,
        classes: int = 0, shares: Tensor | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.hidden, self.grid, self.causal = size, grid, causal
        self.entries = nn.Embedding(size + 1, width)
        self.rows = nn.Parameter(_SPREAD * torch.randn(grid[0], 1, width))
        self.columns = nn.Parameter(_SPREAD * torch.randn(1, grid[1], width))
        self.begin = nn.Parameter(_SPREAD * torch.randn(1, width))
        self.classes = class_vectors(classes, width, 5 * _SPREAD)
        self.blocks = nn.ModuleList(Block(width, causal) for _ in range(depth))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, size)
        self.has_shares = shares is not None
        if shares is not None:
            self.register_buffer("shares", shares, persistent=False)
            self.shared_entries = nn.Linear(width, shares.shape[1], bias=False)
            self.shared_head = nn.Linear(width, shares.shape[1], bias=False)
        for name, weight in self.named_parameters():
            if weight.ndim == 2 and not name.startswith("classes"):
                nn.init.normal_(weight, std=_SPREAD)

    @property
    def cells(self) -> int:
        return self.grid[0] * self.grid[1]

    def condition(self, n: int, labels: Tensor | None) -> Tensor:
        """[n, 1, width] of classes int64 [n]; None is the middle of them all."""
        begin = self.begin.expand(n, -1)
        if self.classes is not None:
            begin = begin + vectors_of(self.classes, labels, n)
        return begin.unsqueeze(1)

    def forward(self, tokens: Tensor, condition: Tensor) -> Tensor:
        """Logits [N, cells, size] of tokens int64 [N, cells] behind a condition [N, t, width]."""
        given = tokens[:, :-1] if self.causal else tokens
        x = torch.cat([condition, self._vectors(given)], 1)
        before = x.shape[1] - self.cells
        x = torch.cat([x[:, :before], x[:, before:] + self._places() + condition[:, :1]], 1)
        for block in self.blocks:
            x, _ = block(x)
        return self._logits(x[:, before:])

    def following(
        self, cell: int, before: Tensor | None, condition: Tensor, past: list[Past]
    ) -> tuple[Tensor, list[Past]]:
        """Logits [N, size] of one cell, where each sees those before it, and what the next needs.

        `before` is the token [N] of the cell before, None for the first, which has no `past`.
        """
        x = condition if before is None else self._vectors(before).unsqueeze(1)
        place = self._places()[cell] + condition[:, :1]
        x = torch.cat([x[:, :-1], x[:, -1:] + place], 1)
        kept: list[Past] = []
        for number, block in enumerate(self.blocks):
            x, each = block(x, past[number] if past else None)
            kept.append(each)
        return self._logits(x[:, -1]), kept

    def _vectors(self, tokens: Tensor) -> Tensor:
        """[..., width] of tokens, also of hidden ones."""
        own = self.entries.weight
        if self.has_shares:
            shared = self.shares @ self.shared_entries.weight
            own = own + F.pad(shared, (0, 0, 0, 1))
        return F.embedding(tokens, own)

    def _logits(self, x: Tensor) -> Tensor:
        """[..., size] of what the blocks say of cells [..., width]."""
        x = self.norm(x)
        own: Tensor = self.head(x)
        return own + self.shared_head(x) @ self.shares.mT if self.has_shares else own

    def _places(self) -> Tensor:
        """What is added to each cell [cells, width], so that it can be told from the others."""
        return (self.rows + self.columns).flatten(0, 1)
