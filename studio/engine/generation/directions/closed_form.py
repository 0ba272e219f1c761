"""What the weights themselves would change most.

SeFa (Shen & Zhou 2021, arXiv:2007.06600, Eq. 5-7): the ways n of length 1 in which the first
weights A behind the latent answer most, |A n|^2, are the eigenvectors of A^T A. No picture is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.facts import Ability
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.directions.kind import Kind, Search, register
from studio.engine.generation.directions.population import Population, population
from studio.engine.generation.directions.principal_components import signed

if TYPE_CHECKING:
    from torch import Tensor

    from studio.engine.generation.player import Player

_STILL = 1e-5
"""Of the mean deviation: numbers of a latent that vary less say which label it is, and stay."""


@register
@dataclass(frozen=True)
class ClosedForm(Kind):
    """As quick as an eigenvalue problem; few seeds are enough for the length of a step."""

    name: ClassVar[str] = "sefa"
    title: ClassVar[str] = "What the weights change most"
    summary: ClassVar[str] = (
        "The ways to which the first weights of this model answer most, without looking at a "
        "picture (closed-form factorisation, SeFa)"
    )
    ability: ClassVar[Ability] = Ability.FACTOR

    samples: int = 1_000

    def find(self, player: Player, search: Search) -> list[Direction]:
        """Orthogonal, the strongest answer first; `share` is the part of all answers."""
        import torch

        with torch.inference_mode():
            drawn = population(player, self.samples, self.seed, search)
            gram = self._gram(player, drawn)
            deviation = drawn.covariance.diagonal().clamp_min(0).sqrt()
            moving = (deviation > _STILL * deviation.mean()).to(gram.dtype)
            values, axes = torch.linalg.eigh(gram * moving[:, None] * moving)
            order = torch.argsort(values, descending=True)[: min(self.count, int(moving.sum()))]
            ways = signed(axes[:, order].T)
            shares = values[order] / values.sum().clamp_min(1e-30)
            steps = [drawn.deviation(way) for way in ways]
            vectors = drawn.to_latent(ways)
        return [
            Direction(self.name, *each)
            for each in zip(vectors, steps, map(float, shares), strict=True)
        ]

    @staticmethod
    def _gram(player: Player, drawn: Population) -> Tensor:
        """A^T A float64 [numbers, numbers] in rows of the population."""
        import torch

        latent = player.latent
        numbers = drawn.rows.shape[1]
        basis = torch.eye(numbers) * drawn.copies**-0.5
        places = basis[:, None] if drawn.copies > 1 else basis.view(numbers, latent.slots, -1)
        with player.model as family:
            places = places.expand(-1, latent.slots, -1).to(player.device)
            answers = family.styles(places) - family.styles(torch.zeros_like(places[:1]))
        answers = answers.double().cpu()
        made: Tensor = answers @ answers.T
        return made
