"""A picture is dropped on the canvas: it comes nearer before one's eyes, and can be played on."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from studio.desktop.generation import worker
from studio.desktop.generation.room import GenerationRoom
from studio.desktop.generation.tools.bring_in import BringIn
from studio.desktop.window.main_window import MainWindow
from studio.engine.generation import inversion
from studio.engine.generation.beginnings import Point
from studio.engine.pieces.pieces import Piece

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    pixels = np.zeros((90, 120, 3), np.uint8)
    pixels[20:70, 30:90] = (200, 120, 40)
    Image.fromarray(pixels).save(tmp_path / "my photo.png")
    return tmp_path / "my photo.png"


@pytest.fixture
def open_window(
    window: MainWindow, sample_project: Path, qtbot, monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    """The window on the sample with its model on the canvas; searches are short."""
    monkeypatch.setattr(inversion.inversion, "__defaults__", (12,))
    monkeypatch.setattr(worker, "SAMPLES", 400)
    assert window.studio.open_project(sample_project)
    generation = window.make_rooms().generation
    window.go("generation")
    qtbot.waitUntil(lambda: not generation.view.image().isNull(), timeout=WAIT)
    qtbot.waitUntil(lambda: generation.controls.rows[0].slider.isEnabled(), timeout=WAIT)
    qtbot.waitUntil(lambda: not generation.session.busy, timeout=WAIT)
    return window


def room_of(window: MainWindow) -> GenerationRoom:
    return window.make_rooms().generation


def tool_of(window: MainWindow) -> BringIn:
    tool = room_of(window).canvas.tools["bring_in"]
    assert isinstance(tool, BringIn)
    return tool


def drop(window: MainWindow, given: Path | QImage, place: QPoint) -> str:
    """Drag a picture over the window and let it go; what was said while it hovered."""
    data = QMimeData()
    if isinstance(given, Path):
        data.setUrls([QUrl.fromLocalFile(str(given))])
    else:
        data.setImageData(given)
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(2, 2), copy, data, LEFT, NONE))
    QApplication.sendEvent(window, QDragMoveEvent(place, copy, data, LEFT, NONE))
    said = window.overlay.words()[0]
    QApplication.sendEvent(window, QDropEvent(QPointF(place), copy, data, LEFT, NONE))
    return said


def canvas_of(window: MainWindow) -> QPoint:
    view = room_of(window).view
    return view.mapTo(window, view.rect().center())


def ended(window: MainWindow, qtbot, steps: int) -> None:
    """Wait until the search is over and what it found is drawn."""
    room = room_of(window)
    qtbot.waitUntil(lambda: window.studio.undo.count() >= steps, timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.search.is_on, timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)


def source_of(window: MainWindow):
    beginning = room_of(window).editing.recipe().beginning
    return beginning.source if isinstance(beginning, Point) else None


def test_a_picture_on_the_canvas_is_found_played_on_and_taken_back(
    open_window: MainWindow, photo: Path, qtbot
) -> None:
    room, undo = room_of(open_window), open_window.studio.undo
    before = room.view.image().copy()
    tool = tool_of(open_window)
    assert tool.choose.isVisible()
    assert tool.original.isHidden()
    for button in (tool.choose, tool.original):
        assert button.toolTip()
        assert button.accessibleName()
    said = drop(open_window, photo, canvas_of(open_window))
    assert "find it in the model" in said
    ended(open_window, qtbot, 1)
    assert open_window.place == "generation"
    assert undo.count() == 1  # all that came nearer is one step
    assert undo.undoText() == "Picture my photo.png"
    assert room.side.history.model().rowCount() == 2  # with the seed before
    assert source_of(open_window).file == "my photo.png"
    assert room.title.text() == "my photo.png · ψ 1.00"
    notice = open_window.studio.notices.history[-1].sentence
    assert "my photo.png was found" in notice
    assert "dB" in notice
    found = room.view.image().copy()
    assert found != before
    look_at_the_original(open_window, qtbot)
    room.controls.rows[0].slider.setValue(2.0)
    qtbot.waitUntil(lambda: room.view.image() != found, timeout=WAIT)
    assert source_of(open_window) is not None  # the slider moves on from it
    assert tool.original.isVisible()
    undo.undo()
    undo.undo()
    qtbot.waitUntil(lambda: room.view.image() == before, timeout=WAIT)
    assert tool.original.isHidden()
    open_window.studio.set_language("zh_CN")
    assert tool.choose.text() == "引入…"


def look_at_the_original(window: MainWindow, qtbot) -> None:
    """By its key, with the line between both moved, and away again by its button."""
    room, tool = room_of(window), tool_of(window)
    room.view.setFocus()
    alone = room.view.grab().toImage()
    qtbot.keyClick(room.view, Qt.Key.Key_Space)
    assert tool.original.isChecked()
    assert room.view.grab().toImage() != alone
    where = room.view.target()
    middle = QPoint(round(where.center().x()), round(where.center().y()))
    goal = middle + QPoint(round(where.width() / 4), 0)
    qtbot.mousePress(room.view, LEFT, pos=middle)
    qtbot.mouseMove(room.view, goal)
    qtbot.mouseRelease(room.view, LEFT, pos=goal)
    assert room.view.split == pytest.approx(0.75, abs=0.02)
    qtbot.mouseClick(tool.original, LEFT)
    assert room.view.grab().toImage() == alone


def test_a_search_ends_by_hand_and_what_was_reached_stays(
    open_window: MainWindow, photo: Path, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inversion.inversion, "__defaults__", (10_000,))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(photo), ""))
    room, jobs = room_of(open_window), open_window.studio.jobs
    room.view.setFocus()
    qtbot.keyClick(room.view, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: source_of(open_window) is not None, timeout=WAIT)
    qtbot.waitUntil(room.strip.isVisible, timeout=WAIT)
    qtbot.mouseClick(room.strip.rows[0].cancel, LEFT)
    ended(open_window, qtbot, 1)
    assert source_of(open_window).psnr > 5
    assert open_window.studio.undo.count() == 1
    kept: list[Piece] = []
    room.session.kept.connect(kept.append)
    qtbot.keyClick(room.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(kept), timeout=WAIT)
    beginning = kept[0].recipe.beginning
    assert isinstance(beginning, Point)
    assert beginning.source == source_of(open_window)

    room.editing.set_seed(5)
    shutil.rmtree(room.session.model.folder / "checkpoints")  # what is open goes on
    drop(open_window, photo, canvas_of(open_window))
    qtbot.waitUntil(lambda: source_of(open_window) is not None, timeout=WAIT)
    room.controls.rows[0].slider.setValue(1.0)
    assert not room.session.search.is_on
    recipe = room.editing.recipe()
    qtbot.waitUntil(lambda: not jobs.of("generation"), timeout=WAIT)
    assert room.editing.recipe() == recipe
    assert source_of(open_window) is not None
    qtbot.keyClick(room.view, Qt.Key.Key_Return)
    said = open_window.studio.notices.history
    qtbot.waitUntil(lambda: "is gone" in said[-1].sentence, timeout=WAIT)
    assert room.editing.recipe() == recipe


def test_what_has_no_file_no_picture_or_another_place(
    open_window: MainWindow, photo: Path, qtbot
) -> None:
    broken = photo.with_name("broken.png")
    broken.write_bytes(photo.read_bytes()[:70])
    recipe, notices = room_of(open_window).editing.recipe(), open_window.studio.notices
    drop(open_window, broken, canvas_of(open_window))
    qtbot.waitUntil(lambda: bool(notices.history), timeout=WAIT)
    assert "broken.png" in notices.history[-1].sentence
    (light := photo.with_name("light.exr")).write_bytes(b"\x76\x2f\x31\x01")
    drop(open_window, light, canvas_of(open_window))
    qtbot.waitUntil(lambda: len(notices.history) == 2, timeout=WAIT)
    assert "OpenEXR is not read: save it as PNG" in notices.history[-1].sentence
    assert room_of(open_window).editing.recipe() == recipe
    assert open_window.studio.undo.count() == 0

    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    drop(open_window, image, canvas_of(open_window))
    ended(open_window, qtbot, 1)
    assert source_of(open_window).file == "picture.png"

    side = room_of(open_window).side
    said = drop(open_window, photo, side.mapTo(open_window, QPoint(40, 200)))
    assert "Add to Vases" in said
    qtbot.waitUntil(lambda: open_window.place == "dataset", timeout=WAIT)
    dataset = open_window.room("dataset")
    qtbot.waitUntil(lambda: len(dataset.model.ids) == 65, timeout=WAIT)
