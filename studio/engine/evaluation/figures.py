"""How varied and how lifelike generated pictures are, and what real ones reach by the same rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.engine.evaluation.pairs import made, pictures_and_model
from studio.engine.project import Project
from studio.engine.training.health.small_set import Likeness, SmallSet

COMPARED = 128
"""Pictures on each side at most: see :mod:`small_set` for what so few can tell."""
_FEWEST = 4


@dataclass(frozen=True)
class Figures:
    """`made` is generated against real, `ceiling` other real pictures against the same."""

    made: Likeness
    ceiling: Likeness
    count: int
    """Pictures on each side."""


def against_real(
    project: Project, run_name: str, seed: int = 0, cancelled: Callable[[], bool] = lambda: False
) -> Figures | None:
    """The newest checkpoint of a run against its pictures; None with fewer than four of them,
    or when it was cancelled."""
    import torch

    prepared, model = pictures_and_model(project, run_name)
    count = min(COMPARED, len(prepared) // 2)
    if 2 * count < _FEWEST:
        return None
    order = np.random.default_rng(0).permutation(len(prepared))
    one, other = (
        torch.from_numpy(np.array(prepared.images[np.sort(rows)]))
        for rows in (order[:count], order[count : 2 * count])
    )
    pictures = []
    for picture in made(model, range(seed, seed + count)):
        if cancelled():
            return None
        pictures.append(picture)
    real = SmallSet(one)
    generated = torch.from_numpy(np.stack(pictures))
    return Figures(real.compare(generated), real.compare(other), count)
