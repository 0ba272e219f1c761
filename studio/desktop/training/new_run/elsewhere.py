"""A run that is to be trained on another machine: prepared here, and taken back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.desktop.base.actions import ActionRegistry
from studio.desktop.base.undo_step import UndoStack
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices
from studio.desktop.training.new_run.arrival_step import arrival_step
from studio.desktop.training.new_run.elsewhere_window import ElsewhereWindow
from studio.desktop.training.new_run.form import NewRunForm
from studio.desktop.training.session.session import Session
from studio.engine.training.record.options import NewRun

if TYPE_CHECKING:
    from studio.engine.training.planning.returned_runs import Returned


class Elsewhere(QObject):
    """Its pictures are prepared as a job, so that they travel in the project; then the window
    says the rest. What comes back is a job, too, and one step of undo."""

    arrived = Signal(str)
    """A run of this name is there."""
    changed = Signal(str)
    playRequested = Signal(str)

    def __init__(
        self, session: Session, form: NewRunForm, undo: UndoStack, notices: Notices,
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._form, self._undo, self._notices = session, form, undo, notices
        self.window = ElsewhereWindow(parent)
        form.elsewhereRequested.connect(session.plan)
        session.planned.connect(self._show)
        session.returned.connect(self._returned)
        self.window.takeBackRequested.connect(session.take_back)

    def register(self, actions: ActionRegistry, room: str) -> None:
        actions.add(
            "training.elsewhere", "Train there…", self._form.foot.elsewhere.click,
            "Ctrl+Alt+Return", room=room, icon="export",
        )  # fmt: skip

    def close(self) -> None:
        self.window.close()

    @Slot(object)
    def _show(self, wanted: NewRun) -> None:
        if self._session.project is not None:
            self.window.show_run(wanted, self._session.project.folder)

    @Slot(object)
    def _returned(self, made: Returned) -> None:
        text = tr("{run} has come back.", run=made.run)
        if not made.knows_pictures:
            text += " " + tr("Its dataset is not in this project: it can be played, and not go on.")
        self._notices.info(text, "", (tr("Play it"), partial(self.playRequested.emit, made.run)))
        told = self._session, self._notices, self.changed.emit
        self._undo.push(arrival_step(tr("Take a run back"), made.run, *told))
        self.arrived.emit(made.run)
