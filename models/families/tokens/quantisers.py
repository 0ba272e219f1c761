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
LOGITS = 64
"""Numbers from which the logits of a drawn book are made: of 8 they would hardly differ."""
EVENNESS = 5e-3
"""Weight of the KL divergence of a cell, in nats: about its share of the bound for a square of 8
pixels a side, in the units of a loss that is divided by the numbers of a picture."""
COLDEST = 0.5
"""Temperature at which a drawn book ends; it begins at 1."""


class Quantiser(nn.Module):
    """A book of `size` entries of `dim` numbers each; codes are entries as they stand in it."""

    size: int
    dim: int
    inputs: int
    """Numbers that an encoder gives for a cell: z."""

    @abstractmethod
    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Codes [N, cells, dim] of z [N, cells, inputs], whose gradient goes straight through to
        z, and what z costs, as by how far it lies beside them: a scalar."""

    def drawn(
        self, z: Tensor, fraction: float, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """As `forward`, while learning, at a `fraction` 0 to 1 of it: by chance in some books."""
        return self(z)

    @abstractmethod
    def tokens(self, codes: Tensor) -> Tensor:
        """The numbers of the nearest entries, int64 [N, cells]."""

    @abstractmethod
    def codes(self, tokens: Tensor) -> Tensor:
        """[N, cells, dim] of numbers [N, cells]."""

    def learn(self, z: Tensor, codes: Tensor, generator: torch.Generator) -> None:
        """Let the book follow one step; one that is fixed has nothing to learn."""

    def shares(self) -> Tensor | None:
        """What entries have in common: 0 and 1 [size, k], None where nothing is known of it."""
        return None


class Lattice(Quantiser):
    """FSQ: Mentzer 2023, 'Finite scalar quantization: VQ-VAE made simple', arXiv:2309.15505.

    Every number is bounded by tanh and rounded to one of its levels (Sec. 3.1); codes are in
    [-1, 1]. No book is learnt, so none collapses.
    """

    levels: Tensor
    places: Tensor

    def __init__(self, levels: tuple[int, ...]) -> None:
        super().__init__()
        self.counts = levels
        self.size, self.dim = math.prod(levels), len(levels)
        self.inputs = self.dim
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

    def shares(self) -> Tensor:
        """Which level each number of an entry has: [size, sum of levels]. It is no tensor of the
        model, so it is there even where a model is built without numbers."""
        axes = [torch.arange(count, device="cpu") for count in reversed(self.counts)]
        steps = zip(torch.cartesian_prod(*axes).flip(1).unbind(1), self.counts, strict=True)
        return torch.cat([F.one_hot(step, count) for step, count in steps], 1).float()

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
        self.size, self.dim, self.inputs = size, WIDTH, WIDTH
        self.register_buffer("entries", torch.randn(size, WIDTH))
        self.register_buffer("uses", torch.zeros(size))
        self.register_buffer("sums", torch.zeros(size, WIDTH))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        z = z.float()
        near = self.codes(self.tokens(z.detach()))
        return z + (near - z).detach(), COMMITMENT * F.mse_loss(z, near)

    def tokens(self, codes: Tensor) -> Tensor:
        return _nearest(codes, self.entries)

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


class DrawnBook(Quantiser):
    """dVAE: Ramesh 2021, arXiv:2102.12092, Sec. 2.1, on Jang 2017, arXiv:1611.01144.

    The numbers of a cell become logits over the book. While learning an entry is drawn by them
    and the gradient is that of the softmax (Jang, Sec. 2.2, 'straight-through'), so the decoder
    never sees what lies between entries; afterwards the likeliest one stands. What it costs is
    KL(q || uniform) of a cell: log size - H(q).
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size, self.dim, self.inputs = size, WIDTH, LOGITS
        self.logits = nn.Linear(LOGITS, size)
        # An entry begins as a part of what its logit is asked by. So codes tell of the encoder's
        # numbers from the first step on, and what is near to it is near to them; of entries that
        # lie anywhere a decoder hears noise, and it takes long until it listens.
        nn.init.normal_(self.logits.weight)
        nn.init.zeros_(self.logits.bias)
        self.entries = nn.Parameter(self.logits.weight.detach()[:, :WIDTH].clone())

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.logits(z).float()
        return self.codes(logits.argmax(-1)), self._unevenness(logits)

    def drawn(
        self, z: Tensor, fraction: float, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        logits = self.logits(z).float()
        # The smallest float above 0, not 0: -log(-log u) is to stay finite.
        u = torch.rand(logits.shape, generator=generator, device=z.device)
        gumbel = -(-u.clamp(1e-10, 1 - 1e-7).log()).log()
        heat = 1 - (1 - COLDEST) * fraction
        soft = ((logits + gumbel) / heat).softmax(-1)
        hard = F.one_hot(soft.argmax(-1), self.size).to(soft.dtype)
        # In full precision: what the decoder learns from are the entries as they stand.
        with torch.autocast(z.device.type, enabled=False):
            return (hard + soft - soft.detach()) @ self.entries, self._unevenness(logits)

    def _unevenness(self, logits: Tensor) -> Tensor:
        share = logits.log_softmax(-1)
        return EVENNESS * (math.log(self.size) + (share.exp() * share).sum(-1)).mean()

    def tokens(self, codes: Tensor) -> Tensor:
        return _nearest(codes, self.entries)

    def codes(self, tokens: Tensor) -> Tensor:
        return F.embedding(tokens, self.entries)


def _nearest(codes: Tensor, entries: Tensor) -> Tensor:
    """int64 [N, cells] of codes [N, cells, dim]: which of [size, dim] is nearest to each."""
    # |z - e|^2 without |z|^2, which is the same for all entries.
    flat = codes.float().flatten(0, 1)
    # In full precision also inside autocast, or a neighbour of the nearest one is found there.
    with torch.autocast(flat.device.type, enabled=False):
        apart = entries.square().sum(1) - 2 * flat @ entries.mT
    return apart.argmin(1).view(codes.shape[:2])


def perplexity(tokens: Tensor, size: int) -> Tensor:
    """How many of `size` entries are in use: the exponential of their entropy, from 1 to `size`."""
    share = torch.bincount(tokens.flatten(), minlength=size).float()
    share = share / share.sum()
    return (-(share * share.clamp_min(1e-12).log()).sum()).exp()


def quantiser(kind: str, size: str) -> Quantiser:
    """`fsq`, `vq` or `gumbel`, with a book of so many entries."""
    if kind == "fsq":
        return Lattice(LEVELS[size])
    return DrawnBook(int(size)) if kind == "gumbel" else Book(int(size))
