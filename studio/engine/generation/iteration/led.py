"""Ways that lead a picture towards something by gradients: one that is better and better."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.parameters import param
from studio.engine.generation.iteration.climb import climb
from studio.engine.generation.iteration.subject import Subject
from studio.engine.generation.iteration.way import Tried, Way, not_moved
from studio.engine.generation.moves.iterated import Towards
from studio.engine.generation.player import Player
from studio.engine.said import Said

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Led(Way):
    """Within a ball around where the picture lies (:mod:`climb`)."""

    zones: ClassVar[tuple[str, ...]] = ()
    """The parts of the layers that move, where a model has them; all where it has not."""

    strength: float = param(
        0.4, label="Strength", low=0.05, high=1.0, step=0.05, term="radius in standard deviations",
        help="How far the picture may go from what it is; two pictures by chance are 1.4 apart.",
    )  # fmt: skip
    steps: int = param(
        60, label="Steps", low=5, high=1_000, step=5, term="gradient steps",
        help="Of the search. More come nearer to the best within reach, and take longer.",
    )  # fmt: skip

    def refusal(self, player: Player) -> Said | None:
        return not_moved(player)

    @abstractmethod
    def grown(self, subject: Subject, x: Tensor) -> Tensor:
        """What is to grow, [n] of network pictures [n, c, h, w]."""

    def tried(self, subject: Subject) -> Iterator[Tried]:
        reference = subject.given.reference if self.wants_reference else None
        way = Towards(
            way=self.name, strength=self.strength, reference=reference.name if reference else ""
        )
        found = climb(
            subject, lambda x: self.grown(subject, x), self.strength, self.steps, self.zones
        )
        for number, w in enumerate(found, 1):
            yield Tried(number, self.steps, subject.led(w, way))
