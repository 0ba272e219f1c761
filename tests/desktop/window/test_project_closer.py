"""Closing the window, or opening another project, while something is still being made."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from studio.desktop.training.session import live_run, worker
from studio.desktop.window import project_closer
from studio.desktop.window.main_window import MainWindow
from studio.engine import events
from studio.engine.errors import StudioError
from studio.engine.jobs import Ending, Job
from studio.engine.project import Project
from studio.engine.said import Said
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from tests.desktop.conftest import WAIT
from tests.desktop.training.support import Scripted

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


class Slow(Scripted):
    """A process that takes as long to save as the test wants."""

    def send(self, command: events.Command) -> None:
        self.told.append(command)


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow()
    monkeypatch.setattr(worker, "_process", lambda *_: made)
    return made


def train(window: MainWindow, qtbot) -> str:
    """Start a run that does not end by itself; its name, once it has seen pictures."""
    window.go("training")
    training = window.room("training")
    form = training.form
    training.start_for(window.room("dataset").session.dataset.name)
    qtbot.waitUntil(lambda: form.basics is not None and bool(form.dataset.key()), timeout=WAIT)
    form.size_box.setCurrentText("16")
    form.length.unit.choose("images")
    form.length.number.setValue(10_000_000)
    qtbot.waitUntil(form.start.isEnabled, timeout=WAIT)
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    live = training.session
    qtbot.waitUntil(
        lambda: live.live is not None and live.live.record.images_seen > 0, timeout=WAIT
    )
    return str(live.live.run.name)


def a_run_that_ended(window: MainWindow, process: Scripted, qtbot) -> runs.Run:
    """One that can be gone on with."""
    name = train(window, qtbot)
    process.says.append([events.Done("stopped", 32, 2.0, "", "")])
    qtbot.waitUntil(lambda: not window.room("training").session.training, timeout=WAIT)
    return runs.run(window.studio.project, name)


def saved_run(folder: Path, name: str) -> runs.Run:
    """The row of a run in a project that nobody has open any more."""
    with Project.open(folder) as again:
        assert not again.read_only_reason
        return next(each for each in runs.runs(again) if each.name == name)


def test_closing_while_a_run_trains_asks_nothing_and_saves(full_window, qtbot) -> None:
    window = full_window
    folder, training = window.studio.project.folder, window.room("training")
    name = train(window, qtbot)
    assert window.status.run.text() == f"● {training.name_of(name)}" != f"● {name}"
    assert not window.close()
    assert window.isVisible()
    assert window.overlay.isVisible()
    assert window.overlay.words()[0] == "Saving the run…"
    assert "Close the window again" in window.overlay.words()[1]
    assert not window.isEnabled()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)
    assert QApplication.activeModalWidget() is None
    run = saved_run(folder, name)
    assert run.status == "stopped", run.message
    newest = checkpoint.load_latest(run.folder)
    assert newest is not None
    assert newest.images_seen > 0


def test_saving_may_take_as_long_as_it_takes(full_window, process, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(live_run, "STOP_SECONDS", 0.0)
    window, folder = full_window, full_window.studio.project.folder
    name = train(window, qtbot)
    assert not window.close()
    qtbot.waitUntil(lambda: events.Stop() in process.told, timeout=WAIT)
    with qtbot.assertNotEmitted(window.studio.projectChanged, wait=300):
        assert window.isVisible()
    process.says.append([events.Done("stopped", 64, 3.0, "", "")])
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)
    run = saved_run(folder, name)
    assert (run.status, run.images_seen) == ("stopped", 64)


def test_closing_again_ends_at_once_but_not_by_a_slip(
    full_window, process, qtbot, monkeypatch
) -> None:
    window, folder = full_window, full_window.studio.project.folder
    name = train(window, qtbot)
    assert not window.close()
    assert not window.close()  # a double click
    assert window.isVisible()
    monkeypatch.setattr(project_closer, "GRACE_SECONDS", 0.0)
    assert window.close()
    run = saved_run(folder, name)
    assert run.status == "failed"
    assert "last checkpoint is kept" in run.message


def test_what_fails_meanwhile_keeps_the_window(full_window, process, qtbot) -> None:
    window = full_window
    train(window, qtbot)
    assert not window.close()
    process.says.append([events.Failed("Could not write /p: check that the disk has space.")])
    qtbot.waitUntil(window.isEnabled, timeout=WAIT)
    assert window.isVisible()
    assert not window.overlay.isVisible()
    assert window.studio.notices.history[-1].kind == "error"
    assert window.close()


def test_another_project_waits_until_the_run_is_saved(
    full_window, process, qtbot, tmp_path
) -> None:
    window = full_window
    Project.open(tmp_path / "Other", create=True).close()
    train(window, qtbot)
    window.opening.open(tmp_path / "Other")
    assert window.studio.project.folder.name == "Vases"
    assert window.overlay.isVisible()
    process.says.append([events.Done("stopped", 64, 3.0, "", "")])
    qtbot.waitUntil(lambda: window.studio.project.folder.name == "Other", timeout=WAIT)
    assert window.isEnabled()
    assert not window.overlay.isVisible()


def test_closing_the_project_waits_too(full_window, process, qtbot) -> None:
    window = full_window
    train(window, qtbot)
    window.studio.actions.get("window.close").trigger()
    assert window.studio.project is not None
    process.says.append([events.Done("stopped", 64, 3.0, "", "")])
    qtbot.waitUntil(lambda: window.studio.project is None, timeout=WAIT)
    assert window.pages.currentWidget() is window.welcome


def test_an_index_that_cannot_be_written_ends_no_run(
    full_window, process, qtbot, monkeypatch
) -> None:
    window = full_window
    train(window, qtbot)

    def refuse(*_: object, **__: object) -> None:
        raise StudioError("Could not write to project.sqlite: disk I/O error.")

    with monkeypatch.context() as broken:
        broken.setattr(runs, "update", refuse)
        broken.setattr(worker, "UPDATE_SECONDS", 0.0)
        process.says.append([events.Progress(2, 64, 320, 4.0, 16.0, 16.0)])
        record = window.room("training").session.live.record
        qtbot.waitUntil(lambda: record.images_seen == 64, timeout=WAIT)
    assert window.room("training").session.training
    process.says.append([events.Done("stopped", 64, 4.0, "", "")])
    qtbot.waitUntil(lambda: not window.room("training").session.training, timeout=WAIT)


def test_closing_during_a_switch_is_no_second_wish(full_window, process, qtbot, tmp_path) -> None:
    window, folder = full_window, full_window.studio.project.folder
    Project.open(tmp_path / "Other", create=True).close()
    name = train(window, qtbot)
    window.opening.open(tmp_path / "Other")
    assert not window.close()
    window.opening.open(tmp_path / "Other")  # a sample, say, that was being made
    process.says.append([events.Done("stopped", 64, 3.0, "", "")])
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)
    assert saved_run(folder, name).status == "stopped"
    assert process.told.count(events.Stop()) == 1


def test_a_machine_that_is_shut_down_is_not_held_up(
    full_window, process, qtbot, monkeypatch
) -> None:
    window, folder = full_window, full_window.studio.project.folder
    name = train(window, qtbot)
    assert not window.close()
    monkeypatch.setattr(project_closer, "is_shutting_down", lambda: True)
    monkeypatch.setattr(live_run, "is_shutting_down", lambda: True)
    monkeypatch.setattr(live_run, "STOP_SECONDS", 0.2)
    monkeypatch.setattr(live_run, "HURRY_SECONDS", 1000.0)
    assert window.close()
    assert saved_run(folder, name).status == "failed"


def test_a_run_that_begins_meanwhile_is_saved_too(full_window, process, qtbot, monkeypatch) -> None:
    """Its pictures were being prepared while a piece was made."""
    window = full_window
    training, run = window.room("training").session, a_run_that_ended(window, process, qtbot)
    process.told.clear()
    keeping = Job(Said("Keeping…"), ending=Ending.FINISH)
    window.studio.jobs.add(keeping, "generation")
    assert not window.close()
    training.start(run, resume=True)
    window.studio.jobs.remove(keeping)
    qtbot.waitUntil(lambda: events.Stop() in process.told, timeout=WAIT)
    process.says.append([events.Done("stopped", 64, 3.0, "", "")])
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)


def test_a_run_that_cannot_be_opened_holds_nothing_up(
    full_window, process, qtbot, monkeypatch
) -> None:
    window = full_window
    training, run = window.room("training").session, a_run_that_ended(window, process, qtbot)

    def refuse(*_: object) -> None:
        raise StudioError("The folder of the run cannot be read: connect the drive.")

    monkeypatch.setattr("studio.desktop.training.session.queries.open_run", refuse)
    training.start(run, resume=True)
    qtbot.waitUntil(lambda: not training.training, timeout=WAIT)
    assert window.studio.notices.history[-1].sentence.startswith("The folder of the run")
    assert window.close()
