"""What a way to go on from a picture is, and the list of those there are.

Adding one is adding one file to `ways`: a frozen dataclass of declared parameters, decorated with
`register`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from models.facts import Ability
from models.parameters import Declared, param
from models.registry import Registry
from studio.engine.artwork import Pixels
from studio.engine.errors import UsageError
from studio.engine.generation.iteration.subject import Subject
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.said import Said
from studio.engine.seeds import LARGEST_SEED


class Tried(NamedTuple):
    """`done` of `total` is behind it; `recipe` is what was tried, to be looked at."""

    done: int
    total: int
    recipe: LatentRecipe
    is_whole: bool = True
    """Whether it may be kept: what is on the way to something is only shown."""


@dataclass(frozen=True)
class Way(Declared, ABC):
    """`several` ways find pictures to choose from; the others one that is better and better."""

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    several: ClassVar[bool] = False
    rising: ClassVar[bool] = True
    """Whether more of the figure is better."""
    wants_reference: ClassVar[bool] = False
    wants_region: ClassVar[bool] = False

    @abstractmethod
    def refusal(self, player: Player) -> Said | None:
        """Why a model cannot do it."""

    def ready(self, subject: Subject) -> None:
        """:class:`UsageError` where it cannot begin; what needs reading is read."""
        refusal = self.refusal(subject.player)
        if refusal is not None:
            raise UsageError(refusal)

    def measure(self, subject: Subject) -> Said:
        """What its figure is called."""
        return subject.judge.title

    def figure(self, subject: Subject, pixels: Pixels) -> float:
        """How far a picture, uint8 [h, w, c], is."""
        return subject.judge.score(pixels)

    @abstractmethod
    def tried(self, subject: Subject) -> Iterator[Tried]:
        """What is tried, one after another."""


def count_param(default: int, low: int, high: int) -> int:
    """Of a way with `several`."""
    declared: int = param(
        default, label="How many", low=low, high=high, step=1, term="k",
        help="Variants that are drawn. The best of more is better, and takes longer.",
    )  # fmt: skip
    return declared


def seed_param() -> int:
    """Of a way with `several`."""
    declared: int = param(
        0, label="First seed", low=0, high=LARGEST_SEED, step=1,
        help="The variants are those of this seed and the following ones.",
    )  # fmt: skip
    return declared


def not_moved(player: Player) -> Said | None:
    """Why a model's latents cannot be moved little by little."""
    if Ability.INVERT in player.latent.abilities:
        return None
    return Said(
        "The latents of this model are parts that are drawn, and cannot be led anywhere little by "
        "little: choose a model of another family, or draw a part anew."
    )


_REGISTRY = Registry[type[Way]](
    "studio.engine.generation.iteration.ways",
    lambda name, known: UsageError(
        "There is no way {name} to go on from a picture. Known: {known}.", name=name, known=known
    ),
)
register, ways, way = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one
