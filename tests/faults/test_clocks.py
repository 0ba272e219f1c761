"""Clocks that jump by a year, in either direction: nothing is ordered, kept or deleted by them."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from studio.engine import files
from studio.engine.events import CheckpointNow
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.training.record import checkpoint
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import IMAGES, Driven, assert_same, script
from tests.faults.writings import KeptPiece
from tests.verbs.support import ROOT

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]

YEAR = 365 * 24 * 3600


def jump(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """What the clock of the wall says, from here on; that of the processor goes on."""
    real, real_ns = time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: real() + seconds)
    monkeypatch.setattr(time, "time_ns", lambda: real_ns() + seconds * 10**9)


@pytest.mark.parametrize("way", [YEAR, -YEAR])
def test_a_run_whose_clock_jumps_goes_on_from_the_newest(
    vae: Driven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: int
) -> None:
    whole = vae.twin(tmp_path / "whole")
    whole.train()
    vae.stop_after(2)
    jump(monkeypatch, way)
    vae.train(resume=True, commands=script({2: [CheckpointNow()]}))
    newest = checkpoint.load_latest(vae.folder)
    assert newest is not None
    assert newest.images_seen == IMAGES
    assert [int(each.name) for each in checkpoint.folders(vae.folder)][-1] == newest.number
    assert_same(vae.folder, whole.folder)
    assert newest.state["seconds"] < 3600


@pytest.mark.parametrize("way", [YEAR, -YEAR])
def test_what_was_kept_before_a_jump_is_there_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: int
) -> None:
    work = KeptPiece()
    work.prepare(tmp_path)
    jump(monkeypatch, way)
    work.write(tmp_path, 2)
    assert work.found(tmp_path) == 2
    with Project.open(tmp_path) as project:
        assert [each.recipe.seed for each in pieces.pieces(project)] == [1, 2]


@pytest.mark.parametrize("way", [YEAR, -YEAR])
def test_a_file_that_changes_after_a_jump_is_worked_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: int
) -> None:
    path = tmp_path / "file"
    path.write_text("one")
    first = files.remembered(path, files.sha256_file)
    jump(monkeypatch, way)
    path.write_text("other")
    assert files.remembered(path, files.sha256_file) != first


def test_nothing_else_asks_the_clock_of_the_wall_how_long_something_took() -> None:
    asks = {
        path.relative_to(ROOT).as_posix()
        for path in (*ROOT.glob("studio/**/*.py"), *ROOT.glob("models/**/*.py"))
        if re.search(r"\btime\.time(_ns)?\b", path.read_text("utf-8"))
    }
    # Files have times of the wall, and so do packets of OSC; nothing else does.
    assert {each for each in asks if "live" not in each} == {"studio/engine/files.py"}
