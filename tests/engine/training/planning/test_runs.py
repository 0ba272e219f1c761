"""Making runs, finding them, and refusing what cannot be."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from models.parameters import ParameterError
from models.train_state import TrainState
from studio.engine.dataset.index import store
from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.engine.events import Done, Event, Failed, Progress
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.process.driver import run_training
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session import loop
from studio.engine.training.session.trainer import UNPLANNED
from tests.engine.training.support import IMAGES, TINY, Driven


def make(project: Project, **changes: Any) -> Recipe:
    """A VAE run, with changes."""
    given: dict[str, Any] = {
        "dataset": "set", "family": "vae", "width": 16, "height": 16, "images": 8,
        "overrides": TINY["vae"],
    } | changes  # fmt: skip
    return runs.create_run(project, **given)


def test_a_new_run_is_a_folder_and_a_row(project: Project) -> None:
    recipe = make(project, overrides={**TINY["vae"], "lr": "0.002"}, seed=7)
    row = runs.run(project, recipe.run)
    assert (row.status, row.images_seen, row.total_images) == ("ready", 0, 8)
    assert row.folder == project.folder / "runs" / recipe.run
    assert Recipe.load(row.folder) == recipe
    assert recipe.config["lr"] == 0.002
    assert recipe.config["batch_size"] == 4
    assert (recipe.seed, recipe.channels, recipe.dataset) == (7, 3, "set")
    assert (project.folder / recipe.prepared).is_dir()
    assert not Path(recipe.prepared).is_absolute()


def test_names_count_on_and_never_repeat(project: Project) -> None:
    first = make(project)
    second = make(project)
    assert first.run.endswith("-vae-16-a2")
    assert second.run.endswith("-vae-16-a3")
    # The row of a run whose folder was deleted by hand still holds its name.
    shutil.rmtree(project.runs / second.run)
    assert make(project).run.endswith("-vae-16-a4")


def test_without_a_length_a_run_takes_half_an_hour(project: Project) -> None:
    recipe = make(project, images=None)
    assert (recipe.total_images, recipe.minutes) == (None, 30.0)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"dataset": "nowhere"}, StudioError, "There are: set"),
        ({"family": "nonsense"}, ParameterError, "Known: autoencoder"),
        ({"width": 63, "height": 63}, ParameterError, "try 56 or 64"),
        ({"width": 0}, ParameterError, "16"),
        ({"overrides": {"lr": "-1"}}, ParameterError, "lr=-1"),
        ({"overrides": {"lr": "nan"}}, ParameterError, "lr=nan"),
        ({"overrides": {"nonsense": "1"}}, ParameterError, "nonsense"),
        ({"device": "nonsense"}, UsageError, "nonsense"),
        ({"crop": "nonsense"}, UsageError, "nonsense"),
        ({"images": 0}, UsageError, "0 images"),
        ({"images": 10**30}, UsageError, "images"),
        ({"images": None, "minutes": 0.0}, UsageError, "minutes"),
        ({"images": None, "minutes": float("nan")}, UsageError, "minutes"),
        ({"images": 8, "minutes": 1.0}, UsageError, "not in both"),
        ({"seed": -1}, UsageError, "seed"),
        ({"seed": 1 << 63}, UsageError, "seed"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    project: Project, changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    before = contents(project)
    with pytest.raises(error, match=words) as refused:
        make(project, **changes)
    assert "\n" not in str(refused.value)
    assert contents(project) == before


def contents(project: Project) -> tuple[list[Path], list[runs.Run]]:
    """Every folder and file of runs and cache, and the rows."""
    places = [*project.runs.rglob("*"), *project.cache.rglob("*")]
    return sorted(places), runs.runs(project)


def test_a_set_without_included_pictures_is_refused(project: Project) -> None:
    dataset = store.dataset(project, "set")
    store.set_included(project, store.item_ids(project, dataset.id), False)
    with pytest.raises(StudioError, match="no picture"):
        make(project)


def test_a_read_only_project_says_why(project: Project) -> None:
    with Project.open(project.folder) as second:
        assert second.read_only_reason
        with pytest.raises(ReadOnlyError, match="looked at only"):
            make(second)
        with pytest.raises(ReadOnlyError, match="looked at only"):
            run_training(second, runs.runs(second)[0].name, resume=False)


def test_a_row_that_cannot_be_written_leaves_no_folder(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(project)

    def full(*_: object) -> int:
        raise StudioError("Could not write: the disk is full.")

    monkeypatch.setattr(project, "write", full)
    with pytest.raises(StudioError, match="full"):
        make(project)
    monkeypatch.undo()
    assert contents(project) == before


def test_a_run_that_does_not_exist_names_those_there_are(project: Project) -> None:
    with pytest.raises(StudioError, match="-vae-16-a1"):
        runs.run(project, "nowhere")
    with pytest.raises(StudioError, match="-vae-16-a1"):
        run_training(project, "nowhere", resume=True)


def test_a_pixel_size_that_is_not_square(project: Project) -> None:
    recipe = make(project, width=32, height=16)
    assert (recipe.width, recipe.height) == (32, 16)
    assert recipe.image_spec.base_grid()[:2] == (4, 8)
    end = run_training(project, recipe.run, resume=False)
    assert isinstance(end, Done)


@pytest.mark.parametrize("included", [1, 3])
@pytest.mark.parametrize("family", TINY)
def test_very_few_pictures_train(project: Project, family: str, included: int) -> None:
    """The batch is larger than the set."""
    dataset = store.dataset(project, "set")
    store.set_included(project, store.item_ids(project, dataset.id)[included:], False)
    recipe = make(project, family=family, overrides=TINY[family])
    end = run_training(project, recipe.run, resume=False)
    assert isinstance(end, Done)
    assert end.images_seen == 8


def test_the_driver_keeps_the_row_in_step(project: Project) -> None:
    recipe = make(project)
    events: list[Event] = []
    end = run_training(project, recipe.run, resume=False, on_event=events.append)
    assert events[-1] is end
    assert isinstance(end, Done)
    row = runs.run(project, recipe.run)
    assert (row.status, row.images_seen, row.total_images) == ("finished", 8, 8)
    longer = run_training(project, recipe.run, resume=True, total_images=16)
    assert longer.images_seen == 16
    assert runs.run(project, recipe.run).total_images == 16


def test_the_driver_writes_down_a_failure(project: Project) -> None:
    recipe = make(project)
    (project.runs / recipe.run / "recipe.toml").write_text("nonsense")
    end = run_training(project, recipe.run, resume=False)
    assert isinstance(end, Failed)
    row = runs.run(project, recipe.run)
    assert row.status == "failed"
    assert row.message == end.message


def test_update_knows_its_columns(project: Project) -> None:
    name = runs.runs(project)[0].name
    runs.update(project, name, status="stopped", message="hello")
    assert runs.run(project, name).message == "hello"
    with pytest.raises(ValueError, match="family"):
        runs.update(project, name, family="gan")


def test_changed_pictures_are_refused_with_a_sentence(
    project: Project, run_of: Callable[[str], Driven]
) -> None:
    shutil.rmtree(project.folder / "cache")
    dataset = store.dataset(project, "set")
    store.set_included(project, store.item_ids(project, dataset.id)[:1], False)
    end = run_of("vae").train()[-1]
    assert isinstance(end, Failed)
    assert "have changed" in end.message


def test_no_time_left_before_the_rate_means_something(vae: Driven) -> None:
    vae.change(total_images=40 * 4)
    events = vae.train()
    told = [each for each in events if isinstance(each, Progress)]
    assert told
    assert all(each.seconds_left is None for each in told if each.step < 30)
    assert told[-1].seconds_left == 0.0
    assert all(each.total_images == 160 for each in told)
    assert [each.part for each in told] == [each.images_seen / 160 for each in told]


def test_how_far_a_run_of_minutes_is_its_clock_says(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It plans its images early, and may see many times as many when it gets quicker."""
    monkeypatch.setattr(loop, "PROGRESS_SECONDS", 0.0)
    monkeypatch.setattr(loop, "PLAN_SECONDS", 0.0)
    vae.change(total_images=None, minutes=0.05)
    told = [each for each in vae.train() if isinstance(each, Progress)]
    first = told[0]
    assert all(each.part == pytest.approx(min(1.0, each.seconds / 3)) for each in told)
    assert first.part is not None
    assert first.part < 1
    assert told[-1].part == 1.0
    assert {each.total_images for each in told} == {0}  # no "512 of 290 images"


def test_a_run_of_minutes_ends_at_the_end_of_its_schedules_though_it_gets_slower() -> None:
    state = TrainState(torch.device("cpu"), torch.Generator(), total_images=UNPLANNED)
    trainer: Any = SimpleNamespace(state=state, seconds=0.0)
    recipe: Any = SimpleNamespace(minutes=10.0, until=None)
    session = loop._Loop(recipe, trainer, SimpleNamespace(), None, None)  # type: ignore[arg-type]
    for second in range(600):
        state.images_seen += 100 if second < 300 else 50  # as tokens, once they are settled
        trainer.seconds = second + 1.0
        session._plan()
        if second == 250:
            assert state.done_fraction == pytest.approx(251 / 600, rel=0.05)
    assert state.done_fraction > 0.95


def test_a_resumed_session_counts_its_own_steps_alone(vae: Driven) -> None:
    vae.change(total_images=160)
    vae.stop_after(35)
    events = vae.stop_after(3, resume=True)
    told = [each for each in events if isinstance(each, Progress)]
    assert told[-1].step == 38
    assert all(each.seconds_left is None for each in told)


def test_the_final_numbers_come_with_the_end(vae: Driven) -> None:
    end = vae.train()[-1]
    assert isinstance(end, Done)
    assert end.images_seen == IMAGES
    assert {"loss", "mse"} <= set(end.final)
    assert Path(end.checkpoint).is_dir()
    assert len(end.sha256) == 64
