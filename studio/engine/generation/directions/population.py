"""The latents that a model draws by chance, as rows of numbers in which directions are sought."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.generation.directions.kind import Search
from studio.engine.generation.slerp import Latent

if TYPE_CHECKING:
    from torch import Tensor

    from models.base import Family
    from studio.engine.generation.player import Player

_BATCH = 250
_FLOOR = 1e-9
"""Of the mean variance: less is none."""


@dataclass(frozen=True)
class Population:
    """`rows` [n, numbers] less the mean of their label. Where all slots of a latent always say the
    same they are as one that is longer: a row is one slot, times the root of the `copies`."""

    rows: Tensor
    slots: int
    copies: int
    mean: Tensor
    """[numbers], before any label's was taken off."""
    labels: Sequence[int | None] = ()
    """Of each row, where the model has labels."""

    @cached_property
    def covariance(self) -> Tensor:
        """float64 [numbers, numbers]."""
        rows = (self.rows - self.rows.mean(0)).double()
        return rows.T @ rows / max(1, len(rows))

    @cached_property
    def _spectrum(self) -> tuple[Tensor, Tensor]:
        """Variances above nothing [k], and their axes [numbers, k]."""
        import torch

        values, axes = torch.linalg.eigh(self.covariance)
        told = values > _FLOOR * values.mean().clamp_min(1e-30)
        return values[told], axes[:, told]

    def white(self, rows: Tensor) -> Tensor:
        """Rows [n, numbers] in units of the deviation along each axis of the population: [n, k]."""
        values, axes = self._spectrum
        made: Tensor = (rows - self.mean).double() @ axes / values.sqrt()
        return made

    def coloured(self, white: Tensor) -> Tensor:
        """The way [numbers] of a way [k] among what :meth:`white` made."""
        values, axes = self._spectrum
        return axes @ (values.sqrt() * white)

    def deviation(self, way: Tensor) -> float:
        """The standard deviation of the population along a way [numbers] of length 1."""
        return float((way @ self.covariance @ way).clamp_min(0).sqrt())

    def to_rows(self, w: Latent) -> Tensor:
        """Latents [n, slots, dim] as rows [n, numbers]."""
        import torch

        points = torch.from_numpy(np.ascontiguousarray(w, np.float32))
        if self.copies == 1:
            return points.flatten(1)
        made: Tensor = points.mean(1) * self.copies**0.5
        return made

    def to_latent(self, ways: Tensor) -> Latent:
        """Ways [n, numbers] of length 1 as vectors [n, slots, dim] of length 1."""
        whole = ways.repeat(1, self.copies) * self.copies**-0.5
        # safetensors writes the memory as it lies, whatever the strides say.
        made: Latent = whole.float().contiguous().numpy().reshape(len(ways), self.slots, -1)
        return made


def population(
    player: Player, samples: int, seed: int, search: Search,
    besides: Callable[[Family, Tensor], None] = lambda family, w: None, numbers: int = 1,
) -> Population:  # fmt: skip
    """The latents of `samples` seeds from `seed` on; `besides` sees each batch on its device.

    Rows have at least so many `numbers`, where the latents do.
    """
    import torch

    from models.parts.classes import labels_for

    slots, dim = player.latent.slots, player.latent.dim
    latents, labels = [], []
    for start in range(0, samples, _BATCH):
        search.stop_if_asked()
        with player.model as family:
            w = family.population(min(_BATCH, samples - start), seed + start)
            besides(family, w)
            if player.labels:
                labels += labels_for(family, len(w), seed + start, None)
        alike = dim >= numbers and bool((w == w[:, :1]).all())
        latents.append((w[:, :1] if alike else w).float().cpu())
        search.progress(min(start + _BATCH, samples), samples)
    copies = slots if all(w.shape[1] == 1 for w in latents) else 1
    whole = latents if copies == slots else [w.expand(-1, slots, -1) for w in latents]
    points = torch.cat(whole).flatten(1) * copies**0.5
    rows = within(points, labels) if player.labels else points
    return Population(rows, slots, copies, points.mean(0), labels)


def within(rows: Tensor, labels: Sequence[int | None]) -> Tensor:
    """Rows [n, d] less the mean of those of the same label."""
    import torch

    made = rows.clone()
    for label in set(labels):
        own = torch.tensor([each == label for each in labels])
        made[own] -= rows[own].mean(0)
    return made
