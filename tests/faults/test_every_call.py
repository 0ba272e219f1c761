"""Kill, ENOSPC and EIO at the calls by which anything is kept, made for real by strace."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.injection import ERRORS, unsafe
from tests.faults.writings import KINDS
from tests.verbs.support import ROOT

MEMORY = Path("/dev/shm")
EVERY = {"NewProject": 12, "Index": 5, "KeptPiece": 5, "Export": 5, "RunNote": 12}
"""Of pages that SQLite writes; the others of a sweep by hand meet all of them."""
LEAST = {"SettingsFile": 4, "RunRecipe": 4, "RunNote": 4, "Checkpoint": 12}
"""Calls that a writing of files alone is known to make."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """An empty folder, in memory where there is such a place: thousands of fsyncs."""
    folder = MEMORY / f"latent-studio-{tmp_path.name}" if MEMORY.is_dir() else tmp_path / "sweep"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def swept(kind: str, place: Path) -> dict[str, Any]:
    """The words of a sweep, in a process of its own as it forks."""
    if not shutil.which("strace"):
        pytest.skip("there is no strace here")
    words = [sys.executable, "-m", "tests.faults.injection", kind, str(place)]
    done = subprocess.run(
        [*words, str(EVERY.get(kind, 1))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if "strace:" in done.stderr:
        pytest.skip(f"strace may not watch here ({done.stderr.strip()})")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_call_of_a_writing_may_fail_or_be_the_last(kind: str, place: Path) -> None:
    found = swept(kind, place)
    assert not found["wrong"], "\n".join(found["wrong"])
    assert found["points"] >= LEAST.get(kind, 20)
    ways = 1 + 2 * len(ERRORS)
    assert found["faults"] % ways == 0
    assert found["ends"]["killed"] * ways == found["faults"]
    assert found["ends"]["again"] > 0
    assert found["ends"]["refused"] > 0
    assert unsafe(found["calls"]) == []


def test_a_name_before_its_content_is_told() -> None:
    """The judge of the order of calls judges."""
    write, sync = '1  write(4</a/.x>, ""..., 5) = 5', "1  fsync(4</a/.x>) = 0"
    name, folder = '1  rename("/a/.x", "/a/x") = 0', "1  fsync(5</a>) = 0"
    assert unsafe([write, sync, name, folder]) == []
    assert unsafe([write, name, sync, folder]) == ["/a/.x got its name before its content was safe"]
    assert unsafe([write, sync, name]) == ["the name of what was written of /a"]
    assert unsafe([write]) == ["its content of /a/.x"]
