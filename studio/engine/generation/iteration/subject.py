"""A picture that is iterated on: its recipe on a player, and what may be asked of both."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from models.facts import Ability
from studio.engine.artwork import Pixels
from studio.engine.errors import UsageError
from studio.engine.generation.best import Judge, judge
from studio.engine.generation.differentiable import drawn
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.latent_units import units_of
from studio.engine.generation.moves.iterated import Iterated, Towards
from studio.engine.generation.moves.region import Region, Weights
from studio.engine.generation.player import Player
from studio.engine.generation.slerp import Latent
from studio.engine.project import Project

if TYPE_CHECKING:
    from torch import Tensor


Found = TypeVar("Found")


class Given(NamedTuple):
    """What was given along: a picture to go towards, and where the picture may change."""

    reference: Path | None = None
    weights: Weights | None = None
    """float32 [h, w] of the size of the picture, 0 to 1."""


class Subject:
    """`project` and `run` are where the model was trained, for what it is judged by."""

    def __init__(
        self, player: Player, recipe: LatentRecipe, project: Project, run: str,
        given: Given | None = None,
    ) -> None:  # fmt: skip
        """Raises :class:`UsageError` where it cannot be iterated on."""
        self.player, self.recipe, self.given = player, recipe, given or Given()
        self.project, self.run = project, run
        self._drawing = recipe.drawing(player)
        if self._drawing.other is not None:
            raise UsageError(
                "This picture is drawn by two models, and cannot be iterated on: take the mix of "
                "models away first."
            )
        self._remembered: dict[str, Any] = {}
        self.start = player.latent_of(recipe)
        self.pixels = player.picture_of(self.start, recipe)

    @cached_property
    def judge(self) -> Judge:
        """What says how good a picture is; :class:`UsageError` where there is nothing."""
        return judge(self.player, self.project, self.run)

    def remembered(self, key: str, made: Callable[[], Found]) -> Found:
        """What was made for this picture before, or is made now."""
        if key not in self._remembered:
            self._remembered[key] = made()
        found: Found = self._remembered[key]
        return found

    # ------------------------------------------------------------------ in numbers

    def drawn(self, w: Tensor) -> Tensor:
        """Network pictures [n, c, h, w] of w [n, slots, dim], with gradients, as they are shown."""
        import torch

        bends, noise = self._drawing.bends(), self.recipe.noise_seed
        whole = drawn(self.player.model, w, noise, None, bends)
        for patch in self._drawing.patches:
            kept, added, seen = (
                torch.from_numpy(each).to(w) for each in (patch.kept, patch.added, patch.weights)
            )
            above = drawn(self.player.model, w * kept + added, noise, None, bends)
            whole = whole + (above - whole) * seen
        return whole

    def network(self, pixels: Pixels) -> Tensor:
        """Network pictures [1, c, h, w] of uint8 [h, w, c]."""
        import torch

        batch = torch.from_numpy(np.array(pixels))[None].to(self.player.device)
        with self.player.model as family:
            return family.to_network(batch)

    # ------------------------------------------------------------------ as recipes

    def led(self, w: Latent, way: Towards) -> LatentRecipe:
        """The recipe of the picture that was led to the point w [slots, dim]."""
        moved, before = w - self.start, self.recipe.only(Iterated)
        ways: tuple[Towards, ...] = (way,)
        if before is not None:
            moved, ways = moved + before.offset_of(w), (*before.ways, way)
        return self.recipe.moved(Iterated.by(moved, ways))

    def place(self) -> int:
        """That of another region."""
        taken = (each.place for each in self.recipe.moves if isinstance(each, Region))
        return max(taken, default=-1) + 1

    def apart(self, recipe: LatentRecipe) -> float | None:
        """How far the point of a recipe is from where it began: the root of the mean square in
        standard deviations; of the parts from other points, that of the farthest. None where
        latents are parts that are drawn, whose spread says nothing and takes minutes to find.
        """
        if Ability.INVERT not in self.player.latent.abilities:
            return None
        points = [self.player.latent_of(recipe)]
        w = points[0]
        points += [each.point(w) for each in recipe.drawing(self.player).patches]
        points = points[1:] if len(points) - 1 > len(self._drawing.patches) else points[:1]
        return max(float(np.sqrt(np.square(self._steps(each)).mean())) for each in points)

    def _steps(self, w: Latent) -> Latent:
        import torch

        units = units_of(self.player)
        one, two = (torch.from_numpy(each).to(self.player.device) for each in (self.start, w))
        with torch.no_grad():
            made: Latent = (units.whitened(two) - units.whitened(one)).cpu().numpy()
        return made
