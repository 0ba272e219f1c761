"""Real and generated pictures side by side: the first and the last test is the eye."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.said import Said
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from studio.engine.training.record.loaded_models import LoadedModel, lend
from studio.engine.training.record.recipe import Recipe


def side_by_side(project: Project, run_name: str, count: int, seed: int) -> tuple[Pixels, Pixels]:
    """(real, generated), uint8 [n, h, w, c] each, by the newest checkpoint of a run.

    Both depend on `seed` alone; there may be fewer than `count` real ones.
    """
    prepared, model = pictures_and_model(project, run_name)
    rows = np.random.default_rng(seed).permutation(len(prepared))[:count]
    real = np.asarray(prepared.images[np.sort(rows)])
    return real, np.stack(list(made(model, range(seed, seed + count))))


def pictures_and_model(project: Project, run_name: str) -> tuple[Prepared, LoadedModel]:
    """The prepared pictures of a run and its newest model."""
    run = runs.run(project, run_name)
    model = newest_model(project, run_name)
    return runs.pictures_of(project.folder, Recipe.load(run.folder)), model


def newest_model(project: Project, run_name: str) -> LoadedModel:
    """The model of a run's newest checkpoint that can be read."""
    return model_at(project, run_name)[1]


def model_at(
    project: Project, run_name: str, number: int = 0
) -> tuple[checkpoint.Saved, LoadedModel]:
    """A checkpoint of a run and its model; without a number the newest that can be read."""
    folder = runs.run(project, run_name).folder
    if not number:
        saved = checkpoint.required(folder, run_name, whole=False)
        return saved, lend(saved, "cpu")
    known = {int(each.name): each for each in checkpoint.folders(folder)}
    if number not in known:
        raise StudioError(
            "The run {run} has no checkpoint {number}. There are: {known}.",
            run=run_name, number=number, known=", ".join(map(str, known)) or Said("none yet"),
        )  # fmt: skip
    saved = checkpoint.verify(known[number], whole=False)
    return saved, lend(saved, "cpu")


def made(model: LoadedModel, seeds: Iterable[int]) -> Iterator[Pixels]:
    """uint8 [h, w, c] of each seed, made alone: its bytes are the same whatever comes beside."""
    import torch

    for seed in seeds:
        with torch.inference_mode(), model as family:
            picture: Pixels = family.synthesize(family.sample(1, seed))[0].cpu().numpy()
        yield picture
