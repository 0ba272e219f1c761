"""Iterating on a piece from the bench: kept, taken back, and refused in words."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt

from studio.desktop.pixels import from_qimage
from studio.desktop.window.main_window import MainWindow
from studio.engine.pieces import pieces

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise", extend=True)
WAIT = 60_000


@pytest.fixture
def bench(window: MainWindow, sample_project, qtbot):
    """The bench with its first piece, and the window of iterating on it."""
    assert window.studio.open_project(sample_project)
    window.go("refinement")
    room = window.room("refinement")
    qtbot.waitUntil(lambda: room.list.count() == 2 and room._refined is not None, timeout=WAIT)
    qtbot.mouseClick(room.iterations.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: room.iterations.window._opened is not None, timeout=WAIT)
    return room


def choose(beside, name: str) -> None:
    beside.way.setCurrentIndex(beside.way.findData(name))


def run_to_its_end(beside, qtbot) -> None:
    qtbot.mouseClick(beside.start, Qt.MouseButton.LeftButton)
    assert beside._is_running
    qtbot.waitUntil(lambda: not beside._is_running, timeout=WAIT)


def test_a_higher_score_is_found_compared_kept_and_taken_back(bench, window, qtbot) -> None:
    beside = bench.iterations.window
    beside._forms["score"].set_values({"steps": 8, "strength": 0.5})
    run_to_its_end(beside, qtbot)
    best = beside.chosen()
    assert best.number > 0
    assert beside._found.iteration.beginning.figure < best.figure
    assert "→" in beside.words.text()
    assert "nearest training picture" in beside.near.text() or "copy" in beside.near.text()
    assert np.array_equal(from_qimage(beside.view.image()), best.pixels)
    qtbot.mouseClick(beside.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bench.list.count() == 3, timeout=WAIT)
    made = bench.shelf.kept[bench._current].piece
    assert np.array_equal(pieces.stored(made), best.pixels), "what is on the screen is kept"
    assert window.studio.undo.undoText() == f"Iterate on {beside.piece.name}"
    window.studio.undo.undo()
    qtbot.waitUntil(lambda: bench.list.count() == 2, timeout=WAIT)
    window.studio.undo.redo()
    qtbot.waitUntil(lambda: bench.list.count() == 3, timeout=WAIT)


def test_a_region_is_painted_and_the_rest_stays(bench, qtbot) -> None:
    beside = bench.iterations.window
    choose(beside, "region")
    assert not beside.start.isEnabled()
    assert beside.about.text() == "Paint on the picture what is to be drawn again."
    middle = beside.view.target().center().toPoint()
    qtbot.mousePress(beside.view, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(beside.view, middle + QPoint(20, 0))
    qtbot.mouseRelease(beside.view, Qt.MouseButton.LeftButton, pos=middle + QPoint(20, 0))
    assert beside.start.isEnabled()
    beside._forms["region"].set_values({"count": 2, "steps": 2})
    run_to_its_end(beside, qtbot)
    found = beside._found
    assert len(found.candidates) == 3
    assert all(each.outside in (0.0, None) for each in found.changed.values())
    other = next(each.number for each in found.candidates if each.number)
    beside.results.choose([other])
    assert beside.keep.isEnabled()
    beside.results.choose([0])
    assert not beside.keep.isEnabled(), "the beginning is a piece already"
    assert beside.start.text() == "Try others"
    beside.region.clear.click()
    assert not beside.start.isEnabled()


def test_a_reference_and_what_a_model_cannot_do_are_said(bench, window, qtbot, tmp_path) -> None:
    beside = bench.iterations.window
    choose(beside, "fine")
    refused = beside._opened.refusals.get("fine")
    assert beside.start.isEnabled() is (refused is None)
    if refused is not None:
        assert beside.about.text() == str(refused)
    choose(beside, "palette")
    assert beside.about.text() == "Choose a reference picture first."
    (tmp_path / "words.png").write_text("no picture")
    beside.reference.take(tmp_path / "words.png")
    qtbot.waitUntil(lambda: beside.reference.path is None, timeout=WAIT)
    assert "words.png" in window.studio.notices.history[-1].sentence
    pixels = np.zeros((20, 20, 3), np.uint8)
    pixels[..., 0] = np.arange(20) * 12
    Image.fromarray(pixels).save(tmp_path / "red.png")
    beside.reference.take(tmp_path / "red.png")
    qtbot.waitUntil(lambda: not beside.reference.picture.pixmap().isNull(), timeout=WAIT)
    beside._forms["palette"].set_values({"steps": 6})
    run_to_its_end(beside, qtbot)
    assert beside.chosen().figure < beside._found.iteration.beginning.figure
    window.studio.set_language("zh_CN")
    assert beside.windowTitle().startswith("在")
    assert beside.start.text() == "开始"
    window.studio.set_language("en")


def test_stopping_keeps_what_was_found_and_the_window_goes_with_its_project(
    bench, window, qtbot
) -> None:
    beside = bench.iterations.window
    beside._forms["score"].set_values({"steps": 1000})
    qtbot.keyClick(beside.start, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: beside.bar.value() > 2, timeout=WAIT)
    assert beside.start.text() == "Stop"
    qtbot.keyClick(beside.start, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: beside._found is not None, timeout=WAIT)
    assert len(beside._found.candidates) == 2
    window.studio.close_project()
    qtbot.waitUntil(lambda: bench.iterations._window is None, timeout=WAIT)
