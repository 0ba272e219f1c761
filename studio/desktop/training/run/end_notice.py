"""How a run ended, as a notice with what to do next."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices
from studio.engine import events
from studio.engine.events import RunState


class Telling(QObject):
    """Says it wherever the artist is."""

    playRequested = Signal(str)
    resumeRequested = Signal(str)

    def __init__(self, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices

    def ended(self, run: str, name: str, last: events.Done | events.Failed) -> None:
        """The run, called `name`, came to an end of its own, by a stop, or by a failure."""
        if isinstance(last, events.Failed):
            resume = (tr("Resume"), lambda: self.resumeRequested.emit(run))
            self._notices.error(last.message, last.detail, resume)
            return
        play = (tr("Play it"), lambda: self.playRequested.emit(run))
        done = last.reason is RunState.FINISHED
        text = tr("{run} is done." if done else "{run} was stopped.", run=name)
        self._notices.info(text, "", play)
