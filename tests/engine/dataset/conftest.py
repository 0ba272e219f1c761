"""Pictures made by the tests themselves, and a project to import them into."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.intake.importer import Finished, ImportEvent, import_sources
from studio.engine.project import Project

Draw = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.open(tmp_path / "project", create=True) as opened:
        yield opened


def noise(seed: int = 0, size: tuple[int, int] = (48, 40), channels: int = 3) -> Image.Image:
    """A picture with detail everywhere, different for every seed."""
    generator = np.random.default_rng(seed)
    shape = (size[1], size[0]) if channels == 1 else (size[1], size[0], channels)
    return Image.fromarray(generator.integers(0, 256, shape, dtype=np.uint8))


@pytest.fixture
def draw() -> Draw:
    """Write a noise picture to a path, making folders; returns the path."""

    def write(path: Path, seed: int = 0, size: tuple[int, int] = (48, 40), **options: object):
        path.parent.mkdir(parents=True, exist_ok=True)
        noise(seed, size).save(path, **options)  # type: ignore[arg-type]
        return path

    return write


@pytest.fixture
def take_in(project: Project) -> Callable[..., Finished]:
    """Import with one worker and return the last event; all events are in `.events`."""

    def run(*sources: Path, name: str | None = None) -> Finished:
        run.events = list(import_sources(project, list(sources), name, workers=1))
        last = run.events[-1]
        assert isinstance(last, Finished)
        return last

    run.events: list[ImportEvent] = []
    return run


@pytest.fixture
def data() -> Path:
    """The folder of the real picture sets, or a skip with the reason."""
    place = os.environ.get("LATENT_STUDIO_TEST_DATA")
    folder = Path(place) if place else Path(__file__).resolve().parents[4] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real picture sets are not at {folder}")
    return folder
