"""A thread that is no longer wanted ends by itself, and nobody stands still for it."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject

from studio.desktop.base import threads
from studio.desktop.base.threads import WorkerThread, join_retired

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
PATIENCE = 20.0


def test_a_retired_thread_ends_by_itself_and_delivers_nothing(qapp, qtbot) -> None:
    begun, go = threading.Event(), threading.Event()
    came: list[object] = []

    def work() -> str:
        begun.set()
        go.wait(PATIENCE)
        return "late"

    parent = QObject()
    thread = WorkerThread(parent=parent)
    thread.submit(work, done=came.append)
    thread.submit(came.append, "never begun")
    assert begun.wait(PATIENCE)
    thread.retire()  # returns although the work goes on
    assert threads._retired[-1].isRunning()
    parent.deleteLater()
    del thread, parent
    qtbot.wait(20)
    go.set()
    join_retired()
    assert not any(each.isRunning() for each in threads._retired)
    qtbot.wait(20)
    assert came == []
