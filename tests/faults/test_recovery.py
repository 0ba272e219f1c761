"""After the program or the machine ended in the middle: what was there is offered, once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from studio.engine import index_copies, project_lock
from studio.engine.errors import StudioError
from studio.engine.index_file import DamagedIndexError
from studio.engine.project import INDEX, Project
from studio.engine.project_repair import repair
from tests.verbs.support import ROOT, call, done

DIE = """
import os, signal, sys
from studio.engine.project import Project
project = Project.open(sys.argv[1], create=True)
project.write(
    "INSERT INTO run (name, family, created, status) VALUES ('a1', 'vae', 'now', 'running')"
)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A project whose program was killed while it trained."""
    if sys.platform == "win32":
        pytest.skip("no SIGKILL there")
    folder = tmp_path / "Vases"
    dead = subprocess.run([sys.executable, "-c", DIE, str(folder)], cwd=ROOT, check=False)
    assert dead.returncode == -signal.SIGKILL
    return folder


def decide(folder: Path, name: str) -> None:
    with Project.open(folder, create=True) as project:
        project.write("INSERT INTO dataset (name, created) VALUES (?, 'now')", (name,))


def decided(folder: Path) -> list[str]:
    with Project.open(folder) as project:
        return [row["name"] for row in project.query("SELECT name FROM dataset ORDER BY id")]


def spoil(folder: Path) -> bytes:
    index = folder / INDEX
    content = bytearray(index.read_bytes())
    content[100 : 100 + 3000] = b"\xff" * 3000
    index.write_bytes(content)
    return bytes(content)


# ---------------------------------------------------------------------- who was there last


def test_a_killed_program_is_known_of_once(killed: Path) -> None:
    assert project_lock.was_left(killed)
    with Project.open(killed) as project:
        assert project.was_left_open
        assert not project_lock.was_left(killed), "somebody has it now"
        with Project.open(killed) as second:
            assert not second.was_left_open, "it only looks"
    assert not project_lock.was_left(killed)
    with Project.open(killed) as project:
        assert not project.was_left_open


def test_a_project_that_was_closed_or_never_held_was_not_left(tmp_path: Path) -> None:
    assert not project_lock.was_left(tmp_path)
    decide(tmp_path / "P", "one")
    assert not project_lock.was_left(tmp_path / "P")
    spoil(tmp_path / "P")
    with pytest.raises(DamagedIndexError):
        Project.open(tmp_path / "P")
    assert not project_lock.was_left(tmp_path / "P"), "it refused, and let go of it"
    (tmp_path / "P" / project_lock.LOCK).unlink()
    os.mkfifo(tmp_path / "P" / project_lock.LOCK)
    assert not project_lock.was_left(tmp_path / "P"), "a pipe is not waited for"


def test_the_doctor_names_an_interrupted_run_and_the_command(killed: Path) -> None:
    said = {each["name"]: each for each in done("doctor", str(killed))["checks"]}
    assert said["interrupted run"]["found"] == "a1"
    assert said["interrupted run"]["mend"].endswith("--resume a1")
    assert said["index"]["found"].startswith("whole")
    (run,) = done("runs", "list", str(killed))["runs"]
    assert run["status"] == "interrupted"


# ---------------------------------------------------------------------- generations of the index


def test_a_damaged_index_comes_back_as_it_was_when_it_was_closed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        decide(tmp_path, name)
    bad = spoil(tmp_path)
    aside = repair(tmp_path)
    assert aside is not None
    assert aside.read_bytes() == bad, "what was damaged is kept"
    assert decided(tmp_path) == ["one", "two"]
    assert repair(tmp_path) is None


def test_looking_makes_no_copy_and_only_some_are_kept(tmp_path: Path) -> None:
    for number in range(36):
        decide(tmp_path, f"{number}")
        decided(tmp_path)
    numbers = [each.number for each in index_copies.copies(tmp_path)]
    assert numbers == [10, 20, 30, 34, 35, 36]
    assert not list((tmp_path / index_copies.FOLDER).glob(".*"))


def test_a_copy_is_made_behind_the_back_of_who_closes(tmp_path: Path) -> None:
    with Project.open(tmp_path, create=True):
        pass
    project = Project.open(tmp_path)
    project.write("INSERT INTO dataset (name, created) VALUES ('a', '')")
    before = {each.number for each in index_copies.copies(tmp_path)}
    project.close(at_once=True)
    with Project.open(tmp_path):
        pass  # the lock was free at once
    for thread in threading.enumerate():
        if thread.name == "index copy":
            thread.join()
    (made,) = {each.number for each in index_copies.copies(tmp_path)} - before
    assert index_copies.newest(tmp_path).number == made
    assert not list(tmp_path.glob("*-wal")), "it leaves no log"
    project = Project.open(tmp_path)
    project.write("UPDATE dataset SET name = 'b'")
    project.close()
    shutil.rmtree(tmp_path / "backups")
    (tmp_path / "project.sqlite").unlink()
    index_copies.keep_in_background(tmp_path).join()
    assert not (tmp_path / "project.sqlite").exists(), "what is gone stays gone"


def test_a_copy_that_is_spoilt_too_means_the_one_before(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        decide(tmp_path, name)
    spoil(tmp_path)
    last = index_copies.copies(tmp_path)[-1].path
    last.write_bytes(last.read_bytes()[:5000])
    repair(tmp_path)
    assert decided(tmp_path) == ["one", "two"]


def test_an_index_that_is_gone_comes_back_and_without_a_copy_it_is_said(tmp_path: Path) -> None:
    decide(tmp_path, "one")
    (tmp_path / INDEX).unlink()
    repair(tmp_path)
    assert decided(tmp_path) == ["one"]
    bad = spoil(tmp_path)
    for each in index_copies.copies(tmp_path):
        each.path.unlink()
    with pytest.raises(StudioError, match="no whole copy"):
        repair(tmp_path)
    assert (tmp_path / INDEX).read_bytes() == bad


def test_an_index_that_is_deleted_in_the_middle_of_work_loses_nothing(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("what is open cannot be deleted there")
    decide(tmp_path, "one")
    with Project.open(tmp_path) as project:
        for each in tmp_path.glob(f"{INDEX}*"):
            each.unlink()
        project.write("INSERT INTO dataset (name, created) VALUES ('two', 'now')")
    call("runs", "list", tmp_path).refused(1, "is gone", "--repair")
    call("import", tmp_path, ROOT / "resources" / "sample").refused(1, "is gone", "--repair")
    repair(tmp_path)
    assert decided(tmp_path) == ["one", "two"]


def test_what_cannot_be_copied_does_not_keep_a_project_from_closing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / index_copies.FOLDER).write_text("a file in its place")
    decide(tmp_path, "one")
    assert decided(tmp_path) == ["one"]


def test_a_folder_of_copies_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder = tmp_path / "P"
    folder.mkdir()
    (folder / index_copies.FOLDER).symlink_to(tmp_path / "elsewhere")
    decide(folder, "one")
    assert not list((tmp_path / "elsewhere").iterdir())
    assert index_copies.copies(folder) == []


def test_the_doctor_repairs_where_it_is_asked_to(tmp_path: Path) -> None:
    decide(tmp_path, "one")
    spoil(tmp_path)
    call("doctor", tmp_path).refused(1, INDEX, "cannot be read")
    facts = done("doctor", str(tmp_path), "--repair")
    assert "damaged" in facts["repaired"]
    assert decided(tmp_path) == ["one"]
    assert done("doctor", str(tmp_path), "--repair")["repaired"] == ""
    call("doctor", "--repair").refused(2, "PROJECT")
