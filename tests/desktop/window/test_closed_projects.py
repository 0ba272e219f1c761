"""What a project leaves behind when it is closed: nothing that adds up over a long day."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

from studio.desktop.base.garbage import collect_all, collected_later
from studio.desktop.base.threads import WorkerThread
from studio.desktop.window.main_window import MainWindow
from tests.desktop.conftest import WAIT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
PLACES = ("training", "refinement", "export", "dataset")
OF_LATER = ("Notice", "Said", "Translated")
"""Words that were said; the history of notices has an end of its own."""


def held(window: MainWindow) -> Counter[str]:
    """How many there are of each of the program's own types, and of Qt's objects in the window."""
    for _ in range(2):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    collect_all()
    gc.unfreeze()
    types = (type(each) for each in gc.get_objects())
    own = Counter(each.__qualname__ for each in types if str(each.__module__).startswith("studio."))
    for name in OF_LATER:
        own.pop(name, None)
    own["QObject"] = len(window.findChildren(QObject))
    return own


def test_opening_and_closing_a_project_leaves_nothing(window, sample_project: Path, qtbot) -> None:
    studio, dataset = window.studio, window.room("dataset")

    def day() -> weakref.ref[object]:
        assert studio.open_project(sample_project)
        qtbot.waitUntil(lambda: len(dataset.model.ids) == 64, timeout=WAIT)
        for place in PLACES:
            window.go(place)
            QApplication.processEvents()
        project = weakref.ref(studio.project)
        studio.close_project()
        qtbot.waitUntil(lambda: studio.jobs.unfinished is None, timeout=WAIT)
        return project

    for _ in range(2):
        day()  # what is made once
    before = held(window)
    closed = [day() for _ in range(3)]
    more = held(window) - before
    assert all(count < 3 for count in more.values()), more
    assert sum(project() is not None for project in closed) <= 1


def test_garbage_of_a_closed_project_goes_before_the_next_one_opens(
    window, sample_project: Path
) -> None:
    class Ring:
        """Held by nobody but itself."""

    assert window.studio.open_project(sample_project)
    with collected_later():
        ring = Ring()
        ring.itself = ring
        gone = weakref.ref(ring)
        del ring
    gc.collect()
    assert gone() is not None  # it is not looked at while the project is open
    assert window.studio.open_project(sample_project)
    assert gone() is None


def test_a_thread_that_rests_holds_nothing_of_its_last_task(qtbot) -> None:
    class Found:
        """What a task came back with."""

    told: list[weakref.ref[Found]] = []
    thread = WorkerThread()
    thread.submit(Found, done=lambda found: told.append(weakref.ref(found)))
    qtbot.waitUntil(lambda: bool(told) and told[0]() is None)
    thread.stop()
