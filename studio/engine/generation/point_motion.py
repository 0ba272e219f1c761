"""How points of a picture move with its latent: the mathematics of dragging, one step at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError
from studio.engine.generation.differentiable import drawn
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.latent_units import units_of
from studio.engine.generation.moves.dragged import Handle, Mask
from studio.engine.generation.slerp import Latent

if TYPE_CHECKING:
    from torch import Tensor

    from studio.engine.generation.player import Player

SLOTS = 6
"""So many slots move, of the coarse ones: fine ones say how a place looks, not where it is."""
RATE = 0.1
"""Adam's, in standard deviations of a latent."""
STRIDE = 1.0
"""Pixels that a handle is asked to move at a time: a unit vector in the paper."""
# Radii in pixels. Those of the paper are for 512 and shrink with the picture, but no further.
_PAPER_SIDE = 512
_MOVED, _SEARCHED = (3.0, 3.0), (12.0, 4.0)
_PATCH = 3.0


class PointMotion:
    """A pull on one picture: `look`, then `advance`, in turn. Places are (x, y) in pixels."""

    def __init__(
        self, player: Player, recipe: LatentRecipe, start: Latent, handles: Sequence[Handle],
        mask: Mask | None,
    ) -> None:  # fmt: skip
        import torch

        spec = player.image_spec
        longer = max(spec.width, spec.height)
        self._model = player.model
        self._units = units_of(player)
        self._start = torch.from_numpy(start).to(player.device)  # [slots, dim]
        self._noise, self._bends = recipe.noise_seed, recipe.drawing(player).bends()
        self._sides = self._start.new_tensor([spec.width, spec.height])
        self._resolution = min(spec.height, spec.width) // 2
        rows = min(SLOTS, len(start))
        self._steps = torch.zeros_like(self._start[:rows]).requires_grad_(True)
        self._adam = torch.optim.Adam([self._steps], lr=RATE)
        self._lies = self._units.whitened(self._start[:rows])
        self._centre = self._units.coloured(torch.zeros_like(self._lies))
        self._outside = max(1.0, float(self._lies.square().mean()))
        self._moved, self._searched = (
            _disc(max(least, radius * longer / _PAPER_SIDE)).to(self._start)
            for radius, least in (_MOVED, _SEARCHED)
        )
        self._patch = _disc(_PATCH).to(self._start)
        self._handles = self._start.new_tensor([[each.x, each.y] for each in handles])
        self._targets = self._start.new_tensor([[each.to_x, each.to_y] for each in handles])
        self._mask = mask
        self._seen: Tensor | None = None
        self._first = self._wanted = self._still = self._start.new_empty(0)

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
            self._adam.zero_grad(set_to_none=True)
            loss.backward()
            self._adam.step()

    def _motion(self, seen: Tensor) -> Tensor:
        """Eq. 1: what is around each handle is to be found a stride nearer to its target."""
        gap = self._targets - self._handles
        length = gap.norm(dim=1, keepdim=True)
        stride = gap / length.clamp_min(1e-6) * length.clamp_max(STRIDE)
        around = self._handles[:, None] + self._moved  # [n, places, 2]
        here = self._at(seen.detach(), around)
        there = self._at(seen, around + stride[:, None])
        return (here - there).abs().mean((0, 2)).sum()

    def _remember(self, seen: Tensor) -> None:
        """What the picture is at first, which handles are known by and the rest is held to."""
        import torch
        from torch.nn import functional as F

        self._first = seen
        self._scale = seen.std().clamp_min(1e-6)
        self._wanted = self._at(seen, self._handles[:, None] + self._patch)
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


def _disc(radius: float) -> Tensor:
    """Steps [n, 2] to every pixel that is no farther than `radius`."""
    import torch

    reach = int(radius)
    line = torch.arange(-reach, reach + 1, dtype=torch.float32)
    steps = torch.cartesian_prod(line, line)
    return steps[steps.square().sum(1) <= radius**2]
