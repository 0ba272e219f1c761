"""Runs that learn labels: which, in which batches, exactly resumed, and what is said about them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from studio.engine.dataset.curation import edits
from studio.engine.dataset.index import store
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.errors import UsageError
from studio.engine.events import Done, Failed, Health
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.planning import labels as labelling
from studio.engine.training.planning import runs, transfer
from studio.engine.training.record import checkpoint, checkpoint_model
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session.trainer import Trainer
from tests.engine.training.support import IMAGES, TINY, Driven, assert_same

EACH = {"bright": 9, "dark": 8}


@pytest.fixture(scope="module")
def labelled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose dataset `set` has a folder of dark and one of bright pictures."""
    place = tmp_path_factory.mktemp("labelled")
    generator = np.random.default_rng(3)
    for name, count in EACH.items():
        (place / "pictures" / name).mkdir(parents=True)
        for number in range(count):
            low = 170 if name == "bright" else 20
            pixels = generator.integers(low, low + 60, (16, 16, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(place / "pictures" / name / f"{number:02}.png")
    with Project.open(place / "project", create=True) as project:
        for _ in import_sources(project, [place / "pictures"], "set", workers=1):
            pass
    return place / "project"


@pytest.fixture
def labelled(labelled_once: Path, tmp_path: Path) -> Iterator[Project]:
    """Such a project of this test alone."""
    shutil.copytree(labelled_once, tmp_path / "labelled")
    with Project.open(tmp_path / "labelled") as opened:
        yield opened


def begin(project: Project, family: str = "vae", **options: Any) -> Driven:
    options = {"images": IMAGES, "overrides": TINY[family], "labels": True, **options}
    recipe = runs.create_run(project, "set", family, 16, 16, **options)
    return Driven(project.runs / recipe.run, project.folder)


def relabel(project: Project, name: str, label: str) -> None:
    dataset = store.dataset(project, "set")
    found = [each for each in store.items(project, dataset.id) if each.name.endswith(name)]
    edits.set_texts(project, "label", {found[0].id: label})


def prepared_set(counts: dict[str, int], held_out: int = 0) -> Prepared:
    names = sorted(counts) if len(counts) > 1 else []
    labels = [names.index(name) if names else 0 for name in counts for _ in range(counts[name])]
    total = len(labels)
    return Prepared(
        folder=Path(), images=np.empty((total, 1, 1, 3), np.uint8),  # type: ignore[arg-type]
        train=np.arange(held_out, total), held_out=np.arange(held_out),
        item_ids=[], classes=names, labels=np.array(labels, np.int64), captions=[],
        fingerprint="", crop="centre",
    )  # fmt: skip


# ------------------------------------------------------------------ which labels


def test_labels_are_used_by_themselves_where_there_are_enough_pictures_of_each() -> None:
    found = labelling.settle(prepared_set({"cats": 30, "dogs": 10}), "set", None)
    assert (found.names, found.notes) == (["cats", "dogs"], [])
    few = labelling.settle(prepared_set({"cats": 20, "dogs": 10}), "set", None)
    assert few.names == []
    assert few.notes == ["The labels are left out: 2 of them are too many for 30 pictures."]
    assert labelling.settle(prepared_set({"cats": 20, "dogs": 10}), "set", True).names
    assert labelling.settle(prepared_set({"cats": 50, "dogs": 50}), "set", False).names == []
    many = {f"{n:03}": 20 for n in range(labelling.MOST + 1)}
    assert labelling.settle(prepared_set(many), "set", None).names == []


def test_what_is_odd_about_labels_is_said() -> None:
    found = labelling.settle(prepared_set({"": 12, "cats": 50, "fox": 1}), "set", None)
    assert found.names == ["", "cats", "fox"]
    assert found.notes == [
        "Pictures without a label count as a label of their own: 12.",
        "There are fewer than 10 pictures of 'fox': what is made of such a label will look much "
        "like them.",
    ]
    crowd = {f"{n}": 2 for n in range(7)} | {"cats": 300}
    assert "'4' …: what" in labelling.settle(prepared_set(crowd), "set", None).notes[0]


def test_a_label_that_is_only_held_out_is_none() -> None:
    found = labelling.settle(prepared_set({"a": 3, "b": 40, "c": 40}, held_out=3), "set", None)
    assert found.names == ["b", "c"]
    assert labelling.settle(prepared_set({"a": 3, "b": 40}, held_out=3), "set", None).names == []


@pytest.mark.parametrize("counts", [{"cats": 50}, {"": 50}])
def test_fewer_than_two_labels_cannot_be_learnt(counts: dict[str, int]) -> None:
    assert labelling.settle(prepared_set(counts), "set", None) == labelling.Labelling()
    with pytest.raises(UsageError, match="fewer than two labels"):
        labelling.settle(prepared_set(counts), "set", True)


# ------------------------------------------------------------------ training


@pytest.mark.parametrize("family", TINY)
def test_a_run_with_labels_resumes_exactly(labelled: Project, tmp_path: Path, family: str) -> None:
    run = begin(labelled, family)
    whole = run.twin(tmp_path / "whole")
    whole.train()
    run.stop_after(3)
    end = run.train(resume=True)[-1]
    assert isinstance(end, Done)
    assert_same(run.folder, whole.folder)


def test_every_batch_and_every_part_comes_with_its_labels(labelled: Project) -> None:
    recipe = Recipe.load(begin(labelled).folder)
    assert (recipe.labels, recipe.classes) == (["bright", "dark"], 2)
    trainer = Trainer(recipe, runs.pictures_of(labelled.folder, recipe))
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    step = trainer.family.training_step

    def watched(batch: torch.Tensor, state: Any) -> dict[str, torch.Tensor]:
        seen.append((batch, state.labels))
        return step(batch, state)

    trainer.family.training_step = watched  # type: ignore[method-assign]
    trainer.step()
    assert trainer.halve_parts()
    trainer.step()
    assert [len(batch) for batch, _ in seen] == [4, 2, 2]
    for batch, labels in seen:
        bright = batch.float().mean((1, 2, 3)) > 128
        assert torch.equal(labels, (~bright).long())
    shown = torch.cat(list(trainer.pictures.for_refresh(5)))
    labels = trainer.pictures.labels_for_refresh()
    assert labels is not None
    assert torch.equal(labels, (shown.float().mean((1, 2, 3)) < 128).long())


def test_a_checkpoint_knows_the_names_and_draws_by_label(labelled: Project) -> None:
    run = begin(labelled, images=400, overrides={**TINY["vae"], "lr": 1e-2, "ema_half_life": 0.1})
    run.train()
    newest = checkpoint.load_latest(run.folder)
    assert newest is not None
    assert newest.state["labels"] == ["bright", "dark"]
    player = Player.open(newest.folder, "cpu")
    assert player.labels == ["bright", "dark"]
    made = [
        np.mean([player.picture(LatentRecipe(seed=s, label=label)).mean() for s in range(4)])
        for label in (0, 1)
    ]
    assert made[0] > 128 > made[1]
    slim = checkpoint_model.export_slim(newest.folder, labelled.folder / "slim")
    assert Player.open(slim.folder, "cpu").labels == ["bright", "dark"]


def test_notes_about_labels_open_the_run(labelled: Project) -> None:
    run = begin(labelled)
    events = run.stop_after(1)
    said = [each.sentence for each in events if isinstance(each, Health) and each.kind == "labels"]
    assert len(said) == 1
    assert said[0].startswith("There are fewer than 10 pictures of 'bright', 'dark'")
    assert not [e for e in run.train(resume=True) if isinstance(e, Health) and e.kind == "labels"]


def test_labels_that_changed_are_noticed_when_the_cache_is_gone(labelled: Project) -> None:
    run = begin(labelled)
    run.stop_after(1)
    relabel(labelled, "00.png", "new")
    assert isinstance(run.stop_after(1, resume=True)[-1], Done)  # its pictures are still there
    shutil.rmtree(labelled.folder / "cache")
    end = run.train(resume=True)[-1]
    assert isinstance(end, Failed)
    assert end.message.startswith("The labels of 'set' have changed since the run")
    assert end.checkpoint
    relabel(labelled, "00.png", "bright")
    assert isinstance(run.train(resume=True)[-1], Done)


def test_a_run_without_labels_takes_no_notice_of_them(labelled: Project) -> None:
    run = begin(labelled, labels=False)
    run.stop_after(1)
    relabel(labelled, "00.png", "new")
    shutil.rmtree(labelled.folder / "cache")
    assert isinstance(run.train(resume=True)[-1], Done)


def test_labels_are_learnt_on_from_a_run_without(labelled: Project) -> None:
    plain = begin(labelled, labels=False)
    plain.train()
    taught = begin(labelled, start_from=plain.folder.name, overrides={})
    assert isinstance(taught.train()[-1], Done)
    newest = checkpoint.load_latest(taught.folder)
    assert newest is not None
    assert newest.state["image_spec"]["classes"] == 2


def test_a_recipe_whose_labels_do_not_fit_is_refused(labelled: Project) -> None:
    run = begin(labelled)
    text = (run.folder / "recipe.toml").read_text("utf-8")
    (run.folder / "recipe.toml").write_text(text.replace('["bright", "dark"]', '["bright"]'))
    end = run.train()[-1]
    assert isinstance(end, Failed)
    assert "damaged" in end.message


def test_a_blend_within_a_label_stays_there(labelled: Project) -> None:
    run = begin(labelled, "gan")
    run.stop_after(2)
    newest = checkpoint.load_latest(run.folder)
    assert newest is not None
    player = Player.open(newest.folder, "cpu")
    half = player.latent.dim // 2
    ends = [player.latent_of(LatentRecipe(seed=seed, label=1)) for seed in (3, 4)]
    between = player.latent_of(LatentRecipe(seed=3, seed_b=4, mix=0.5, label=1))
    assert np.allclose(between[:, half:], ends[0][:, half:], atol=1e-6)
    assert not np.allclose(between[:, :half], ends[0][:, :half])
    for end, mix in zip(ends, (0.0, 1.0), strict=True):
        made = player.latent_of(LatentRecipe(seed=3, seed_b=4, mix=mix, label=1))
        assert np.allclose(made, end, atol=1e-5)


def test_another_run_gives_what_it_knows_to_the_labels_of_the_same_name(
    labelled: Project,
) -> None:
    first = begin(labelled)
    first.train()
    relabel(labelled, "00.png", "amber")  # comes before both in the order of names
    second = begin(labelled, start_from=first.folder.name, overrides={})
    recipe = Recipe.load(second.folder)
    assert recipe.labels == ["amber", "bright", "dark"]
    assert recipe.start_labels == ["bright", "dark"]
    family = recipe.build()
    transfer.begin(family, second.folder, recipe)
    newest = checkpoint.load_best(first.folder)
    assert newest is not None
    known = checkpoint.read_tensors(newest.folder / checkpoint.MODEL)["prior_means"]
    assert torch.equal(family.prior_means[1:], known)
    assert torch.allclose(family.prior_means[0], known.mean(0))
    assert isinstance(second.train()[-1], Done)
