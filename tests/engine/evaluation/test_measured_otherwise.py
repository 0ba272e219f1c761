"""What is said where the figures of an older run were made by other rules than those of today."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.engine.dataset.index import store
from studio.engine.evaluation import assessment, report
from studio.engine.evaluation.gallery import Gallery
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record.recipe import FIGURES, Recipe
from tests.verbs.support import done


@pytest.fixture
def opened(made_once: tuple[Path, str], tmp_path: Path) -> Iterator[tuple[Project, str]]:
    place, name = made_once
    with Project.open(shutil.copytree(place / "project", tmp_path / "P")) as project:
        yield project, name


def as_of_old(project: Project, name: str) -> None:
    """The run as an earlier version left it, and a near copy on the other side of its division."""
    folder = runs.run(project, name).folder
    recipe = Recipe.load(folder)
    assert recipe.figures == FIGURES
    recipe.model_copy(update={"figures": 1}).save(folder)
    prepared = runs.pictures_of(project.folder, recipe)
    learnt, unseen = (prepared.item_ids[rows[0]] for rows in (prepared.train, prepared.held_out))
    with project.transaction() as connection:
        store.add_findings(connection, [(unseen, "near_duplicate", "", {"of": learnt})])


def test_a_run_of_today_says_nothing(opened: tuple[Project, str]) -> None:
    found = assessment.assess(*opened, 8)
    assert found is not None
    assert found.otherwise == ()


def test_an_older_run_says_what_was_measured_otherwise(
    opened: tuple[Project, str], tmp_path: Path
) -> None:
    project, name = opened
    as_of_old(project, name)
    found = assessment.assess(project, name, 8)
    assert found is not None
    near, noted = found.otherwise
    assert near.startswith(f"1 of the {found.unseen} pictures that it never saw are nearly")
    assert noted.startswith("The PSNR in its curves was measured otherwise")
    report.write(tmp_path / "r.html", found, Gallery([], 0, 0, 0, 0, 0, 0, 0, 0), name)
    page = (tmp_path / "r.html").read_text("utf-8")
    assert str(near) in page
    project.close()
    said = done("evaluate", project.folder, "--run", name, "--count", 8)
    assert said["measured_otherwise"] == [str(near), str(noted)]
