"""The six rooms in the real window: what one asks for, another does."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMetaMethod, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from studio.desktop.window.main_window import MainWindow
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from tests.desktop.generation.small_canvas import taken_out

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000
LEFT = Qt.MouseButton.LeftButton


def generations(project: Path, scores: list[float]) -> Path:
    """Give the run of a project a checkpoint for every score; the folder of the run."""
    with Project.open(project) as opened:
        folder = runs.runs(opened)[0].folder
    first = checkpoint.load_latest(folder)
    assert first is not None
    tensors = checkpoint.read_tensors(first.folder / checkpoint.MODEL)
    state = {key: value for key, value in first.state.items() if key not in ("files", "check")}
    shutil.rmtree(checkpoint.place_of(folder))
    for number, score in enumerate(scores, 1):
        shifted = {
            name: tensor + 1e-3 * number if tensor.is_floating_point() else tensor
            for name, tensor in tensors.items()
        }
        checkpoint.save(folder, shifted, {}, {**state, "score": score, "images_seen": number})
    return folder


@pytest.fixture
def scored(window: MainWindow, sample_project: Path, qtbot) -> MainWindow:
    """The window on a run whose second of three checkpoints is the best, looked at."""
    generations(sample_project, [3.0, 1.0, 2.0])
    assert window.studio.open_project(sample_project)
    window.go("training")
    training = window.make_rooms().training
    qtbot.waitUntil(lambda: training.side.runs.count() == 1, timeout=WAIT)
    training.session.view(training.side.runs.current_key() or _only_run(sample_project))
    qtbot.waitUntil(lambda: training.session.viewed is not None, timeout=WAIT)
    qtbot.waitUntil(training.panel.best.isVisible, timeout=WAIT)
    return window


def _only_run(project: Path) -> str:
    return next(iter((project / "runs").iterdir())).name


def rests(window: MainWindow, qtbot) -> None:
    """Wait until nothing is drawn and no job goes on: a window closes at once then."""
    session, jobs = window.make_rooms().generation.session, window.studio.jobs
    qtbot.waitUntil(lambda: not session.busy and jobs.unfinished is None, timeout=WAIT)


def plays(window: MainWindow, number: str, qtbot) -> None:
    """Wait until the canvas shows a picture of this checkpoint."""
    generation = window.make_rooms().generation
    qtbot.waitUntil(lambda: window.place == "generation", timeout=WAIT)

    def shown() -> bool:
        model = generation.session.model
        return model is not None and model.checkpoint == number

    qtbot.waitUntil(shown, timeout=WAIT)
    qtbot.waitUntil(lambda: not generation.view.image().isNull(), timeout=WAIT)
    rests(window, qtbot)


def test_every_signal_that_a_room_sends_out_is_received(window: MainWindow) -> None:
    rooms = window.make_rooms()
    lost = [
        f"{type(room).__name__}.{name}"
        for room in rooms.all()
        for name, signal in room.outgoing_signals().items()
        if not room.isSignalConnected(QMetaMethod.fromSignal(signal))
    ]
    assert lost == []
    assert "checkpointRequested" in rooms.training.outgoing_signals()


def test_every_way_to_a_checkpoint_plays_it_and_a_newer_one_does_not_push_it_aside(
    scored: MainWindow, qtbot
) -> None:
    """One window for all of it: what is looked for in a model when it is opened takes seconds."""
    rooms = scored.make_rooms()
    training, session = rooms.training, rooms.generation.session
    qtbot.mouseClick(training.panel.best, LEFT)
    plays(scored, "000002", qtbot)

    run = session.wanted
    folder = checkpoint.folders(session.model.folder)[-1]
    training.checkpointLanded.emit(run, str(folder))
    rests(scored, qtbot)
    assert session.model.checkpoint == "000002", "it was asked for, and stays"
    rooms.generation.open_run(run)
    plays(scored, "000003", qtbot)
    assert "3" in rooms.generation.note.text()

    scored.go("training")
    training.side.runs.setFocus()
    qtbot.keyClick(training.side.runs, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    plays(scored, "000002", qtbot)
    scored.go("training")
    training.side.runs.setFocus()
    qtbot.keyClick(training.side.runs, Qt.Key.Key_P)
    plays(scored, "000003", qtbot)

    scored.go("training")
    marks = training.side.marks
    marks.setFocus()
    marks.setCurrentRow(marks.count() - 1)
    qtbot.keyClick(marks, Qt.Key.Key_Return)
    plays(scored, "000001", qtbot)


@pytest.fixture
def slow_model(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A model is being opened until this is set."""
    from studio.desktop.generation.worker import GenerationWorker

    go, opened = threading.Event(), GenerationWorker.open

    def wait(*arguments: object) -> object:
        assert go.wait(2 * WAIT / 1000)
        return opened(*arguments)

    monkeypatch.setattr(GenerationWorker, "open", wait)
    yield go
    go.set()


def test_a_dropped_picture_does_not_wait_for_a_model_that_is_being_opened(
    window: MainWindow, sample_project: Path, few_pictures: Path, slow_model, qtbot
) -> None:
    assert window.studio.open_project(sample_project)
    rooms = window.make_rooms()
    qtbot.waitUntil(lambda: len(rooms.dataset.model.ids) == 64, timeout=WAIT)
    window.go("generation")
    qtbot.waitUntil(lambda: bool(rooms.generation.session.wanted), timeout=WAIT)
    drop(window, few_pictures / "picture 03.png")
    qtbot.waitUntil(lambda: window.place == "dataset", timeout=WAIT)
    qtbot.waitUntil(lambda: len(rooms.dataset.model.ids) == 65, timeout=WAIT)
    assert rooms.generation.session.model is None
    slow_model.set()
    qtbot.waitUntil(lambda: rooms.generation.session.model is not None, timeout=WAIT)
    rests(window, qtbot)


def test_a_dropped_picture_that_was_made_here_is_played_on(
    full_window: MainWindow, tmp_path: Path, qtbot
) -> None:
    generation = full_window.make_rooms().generation
    generation.editing.set_seed(7)
    qtbot.waitUntil(lambda: generation.session.shown[0].seed == 7, timeout=WAIT)
    made = taken_out(generation, tmp_path / "out")
    kept = shutil.copy(made, tmp_path / "back.png")
    generation.editing.set_seed(9)
    assert full_window.place == "dataset"
    drop(full_window, Path(kept))
    qtbot.waitUntil(lambda: full_window.place == "generation", timeout=WAIT)
    qtbot.waitUntil(lambda: generation.editing.recipe().seed == 7, timeout=WAIT)
    assert len(full_window.make_rooms().dataset.model.ids) == 64
    rests(full_window, qtbot)


def drop(window: MainWindow, path: Path) -> None:
    """A genuine drag of a file onto the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    none, place = Qt.KeyboardModifier.NoModifier, QPoint(400, 400)
    action = Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(place, action, data, LEFT, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(place), action, data, LEFT, none))
