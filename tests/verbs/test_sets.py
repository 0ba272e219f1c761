"""`dataset rename`, `delete` and `remove-source`: what they say, keep and refuse."""

from __future__ import annotations

import sqlite3

import pytest

from studio.engine.project import INDEX
from tests.verbs.support import call, done, draw


@pytest.fixture
def project(tmp_path):
    for name, numbers in (("doors", (1, 2)), ("windows", (3, 4, 5))):
        (tmp_path / name).mkdir()
        for number in numbers:
            draw(tmp_path / name / f"{number}.png", number)
    place = tmp_path / "project"
    done("import", place, tmp_path / "doors", tmp_path / "windows", "--name", "set")
    return place


def names(project):
    return [each["name"] for each in done("dataset", "list", project)["datasets"]]


def test_rename(project):
    assert done("dataset", "rename", project, " House  fronts ") == {
        "dataset": "House fronts", "before": "set",
    }  # fmt: skip
    assert names(project) == ["House fronts"]
    said = call("dataset", "rename", project, "set", "--dataset", "House fronts")
    assert said.out == "House fronts is called set now.\n"


def test_a_source_is_removed_and_comes_back(project, tmp_path):
    before = done("dataset", "list", project, "--dataset", "set")
    facts = done("dataset", "remove-source", project, tmp_path / "windows")
    assert facts == {
        "dataset": "set", "source": "windows", "undone": False, "pictures": 3, "found": 2,
        "included": 2, "sources": [str(tmp_path / "doors")],
    }  # fmt: skip
    call("dataset", "remove-source", project, tmp_path / "doors").refused(2, "only source", "set")
    call("dataset", "remove-source", project, tmp_path / "windows").refused(1, "no source of set")
    facts = done("dataset", "remove-source", project, "--undo")
    assert (facts["source"], facts["undone"], facts["found"]) == ("windows", True, 5)
    assert done("dataset", "list", project, "--dataset", "set") == before
    assert len(list((tmp_path / "windows").iterdir())) == 3


def test_a_dataset_is_deleted_and_comes_back(project):
    facts = done("dataset", "delete", project, "--dataset", "set")
    assert facts == {"dataset": "set", "undone": False, "pictures": 5, "runs": []}
    assert names(project) == []
    call("dataset", "findings", project).refused(1, "import some first")
    call("train", project, "--dataset", "set", "--family", "vae").refused(1, "no dataset 'set'")
    said = call("dataset", "delete", project, "--undo")
    assert said.out == "set with 5 pictures is back.\n"
    assert names(project) == ["set"]


def test_a_dataset_that_a_run_needs(project):
    index = sqlite3.connect(project / INDEX)
    index.execute(
        "INSERT INTO run (name, dataset_id, family, created, status) "
        "VALUES ('r-a1', 1, 'vae', '', 'finished')"
    )
    index.commit()
    index.close()
    call("dataset", "delete", project, "--dataset", "set").refused(1, "'set'", "r-a1")
    assert names(project) == ["set"]
    facts = done("dataset", "delete", project, "--dataset", "set", "--with-runs")
    assert facts["runs"] == ["r-a1"]
    assert [each["run"] for each in done("runs", "list", project)["runs"]] == ["r-a1"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("rename", "new", "--dataset", "gone"), 1, "no dataset 'gone'"),
        (("rename", " ", "--dataset", "set"), 2, "at least one letter"),
        (("rename", "", "--dataset", "set"), 2, "at least one letter"),
        (("rename", "x" * 300, "--dataset", "set"), 2, "200"),
        (("rename", "other", "--dataset", "set"), 2, "already"),
        (("rename",), 2, "NAME"),
        (("delete",), 2, "--dataset"),
        (("delete", "--dataset", "gone"), 1, "no dataset 'gone'"),
        (("delete", "--undo"), 1, "no dataset to bring back"),
        (("delete", "--undo", "--dataset", "set"), 2, "--undo"),
        (("remove-source", "--dataset", "set"), 2, "PATH"),
        (("remove-source", "--dataset", "set", "--undo"), 1, "no source to bring back"),
        (("remove-source", "nowhere", "--dataset", "set"), 1, "is no source of set"),
        (("remove-source", "x", "--undo", "--dataset", "set"), 2, "--undo"),
        (("remove-source", "x"), 2, "--dataset: set, other"),
    ],
)
def test_what_is_wrong_is_one_sentence(project, tmp_path, arguments, code, words):
    done("import", project, tmp_path / "doors", "--name", "other")
    action, *rest = arguments
    call("dataset", action, project, *rest).refused(code, words)
    assert names(project) == ["set", "other"]
