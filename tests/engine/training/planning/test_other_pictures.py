"""A run that goes on with other pictures, a run that is renamed, removed and brought back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from studio.engine.dataset.intake.importer import import_sources
from studio.engine.errors import StudioError
from studio.engine.events import Checkpoint, Done, Health
from studio.engine.project import Project
from studio.engine.training.planning import other_pictures, removed_runs, runs
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe
from tests.engine.training.support import Driven


def add(project: Project, place: Path, name: str, *, count: int = 8, labels: bool = False) -> None:
    generator = np.random.default_rng(8)
    for number in range(count):
        folder = place / name / (("left", "right")[number % 2] if labels else "")
        folder.mkdir(parents=True, exist_ok=True)
        pixels = generator.integers(0, 256, (20, 20, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    for _ in import_sources(project, [place / name], name, workers=1):
        pass


def test_it_goes_on_where_it_was_with_the_new_pictures(
    project: Project, vae: Driven, tmp_path: Path
) -> None:
    add(project, tmp_path, "more")
    vae.stop_after(3)
    newest = checkpoint.load_latest(vae.folder)
    assert newest is not None
    recipe = other_pictures.change(project, vae.folder.name, "more")
    assert (recipe.dataset, recipe.earlier) == ("more", ["set"])
    assert Recipe.load(vae.folder) == recipe
    assert runs.run(project, vae.folder.name).dataset_id == recipe.dataset_id
    events = vae.train(resume=True)
    (said,) = (each for each in events if isinstance(each, Health) and each.kind == "pictures")
    assert said.sentence == "It goes on with the pictures of more."
    assert said.images_seen == newest.images_seen
    assert isinstance(events[-1], Done)
    last = checkpoint.load_latest(vae.folder)
    assert last is not None
    assert last.images_seen > newest.images_seen
    assert last.state["step"] > newest.state["step"]
    assert last.state["fingerprint"] == recipe.fingerprint != newest.state["fingerprint"]


def test_the_change_is_said_once_and_a_second_resume_is_exact(
    project: Project, vae: Driven, tmp_path: Path
) -> None:
    add(project, tmp_path, "more")
    vae.stop_after(2)
    other_pictures.change(project, vae.folder.name, "more")
    twin = vae.twin(tmp_path / "twin")
    whole = twin.train(resume=True)
    vae.stop_after(1, resume=True)
    events = vae.train(resume=True)
    assert not [each for each in events if isinstance(each, Health) and each.kind == "pictures"]
    assert [each for each in whole if isinstance(each, Health) and each.kind == "pictures"]
    one, other = checkpoint.load_latest(vae.folder), checkpoint.load_latest(twin.folder)
    assert one is not None
    assert other is not None
    mine = checkpoint.read_tensors(one.folder / checkpoint.MODEL)
    theirs = checkpoint.read_tensors(other.folder / checkpoint.MODEL)
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)


def test_checkpoints_of_other_pictures_are_not_the_best(
    project: Project, vae: Driven, tmp_path: Path
) -> None:
    add(project, tmp_path, "more", count=20)
    vae.stop_after(2)
    first = checkpoint.load_latest(vae.folder)
    assert first is not None
    # As good as it gets, but on the first pictures.
    plain = {key: value for key, value in first.state.items() if key not in ("files", "check")}
    model, training = (
        checkpoint.read_tensors(first.folder / name)
        for name in (checkpoint.MODEL, checkpoint.TRAINING)
    )
    perfect = checkpoint.save(vae.folder, model, training, {**plain, "score": -1e9})
    assert checkpoint.load_best(vae.folder).folder == perfect.folder  # type: ignore[union-attr]
    other_pictures.change(project, vae.folder.name, "more")
    events = vae.train(resume=True)
    (saved,) = (each for each in events[-4:] if isinstance(each, Checkpoint))
    best = checkpoint.load_best(vae.folder)
    assert best is not None
    assert str(best.folder) == saved.path


def test_what_cannot_go_on_is_one_sentence_and_changes_nothing(
    project: Project, vae: Driven, tmp_path: Path
) -> None:
    add(project, tmp_path, "more")
    name, before = vae.folder.name, Recipe.load(vae.folder)
    with pytest.raises(StudioError, match="has not begun yet"):
        other_pictures.change(project, name, "more")
    vae.stop_after(1)
    with pytest.raises(StudioError, match="There is no dataset"):
        other_pictures.change(project, name, "nothing")
    with pytest.raises(StudioError, match="There is no run"):
        other_pictures.change(project, "nothing", "more")
    assert other_pictures.change(project, name, "set") == before
    assert Recipe.load(vae.folder) == before


def test_a_run_that_knows_labels_needs_pictures_with_them(project: Project, tmp_path: Path) -> None:
    add(project, tmp_path, "sides", labels=True)
    add(project, tmp_path, "more")
    tiny = {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4}
    recipe = runs.create_run(project, "sides", "vae", 16, 16, images=8, overrides=tiny, labels=True)
    labelled = Driven(project.runs / recipe.run, project.folder)
    labelled.train()
    with pytest.raises(StudioError, match="has learnt labels"):
        other_pictures.change(project, recipe.run, "more")
    add(project, tmp_path, "others", labels=True, count=10)
    assert other_pictures.change(project, recipe.run, "others").labels == ["left", "right"]
    assert isinstance(labelled.train(resume=True, total_images=24)[-1], Done)


# ---------------------------------------------------------------------- titles, going, coming


def test_a_title_is_one_line_beside_the_name(project: Project, vae: Driven) -> None:
    name = vae.folder.name
    assert removed_runs.set_title(project, name, " Blue\tvases\n") == ""
    assert runs.run(project, name).title == "Blue vases"
    assert removed_runs.set_title(project, name, "") == "Blue vases"
    assert runs.run(project, name).title == ""
    with pytest.raises(StudioError, match="too long"):
        removed_runs.set_title(project, name, "x" * 200)


def test_a_removed_run_comes_back_as_it_was(project: Project, vae: Driven) -> None:
    vae.stop_after(1)
    before, all_ = runs.run(project, vae.folder.name), runs.runs(project)
    gone = removed_runs.remove(project, before.name)
    assert not vae.folder.exists()
    assert before.name not in {each.name for each in runs.runs(project)}
    removed_runs.restore(project, gone)
    assert runs.runs(project) == all_
    assert isinstance(vae.train(resume=True)[-1], Done)
    removed_runs.purge(project)
    assert vae.folder.is_dir()


def test_a_purged_run_is_gone_for_good(project: Project, vae: Driven) -> None:
    gone = removed_runs.remove(project, vae.folder.name)
    removed_runs.purge(project)
    with pytest.raises(StudioError, match="cannot come back"):
        removed_runs.restore(project, gone)
    assert not gone.folder.exists()


def test_the_name_of_a_removed_run_waits_for_it(project: Project, vae: Driven) -> None:
    gone = removed_runs.remove(project, vae.folder.name)
    tiny = {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4}
    other = runs.create_run(project, "set", "vae", 16, 16, images=8, overrides=tiny)
    assert other.run != gone.name
    removed_runs.restore(project, gone)
    assert {gone.name, other.run} <= {each.name for each in runs.runs(project)}


def test_an_index_that_refuses_leaves_the_run_where_it_was(
    project: Project, vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StudioError("The index cannot be written.")

    with monkeypatch.context() as patched:
        patched.setattr(project, "write", refuse)
        with pytest.raises(StudioError, match="index"):
            removed_runs.remove(project, vae.folder.name)
    assert vae.folder.is_dir()
    gone = removed_runs.remove(project, vae.folder.name)
    with monkeypatch.context() as patched:
        patched.setattr(project, "write", refuse)
        with pytest.raises(StudioError, match="index"):
            removed_runs.restore(project, gone)
    assert not vae.folder.exists()
    removed_runs.restore(project, gone)
    assert vae.folder.is_dir()
