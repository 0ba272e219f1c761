"""The bundled sample: a project that can be looked at, measured and played at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.engine import files, sample
from studio.engine.dataset.index import store
from studio.engine.errors import StudioError
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.planning import runs, transfer
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.make_sample_project(tmp_path_factory.mktemp("home") / "Sample")


def test_it_has_pictures_and_a_run_with_its_recipe(made: Path) -> None:
    with Project.open(made) as project:
        dataset = store.dataset(project, sample.DATASET)
        assert store.counts(project, dataset.id)["usable"] == 64
        run = runs.run(project, sample.RUN)
        assert run.status == "finished"
        recipe = Recipe.load(run.folder)
        assert (recipe.dataset_id, recipe.total_images) == (dataset.id, run.images_seen)
        prepared = runs.pictures_of(project.folder, recipe)
        assert len(prepared.images) == 64


def test_its_model_plays(made: Path) -> None:
    with Project.open(made) as project:
        newest = checkpoint.load_latest(runs.run(project, sample.RUN).folder)
        assert newest is not None
        player = Player.open(newest.folder, "cpu")
        first, second = (player.picture(LatentRecipe(seed=seed)) for seed in (1, 2))
        assert first.shape == (64, 64, 3)
        assert (first != second).any()


def test_a_run_learns_on_from_it(made: Path) -> None:
    """Its file holds averages in half precision and nothing else."""
    with Project.open(made) as project:
        asked = {"images": 64, "start_from": sample.RUN, "device": "cpu"}
        recipe = runs.create_run(project, sample.DATASET, "auto", 64, 64, **asked)
        folder = runs.run(project, recipe.run).folder
        said = transfer.begin(recipe.build(), folder, recipe)
    assert said == "It begins with 100 % of its weights from starter-vae-64."


def test_it_is_small_and_free() -> None:
    place = files.resources() / "sample"
    assert "CC0" in (place / "LICENSE.txt").read_text("utf-8")
    assert sum(each.stat().st_size for each in (place / "pictures").iterdir()) <= 3_000_000
    assert (place / "model" / checkpoint.MODEL).stat().st_size <= 8_000_000


def test_made_twice_it_is_the_one_there_was(made: Path) -> None:
    assert sample.make_sample_project(made) == made
    with Project.open(made) as project:
        assert len(store.datasets(project)) == 1


def test_where_nothing_can_be_written_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StudioError):
        sample.make_sample_project(tmp_path / "file" / "Sample")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
