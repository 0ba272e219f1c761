"""A small project with one tiny run of every family, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from studio.engine.dataset.intake.importer import import_sources
from studio.engine.project import Project
from studio.engine.training.planning import runs
from tests.engine.training.support import IMAGES, PICTURES, TINY, Driven


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The networks are so small that a second thread only costs; sums keep one order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with the dataset `set` and a run of every family."""
    place = tmp_path_factory.mktemp("training")
    pictures = place / "pictures"
    pictures.mkdir()
    generator = np.random.default_rng(3)
    for number in range(PICTURES):
        pixels = generator.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(pictures / f"{number:02}.png")
    with Project.open(place / "project", create=True) as project:
        for _ in import_sources(project, [pictures], "set", workers=1):
            pass
        for family, overrides in TINY.items():
            runs.create_run(project, "set", family, 16, 16, images=IMAGES, overrides=overrides)
    return place / "project"


@pytest.fixture
def project(made_once: Path, tmp_path: Path) -> Iterator[Project]:
    """A project of this test alone, with a run of every family."""
    shutil.copytree(made_once, tmp_path / "project")
    with Project.open(tmp_path / "project") as opened:
        yield opened


@pytest.fixture
def run_of(project: Project) -> Callable[[str], Driven]:
    """The untouched run of a family."""
    folders = {each.family: each.folder for each in runs.runs(project)}
    return lambda family: Driven(folders[family], project.folder)


@pytest.fixture
def vae(run_of: Callable[[str], Driven]) -> Driven:
    """The run of the VAE."""
    return run_of("vae")
