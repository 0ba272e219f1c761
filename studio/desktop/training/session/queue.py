"""Runs that wait for their turn: the next begins when the one that trains has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.studio import is_shutting_down
from studio.desktop.training.session import upkeep
from studio.desktop.training.session.queries import Opened
from studio.desktop.training.session.session import Session
from studio.engine import events
from studio.engine.awake import Vigil
from studio.engine.events import RunState
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.training.planning.runs import Run


class Queue(QObject):
    """Begins the next run after one that reached its end or failed, not after one that the artist
    stopped; at the opening of a project nothing begins."""

    passedOver = Signal(object)
    """A sentence: a run was not begun."""
    held = Signal()
    """Runs wait, and the artist stopped the one that trained."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.waiting: list[Run] = []
        self._wanted = ""
        self._vigil = Vigil()
        session.runsRead.connect(self._read)
        session.driving.ended.connect(self._ended)
        session.driving.failed.connect(self._go_on)

    def forget(self) -> None:
        """The project is closed."""
        self.waiting, self._wanted = [], ""
        self._vigil.end()

    @property
    def names(self) -> list[str]:
        return [run.name for run in self.waiting]

    def start(self, name: str = "") -> None:
        """Begin the next run, or that of a name; one that trains is saved and ended before."""
        self._wanted = name
        if self._session.training:
            self._session.driving.finish()
        else:
            self._take()

    def _take(self) -> None:
        session, name = self._session, self._wanted
        self._wanted = ""
        if session.project is None or is_shutting_down():
            return
        session.thread_.submit(
            upkeep.take_from_queue, session.project, name, done=self._taken, failed=self._failed
        )

    def _taken(self, taken: tuple[Opened | None, list[Said]]) -> None:
        opened, passed = taken
        for sentence in passed:
            self.passedOver.emit(sentence)
        if opened is not None and self._session.training:
            # Another one was begun by hand meanwhile.
            self._session.manage(
                upkeep.add_to_queue, opened.run.name, 1, done=lambda _: self._session.read_runs()
            )
        elif opened is not None:
            self._session.start(opened.run, resume=True, opened=opened, unseen=True)
        self._session.read_runs()

    def _failed(self, sentence: str, detail: str) -> None:
        self._session.failed.emit(sentence, detail)
        self._go_on()

    @Slot(list)
    def _read(self, runs: list[Run]) -> None:
        self.waiting = sorted((run for run in runs if run.queued), key=lambda run: run.queued)
        # Sleep is held off while a run trains; with this also between one and the next.
        if self.waiting and self._session.training:
            self._vigil.begin("A queue of training runs")
        elif not self._session.training:
            self._vigil.end()

    @Slot(object)
    def _ended(self, last: events.Done | events.Failed | None) -> None:
        stopped = isinstance(last, events.Done) and last.reason is RunState.STOPPED
        if stopped and not self._wanted:
            if self.waiting:
                self.held.emit()
            self._vigil.end()
            return
        self._go_on()

    @Slot()
    def _go_on(self, *_: object) -> None:
        if self.waiting or self._wanted:
            self._take()
        else:
            self._vigil.end()
