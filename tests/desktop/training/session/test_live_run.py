"""Runs that go wrong, as the window tells of it: a scripted process instead of a real one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from studio.desktop.training.room import TrainingRoom
from studio.desktop.training.session import worker
from studio.engine import events
from studio.engine.said import Said
from studio.engine.training.planning import runs
from tests.desktop.training.support import WAIT, Scripted, begin

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
CLICK = Qt.MouseButton.LeftButton
DISK = (
    "Could not write /p/checkpoints/000002 (No space left on device): check that the disk has "
    "space."
)


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    made = Scripted()
    monkeypatch.setattr(worker, "_process", lambda *_: made)
    return made


@pytest.fixture
def training(process: Scripted, room: TrainingRoom, qtbot) -> TrainingRoom:
    """The room with a run that trains, 32 of 320 pictures far."""
    begin(room, qtbot)
    qtbot.waitUntil(
        lambda: room.session.live is not None and room.session.live.record.images_seen == 32,
        timeout=WAIT,
    )
    return room


def said(room: TrainingRoom) -> str:
    return " ".join(
        f"{card.title.text()} {card.sentence.text()} {card.done.text()}"
        for card in room.panel.health.cards
    )


def test_bad_numbers_are_told_with_what_was_done(
    training: TrainingRoom, process: Scripted, studio, qtbot
) -> None:
    process.says.append(
        [
            events.Health(
                "nan", "Training broke down (not a number).",
                "It went back to its last checkpoint and learns at half the rate.", 64,
            )
        ]
    )  # fmt: skip
    qtbot.waitUntil(lambda: "It broke down" in said(training), timeout=WAIT)
    assert "learns at half the rate" in said(training)
    assert training.session.training
    studio.set_language("zh_CN")
    assert "Training" not in said(training)
    studio.set_language("en")


def test_a_full_disk_pauses_and_goes_on_when_there_is_room(
    training: TrainingRoom, process: Scripted, qtbot
) -> None:
    action = "Paused: free some space, then resume. The last checkpoint is intact."
    process.says.append([events.Health("disk", DISK, action, 64), events.Stage("paused")])
    qtbot.waitUntil(lambda: "The disk is full" in said(training), timeout=WAIT)
    assert "No space left on device" in said(training)
    assert training.panel.pause.text() == "Resume"
    qtbot.mouseClick(training.panel.pause, CLICK)
    qtbot.waitUntil(lambda: events.Resume() in process.told, timeout=WAIT)
    process.says.append([events.Stage("training")])
    qtbot.waitUntil(lambda: training.panel.pause.text() == "Pause", timeout=WAIT)


def test_memory_that_runs_out_for_good_ends_the_run_in_words(
    training: TrainingRoom, process: Scripted, studio, qtbot
) -> None:
    name = training.session.training
    sentence = Said(
        "The device has too little memory for even {many} at a time: choose a smaller size. "
        "The last checkpoint is intact.",
        many=Said("one picture"),
    )
    process.says.append([events.Failed(sentence, "CUDA out of memory", "")])
    qtbot.waitUntil(lambda: not training.session.training, timeout=WAIT)
    run = runs.run(studio.project, name)
    assert (run.status, run.message) == ("failed", sentence)
    notice = studio.notices.history[-1]
    assert (notice.kind, notice.sentence) == ("error", sentence)
    assert notice.detail == "CUDA out of memory"
    qtbot.waitUntil(lambda: training.panel.card.sentence.text() == sentence, timeout=WAIT)
    assert training.panel.go_on.isVisible()
    assert training.side.runs.item(0).data(Qt.ItemDataRole.AccessibleTextRole).endswith("failed")
    studio.set_language("zh_CN")
    assert "检查点" in training.panel.card.sentence.text()
    studio.set_language("en")


def test_nothing_is_measured_or_removed_while_one_trains(
    training: TrainingRoom, process: Scripted, studio, qtbot
) -> None:
    form = training.form
    qtbot.mouseClick(training.side.new, CLICK)
    qtbot.mouseClick(form.measure, CLICK)
    assert "nothing true can be measured" in form.trouble.text()
    name = training.session.training
    training.commands.remove()  # no run is in view: nothing happens
    training.session.view(name)
    training.commands.remove()
    assert "stop it before it is removed" in studio.notices.history[-1].sentence
    assert runs.run(studio.project, name).folder.is_dir()


def test_sleep_is_held_off_while_it_trains(process, room, qtbot, monkeypatch) -> None:
    held: list[str] = []

    @contextlib.contextmanager
    def hold(why: str) -> Iterator[None]:
        held.append(why)
        yield
        held.clear()

    monkeypatch.setattr(worker, "held_awake", hold)
    name = begin(room, qtbot)
    qtbot.waitUntil(lambda: held == [f"Training {name}"], timeout=WAIT)
    room.commands.stop()
    qtbot.waitUntil(lambda: not room.session.training, timeout=WAIT)
    assert held == []


def test_a_run_that_trains_can_be_named(training: TrainingRoom, process: Scripted, qtbot) -> None:
    editor = training.panel.name
    editor.setFocus()
    qtbot.keyClicks(editor, "Mine")
    process.says.append([events.Progress(2, 64, 320, 3.0, 16.0, 16.0)])
    qtbot.waitUntil(lambda: training.session.live.record.images_seen == 64, timeout=WAIT)
    assert editor.text() == "Mine"  # what is being typed stays
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: training.session.live.run.title == "Mine", timeout=WAIT)
    assert training.session.viewed is training.session.live
    assert training.side.runs.item(0).text().startswith("Mine ·")
    process.says.append([events.Progress(3, 96, 320, 4.0, 16.0, 14.0)])
    qtbot.waitUntil(lambda: training.session.live.record.images_seen == 96, timeout=WAIT)
    assert editor.text() == "Mine"


def test_the_foot_of_the_window_forgets_a_run_that_has_ended(
    training: TrainingRoom, process: Scripted, qtbot
) -> None:
    from studio.desktop.window.status_bar import StatusBar

    bar = StatusBar()
    qtbot.addWidget(bar)
    training.runProgress.connect(bar.show_run)
    process.says.append([events.Progress(2, 64, 320, 3.0, 16.0, 16.0)])
    qtbot.waitUntil(lambda: not bar.run.isHidden(), timeout=WAIT)
    training.commands.stop()
    qtbot.waitUntil(lambda: not training.session.training, timeout=WAIT)
    qtbot.waitUntil(bar.run.isHidden, timeout=WAIT)
    assert bar.bar.isHidden()
