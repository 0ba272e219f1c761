"""From the numbers of an encoder to the entries of a book, cell by cell."""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = {"240": (8, 6, 5), "1000": (8, 5, 5, 5), "4375": (7, 5, 5, 5, 5)}
"""By the size of the book (Mentzer 2023, Table 1, 'recommended sets of levels')."""
COMMITMENT = 0.25
KEPT = 0.99
"""Of the running counts and sums of a learnt book, at one step."""
UNUSED = 0.5
"""Cells of a step, on running average, below which an entry counts as unused."""
WIDTH = 8
"""Numbers of an entry of a learnt book."""


class Quantiser(nn.Module):
    """A book of `size` entries of `dim` numbers each; codes are entries as they stand in it."""

    size: int
    dim: int

    @abstractmethod
    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Codes [N, cells, dim] of z [N, cells, dim], whose gradient goes straight through to z,
        and what it costs that z lies beside them: a scalar."""

    @abstractmethod
    def tokens(self, codes: Tensor) -> Tensor:
        """The numbers of the nearest entries, int64 [N, cells]."""

    @abstractmethod
    def codes(self, tokens: Tensor) -> Tensor:
        """[N, cells, dim] of numbers [N, cells]."""

    def learn(self, z: Tensor, codes: Tensor, generator: torch.Generator) -> None:
        """Let the book follow one step; one that is fixed has nothing to learn."""


class Lattice(Quantiser):
    """FSQ: Mentzer 2023, 'Finite scalar quantization: VQ-VAE made simple', arXiv:2309.15505.

    Every number is bounded by tanh and rounded to one of its levels (Sec. 3.1); codes are in
    [-1, 1]. No book is learnt, so none collapses.
    """

    levels: Tensor
    places: Tensor

    def __init__(self, levels: tuple[int, ...]) -> None:
        super().__init__()
        self.size, self.dim = math.prod(levels), len(levels)
        places = [math.prod(levels[:k]) for k in range(len(levels))]
        self.register_buffer("levels", torch.tensor(levels))
        self.register_buffer("places", torch.tensor(places))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        half = (self.levels - 1) * (1 + 1e-3) / 2
        offset = torch.where(self.levels % 2 == 0, 0.5, 0.0)
        bounded = (z.float() + (offset / half).atanh()).tanh() * half - offset
        rounded = bounded + (bounded.round() - bounded).detach()
        return rounded / (self.levels // 2), z.new_zeros(())

    def tokens(self, codes: Tensor) -> Tensor:
        middle = self.levels // 2
        steps = (codes * middle).round().long() + middle
        return (steps.clamp_min(0).minimum(self.levels - 1) * self.places).sum(-1)

    def codes(self, tokens: Tensor) -> Tensor:
        middle = self.levels // 2
        steps = tokens.unsqueeze(-1) // self.places % self.levels
        return (steps - middle) / middle


class Book(Quantiser):
    """VQ with a running average: van den Oord 2017, arXiv:1711.00937, Eq. 3 and Appendix A.1.

    Entries follow the mean of the numbers that were nearest to them. One that none is near to
    begins again at numbers of the batch, drawn by chance (Dhariwal 2020, arXiv:2005.00341,
    Sec. 3.2, 'random restarts'), as all do at the first step.
    """

    entries: Tensor
    uses: Tensor
    sums: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size, self.dim = size, WIDTH
        self.register_buffer("entries", torch.randn(size, WIDTH))
        self.register_buffer("uses", torch.zeros(size))
        self.register_buffer("sums", torch.zeros(size, WIDTH))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        z = z.float()
        near = self.codes(self.tokens(z.detach()))
        return z + (near - z).detach(), COMMITMENT * F.mse_loss(z, near)

    def tokens(self, codes: Tensor) -> Tensor:
        # |z - e|^2 without |z|^2, which is the same for all entries.
        flat = codes.flatten(0, 1)
        apart = self.entries.square().sum(1) - 2 * flat @ self.entries.mT
        return apart.argmin(1).view(codes.shape[:2])

    def codes(self, tokens: Tensor) -> Tensor:
        return F.embedding(tokens, self.entries)

    @torch.no_grad()
    def learn(self, z: Tensor, codes: Tensor, generator: torch.Generator) -> None:
        flat = z.detach().float().flatten(0, 1)
        chosen = F.one_hot(self.tokens(codes.detach()).flatten(), self.size).to(flat.dtype)
        self.uses.lerp_(chosen.sum(0), 1 - KEPT)
        self.sums.lerp_(chosen.mT @ flat, 1 - KEPT)
        fresh = torch.randint(len(flat), (self.size,), generator=generator, device=flat.device)
        unused = (self.uses < UNUSED * (1 - KEPT)).unsqueeze(1)
        self.sums.copy_(torch.where(unused, flat[fresh], self.sums))
        self.uses.copy_(torch.where(unused.squeeze(1), torch.ones_like(self.uses), self.uses))
        self.entries.copy_(self.sums / self.uses.unsqueeze(1))


def quantiser(kind: str, size: str) -> Quantiser:
    """`fsq` or `vq`, with a book of so many entries."""
    return Lattice(LEVELS[size]) if kind == "fsq" else Book(int(size))
