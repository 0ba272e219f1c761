"""What varies most among the pictures a model makes.

GANSpace (Härkönen et al. 2020): the principal components of the latents where they
have a shape of their own (a mixture, a mapped space), else of early activations,
carried back to the latent by least squares (their Sec. 3.3), since an even Gaussian
prior has no axis that means more than another. In a model with labels they are what varies
within a label: a slider never leads from one to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.directions.kind import Kind, Search, register
from studio.engine.generation.directions.population import population, within

if TYPE_CHECKING:
    from torch import Tensor

    from models.base import Family
    from studio.engine.generation.player import Player

FEATURE_SIDE = 4
_EXACT = 1024
_SPARE = 16
_ROUNDS = 8


@register
@dataclass(frozen=True)
class PrincipalComponents(Kind):
    """The one that a model opens with; recipes of version b1d9e7a count them."""

    name: ClassVar[str] = "pca"
    title: ClassVar[str] = "What varies most"
    summary: ClassVar[str] = (
        "The ways in which the pictures of this model differ most from each other (principal "
        "components, GANSpace)"
    )
    edition: ClassVar[int] = 3

    def find(self, player: Player, search: Search) -> list[Direction]:
        """Orthogonal in the space where they were sought, by falling share."""
        import torch

        slots, dim = player.latent.slots, player.latent.dim
        count = min(self.count, slots * dim)
        shapeless = player.latent.prior == "normal" and slots == 1
        traits: list[Tensor] = []

        def besides(family: Family, w: Tensor) -> None:
            if shapeless:
                traits.append(_activations(family, w))

        with torch.inference_mode():
            drawn = population(player, self.samples, self.seed, search, besides, count)
            seen = torch.cat(traits) if shapeless else drawn.rows
            if shapeless and player.labels:
                seen = within(seen, drawn.labels)
            ways, sigma, explained = _solve(drawn.rows, seen, count, drawn.copies)
            vectors = drawn.to_latent(ways)
        return [
            Direction(self.name, vector, float(one), float(share))
            for vector, one, share in zip(vectors, sigma.float(), explained.float(), strict=True)
        ]


def _activations(family: Family, w: Tensor) -> Tensor:
    """Early ones, pooled: [n, d]. What is compared where latents have no shape of their own."""
    from torch.nn import functional as F

    activations = family.features(w, 2 * FEATURE_SIDE).float()
    return F.adaptive_avg_pool2d(activations, FEATURE_SIDE).flatten(1).cpu()


def _solve(
    latents: Tensor, traits: Tensor, count: int, copies: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Ways [count, numbers] of length 1, how long a step is, and what each explains, of latents
    [n, numbers] in which `copies` slots are as one."""
    import torch

    w = (latents - latents.mean(0)).double()
    scores, explained = principal(traits, count, copies)
    covariance = w.T @ w / len(w)
    # Least squares of the latent on the scores; the scores are uncorrelated, so each alone.
    slopes = (w.T @ scores / len(w)).T
    ridge = 1e-9 * covariance.diagonal().mean().clamp_min(1e-12)
    solved = torch.linalg.solve(
        covariance + ridge * torch.eye(len(covariance), dtype=w.dtype), slopes.T
    ).T
    # Length that is one standard deviation: 1 in the space where the latents are white.
    white = (slopes * solved).sum(1).clamp_min(1e-30).sqrt()
    steps = slopes / white[:, None]
    length = steps.norm(dim=1).clamp_min(1e-30)
    return signed(steps / length[:, None]), length, explained


def signed(ways: Tensor) -> Tensor:
    """Ways [count, numbers], each turned so that its largest number is positive."""
    import torch

    largest = ways.abs().argmax(dim=1)
    return ways * ways[torch.arange(len(ways)), largest].sign()[:, None]


def principal(traits: Tensor, count: int, copies: int = 1) -> tuple[Tensor, Tensor]:
    """(scores [n, count], explained [count]) of the principal components of `traits` [n, d].

    Exact up to 1024 traits; beyond, by randomised subspace iteration (Halko et al. 2011,
    Alg. 4.4) from a fixed start, as a whole decomposition of 12,288 takes minutes. Each trait
    may stand for `copies` that are alike, 1 / sqrt(copies) as long: that is how they are counted.
    """
    import torch

    t = traits - traits.mean(0)
    if t.shape[1] * copies <= _EXACT:
        t = t.double()
        values, axes = torch.linalg.eigh(t.T @ t / len(t))
    else:
        start = torch.Generator().manual_seed(0)
        basis = torch.randn(t.shape[1] * copies, count + _SPARE, generator=start)
        basis = basis.view(copies, t.shape[1], -1).sum(0)
        for _ in range(_ROUNDS):
            basis = torch.linalg.qr(t.T @ (t @ basis)).Q
        seen = (t @ basis).double()
        values, inner = torch.linalg.eigh(seen.T @ seen / len(t))
        axes = basis.double() @ inner
    order = torch.argsort(values, descending=True)[:count]
    total = t.square().sum(dtype=torch.float64) / len(t)
    explained = values[order].clamp_min(0) / total.clamp_min(1e-30)
    return (t @ axes[:, order].to(t.dtype)).double(), explained
