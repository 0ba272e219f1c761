"""The history as a tree: walked back, gone on from, undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.desktop.base.undo_step import UndoStack
from studio.desktop.generation import history
from studio.desktop.generation.recipe_editor import Editing
from studio.engine.seeds import following

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def seeds(editing: Editing) -> list[tuple[int | None, int]]:
    return [(step.recipe.seed, depth) for step, depth in editing.history.rows()]


def test_what_is_done_from_an_older_step_begins_a_branch(qapp) -> None:
    stack = UndoStack()
    editing = Editing(stack)
    editing.open("run")
    for seed in (1, 2):
        editing.set_seed(seed)
    editing.go_to(0)
    editing.set_seed(3)
    assert seeds(editing) == [(3, 0), (2, 1), (1, 1), (0, 0)]
    editing.go_to(1)  # of the other branch
    editing.set_psi(0.5)
    editing.set_psi(0.6)  # one gesture, one step
    before = editing.recipe()
    assert (before.seed, before.beginning.truncation_psi) == (1, 0.6)
    assert len(editing.history.tree) == 5
    # Undo and redo go over every step in the order in which they were made.
    told = []
    while stack.canUndo():
        stack.undo()
        told.append(editing.recipe().seed)
    assert told == [1, 3, 0, 2, 1, 0]
    while stack.canRedo():
        stack.redo()
    assert editing.recipe() == before
    assert len(editing.history.tree) == 5


def test_a_gesture_that_is_undone_and_done_anew_is_a_branch_of_its_own(qapp) -> None:
    stack = UndoStack()
    editing = Editing(stack)
    editing.open("run")
    editing.set_psi(0.5)
    stack.undo()
    editing.set_psi(0.9)
    assert len(editing.history.tree) == 3
    assert {step.parent for step in editing.history.tree.values()} == {None, 0}
    editing.go_to(1)
    assert editing.recipe().beginning.truncation_psi == 0.5
    editing.go_to(77)  # nothing of that number
    assert editing.history.current.number == 1


def test_no_more_steps_are_held_than_so_many(qapp, monkeypatch) -> None:
    monkeypatch.setattr(history, "MOST", 30)
    monkeypatch.setattr(history, "KEPT", 10)
    editing = Editing(UndoStack())
    editing.open("run")
    for round_ in range(30):
        if round_ % 3 == 2:
            editing.go_to(sorted(editing.history.tree)[len(editing.history.tree) // 2])
        editing.set_seed(following(editing.recipe().seed) + round_)
        assert len(editing.history.tree) <= 30
        assert len(editing.history.steps) <= 10
    assert {step.number for step in editing.history.steps} <= editing.history.tree.keys()
    assert len(editing.history.rows()) == len(editing.history.tree)


def test_the_tree_is_walked_by_keys_and_shows_pictures(room, studio, qtbot) -> None:
    view, editing = room.side.history, room.editing
    for seed in (4, 5):
        editing.set_seed(seed)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert editing.recipe().seed == 4
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert editing.recipe().seed == 5
    for _ in range(2):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert editing.recipe().seed == 0
    qtbot.keyClick(view, Qt.Key.Key_Left)  # nothing before it
    editing.set_seed(9)
    assert [(entry.text, entry.depth) for entry in view.entries()] == [
        ("Seed 9", 0), ("Seed 5", 1), ("Seed 4", 1), ("Seed 0", 0),
    ]  # fmt: skip
    qtbot.waitUntil(lambda: room.past.is_drawn, timeout=WAIT)
    assert not view.missing()
    view.choose(view.entries()[1].key)
    assert editing.recipe().seed == 5
    assert view.entries()[0].text == "Seed 9"  # nothing moves
    studio.undo.undo()
    assert editing.recipe().seed == 9
