"""Real and generated pictures side by side: the first and the last test is the eye."""

from __future__ import annotations

from typing import Any

import numpy as np

from studio.engine.dataset.prepare import Prepared
from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.training import checkpoint, runs
from studio.engine.training.recipe import Recipe

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def side_by_side(project: Project, run_name: str, count: int, seed: int) -> tuple[Pixels, Pixels]:
    """(real, generated), uint8 [n, h, w, c] each, by the newest checkpoint of a run.

    Both depend on `seed` alone; there may be fewer than `count` real ones.
    """
    import torch

    prepared, model = pictures_and_model(project, run_name)
    rows = np.random.default_rng(seed).permutation(len(prepared))[:count]
    real = np.asarray(prepared.images[np.sort(rows)])
    with torch.inference_mode():
        made = [model.synthesize(model.sample(1, seed + i))[0].cpu() for i in range(count)]
    return real, torch.stack(made).numpy()


def pictures_and_model(project: Project, run_name: str) -> tuple[Prepared, Any]:
    """The prepared pictures of a run and its newest model, ready to generate."""
    run = runs.run(project, run_name)
    newest = checkpoint.load_latest(run.folder)
    if newest is None:
        raise StudioError(
            f"The run {run_name} has no checkpoint that can be read: train it a little longer."
        )
    prepared = runs.pictures_of(project.folder, Recipe.load(run.folder))
    return prepared, checkpoint.load_model(newest.folder, "cpu")
