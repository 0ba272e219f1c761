"""A small project with one briefly trained run of every family, made once for all rooms."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from studio.engine.generation.player import Player
    from studio.engine.project import Project

SMALL: dict[str, dict[str, object]] = {
    "autoencoder": {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4},
    "vae": {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4},
    "gan": {"latent_dim": 8, "top_width": 8, "width": 8, "group_size": 8, "batch_size": 4},
}


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with the dataset `set` of 14 pictures of 16x16 and three runs."""
    import torch

    from studio.engine.dataset.intake.importer import import_sources
    from studio.engine.project import Project
    from studio.engine.training.planning import runs
    from studio.engine.training.session.loop import train

    place = tmp_path_factory.mktemp("trained")
    pictures = place / "pictures"
    pictures.mkdir()
    generator = np.random.default_rng(8)
    for number in range(14):
        blocks = generator.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        Image.fromarray(blocks.repeat(4, 0).repeat(4, 1)).save(pictures / f"{number:02}.png")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with Project.open(place / "project", create=True) as project:
        for _ in import_sources(project, [pictures], "set", workers=1):
            pass
        for family, overrides in SMALL.items():
            recipe = runs.create_run(
                project, "set", family, 16, 16, images=12, overrides=overrides, device="cpu"
            )
            for _ in train(project.runs / recipe.run, project.folder, lambda: None, resume=False):
                pass
    torch.set_num_threads(threads)
    return place / "project"


@pytest.fixture
def trained(trained_once: Path, tmp_path: Path) -> Iterator[Project]:
    """An open project of this test alone, with a trained run of every family."""
    import torch

    from studio.engine.project import Project

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    shutil.copytree(trained_once, tmp_path / "trained")
    with Project.open(tmp_path / "trained") as project:
        yield project
    torch.set_num_threads(threads)


@pytest.fixture
def run_of(trained: Project) -> Callable[[str], str]:
    """The name of the run of a family."""
    from studio.engine.training.planning import runs

    return lambda family: next(r.name for r in runs.runs(trained) if r.family == family)


@pytest.fixture
def play(trained: Project, run_of: Callable[[str], str]) -> Callable[..., Player]:
    """Play the newest checkpoint of a family's run."""
    from studio.engine.generation.player import Player
    from studio.engine.training.record import checkpoint

    def opened(family: str = "vae") -> Player:
        newest = checkpoint.load_latest(trained.runs / run_of(family))
        assert newest is not None
        return Player.open(newest.folder, "cpu")

    return opened
