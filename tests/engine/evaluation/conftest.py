"""Prepared sets without a project: what the measures of this room look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.preparation.prepare import Prepared

MakePrepared = Callable[..., Prepared]


@pytest.fixture(autouse=True, scope="package")
def one_thread() -> Iterator[None]:
    """Small pictures on a shared machine: more threads only wait for each other."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def prepared_of(tmp_path_factory: pytest.TempPathFactory) -> MakePrepared:
    """Prepare pictures uint8 [n, h, w, c]; the last `held_out` of them are not trained on."""

    def make(images: np.ndarray, held_out: int) -> Prepared:
        folder = tmp_path_factory.mktemp("prepared")
        np.save(folder / "images.npy", images)
        count = len(images)
        return Prepared(
            folder=folder, images=np.load(folder / "images.npy", mmap_mode="r"),
            train=np.arange(count - held_out), held_out=np.arange(count - held_out, count),
            item_ids=list(range(count)), classes=[], labels=np.zeros(count, np.int64),
            captions=[""] * count, fingerprint=folder.name, crop="centre",
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a project of 24 pictures at 32 px, and the name of a run that has hardly
    begun. Copy `project` before you change it."""
    from studio.engine.dataset.intake.importer import import_sources
    from studio.engine.project import Project
    from studio.engine.training.planning import runs
    from studio.engine.training.session import loop
    from tests.engine.evaluation.test_copies import drawn

    place = tmp_path_factory.mktemp("gallery")
    (place / "in").mkdir()
    for number in range(24):
        picture = Image.fromarray(drawn(number)).resize((32, 32))
        picture.save(place / "in" / f"{number:02}.png")
    with Project.open(place / "project", create=True) as project:
        list(import_sources(project, [place / "in"], "set", workers=1))
        overrides = {"batch_size": 4, "latent_dim": 8, "top_width": 8, "width": 8}
        recipe = runs.create_run(
            project, "set", "vae", 32, 32, images=8, overrides=overrides, device="cpu"
        )
        *_, last = loop.train(project.runs / recipe.run, project.folder, lambda: None, resume=False)
        assert type(last).__name__ == "Done"
    return place, recipe.run
