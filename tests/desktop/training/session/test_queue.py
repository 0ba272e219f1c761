"""Runs that wait for their turn, by clicks, drags and keys; the processes are scripted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt

from studio.desktop.training.room import TrainingRoom
from studio.desktop.training.session import worker
from studio.engine import awake, events
from studio.engine.said import Said
from studio.engine.training.planning import queue, runs
from tests.desktop.training.support import WAIT, Scripted, begin

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
CLICK = Qt.MouseButton.LeftButton
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
TINY = {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4}
DONE = events.Done("finished", 320, 2.0, "", "")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Scripted]:
    """The processes, one a run that began, in order."""
    found: list[Scripted] = []

    def make(*_: object) -> Scripted:
        found.append(Scripted())
        return found[-1]

    monkeypatch.setattr(worker, "_process", make)
    return found


@pytest.fixture
def planned(studio) -> list[str]:
    """Three runs that never trained."""
    return [
        runs.create_run(
            studio.project, "Squares", "vae", 16, 16, images=8, overrides=TINY, seed=seed
        ).run
        for seed in (1, 2, 3)
    ]


@pytest.fixture
def waiting(planned: list[str], studio) -> list[str]:
    """The same, in the queue before the room is opened."""
    for name in planned:
        queue.add(studio.project, name)
    return planned


def calm(room: TrainingRoom, qtbot) -> None:
    qtbot.waitUntil(lambda: not room.session.thread_.busy, timeout=WAIT)
    qtbot.wait(10)


def show(room: TrainingRoom, name: str, qtbot) -> None:
    room.session.view(name)
    qtbot.waitUntil(
        lambda: room.session.viewed is not None and room.session.viewed.run.name == name,
        timeout=WAIT,
    )


def rows(room: TrainingRoom) -> list[str]:
    return [str(entry.key) for entry in room.side.queue.list.entries()]


def is_training(room: TrainingRoom, name: str, qtbot) -> None:
    qtbot.waitUntil(
        lambda: room.session.live is not None and room.session.live.run.name == name, timeout=WAIT
    )


def said(studio) -> list[str]:
    return [str(notice.sentence) for notice in studio.notices.history]


def test_a_run_waits_begins_and_the_one_after_a_failure_too(
    made: list[Scripted], planned: list[str], room: TrainingRoom, studio, qtbot, monkeypatch
) -> None:
    held: list[str] = []

    @contextlib.contextmanager
    def hold(why: str) -> Iterator[None]:
        held.append(why)
        yield
        held.remove(why)

    monkeypatch.setattr(awake, "held_awake", hold)
    first = begin(room, qtbot)
    is_training(room, first, qtbot)
    qtbot.mouseClick(room.side.new, CLICK)
    assert room.form.start.text() == "Train it then"
    qtbot.mouseClick(room.form.start, CLICK)
    qtbot.waitUntil(lambda: len(rows(room)) == 1, timeout=WAIT)
    (second,) = rows(room)
    assert second not in planned
    assert studio.undo.undoText() == "Let a run wait"
    assert room.side.queue.isVisible()
    assert not room.side.queue.start.isVisible(), "it begins by itself"
    show(room, planned[0], qtbot)
    assert room.panel.wait.text() == "Train it then"
    assert not room.panel.go_on.isVisible()
    qtbot.mouseClick(room.panel.wait, CLICK)
    qtbot.waitUntil(lambda: rows(room) == [second, planned[0]], timeout=WAIT)
    qtbot.waitUntil(lambda: room.panel.wait.text() == "No longer wait", timeout=WAIT)
    qtbot.waitUntil(lambda: held == ["A queue of training runs"], timeout=WAIT)

    made[0].says.append([events.Failed(Said("The disk is on fire."), "", "")])
    is_training(room, second, qtbot)
    assert runs.run(studio.project, first).status == "failed"
    assert "The disk is on fire." in said(studio)
    assert room.session.viewed is not None
    assert room.session.viewed.run.name == planned[0], "what is looked at stays in view"
    qtbot.waitUntil(lambda: rows(room) == [planned[0]], timeout=WAIT)
    assert held, "sleep is held off in between too"
    made[1].says.append([DONE])
    is_training(room, planned[0], qtbot)
    qtbot.waitUntil(lambda: rows(room) == [] and not held, timeout=WAIT)
    made[2].says.append([DONE])
    qtbot.waitUntil(lambda: not room.session.training, timeout=WAIT)
    calm(room, qtbot)
    assert len(made) == 3
    assert room.form.start.text() == "Start training"


def test_a_run_that_is_stopped_by_hand_holds_the_queue(
    made: list[Scripted], waiting: list[str], room: TrainingRoom, studio, qtbot
) -> None:
    one, two, three = waiting
    qtbot.waitUntil(lambda: rows(room) == waiting, timeout=WAIT)
    calm(room, qtbot)
    assert not room.session.training, "nothing starts by itself"
    assert said(studio) == ["Runs wait for their turn: none begins by itself now."]
    qtbot.mouseClick(room.side.queue.start, CLICK)
    is_training(room, one, qtbot)
    qtbot.waitUntil(lambda: rows(room) == [two, three], timeout=WAIT)
    room.commands.stop()
    qtbot.waitUntil(lambda: not room.session.training, timeout=WAIT)
    calm(room, qtbot)
    assert len(made) == 1
    notice = studio.notices.history[-1]
    assert notice.sentence.startswith("Runs wait for their turn")
    notice.action[1]()
    is_training(room, two, qtbot)
    show(room, three, qtbot)
    assert room.panel.go_on.text() == "Train it now"
    qtbot.mouseClick(room.panel.go_on, CLICK)
    is_training(room, three, qtbot)
    assert events.Stop() in made[1].told
    assert runs.run(studio.project, two).status == "stopped"
    assert [run.name for run in queue.waiting(studio.project)] == []


def test_the_order_is_changed_by_mouse_and_keys_and_undone(
    waiting: list[str], room: TrainingRoom, studio, qtbot
) -> None:
    one, two, three = waiting
    rows_of, place = room.side.queue.list, QPoint(40, 14)
    qtbot.waitUntil(lambda: rows(room) == waiting, timeout=WAIT)
    view = rows_of.viewport()
    qtbot.mousePress(view, CLICK, pos=place)
    qtbot.mouseMove(view, QPoint(40, 60))
    qtbot.mouseMove(view, QPoint(40, 80))
    qtbot.mouseRelease(view, CLICK, pos=QPoint(40, 80))
    qtbot.waitUntil(lambda: rows(room) == [two, three, one], timeout=WAIT)
    calm(room, qtbot)
    assert room.session.viewed.run.name == one
    qtbot.keyClick(rows_of, Qt.Key.Key_Up, ALT)
    qtbot.waitUntil(lambda: rows(room) == [two, one, three], timeout=WAIT)
    calm(room, qtbot)
    qtbot.mouseClick(room.side.queue.up, CLICK)
    qtbot.waitUntil(lambda: rows(room) == [one, two, three], timeout=WAIT)
    calm(room, qtbot)
    assert not room.side.queue.up.isEnabled()
    qtbot.keyClick(rows_of, Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: rows(room) == [two, three], timeout=WAIT)
    calm(room, qtbot)
    rows_of.choose(three)
    qtbot.keyClick(rows_of, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: rows(room) == [two], timeout=WAIT)
    calm(room, qtbot)
    assert len(runs.runs(studio.project)) == 3, "the run itself stays"
    for wanted in ([two, three], waiting, [two, one, three], [two, three, one], waiting):
        studio.undo.undo()
        qtbot.waitUntil(lambda wanted=wanted: rows(room) == wanted, timeout=WAIT)
        calm(room, qtbot)
    # A drag that is given up changes nothing.
    qtbot.mousePress(view, CLICK, pos=place)
    qtbot.mouseMove(view, QPoint(40, 80))
    qtbot.keyClick(rows_of, Qt.Key.Key_Escape)
    qtbot.mouseRelease(view, CLICK, pos=QPoint(40, 80))
    calm(room, qtbot)
    assert [run.name for run in queue.waiting(studio.project)] == waiting
    studio.set_language("zh_CN")
    assert room.side.queue.header.accessibleName() == "接着"
    studio.set_language("en")


def test_a_new_run_ends_by_the_clock(
    made: list[Scripted], room: TrainingRoom, studio, qtbot
) -> None:
    room.form.size_box.setCurrentText("16")
    room.form.length.unit.choose("until")
    clock = room.form.length.clock
    assert clock.isVisible()
    assert not room.form.length.number.isVisible()
    clock.setFocus()
    qtbot.keyClicks(clock, "0630")
    assert room.form.wanted().until == "06:30"
    qtbot.waitUntil(room.form.start.isEnabled, timeout=WAIT)
    qtbot.mouseClick(room.form.start, CLICK)
    qtbot.waitUntil(lambda: room.session.live is not None, timeout=WAIT)
    recipe = room.session.live.recipe
    assert f"{recipe.until.astimezone():%H:%M}" == "06:30"


def test_a_note_is_kept_found_and_undone(
    planned: list[str], room: TrainingRoom, studio, qtbot
) -> None:
    side, panel, name = room.side, room.panel, planned[1]
    qtbot.waitUntil(lambda: side.runs.count() == 3, timeout=WAIT)
    show(room, name, qtbot)
    qtbot.keyClick(room, Qt.Key.Key_M, CONTROL)
    assert panel.note.hasFocus()
    qtbot.keyClicks(panel.note, "too red")
    qtbot.waitUntil(lambda: runs.run(studio.project, name).note == "too red", timeout=WAIT)
    qtbot.keyClicks(panel.note, ", calmer next")
    qtbot.keyClick(panel.note, Qt.Key.Key_Return, CONTROL)
    calm(room, qtbot)
    assert runs.run(studio.project, name).note == "too red, calmer next"
    assert studio.undo.undoText() == "Note about a run"
    qtbot.keyClick(room, Qt.Key.Key_F, CONTROL)
    assert side.search.hasFocus()
    qtbot.keyClicks(side.search, "calmer RED")
    assert [entry.key for entry in side.runs.entries()] == [name]
    side.search.setText("nothing such")
    assert side.none.isVisible()
    side.search.clear()
    assert side.runs.count() == 3
    studio.undo.undo()
    qtbot.waitUntil(lambda: panel.note.toPlainText() == "", timeout=WAIT)
    calm(room, qtbot)
    assert runs.run(studio.project, name).note == "", "what was typed in a row is one step"
    panel.note.setFocus()
    qtbot.keyClicks(panel.note, "at the last moment")
    room.project_closed()
    assert runs.run(studio.project, name).note == "at the last moment"


def test_no_two_runs_are_called_the_same(
    planned: list[str], room: TrainingRoom, studio, qtbot
) -> None:
    from studio.desktop.run_names import distinct
    from studio.engine.training.planning import removed_runs

    for name in planned[:2]:
        removed_runs.set_title(studio.project, name, "Night")
    room.session.read_runs()
    qtbot.waitUntil(lambda: room.side.runs.item(2).text().startswith("Night"), timeout=WAIT)
    texts = {entry.text for entry in room.side.runs.entries()}
    assert len(texts) == 3
    ends = {text[-2:] for text in texts if text.startswith("Night")}
    assert ends == {"a1", "a2"}
    same = {"2026-11-23-vae-64-a1": "A", "2026-11-23-gan-64-a1": "A", "x": "A", "y": "B"}
    assert len(set(distinct(same).values())) == 4
    assert distinct(same)["y"] == "B"
