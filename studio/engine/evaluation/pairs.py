"""Real and generated pictures side by side: the first and the last test is the eye."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe


def side_by_side(project: Project, run_name: str, count: int, seed: int) -> tuple[Pixels, Pixels]:
    """(real, generated), uint8 [n, h, w, c] each, by the newest checkpoint of a run.

    Both depend on `seed` alone; there may be fewer than `count` real ones.
    """
    prepared, model = pictures_and_model(project, run_name)
    rows = np.random.default_rng(seed).permutation(len(prepared))[:count]
    real = np.asarray(prepared.images[np.sort(rows)])
    return real, np.stack(list(made(model, range(seed, seed + count))))


def pictures_and_model(project: Project, run_name: str) -> tuple[Prepared, Any]:
    """The prepared pictures of a run and its newest model, ready to generate."""
    run = runs.run(project, run_name)
    model = newest_model(project, run_name)
    return runs.pictures_of(project.folder, Recipe.load(run.folder)), model


def newest_model(project: Project, run_name: str) -> Any:
    """The family of a run's newest checkpoint that can be read, ready to generate."""
    newest = checkpoint.load_latest(runs.run(project, run_name).folder)
    if newest is None:
        raise StudioError(
            f"The run {run_name} has no checkpoint that can be read: train it a little longer."
        )
    return checkpoint.load_model(newest.folder, "cpu")


def made(model: Any, seeds: Iterable[int]) -> Iterator[Pixels]:
    """uint8 [h, w, c] of each seed, made alone: its bytes are the same whatever comes beside."""
    import torch

    for seed in seeds:
        with torch.inference_mode():
            picture: Pixels = model.synthesize(model.sample(1, seed))[0].cpu().numpy()
        yield picture
