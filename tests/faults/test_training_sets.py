"""Sets from which nothing can be learnt: every family trains on them and says nothing untrue."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.parameters import ParameterError
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.events import CheckpointNow, Done, Failed, Health, Metrics
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint, checkpoint_model
from studio.engine.training.session.loop import train
from tests.engine.training.conftest import one_thread
from tests.engine.training.support import TINY, script

__all__ = ["one_thread"]
PICTURES = 24


def draw(kind: str, number: int) -> np.ndarray:
    """Picture `number` of a set that is all alike in one way or another."""
    if kind == "one colour":
        return np.full((16, 16, 3), (200, 30, 90), np.uint8)
    if kind == "black":
        return np.zeros((16, 16, 3), np.uint8)
    return np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a dataset of every kind."""
    place = tmp_path_factory.mktemp("sets")
    with Project.open(place / "project", create=True) as project:
        for kind in ("one colour", "black", "identical"):
            folder = place / kind
            folder.mkdir()
            for number in range(PICTURES):
                Image.fromarray(draw(kind, number)).save(folder / f"{number:02}.png")
            for _ in import_sources(project, [folder], kind, workers=1):
                pass
    return place / "project"


@pytest.mark.parametrize("kind", ["one colour", "black", "identical"])
@pytest.mark.parametrize("family", TINY)
def test_a_set_that_is_all_alike_trains_to_its_end(sets: Path, family: str, kind: str) -> None:
    with Project.open(sets) as project:
        recipe = runs.create_run(
            project, kind, family, 16, 16, images=16, overrides=TINY[family], device="cpu"
        )
    folder = sets / "runs" / recipe.run
    events = list(train(folder, sets, script({2: [CheckpointNow()]}), resume=False))
    end = events[-1]
    assert isinstance(end, Done), end
    assert end.images_seen == 16
    assert not [each for each in events if isinstance(each, Health)]
    for event in events:
        if isinstance(event, Metrics):
            assert all(math.isfinite(value) for value in event.values.values()), event
    for saved in checkpoint.folders(folder):
        score = checkpoint.verify(saved).state["score"]
        assert score is None or math.isfinite(score)
    model = checkpoint_model.load_model(Path(end.checkpoint), "cpu")
    assert model.synthesize(model.sample(2, 0)).shape == (2, 16, 16, 3)


@pytest.mark.parametrize("family", TINY)
@pytest.mark.parametrize("size", [(63, 63), (8, 8), (2048, 2048), (512, 16)])
def test_a_size_that_no_family_can_do_names_one_that_it_can(
    sets: Path, family: str, size: tuple[int, int]
) -> None:
    with Project.open(sets) as project:
        before = runs.runs(project)
        with pytest.raises(ParameterError, match=r"not possible: each side") as refused:
            runs.create_run(project, "identical", family, *size, images=16)
        assert "\n" not in str(refused.value)
        assert runs.runs(project) == before


@pytest.mark.parametrize("family", TINY)
def test_a_device_that_vanishes_leaves_the_last_checkpoint(
    sets: Path, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models import base

    kind = base.family(family)
    real, steps = kind.training_step, 0

    def step(*arguments: object) -> object:
        nonlocal steps
        steps += 1
        if steps == 4:
            raise RuntimeError("CUDA error: unspecified launch failure")
        return real(*arguments)

    monkeypatch.setattr(kind, "training_step", step)
    with Project.open(sets) as project:
        recipe = runs.create_run(
            project, "identical", family, 16, 16, images=24, overrides=TINY[family], device="cpu"
        )
    folder = sets / "runs" / recipe.run
    end = list(train(folder, sets, script({2: [CheckpointNow()]}), resume=False))[-1]
    assert isinstance(end, Failed)
    assert end.message.startswith("The device failed during training; the last checkpoint")
    assert checkpoint.verify(Path(end.checkpoint)).images_seen == 8
    last = list(train(folder, sets, lambda: None, resume=True))[-1]
    assert isinstance(last, Done)
    assert last.images_seen == 24
