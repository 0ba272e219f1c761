"""Closing the window, or opening another project, while files are written and pictures come in."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer

from studio.desktop.evaluation import copy_search
from studio.desktop.evaluation.front import Front
from studio.desktop.window.main_window import MainWindow
from studio.engine.dataset.index import store
from studio.engine.dataset.intake import importer
from studio.engine.dataset.papers import report
from studio.engine.errors import StudioError
from studio.engine.export import handover, ledger
from studio.engine.project import Project
from tests.desktop.conftest import WAIT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def go() -> Iterator[threading.Event]:
    """What slow work waits for."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def other(tmp_path: Path) -> Path:
    Project.open(tmp_path / "Other", create=True).close()
    return tmp_path / "Other"


def export_slowly(window: MainWindow, out: Path, go: threading.Event, monkeypatch, qtbot) -> None:
    """Begin an export of both pieces that has written its first file."""
    real = handover.recipe_of
    asked: list[object] = []

    def slow(piece):  # the second piece waits
        asked.append(piece)
        if len(asked) == 2:
            go.wait(WAIT / 1000)
        return real(piece)

    monkeypatch.setattr(handover, "recipe_of", slow)
    window.go("export")
    room = window.room("export")
    qtbot.waitUntil(lambda: len(room.list.chosen_ids()) == 2, timeout=WAIT)
    room.formats.choose("png")
    room.origin.set_folder(out)
    room.export()
    qtbot.waitUntil(lambda: len(asked) == 2 and len(list(out.glob("*.png"))) == 1, timeout=WAIT)


def beats(window: MainWindow) -> list[int]:
    """How often the window has come round to a timer since."""
    counted: list[int] = []
    timer = QTimer(window)
    timer.timeout.connect(lambda: counted.append(1))
    timer.start(5)
    return counted


def sentences(window: MainWindow) -> list[str]:
    return [notice.sentence for notice in window.studio.notices.history]


def test_an_export_comes_to_its_end_before_another_project_opens(
    full_window, other, tmp_path, go, monkeypatch, qtbot
) -> None:
    window, out = full_window, tmp_path / "out"
    folder = window.studio.project.folder
    export_slowly(window, out, go, monkeypatch, qtbot)
    strip = window.room("export").strip
    qtbot.waitUntil(lambda: "1 / 2" in strip.rows[0].text.text(), timeout=WAIT)
    alive = beats(window)
    window.opening.open(other)
    qtbot.waitUntil(lambda: len(alive) > 5, timeout=WAIT)
    assert window.studio.project.folder == folder
    assert window.overlay.words()[0] == "Exporting pieces · 1 / 2"
    go.set()
    qtbot.waitUntil(lambda: window.studio.project.folder == other, timeout=WAIT)
    assert len(list(out.glob("*.png"))) == 2
    assert f"2 files were written to {out}." in sentences(window)
    with Project.open(folder) as again:
        assert {each.path for each in ledger.entries(again)} == set(out.glob("*.png"))


def test_an_export_comes_to_its_end_before_the_window_closes(
    full_window, tmp_path, go, monkeypatch, qtbot
) -> None:
    window, out = full_window, tmp_path / "out"
    export_slowly(window, out, go, monkeypatch, qtbot)
    assert not window.close()
    assert window.isVisible()
    go.set()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)
    assert len(list(out.glob("*.png"))) == 2


def test_an_export_that_is_cancelled_leaves_nothing_and_says_no_error(
    full_window, tmp_path, go, monkeypatch, qtbot
) -> None:
    window, out = full_window, tmp_path / "out"
    export_slowly(window, out, go, monkeypatch, qtbot)
    room, said = window.room("export"), len(sentences(window))
    room.strip.rows[0].cancel.click()
    go.set()
    qtbot.waitUntil(room.strip.isHidden, timeout=WAIT)
    # The piece that was being made when it was cancelled is the last: it may have been written.
    assert len(list(out.glob("*.png"))) in (0, 2)
    assert not [n for n in window.studio.notices.history[said:] if n.kind == "error"]
    assert room.origin.export.isEnabled()


def test_a_report_is_written_before_another_project_opens(
    full_window, other, tmp_path, go, monkeypatch, qtbot
) -> None:
    window, real = full_window, report.write

    def slow(project, dataset, target, cancelled, progress) -> None:
        go.wait(WAIT / 1000)
        real(project, dataset, target, cancelled, progress)

    monkeypatch.setattr(report, "write", slow)
    window.room("dataset").outgoing.write_report(tmp_path / "report.html")
    window.opening.open(other)
    assert window.overlay.words()[0] == "Writing the report"
    go.set()
    qtbot.waitUntil(lambda: window.studio.project.folder == other, timeout=WAIT)
    assert (tmp_path / "report.html").is_file()
    assert f"Saved as {tmp_path / 'report.html'}." in sentences(window)


def test_an_import_is_stopped_and_keeps_what_was_read(
    full_window, other, few_pictures, monkeypatch, qtbot
) -> None:
    window, real = full_window, importer.import_sources
    folder, room = window.studio.project.folder, window.room("dataset")

    def slow(project, sources, name=None, cancelled=lambda: False) -> Iterator[object]:
        for event in real(project, sources, name, cancelled, workers=1):
            yield event
            while isinstance(event, importer.Found) and not cancelled():
                time.sleep(0.005)

    monkeypatch.setattr(importer, "import_sources", slow)
    room.session.imports.start(window.studio.project, [few_pictures], "New ones")
    qtbot.waitUntil(lambda: room.session.imports.found > 0, timeout=WAIT)
    window.opening.open(other)
    assert window.overlay.words()[0].startswith("Stopping the import")
    qtbot.waitUntil(lambda: window.studio.project.folder == other, timeout=WAIT)
    assert any(each.startswith("The import was stopped. New ones ") for each in sentences(window))
    with Project.open(folder) as again:
        new = next(each for each in store.datasets(again) if each.name == "New ones")
        assert store.items(again, new.id)


def test_a_comparison_ends_early_and_no_error_is_said(
    full_window, other, monkeypatch, qtbot
) -> None:
    window, begun = full_window, threading.Event()

    def slow(project, run, count, seed, job) -> None:
        begun.set()
        while not job.cancelled():
            time.sleep(0.005)
        project.query("SELECT 1 FROM run")  # the index is still open
        raise StudioError("It was stopped.")

    monkeypatch.setattr(copy_search, "closest", slow)
    window.go("evaluation")
    room = window.room("evaluation")
    qtbot.waitUntil(lambda: bool(room.runs), timeout=WAIT)
    room.show_front(Front.PAIRS)
    qtbot.waitUntil(begun.is_set, timeout=WAIT)
    window.opening.open(other)
    qtbot.waitUntil(lambda: window.studio.project.folder == other, timeout=WAIT)
    assert not [n for n in window.studio.notices.history if n.kind == "error"]


def test_leaving_at_once_cancels_what_still_runs(
    full_window, tmp_path, go, monkeypatch, qtbot
) -> None:
    from studio.desktop.window import project_closer

    window, out = full_window, tmp_path / "out"
    export_slowly(window, out, go, monkeypatch, qtbot)
    assert not window.close()
    monkeypatch.setattr(project_closer, "GRACE_SECONDS", 0.0)
    threading.Timer(0.2, go.set).start()
    assert window.close()
    assert not window.isVisible()
    assert not window.studio.jobs.of()


def test_foot_and_palette_tell_of_work_in_another_place(
    full_window, tmp_path, go, monkeypatch, qtbot
) -> None:
    window = full_window
    export_slowly(window, tmp_path / "out", go, monkeypatch, qtbot)
    window.go("dataset")
    assert window.status.run.text() == "● Exporting pieces"
    qtbot.waitUntil(lambda: window.status.sentence.text() == "1 / 2", timeout=WAIT)
    qtbot.mouseClick(window.status.run, Qt.MouseButton.LeftButton)
    assert window.place == "export"
    window.open_palette()
    palette = window._palette
    qtbot.keyClicks(palette.field, "pause export")
    assert palette.list.currentItem().text() == "Pause: Exporting pieces"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    job = window.studio.jobs.of("export")[0]
    assert job.is_paused
    window.open_palette()
    qtbot.keyClicks(palette.field, "cancel export")
    assert palette.list.count() == 1
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert job.is_cancelling
    go.set()
    qtbot.waitUntil(window.status.run.isHidden, timeout=WAIT)
