"""Groups of steps and masks from files at the bench: by mouse and keys, with undo."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from studio.desktop.window.main_window import MainWindow
from studio.engine.pieces import pieces
from studio.engine.refinement.group import Group
from studio.engine.refinement.stack import Stack, apply

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bench(window: MainWindow, sample_project, qtbot):
    """The bench, where the piece in hand has three steps."""
    assert window.studio.open_project(sample_project)
    window.go("refinement")
    room = window.room("refinement")
    qtbot.waitUntil(lambda: room.list.count() == 2 and room._refined is not None, timeout=WAIT)
    for op in ("exposure", "vignette", "sharpen"):
        room.panel.editor.add_step(op)
    return room


def ops(room):
    return [
        [step.op for step in each.steps] if isinstance(each, Group) else each.op
        for each in room._stacks[room._current].steps
    ]


def click(qtbot, steps, row: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    place = steps.visualItemRect(steps.item(row))
    qtbot.mouseClick(steps.viewport(), LEFT, keys, pos=place.center())


def test_steps_are_grouped_folded_named_and_taken_apart(bench, window, qtbot) -> None:
    panel, undo = bench.panel, window.studio.undo
    click(qtbot, panel.list, 0)
    click(qtbot, panel.list, 1, SHIFT)
    qtbot.keyClick(panel.list, Qt.Key.Key_G, CTRL)
    assert ops(bench) == [["exposure", "vignette"], "sharpen"]
    assert panel.list.item(0).text() == "Group"
    assert panel.list.place() == (0,)
    assert panel.group_form.isVisible()
    qtbot.keyClicks(panel.group_form.line, "Mood")
    qtbot.keyClick(panel.group_form.line, Qt.Key.Key_Return)
    assert panel.list.item(0).text() == "Mood"
    panel.laid.opacity.valueChanged.emit(0.5)
    assert bench._stacks[bench._current].steps[0].opacity == 0.5
    arrow = panel.list._delegate.arrow(panel.list, panel.list.model().index(0, 0))
    qtbot.mouseClick(panel.list.viewport(), LEFT, pos=arrow.center())
    assert panel.list.count() == 2
    assert panel.list.item(0).text() == "Mood · 2"
    qtbot.keyClick(panel.list, Qt.Key.Key_Right)
    assert panel.list.count() == 4
    panel.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert undo.undoText() == "Leave out Mood"
    qtbot.mouseClick(panel.group, LEFT)
    assert ops(bench) == ["exposure", "vignette", "sharpen"]
    for _ in range(7):
        undo.undo()
    assert ops(bench) == ["exposure", "vignette", "sharpen"]


def test_a_step_goes_into_a_group_and_out_by_keys_and_a_crop_is_refused(
    bench, window, qtbot
) -> None:
    panel = bench.panel
    click(qtbot, panel.list, 0)
    qtbot.mouseClick(panel.group, LEFT)
    assert ops(bench) == [["exposure"], "vignette", "sharpen"]
    click(qtbot, panel.list, 2)
    qtbot.keyClick(panel.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert ops(bench) == [["exposure", "vignette"], "sharpen"]
    assert panel.list.place() == (0, 1)
    panel.editor.tune("amount", 0.9)
    assert bench._stacks[bench._current].steps[0].steps[1].params["amount"] == 0.9
    qtbot.keyClick(panel.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert ops(bench) == [["exposure"], "vignette", "sharpen"]
    click(qtbot, panel.list, 0)
    panel.laid.blend.setCurrentIndex(panel.laid.blend.findData("screen"))
    panel.editor.add_step("crop")
    for _ in range(2):
        qtbot.keyClick(panel.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert ops(bench) == [["exposure"], "crop", "vignette", "sharpen"]
    qtbot.keyClick(panel.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert ops(bench) == [["exposure"], "crop", "vignette", "sharpen"]
    assert "a group with it" in window.studio.notices.history[-1].sentence
    click(qtbot, panel.list, 0)
    click(qtbot, panel.list, 2, CTRL)
    assert not panel.group.isEnabled(), "no group holds another"
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert ops(bench) == ["vignette", "sharpen"]


def test_a_file_is_a_mask_of_a_group_and_window_and_file_agree(
    bench, window, qtbot, tmp_path
) -> None:
    panel, project = bench.panel, window.studio.project
    side = bench.shelf.kept[bench._current].size.width()
    grey = np.zeros((side, side), np.uint8)
    grey[:, : side // 2] = 255
    Image.fromarray(grey).save(tmp_path / "left.png")
    Image.fromarray(grey[: side // 2]).save(tmp_path / "wide.png")
    panel.editor.tune("amount", 1.0)
    click(qtbot, panel.list, 0)
    panel.editor.tune("exposure", -2.0)
    qtbot.keyClick(panel.list, Qt.Key.Key_G, CTRL)
    panel.laid.kind.setCurrentIndex(panel.laid.kind.findData("picture"))
    field = panel.laid._form.editors["picture"]
    field.chosen.emit(str(tmp_path / "wide.png"))
    qtbot.waitUntil(
        lambda: any("not the shape" in each.sentence for each in window.studio.notices.history),
        timeout=WAIT,
    )
    field.chosen.emit(str(tmp_path / "left.png"))
    qtbot.waitUntil(
        lambda: "left-" in bench._stacks[bench._current].steps[0].mask.params["picture"],
        timeout=WAIT,
    )
    (tmp_path / "left.png").unlink()
    assert field.button.text().startswith("left-")
    qtbot.waitUntil(lambda: not bench.rendering.busy and not bench._thread.busy, timeout=WAIT)
    piece = pieces.piece(project, bench._current)
    stored = pieces.stored(piece)
    wanted = apply(Stack.lenient(piece.stack).settled(piece.home), stored)
    panel.by_hand.setChecked(False)
    qtbot.waitUntil(
        lambda: not bench.rendering.busy and np.array_equal(bench._refined.after, wanted),
        timeout=WAIT,
    )
    assert bench._refined.mask is None
    half = side // 2
    assert wanted[:, : half - 4].mean() < stored[:, : half - 4].mean() / 1.5
