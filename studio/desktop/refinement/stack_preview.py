"""The way from a stack to the screen: a preview at once, the whole picture when the hand rests."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from studio.desktop.base.threads import WorkerThread
from studio.desktop.refinement import worker
from studio.desktop.refinement.worker import Asked, Bench, Refined

REST = 350
"""Milliseconds without a change after which the whole picture is worth its time."""


class Rendering(QObject):
    """`shown` gives the newest; previews and whole pictures have a thread each, so that the one
    does not wait for the other."""

    shown = Signal(object)

    def __init__(self, thread: WorkerThread, parent: QObject) -> None:
        super().__init__(parent)
        self._thread, self._slow = thread, WorkerThread(parent=self)
        self._slow.failed.connect(thread.failed)
        self._bench = Bench()
        self._asked: Asked | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._ask_whole)

    def ask(self, asked: Asked) -> None:
        """Show this soon; what was asked before is forgotten."""
        self._asked = asked
        self._rest.stop()
        self._thread.latest(
            "render", self._bench.preview, asked,
            done=lambda found: self._previewed(asked, found),
        )  # fmt: skip

    def clear(self) -> None:
        """Nothing is to be shown any more."""
        self._asked = None
        self._rest.stop()
        self._slow.clear()

    def stop(self) -> None:
        self.clear()
        self._slow.stop()

    @property
    def busy(self) -> bool:
        return self._thread.busy or self._slow.busy or self._rest.isActive()

    def _previewed(self, asked: Asked, found: Refined) -> None:
        if asked is not self._asked:
            return
        self.shown.emit(found)
        if not found.is_whole:
            self._rest.start()

    def _ask_whole(self) -> None:
        asked = self._asked
        if asked is not None:
            self._slow.latest(
                "whole", worker.refine, asked, done=lambda found: self._whole(asked, found)
            )

    def _whole(self, asked: Asked, found: Refined) -> None:
        if asked is self._asked:
            self.shown.emit(found)
