"""How points of a picture move with its latent: the mathematics of dragging, one step at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.facts import Ability
from studio.engine.errors import StudioError
from studio.engine.generation.differentiable import drawn
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.latent_units import units_of
from studio.engine.generation.moves.dragged import Handle, Mask
from studio.engine.generation.moves.residual import Added, DraggedLayer
from studio.engine.generation.slerp import Latent

if TYPE_CHECKING:
    from torch import Tensor

    from studio.engine.generation.player import Player

SLOTS = 6
"""So many slots move, of the coarse ones: fine ones say how a place looks, not where it is."""
RATE, BESIDE_RATE, LAYER_RATE = 0.1, 0.01, 0.05
"""Adam's, in standard deviations: of a latent, of one beside the coarsest layer, and of that."""
UNHELD = 10.0
"""Times as much as the latent the coarsest layer is kept where it was, if no mask holds the rest:
Adam moves its far cells as quickly as those at a handle."""
STRIDE = 1.0
"""Pixels that a handle is asked to move at a time: a unit vector in the paper."""
# Radii in pixels. Those of the paper are for 512 and shrink with the picture, but no further.
# From step to step a handle is looked for where the stride and a half may have brought it.
_PAPER_SIDE = 512
_AROUND, _SEARCHED = (3.0, 3.0), (12.0, 2.0)
_PATCH = 3.0


class PointMotion:
    """A pull on one picture: `look`, then `advance`, in turn. Places are (x, y) in pixels."""

    def __init__(
        self, player: Player, recipe: LatentRecipe, start: Latent, handles: Sequence[Handle],
        mask: Mask | None, reach: float,
    ) -> None:  # fmt: skip
        import torch

        spec = player.image_spec
        longer = max(spec.width, spec.height)
        self._model = player.model
        self._units = units_of(player)
        self._start = torch.from_numpy(start).to(player.device)  # [slots, dim]
        drawing = recipe.drawing(player)
        self._layer: Tensor | None = None
        if reach and len(start) == 1 and Ability.BEND in player.latent.abilities:
            coarsest = player.layers()[0]
            shape = coarsest.channels, coarsest.height, coarsest.width
            self._layer = self._start.new_zeros(shape).requires_grad_(True)
            place = len(_below(recipe).drawing(player).changes[0])
            drawing.changes[0].insert(place, self._moved)
        self._noise, self._bends = recipe.noise_seed, drawing.bends()
        self._sides = self._start.new_tensor([spec.width, spec.height])
        self._resolution = min(spec.height, spec.width) // 2
        rows = min(SLOTS, len(start))
        self._steps = torch.zeros_like(self._start[:rows]).requires_grad_(True)
        own = [{"params": [self._steps], "lr": RATE if self._layer is None else BESIDE_RATE}]
        if self._layer is not None:
            own.append({"params": [self._layer], "lr": reach * LAYER_RATE})
        self._adam = torch.optim.Adam(own)
        self._lies = self._units.whitened(self._start[:rows])
        self._centre = self._units.coloured(torch.zeros_like(self._lies))
        self._outside = max(1.0, float(self._lies.square().mean()))
        self._around, self._searched = (
            _disc(max(least, radius * longer / _PAPER_SIDE)).to(self._start)
            for radius, least in (_AROUND, _SEARCHED)
        )
        self._patch = _disc(_PATCH).to(self._start)
        self._handles = self._start.new_tensor([[each.x, each.y] for each in handles])
        self._targets = self._start.new_tensor([[each.to_x, each.to_y] for each in handles])
        self._mask = mask
        self._seen: Tensor | None = None
        self._first = self._wanted = self._led = self._still = self._start.new_empty(0)
        self._spread = self._start.new_zeros(())

    def look(self) -> tuple[tuple[tuple[float, float], ...], Latent]:
        """Where the handles are now, and w [slots, dim]; StudioError where it is no number."""
        import torch

        with torch.inference_mode(False), torch.enable_grad():
            rows = len(self._steps)
            away = self._units.coloured(self._steps) - self._centre
            w = torch.cat([self._start[:rows] + away, self._start[rows:]])
        seen = drawn(self._model, w[None], self._noise, self._resolution, self._bends)[0].float()
        now = seen.detach()
        if not bool(torch.isfinite(now).all()):
            raise StudioError(
                "This model draws no picture from here: take the last steps back, or open another "
                "checkpoint."
            )
        if self._seen is None:
            self._remember(now)
        else:
            self._track(now)
        self._seen = seen
        places = tuple((x, y) for x, y in self._handles.tolist())
        return places, w.detach().cpu().numpy()

    def layer(self) -> Added | None:
        """What is added to the coarsest layer now, float32 [c, h, w]; None where it stays."""
        if self._layer is None:
            return None
        made: Added = (self._layer.detach() * self._spread).cpu().numpy()
        return made

    def _moved(self, x: Tensor) -> Tensor:
        """The coarsest layer [1, c, h, w], moved in deviations of what it said at first."""
        if not self._spread:
            self._spread = x.detach().std().to(self._spread)
        assert self._layer is not None
        return x + self._layer * self._spread

    def advance(self, hold: float, likeness: float) -> None:
        """One step of the latent by what was seen last."""
        import torch

        assert self._seen is not None
        with torch.inference_mode(False), torch.enable_grad():
            loss = self._motion(self._seen) / self._scale
            if len(self._still):
                changed = (self._seen - self._first).abs().mean(0)
                loss = loss + hold * (changed * self._still).mean() / self._scale
            lies = (self._lies + self._steps).square().mean()
            loss = loss + likeness * torch.relu(lies - self._outside)
            if self._layer is not None and not len(self._still):
                loss = loss + UNHELD * likeness * self._layer.square().mean()
            self._adam.zero_grad(set_to_none=True)
            loss.backward()
            self._adam.step()

    def _motion(self, seen: Tensor) -> Tensor:
        """Eq. 1: what was around each handle is to be found a stride nearer to its target."""
        gap = self._targets - self._handles
        length = gap.norm(dim=1, keepdim=True)
        stride = gap / length.clamp_min(1e-6) * length.clamp_max(STRIDE)
        around = self._handles[:, None] + self._around  # [n, places, 2]
        there = self._at(seen, around + stride[:, None])
        return (self._led - there).abs().mean((0, 2)).sum()

    def _remember(self, seen: Tensor) -> None:
        """What the picture is at first, which handles are known by and the rest is held to."""
        import torch
        from torch.nn import functional as F

        self._first = seen
        self._scale = seen.std().clamp_min(1e-6)
        self._wanted = self._at(seen, self._handles[:, None] + self._patch)
        self._led = self._at(seen, self._handles[:, None] + self._around)
        if self._mask is not None:
            free = torch.from_numpy(self._mask)[None].to(seen)
            self._still = 1 - F.adaptive_avg_pool2d(free, (seen.shape[1], seen.shape[2]))[0]

    def _track(self, seen: Tensor) -> None:
        """Eq. 3: each handle is where its patch is found again, near where it was."""
        import torch

        tried = self._handles[:, None] + self._searched  # [n, tries, 2]
        found = self._at(seen, (tried[:, :, None] + self._patch).flatten(1, 2))
        count = len(self._patch)
        found = found.unflatten(2, (-1, count))  # [c, n, tries, patch]
        error = (found - self._wanted[:, :, None]).abs().mean((0, 3))
        inside = ((tried >= -0.5) & (tried <= self._sides - 0.5)).all(2)
        error = error.masked_fill(~inside, math.inf)
        best = error.argmin(1)
        rows = torch.arange(len(tried), device=tried.device)
        self._handles = tried[rows, best] + self._between(error, best)

    def _between(self, error: Tensor, best: Tensor) -> Tensor:
        """Where between pixels the error [n, tries] is least: a parabola through neighbours."""
        import torch

        moved = torch.zeros_like(self._handles)
        for axis in (0, 1):
            step = torch.zeros(2).to(self._handles)
            step[axis] = 1
            before, after = (
                self._error_at(error, self._searched[best] + sign * step) for sign in (-1, 1)
            )
            least = error.gather(1, best[:, None])[:, 0]
            bow = before - 2 * least + after
            shift = (before - after) / (2 * bow)
            usable = torch.isfinite(shift) & (bow > 0)
            moved[:, axis] = torch.where(usable, shift.clamp(-0.5, 0.5), 0.0)
        return moved

    def _error_at(self, error: Tensor, step: Tensor) -> Tensor:
        """The error [n] of the steps [n, 2] that were tried; infinite for others."""
        same = (self._searched[None] == step[:, None]).all(2)
        return error.masked_fill(~same, math.inf).min(1).values

    def _at(self, seen: Tensor, places: Tensor) -> Tensor:
        """Activations [c, h, w] at places [n, m, 2], between cells bilinear: [c, n, m]."""
        from torch.nn import functional as F

        grid = (places + 0.5) * 2 / self._sides - 1
        return F.grid_sample(seen[None], grid[None], padding_mode="border", align_corners=False)[0]


def _below(recipe: LatentRecipe) -> LatentRecipe:
    """With the moves alone that come before what is dragged in the coarsest layer."""
    kept = tuple(move for move in recipe.moves if move.rank <= DraggedLayer.rank)
    return recipe.model_copy(update={"moves": kept})


def _disc(radius: float) -> Tensor:
    """Steps [n, 2] to every pixel that is no farther than `radius`."""
    import torch

    reach = int(radius)
    line = torch.arange(-reach, reach + 1, dtype=torch.float32)
    steps = torch.cartesian_prod(line, line)
    return steps[steps.square().sum(1) <= radius**2]
