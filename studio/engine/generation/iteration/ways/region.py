"""A part of the picture again, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.facts import Ability
from models.parameters import param
from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.cells import grid_of, touched
from studio.engine.generation.iteration.subject import Subject
from studio.engine.generation.iteration.way import (
    Tried,
    Way,
    count_param,
    not_moved,
    register,
    seed_param,
)
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.latent_units import units_of
from studio.engine.generation.moves.dragged import PackedMask
from studio.engine.generation.moves.region import Region as Laid
from studio.engine.generation.moves.region import Weights
from studio.engine.generation.player import LACKING, Player
from studio.engine.generation.slerp import Latent
from studio.engine.said import Said
from studio.engine.seeds import LARGEST_SEED

if TYPE_CHECKING:
    from torch import Tensor

_RATE = 0.08
"""Adam's, in standard deviations."""
_PULL = 0.02
"""Weight of the mean square of a latent against that of the picture that is held (from -1 to 1)."""
_FRESH = 1.0
"""Weight of what another seed draws inside, against what is to stay outside."""
_LOOK = 10
"""Steps, of which one is shown: to draw a picture takes as long as half a step."""
_FAR = 0.15
"""How much what is far from the region counts beside what touches it."""


@register
@dataclass(frozen=True)
class Region(Way):
    """Where a latent is a grid, its cells are drawn again so that they fit (token inpainting).
    Elsewhere the point of another seed is led to where its picture fits around the region; what
    it draws inside is laid over. Outside nothing changes."""

    name = "region"
    title = "A region again"
    summary = (
        "Only what the mask covers is drawn again, several times, and laid in softly; the rest "
        "stays to the last level."
    )
    several = True
    wants_region = True

    count: int = count_param(6, 1, 64)
    strength: float = param(
        0.6, label="How new", low=0.1, high=1.0, step=0.05, term="share of another seed",
        help="How far it begins from what is there; 1 is another picture altogether. Where a "
        "model draws cells anew, they are always new.",
    )  # fmt: skip
    feather: float = param(
        3.0, label="Soft edge", low=0.0, high=64.0, step=0.5, unit="px", term="feather",
        help="How softly the part is laid in, inwards from the edge of the mask.",
    )  # fmt: skip
    steps: int = param(
        60, label="Steps", low=0, high=1_000, step=5, term="gradient steps",
        help="Of fitting a variant to what surrounds it; none where cells are drawn anew.",
    )  # fmt: skip
    seed: int = seed_param()

    def refusal(self, player: Player) -> Said | None:
        if Ability.REPAIR in player.latent.abilities or not_moved(player) is None:
            return None
        return LACKING[Ability.REPAIR]

    def ready(self, subject: Subject) -> None:
        super().ready(subject)
        self._weights(subject)

    def _weights(self, subject: Subject) -> Weights:
        return subject.remembered(f"weights {self.feather}", lambda: _soft(subject, self.feather))

    def tried(self, subject: Subject) -> Iterator[Tried]:
        player, weights = subject.player, self._weights(subject)
        by_cells = Ability.REPAIR in player.latent.abilities
        each = 1 if by_cells else self.steps + 1
        for number in range(self.count):
            seed = (self.seed + number) % (LARGEST_SEED + 1)
            before = number * each
            if by_cells:
                yield Tried(before + 1, self.count, self._drawn_anew(subject, weights, seed))
                continue
            for step, other in enumerate(self._fitted(subject, weights, seed), 1):
                if step % _LOOK and step < each:
                    continue
                laid = Laid.between(subject.place(), weights, subject.start, other)
                yield Tried(
                    before + step, self.count * each, subject.recipe.moved(laid), step == each
                )

    def _drawn_anew(self, subject: Subject, weights: Weights, seed: int) -> LatentRecipe:
        player = subject.player
        cells = touched(weights > 0, grid_of(player.latent))
        start, beginning = subject.start, subject.recipe.beginning
        other = player.redrawn(start, cells.flatten(), seed, beginning)
        laid = Laid.between(subject.place(), weights, start, other, PackedMask.of(cells))
        return subject.recipe.moved(laid)

    def _fitted(self, subject: Subject, weights: Weights, seed: int) -> Iterator[Latent]:
        """The other point as it is led to fit, the first one before any step."""
        import torch

        player, units = subject.player, units_of(subject.player)
        chance = player.sample(Seeded.beside(subject.recipe.beginning, seed))
        with torch.inference_mode(False), torch.no_grad():
            here, there = (
                units.whitened(torch.from_numpy(each).to(player.device))
                for each in (subject.start, chance)
            )
            # Along the arc, as what lies on the straight line between two is dull.
            angle = self.strength * math.pi / 2
            begun = math.cos(angle) * here + math.sin(angle) * there
            wanted, held = subject.network(subject.pixels), _held(weights, player.device)
            fresh = subject.drawn(begun_at := units.coloured(begun)[None]).detach()
            inside = torch.from_numpy(weights / weights.sum()).to(begun_at)
        u = begun.requires_grad_(True)
        adam = torch.optim.Adam([u], lr=_RATE)
        for number in range(self.steps + 1):
            with torch.inference_mode(False), torch.enable_grad():
                w = units.coloured(u)
                yield w.detach().cpu().numpy()
                if number == self.steps:
                    return
                drawn = subject.drawn(w[None])
                gaps, new = ((drawn - each).square().mean(1)[0] for each in (wanted, fresh))
                loss = (gaps * held).sum() + _FRESH * self.strength * (new * inside).sum()
                loss = loss + _PULL * u.square().mean()
                (u.grad,) = torch.autograd.grad(loss, u)
                adam.param_groups[0]["lr"] = _RATE * (
                    0.5 + 0.5 * math.cos(math.pi * number / self.steps)
                )
                adam.step()


def _soft(subject: Subject, feather: float) -> Weights:
    """The mask as it was given, less near its edge: never outside of it."""
    from PIL import Image, ImageFilter

    weights, (width, height) = subject.given.weights, subject.player.size
    if weights is None:
        raise UsageError("There is no mask: say which part of the picture is to be drawn again.")
    if weights.shape != (height, width):
        raise UsageError(
            "The mask has {mask_width} × {mask_height} pixels, the picture {width} × {height}: "
            "make it of the same size.",
            mask_width=weights.shape[1], mask_height=weights.shape[0], width=width, height=height,
        )  # fmt: skip
    if not weights.any():
        raise UsageError("No part of the picture was chosen: choose one that lies inside of it.")
    if feather <= 0:
        return weights
    # At the edge of the picture there is no edge of the mask.
    rim = math.ceil(3 * feather)
    wide = np.pad(weights, rim, mode="edge")
    blurred = Image.fromarray(np.rint(wide * 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(feather / 2)
    )
    soft = np.asarray(blurred, np.float32)[rim:-rim, rim:-rim] / 255
    made: Weights = (weights * np.clip(2 * soft - 1, 0, 1)).astype(np.float32)
    return made if made.any() else weights


def _held(weights: Weights, device: str) -> Tensor:
    """[h, w], its sum 1: how much each pixel counts that is to stay, most beside the region."""
    import torch
    from torch.nn import functional as F

    seen = torch.from_numpy(weights).to(device)
    side = max(1, min(weights.shape) // 8) | 1
    near = F.avg_pool2d(seen[None, None], side, 1, side // 2, count_include_pad=False)[0, 0]
    held = (1 - seen) * (_FAR + near)
    return held / held.sum().clamp_min(1e-6)
