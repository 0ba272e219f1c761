"""The best of many pictures: each gets a score, by which they are sorted.

By the discriminator where a model has one: what an adversarial pair has learnt to tell real
pictures by sorts its own as well (Azadi et al. 2019, arXiv:1810.06758). Elsewhere by how near a
picture comes to the training pictures without being a copy (:mod:`copies`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from models.facts import Ability
from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError, UsageError
from studio.engine.evaluation.copies import EXTRACTOR, CopyCheck
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.said import Said
from studio.engine.training.planning import runs
from studio.engine.training.record.checkpoint_model import load_model
from studio.engine.training.record.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor

    from studio.engine.generation.player import Player
    from studio.engine.project import Project


_ROOM = 1.1
"""Times what is ordinary, below which a gradient draws a picture no nearer to training pictures."""


class HasScore(Protocol):
    """Whatever can be sorted by one."""

    @property
    def score(self) -> float: ...


Kind = TypeVar("Kind", bound=HasScore)


class Scored(NamedTuple):
    """A picture on trial: more is better."""

    recipe: LatentRecipe
    pixels: Pixels
    score: float


class Judge(ABC):
    """Says how good a picture is; `title` is what the score is called."""

    title: Said

    @abstractmethod
    def score(self, pixels: Pixels) -> float:
        """Of uint8 [h, w, c]."""

    @abstractmethod
    def opinion(self, x: Tensor) -> Tensor:
        """What grows as the score does, [n] of network pictures [n, c, h, w]: for gradients."""


class Critic(Judge):
    """What the critic of the model makes of it: a logit, of which 0 is undecided."""

    title = Said("How real the discriminator finds a picture (logit)")

    def __init__(self, player: Player) -> None:
        # What is played has no critic in memory: only training needs one.
        self._family, self._device = load_model(player.folder, player.device), player.device

    def score(self, pixels: Pixels) -> float:
        import torch

        with torch.inference_mode():
            batch = torch.from_numpy(pixels)[None].to(self._device)
            return float(self._family.score(batch)[0])

    def opinion(self, x: Tensor) -> Tensor:
        return self._family.opinion(x)


class NearButNew(Judge):
    """1 at the limit of what is called a copy, less further away, and 0 to -1 for a copy."""

    title = Said("How near a picture is to the training pictures without being a copy")

    def __init__(self, check: CopyCheck) -> None:
        self._check = check
        self._known: Tensor | None = None

    def score(self, pixels: Pixels) -> float:
        closeness = self._check.check(pixels).closeness
        return -closeness if closeness >= 0 else 1.0 / (1.0 - closeness)

    def opinion(self, x: Tensor) -> Tensor:
        """By embeddings alone, and no nearer than what is called a copy with room to spare."""
        import torch

        from models.parts.features import Extractor

        if self._known is None:
            self._known = torch.from_numpy(self._check.known).float().to(x.device)
            self._extractor = Extractor(EXTRACTOR, str(x.device))
        seen = x[:, :3]  # what is clear counts as middle grey, as in an embedding of bytes
        if x.shape[1] == 4:
            seen = seen + (1 - (x[:, 3:] + 1) / 2)
        gaps = torch.cdist(self._extractor.described(seen.float()), self._known).min(1).values
        return -(gaps / max(self._check.ordinary, 1e-6)).clamp_min(_ROOM)


def judge(player: Player, project: Project, run: str) -> Judge:
    """The best one for a model; :class:`UsageError` where there is none."""
    if Ability.SCORE in player.latent.abilities:
        return Critic(player)
    try:
        prepared = runs.pictures_of(project.folder, Recipe.load(runs.run(project, run).folder))
    except StudioError as error:
        raise UsageError(
            "There is nothing to sort pictures of {run} by: it has no discriminator, and its "
            "training pictures cannot be read.", error.detail, run=run,
        ) from error  # fmt: skip
    return NearButNew(CopyCheck.of(prepared))


def scored(
    player: Player, judge: Judge, recipes: Sequence[LatentRecipe],
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Scored]:  # fmt: skip
    """The pictures of recipes, one after another, until all are done or it is cancelled."""
    for number, recipe in enumerate(recipes, 1):
        if cancelled():
            return
        pixels = player.picture(recipe)
        yield Scored(recipe, pixels, judge.score(pixels))
        progress(number, len(recipes))


def best_first(pictures: Iterable[Kind]) -> list[Kind]:
    """What has a score, sorted by it; of equal ones the first stays first."""
    return sorted(pictures, key=lambda each: -each.score)
