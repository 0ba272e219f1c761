"""A project is opened by its folder, or by the file in it that a file manager knows."""

from __future__ import annotations

import pytest

from studio.engine.errors import StudioError
from studio.engine.project import OPENER, Project


def test_the_file_in_the_folder_opens_it_wherever_it_is_moved(tmp_path) -> None:
    with Project.open(tmp_path / "Vases", create=True) as project:
        assert (project.folder / OPENER).is_file()
    (tmp_path / "Vases").rename(tmp_path / "Other")
    with Project.open(tmp_path / "Other" / OPENER) as project:
        assert project.name == "Other"
        assert not project.read_only_reason


def test_without_the_file_a_project_is_whole_and_gets_it_again(tmp_path) -> None:
    Project.open(tmp_path / "Vases", create=True).close()
    (tmp_path / "Vases" / OPENER).unlink()
    Project.open(tmp_path / "Vases").close()
    assert (tmp_path / "Vases" / OPENER).is_file()


def test_the_file_alone_is_no_project(tmp_path) -> None:
    (tmp_path / OPENER).write_text("x")
    with pytest.raises(StudioError, match=r"There is no project in .*: import pictures"):
        Project.open(tmp_path / OPENER)
