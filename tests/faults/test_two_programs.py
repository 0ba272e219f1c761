"""Two programs on one project: the second looks only, and the lock of a dead one holds nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studio.engine.errors import ReadOnlyError
from studio.engine.project import LOCK, Project
from tests.verbs.support import ROOT, call

HOLD = """
import sys
from studio.engine.project import Project
project = Project.open(sys.argv[1], create=True)
project.write("INSERT INTO dataset (name, created) VALUES ('kept', 'now')")
connection = project._connection
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO dataset (name, created) VALUES ('half', 'now')")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program in the middle of a transaction."""
    words = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            yield other
        finally:
            other.kill()


def names(project: Project) -> list[str]:
    return [row["name"] for row in project.query("SELECT name FROM dataset ORDER BY id")]


def test_the_second_reads_what_is_decided_and_writes_nothing(tmp_path: Path) -> None:
    with holder(tmp_path), Project.open(tmp_path) as second:
        assert "open in another window or command" in str(second.read_only_reason)
        assert names(second) == ["kept"]
        with pytest.raises(ReadOnlyError):
            second.write("DELETE FROM dataset")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_the_lock_of_a_killed_program_is_taken_over_and_its_half_is_gone(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        os.kill(other.pid, signal.SIGKILL)
        assert other.wait() == -signal.SIGKILL
        assert (tmp_path / LOCK).exists(), "it had no time to tidy up"
        with Project.open(tmp_path) as project:
            assert not project.read_only_reason
            assert names(project) == ["kept"]
            project.write("INSERT INTO dataset (name, created) VALUES ('next', 'now')")
            assert names(project) == ["kept", "next"]


def test_a_lock_file_of_years_ago_holds_nobody(tmp_path: Path) -> None:
    with Project.open(tmp_path, create=True):
        pass
    (tmp_path / LOCK).write_text("12345\n")
    os.utime(tmp_path / LOCK, (0, 0))
    with Project.open(tmp_path) as project:
        assert not project.read_only_reason


def test_a_command_beside_an_open_window_says_so_in_a_sentence(
    tmp_path: Path, few_pictures: Path
) -> None:
    with holder(tmp_path):
        call("import", tmp_path, few_pictures).refused(1, "open in another window or command")
        assert call("inspect", tmp_path, "--json").code == 0
