"""A project file that is damaged, empty or in use: one sentence, and nothing stays behind."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from studio.engine.errors import StudioError
from studio.engine.project import INDEX, LOCK, Project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed project with enough rows to fill many pages."""
    place = tmp_path / "Project"
    with Project.open(place, create=True) as project:
        project.runs  # noqa: B018  # the folder is made on first use
        project.write_many(
            "INSERT INTO export (created, path, format, sha256) VALUES ('now', ?, 'png', '')",
            ((f"{number:04}" * 20,) for number in range(800)),
        )
    return place


def rows(project: Project) -> int:
    return len(project.query("SELECT * FROM export"))


def test_damaged_pages_are_one_sentence(folder: Path) -> None:
    index = folder / INDEX
    content = bytearray(index.read_bytes())
    content[-len(content) // 2 :] = b"\xff" * (len(content) // 2)
    index.write_bytes(content)
    with (  # at opening or later, by which pages they are
        pytest.raises(StudioError, match="cannot be read") as said,
        Project.open(folder) as project,
    ):
        rows(project)
    assert str(index) in str(said.value)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 20])
def test_an_index_that_is_none_is_left_alone(folder: Path, content: bytes) -> None:
    (folder / INDEX).write_bytes(content)
    (folder / LOCK).unlink()
    before = sorted(folder.iterdir())
    with pytest.raises(StudioError, match="cannot be read"):
        Project.open(folder)
    assert sorted(folder.iterdir()) == before
    assert (folder / INDEX).read_bytes() == content


def test_an_empty_file_without_runs_becomes_a_project(tmp_path: Path) -> None:
    (tmp_path / INDEX).touch()
    with Project.open(tmp_path) as project:
        assert rows(project) == 0


def test_another_program_that_writes_is_named_as_the_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(folder / INDEX)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN EXCLUSIVE")
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, **{**k, "timeout": 0}))
    try:
        with pytest.raises(StudioError, match="in use by another program"):
            Project.open(folder)
    finally:
        other.close()


def test_a_copy_of_a_damaged_project_does_not_reach_the_window_as_a_crash(folder: Path) -> None:
    from tests.verbs.support import call

    shutil.copy(__file__, folder / INDEX)
    call("inspect", folder).refused(1, INDEX, "cannot be read")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("dataset", "settings", "{"), ("source", "rights", "["), ("item", "facts", "{"),
     ("item", "rights", "x"), ("item", "crop", "{"), ("item", "hidden", "[")],
)  # fmt: skip
def test_a_damaged_entry_is_one_sentence(folder: Path, table: str, column: str, value: str) -> None:
    from tests.verbs.support import call

    with Project.open(folder) as project:
        project.write("INSERT INTO dataset (name, created) VALUES ('set', 'now')")
        project.write("INSERT INTO source (dataset_id, path, kind) VALUES (1, x'2f61', 'folder')")
        project.write(
            "INSERT INTO item (dataset_id, source_id, path, name, bytes, mtime_ns, width, height) "
            "VALUES (1, 1, x'2f61', 'a.png', 1, 1, 8, 8)"
        )
        project.write(f"UPDATE {table} SET {column} = ?", (value,))
    for words in (("inspect",), ("dataset", "list"), ("train",)):
        said = call(*words, folder)
        assert "unforeseen" not in said.err
        if said.code:
            said.refused(said.code)
