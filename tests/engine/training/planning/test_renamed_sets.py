"""Runs whose dataset got another name, was deleted or came back."""

from __future__ import annotations

import shutil

import pytest

from studio.engine.dataset.curation import removed_sets, sets
from studio.engine.dataset.index import store
from studio.engine.errors import StudioError
from studio.engine.events import Done
from studio.engine.project import Project
from studio.engine.training.planning import other_pictures, runs
from studio.engine.training.record.recipe import Recipe
from tests.engine.training.support import Driven


def test_a_run_goes_on_with_its_dataset_under_another_name(project: Project, vae: Driven) -> None:
    name, number = vae.folder.name, store.dataset(project, "set").id
    vae.stop_after(1)
    sets.rename(project, number, "Doors")
    assert runs.run(project, name).dataset == "Doors"
    recipe = Recipe.load(vae.folder)
    assert other_pictures.change(project, name, "Doors") == recipe
    assert recipe.earlier == []
    shutil.rmtree(project.cache / "prepared")
    assert isinstance(vae.train(resume=True)[-1], Done)


def test_a_run_of_a_deleted_dataset_says_so_once_nothing_is_left(
    project: Project, vae: Driven
) -> None:
    name, number = vae.folder.name, store.dataset(project, "set").id
    recipe = Recipe.load(vae.folder)
    done = sets.delete(project, number, with_runs=True)
    assert runs.run(project, name).dataset == "set"
    sets.put_back(project, done)
    sets.delete(project, number, with_runs=True)
    removed_sets.purge(project, removed_sets.aside(project))
    assert runs.run(project, name).dataset == ""
    assert len(runs.pictures_of(project.folder, recipe)) > 0  # the cache still has them
    shutil.rmtree(project.cache / "prepared")
    with pytest.raises(StudioError, match=r"dataset 'set' of the run .* was deleted"):
        runs.pictures_of(project.folder, recipe)
