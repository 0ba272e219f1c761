"""A run as a film: its sheets in their order, and what is passed over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.engine.errors import TakenError, UsageError
from studio.engine.generation.film.timelapse import timelapse
from studio.engine.training.record.sample_sheet import path_of, write_sheet
from tests.engine.generation.film.conftest import played


def sheet(folder: Path, seen: int, level: int, side: int = 8) -> Path:
    path = path_of(folder, seen)
    write_sheet(np.full((4, side, side, 3), level, np.uint8), 2, path)
    return path


def test_sheets_are_seen_in_order_and_the_last_one_stays(tmp_path):
    for seen in (300, 100, 200):
        sheet(tmp_path, seen, seen // 2)
    sheet(tmp_path, 250, 9, side=4)  # of another size
    path_of(tmp_path, 260).write_bytes(b"nothing")
    made = timelapse(tmp_path, tmp_path / "film.png", fps="4", enlarge=2)
    files = sorted(tmp_path.glob("film.*.png"))
    assert made.frames == len(files) == 3 + 7
    frames = [played_png(file) for file in files]
    assert [int(frame[0, 0, 0]) for frame in frames] == [50, 100, *[150] * 8]
    assert frames[0].shape == (32, 32, 3)


def played_png(file: Path) -> np.ndarray:
    from PIL import Image

    with Image.open(file) as image:
        return np.asarray(image)


def test_it_is_ended_early_and_plays(tmp_path):
    for seen in range(10):
        sheet(tmp_path, seen, seen * 20)
    told: list[int] = []
    made = timelapse(tmp_path, tmp_path / "film.gif", told=lambda done, _: told.append(done),
                     cancelled=lambda: len(told) >= 4)  # fmt: skip
    assert made.frames == 4
    assert len(played(made.file)[0]) == 4


def test_a_run_without_sheets_and_a_taken_name_are_said(tmp_path):
    sheet(tmp_path, 1, 9)
    with pytest.raises(UsageError, match="at least two sheets"):
        timelapse(tmp_path, tmp_path / "film.gif")
    sheet(tmp_path, 2, 9)
    (tmp_path / "film.gif").write_bytes(b"mine")
    with pytest.raises(TakenError):
        timelapse(tmp_path, tmp_path / "film.gif")
    with pytest.raises(UsageError, match="too large"):
        timelapse(tmp_path, tmp_path / "other.gif", enlarge=600)
    assert not (tmp_path / "other.gif").exists()
