"""Children on the canvas: parents are chosen, bred, played and bred again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.desktop.generation.recipe_sheet import RecipeSheet
from studio.desktop.generation.room import GenerationRoom
from studio.desktop.generation.tools.breeding import Breeding
from studio.engine.generation.offspring import breed
from studio.engine.pieces.pieces import pieces

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def tool_of(room: GenerationRoom) -> Breeding:
    tool = room.canvas.tools["breeding"]
    assert isinstance(tool, Breeding)
    return tool


def settle(room: GenerationRoom, qtbot) -> None:
    qtbot.waitUntil(lambda: tool_of(room).is_drawn and not room.session.busy, timeout=WAIT)


def click(sheet: RecipeSheet, qtbot, number: int) -> None:
    place = sheet.visualItemRect(sheet.item(number)).center()
    qtbot.mouseClick(sheet.viewport(), Qt.MouseButton.LeftButton, pos=place)


def key(room: GenerationRoom, qtbot, letter: Qt.Key) -> None:
    qtbot.keyClick(room.view, letter, Qt.KeyboardModifier.ShiftModifier)


def test_two_seeds_have_children_that_are_played_and_kept(room, studio, qtbot) -> None:
    tool, page = tool_of(room), tool_of(room).sheets
    assert not page.isVisible()
    key(room, qtbot, Qt.Key.Key_P)
    assert page.isVisible()
    room.editing.set_seed(5)
    key(room, qtbot, Qt.Key.Key_P)
    key(room, qtbot, Qt.Key.Key_P)  # is one already
    assert page.parents.count() == 2
    qtbot.mouseClick(page.breed, Qt.MouseButton.LeftButton)
    settle(room, qtbot)
    sheet = page.children_sheet
    assert sheet.ready() == sheet.count() == 9
    first = list(tool.children)
    assert first == breed(room.session.player(), tool.brood.parents, 9, 0.2, 1)
    steps = studio.undo.count()
    sheet.setFocus()
    click(sheet, qtbot, 4)
    assert studio.undo.count() == steps + 1  # one click is one step
    settle(room, qtbot)
    assert room.editing.recipe() == first[4]
    assert studio.undo.undoText().startswith("Child 5: ")
    qtbot.keyClick(sheet, Qt.Key.Key_Right)  # arrow keys walk them
    assert room.editing.recipe() == first[5]
    studio.actions.get("generation.keep").trigger()
    qtbot.waitUntil(lambda: not room.session.is_keeping, timeout=WAIT)
    assert pieces(studio.project)[-1].recipe.unrecorded() == first[5]
    # From the child to each of its parents, by the button beside the picture, and back.
    button = tool.family
    assert "Seed 0" in room.title.text()
    assert "Seed 5" in room.title.text()
    assert button.isEnabled()
    button.menu().aboutToShow.emit()
    lines = [action.text() for action in button.menu().actions()]
    assert lines[-1] == "Child 6 · random seed 1 · mutation 0.20"
    wanted = first[5].descent.parents[1]
    button.menu().actions()[1].trigger()
    assert room.editing.recipe() == wanted.recipe
    assert not button.isEnabled()
    assert room.editing.history.current.text == f"Parent Seed {wanted.recipe.seed}"
    studio.undo.undo()
    assert button.isEnabled()
    room.editing.set_seed(12)  # another picture, of no parents
    assert not button.isEnabled()


def test_a_child_becomes_a_parent_and_every_choice_can_be_undone(room, studio, qtbot) -> None:
    tool, page = tool_of(room), tool_of(room).sheets
    key(room, qtbot, Qt.Key.Key_N)  # of the picture on the canvas
    settle(room, qtbot)
    first = list(tool.children)
    sheet = page.children_sheet
    sheet.setFocus()
    sheet.frame(3)
    qtbot.keyClick(sheet, Qt.Key.Key_Plus)
    assert tool.brood.parents == (room.editing.recipe(), first[3])
    assert tool.children == first  # nothing moves under the hand
    page.strength.valueChanged.emit(0.6)
    settle(room, qtbot)
    assert tool.children != first
    key(room, qtbot, Qt.Key.Key_N)
    settle(room, qtbot)
    assert tool.brood.bred == tool.brood.parents
    for _ in range(2):
        studio.undo.undo()
    settle(room, qtbot)
    assert (tool.children, page.strength.value()) == (first, pytest.approx(0.2))
    for _ in range(2):
        studio.undo.undo()
    settle(room, qtbot)
    assert (page.parents.count(), sheet.count()) == (0, 0)


def test_what_is_marked_or_kept_becomes_parents_and_nothing_is_said_in_vain(
    room, studio, told, qtbot
) -> None:
    tool, page = tool_of(room), tool_of(room).sheets
    page.markedWanted.emit()
    page.keptWanted.emit()
    qtbot.waitUntil(lambda: len(told) >= 2, timeout=WAIT)
    assert "press M" in told[0]
    assert "kept yet" in told[1]
    room.marks.more()
    page.markedWanted.emit()
    assert tool.brood.parents == (room.editing.recipe(),)
    room.editing.set_seed(9)
    studio.actions.get("generation.keep").trigger()
    qtbot.waitUntil(lambda: not room.session.is_keeping, timeout=WAIT)
    page.keptWanted.emit()
    qtbot.waitUntil(lambda: len(tool.brood.parents) == 2, timeout=WAIT)
    assert tool.brood.parents[1].seed == 9
    # Steps of another model leave its parents alone.
    other = next(run.name for run in room.models.runs if run.name != room.session.wanted)
    room.open_run(other)
    qtbot.waitUntil(lambda: room.session.model.run == other, timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
    assert tool.brood.parents == ()
    studio.undo.undo()
    studio.undo.redo()
    assert tool.brood.parents == ()
