"""Steps of every place on one stack, and the "Undo" of a notice, which is about one of them."""

from __future__ import annotations

import gc
from weakref import WeakSet

import pytest
from PySide6.QtGui import QUndoCommand

from studio.desktop.base.undo_step import UndoStep
from studio.desktop.base.way_back import way_back


@pytest.fixture
def there() -> set[str]:
    return {"run", "set"}


def removing(there: set[str], name: str) -> UndoStep:
    return UndoStep(f"Remove {name}", lambda: there.discard(name), lambda: there.add(name))


def test_a_notice_takes_back_its_own_step_and_not_the_newest(studio, there) -> None:
    studio.undo.place = "training"
    run = removing(there, "run")
    studio.undo.push(run)
    words, undo = way_back(studio.undo, studio.notices, run)
    studio.undo.place = "dataset"
    studio.undo.push(removing(there, "set"))
    assert (words, there) == ("Undo", set())
    undo()
    assert there == {"run"}
    assert studio.notices.history[-1].sentence == "Taken back: Remove run"
    assert studio.undo.undoText() == "Take back: Remove run"
    assert studio.undo.place_at(2) == "training"


def test_the_stack_goes_back_and_forth_in_turn_afterwards(studio, there) -> None:
    run = removing(there, "run")
    for step in (run, removing(there, "set")):
        studio.undo.push(step)
    studio.undo.take_back(run)
    seen = []
    for move in (*[studio.undo.undo] * 3, *[studio.undo.redo] * 3):
        move()
        seen.append("".join(sorted(name[0] for name in there)))
    assert seen == ["", "s", "rs", "s", "", "r"]


def test_the_newest_is_simply_undone(studio, there) -> None:
    run = removing(there, "run")
    studio.undo.push(run)
    assert studio.undo.take_back(run)
    assert (studio.undo.count(), studio.undo.index(), there) == (1, 0, {"run", "set"})


@pytest.mark.parametrize("end", ["undone", "taken back", "closed", "cut off"])
def test_a_second_time_or_too_late_nothing_happens_and_it_is_said(studio, there, end) -> None:
    run = removing(there, "run")
    studio.undo.push(run)
    _, undo = way_back(studio.undo, studio.notices, run)
    if end == "taken back":
        studio.undo.push(QUndoCommand("Another"))
        undo()
    elif end == "closed":
        studio.undo.clear()
    else:
        studio.undo.undo()
        if end == "cut off":
            studio.undo.push(QUndoCommand("Another"))
    before, count = set(there), studio.undo.count()
    undo()
    assert (there, studio.undo.count()) == (before, count)
    assert "“Remove run” is taken back already" in studio.notices.history[-1].sentence


def test_a_drag_is_one_step_and_holds_nothing_of_its_moves(studio) -> None:
    value, alive = [0], WeakSet()

    def put(number: int) -> None:
        value[0] = number

    for number in range(1, 101):
        move = UndoStep("Slide", lambda n=number: put(n), lambda: put(0), key="slider")
        alive.add(move)
        studio.undo.push(move)
    del move
    gc.collect()
    assert len(alive) == studio.undo.count() == 1
    assert value == [100]
    studio.undo.undo()
    assert value == [0]
    studio.undo.push(UndoStep("Slide", lambda: put(7), lambda: put(0), key="slider"))
    assert (value, studio.undo.count()) == ([7], 1)  # what was taken back is not gone on with
