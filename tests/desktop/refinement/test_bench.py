"""A day at the bench by hand: sliders, frame, masks, curves, pieces."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from studio.desktop.refinement.crop_frame import CropFrame
from studio.desktop.refinement.mask_tool import MaskTool
from studio.desktop.window.main_window import MainWindow
from studio.engine.export.handover import export_pieces
from studio.engine.pieces import pieces
from studio.engine.refinement.stack import Stack, apply

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


@pytest.fixture
def bench(window: MainWindow, sample_project, qtbot):
    """The bench with two pieces, the first of them chosen."""
    assert window.studio.open_project(sample_project)
    window.go("refinement")
    room = window.room("refinement")
    qtbot.waitUntil(lambda: room.list.count() == 2 and room._refined is not None, timeout=WAIT)
    return room


def at(view, x: float, y: float) -> QPoint:
    """A place of the picture, in shares of its sides."""
    area = view.target()
    return QPointF(area.x() + x * area.width(), area.y() + y * area.height()).toPoint()


def drag(qtbot, view, *places: tuple[float, float]) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(view, left, pos=at(view, *places[0]))
    for place in places[1:]:
        qtbot.mouseMove(view, at(view, *place))
    qtbot.mouseRelease(view, left, pos=at(view, *places[-1]))


def steps(room):
    return room._stacks[room._current].steps


def test_a_slider_is_one_step_of_undo_and_a_double_click_resets(bench, window, qtbot) -> None:
    bench.panel.editor.add_step("exposure")
    slider = bench.panel._form.editors["exposure"].slider
    for _ in range(3):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert np.isclose(steps(bench)[0].params["exposure"], 0.15)
    qtbot.waitUntil(lambda: not bench.rendering.busy, timeout=WAIT)
    brighter = bench.view.image()
    slider.mouseDoubleClickEvent(None)
    assert steps(bench)[0].params["exposure"] == 0.0
    window.studio.undo.undo()
    assert steps(bench)[0].params["exposure"] == 0.0, "added, and nothing moved yet"
    qtbot.waitUntil(lambda: not bench.rendering.busy, timeout=WAIT)
    assert bench.view.image() != brighter


def test_the_frame_of_a_crop_is_pulled_on_the_picture(bench, window, qtbot) -> None:
    bench.panel.editor.add_step("crop")
    frame = bench.view.tool
    assert isinstance(frame, CropFrame)
    qtbot.waitUntil(lambda: not bench.rendering.busy, timeout=WAIT)
    drag(qtbot, bench.view, (0.0, 0.0), (0.1, 0.1), (0.25, 0.5))
    crop = steps(bench)[0].params
    assert np.isclose(crop["left"], 0.25, atol=0.02)
    assert np.isclose(crop["top"], 0.5, atol=0.02)
    left = crop["left"]
    qtbot.keyClick(bench.view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert steps(bench)[0].params["left"] < left
    assert bench.view.tool is frame
    side = bench.shelf.kept[bench._current].size.width()
    qtbot.waitUntil(lambda: not bench.rendering.busy, timeout=WAIT)
    assert bench.view.image().width() == side, "the whole picture lies under the frame"
    bench.panel.by_hand.setChecked(False)
    qtbot.waitUntil(lambda: bench.view.image().width() < side, timeout=WAIT)
    assert bench.view.tool is None
    window.studio.undo.undo()
    assert steps(bench)[0].params["left"] == 0.0


def test_a_mask_is_painted_erased_and_taken_back(bench, window, qtbot) -> None:
    bench.panel.editor.add_step("exposure")
    bench.panel.editor.tune("exposure", 2.0)
    kind = bench.panel.laid.kind
    kind.setCurrentIndex(kind.findData("brush"))
    assert bench.panel.laid.brush.is_painting, "a brush is there to paint"
    qtbot.waitUntil(lambda: not bench.rendering.busy, timeout=WAIT)
    plain = bench._refined.after.copy()
    drag(qtbot, bench.view, (0.2, 0.2), (0.3, 0.3), (0.4, 0.4))
    (stroke,) = steps(bench)[0].mask.strokes
    assert np.allclose(stroke.points[0], (0.2, 0.2), atol=0.02)
    qtbot.waitUntil(lambda: not bench.rendering.busy, timeout=WAIT)
    changed = np.abs(bench._refined.after.astype(int) - plain).sum(axis=2)
    size = len(changed)
    assert changed[round(0.3 * size), round(0.3 * size)] > 0
    assert changed[round(0.8 * size), round(0.8 * size)] == 0
    radius = bench.panel.laid.brush.radius
    qtbot.keyClick(bench.view, Qt.Key.Key_BracketRight)
    assert bench.panel.laid.brush.radius > radius
    qtbot.mouseClick(bench.panel.laid.erase, Qt.MouseButton.LeftButton)
    drag(qtbot, bench.view, (0.3, 0.3), (0.32, 0.3))
    assert [each.erase for each in steps(bench)[0].mask.strokes] == [False, True]
    window.studio.undo.undo()
    window.studio.undo.undo()
    assert steps(bench)[0].mask.strokes == ()


def test_a_gradient_is_moved_by_its_ends_and_a_colour_picked(bench, qtbot) -> None:
    bench.panel.editor.add_step("exposure")
    kind = bench.panel.laid.kind
    kind.setCurrentIndex(kind.findData("linear"))
    assert isinstance(bench.view.tool, MaskTool)
    qtbot.waitUntil(lambda: not bench.rendering.busy, timeout=WAIT)
    drag(qtbot, bench.view, (0.5, 0.6), (0.6, 0.7), (0.8, 0.9))
    params = steps(bench)[0].mask.params
    assert np.allclose((params["to_x"], params["to_y"]), (0.8, 0.9), atol=0.02)
    kind.setCurrentIndex(kind.findData("colour"))
    before = steps(bench)[0].mask.params["colour"]
    qtbot.mouseClick(bench.view, Qt.MouseButton.LeftButton, pos=at(bench.view, 0.5, 0.5))
    assert steps(bench)[0].mask.params["colour"] != before


def test_a_curve_is_drawn_with_the_mouse_and_keys(bench, qtbot) -> None:
    bench.panel.editor.add_step("curves")
    plot = bench.panel._form.editors["points"].plot
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.to_widget((0.5, 0.7)).toPoint())
    assert len(steps(bench)[0].params["points"].split()) == 3
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    height = float(steps(bench)[0].params["points"].split()[1].split(",")[1])
    assert np.isclose(height, 0.71, atol=0.02)
    qtbot.keyClick(plot, Qt.Key.Key_Delete)
    assert steps(bench)[0].params["points"] == "0,0 1,1"


def test_steps_are_found_by_typing(bench, qtbot) -> None:
    menu = bench.panel.add.menu()
    menu.search.setText("blur")
    shown = [action.text() for action in menu.actions() if action.isVisible() and action.text()]
    assert shown == ["Detail", "Deblur"]
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert [step.op for step in steps(bench)] == ["deblur"]


def test_colours_come_from_a_picture_and_a_grey_one_is_a_notice(
    bench, window, qtbot, tmp_path
) -> None:
    Image.new("RGB", (8, 8), (20, 160, 140)).save(tmp_path / "sea.png")
    Image.new("L", (8, 8), 90).save(tmp_path / "grey.png")
    bench.panel.editor.add_step("colour_transfer")
    field = bench.panel._form.editors["reference"]
    field.chosen.emit(str(tmp_path / "grey.png"))
    notices = window.studio.notices
    qtbot.waitUntil(
        lambda: bool(notices.history) and "no colour" in notices.history[-1].sentence, timeout=WAIT
    )
    field.chosen.emit(str(tmp_path / "sea.png"))
    qtbot.waitUntil(lambda: steps(bench)[0].params["reference"] != "", timeout=WAIT)
    assert str(tmp_path) not in steps(bench)[0].params["reference"]


def test_pieces_are_renamed_copied_and_deleted_with_undo(bench, window, qtbot) -> None:
    undo = window.studio.undo
    first = bench._current
    bench.panel.editor.add_step("sharpen")
    bench.pieces.rename("Tall house")
    qtbot.waitUntil(lambda: bench.shelf.kept[first].piece.name == "Tall house", timeout=WAIT)
    bench.pieces.copy()
    qtbot.waitUntil(lambda: bench.list.count() == 3, timeout=WAIT)
    copy = bench._current
    assert copy != first
    assert bench.shelf.kept[copy].piece.name == "Tall house (2)"
    assert [step.op for step in steps(bench)] == ["sharpen"]
    bench.pieces.delete()
    qtbot.waitUntil(lambda: bench.list.count() == 2, timeout=WAIT)
    qtbot.waitUntil(lambda: undo.undoText() == "Delete Tall house (2)", timeout=WAIT)
    undo.undo()
    qtbot.waitUntil(lambda: bench._current == copy, timeout=WAIT)
    assert bench.shelf.kept[copy].piece.file.is_file()
    undo.undo()
    qtbot.waitUntil(lambda: bench.list.count() == 2, timeout=WAIT)
    undo.undo()
    qtbot.waitUntil(lambda: bench.shelf.kept[first].piece.name != "Tall house", timeout=WAIT)


def test_steps_go_from_one_piece_to_another_by_the_clipboard(bench, window, qtbot) -> None:
    bench.panel.editor.add_step("vignette")
    bench.pieces.copy_steps()
    assert Stack.from_toml(QApplication.clipboard().text()).steps[0].op == "vignette"
    other = next(key for key in bench.shelf.kept if key != bench._current)
    bench.list.choose([other])
    bench.pieces.paste_steps()
    assert [step.op for step in steps(bench)] == ["vignette"]
    assert window.studio.undo.undoText() == "Paste the steps"
    QApplication.clipboard().setText("no stack at all")
    bench.pieces.paste_steps()
    assert "not TOML" in window.studio.notices.history[-1].sentence
    assert [step.op for step in steps(bench)] == ["vignette"]


EIGHT = """
version = 2
steps = [
  {op = "crop", params = {left = 0.1, aspect = "4:5"}},
  {op = "exposure", params = {exposure = 0.4}},
  {op = "white_balance", params = {temperature = 30.0}},
  {op = "curves", params = {points = "0,0 0.3,0.2 1,1"}, opacity = 0.7},
  {op = "hsl", params = {saturation = 0.4}, mask = {kind = "radial", invert = true}},
  {op = "split_tones", params = {shadows = 0.4}, blend = "soft light"},
  {op = "sharpen"},
  {op = "grain", mask = {strokes = [{points = [[0.2, 0.2], [0.7, 0.6]]}]}},
]
"""


def test_eight_steps_give_the_same_pixels_in_window_file_and_export(
    bench, window, qtbot, tmp_path
) -> None:
    stack = Stack.from_toml(EIGHT)
    bench.panel.editor.use_stack(stack, "Eight")
    bench.panel.list.setCurrentRow(1)
    qtbot.waitUntil(lambda: not bench.rendering.busy, timeout=WAIT)
    qtbot.waitUntil(lambda: not bench._thread.busy, timeout=WAIT)
    project = window.studio.project
    piece = pieces.piece(project, bench._current)
    wanted = apply(stack, pieces.stored(piece))
    assert np.array_equal(bench._refined.after, wanted)
    (file,) = export_pieces(project, [piece], "png", {}, tmp_path / "out")
    with Image.open(file.path) as made:
        assert np.array_equal(np.asarray(made), wanted)


def test_the_histogram_counts_what_is_shown_and_what_is_clipped(bench, qtbot) -> None:
    bench.panel.editor.add_step("levels")
    bench.panel.editor.tune("white", 0.3)
    qtbot.waitUntil(
        lambda: not bench.rendering.busy and bench._refined.histogram.white > 0.01, timeout=WAIT
    )
    found = bench._refined.histogram
    assert found.counts[0].sum() == bench._refined.after.shape[0] * bench._refined.after.shape[1]
    assert "White" in bench.panel.histogram.accessibleDescription()
