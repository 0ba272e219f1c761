"""Models of other programs on their way in: chosen, dropped, and taken back again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.desktop.base.actions import ActionRegistry
from studio.desktop.base.undo_step import UndoStack
from studio.desktop.i18n import said, tr
from studio.desktop.notices.notices import Notices
from studio.desktop.training.new_run.arrival_step import arrival_step
from studio.desktop.training.session.session import Session
from studio.engine.training.foreign.contents import SUFFIXES

if TYPE_CHECKING:
    from studio.engine.training.foreign.arrival import Arrived


class ForeignModels(QObject):
    """Each file is a job; a model that came is a run, which one step of undo removes."""

    arrived = Signal(str)
    """A run of this name is there."""
    refused = Signal(object, str)
    """Sentence and detail of a file that is none, which has been told already."""
    changed = Signal(str)
    playRequested = Signal(str)

    def __init__(
        self, session: Session, undo: UndoStack, notices: Notices, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._session, self._undo, self._notices = session, undo, notices
        self._window = parent
        session.arrived.connect(self._arrived)
        session.notArrived.connect(self._refused)

    def register(self, actions: ActionRegistry, room: str) -> None:
        actions.add(
            "training.foreign", "Bring in a model…", self.ask, "Ctrl+Shift+I", room=room,
            icon="download",
        )  # fmt: skip

    @Slot()
    def ask(self) -> None:
        """Choose files."""
        if self._session.project is None:
            self._notices.warn(tr("Open a project first, or drop the file on the window."))
            return
        kinds = tr("Models ({endings})", endings=" ".join(f"*{each}" for each in SUFFIXES))
        title = tr("Bring in a model…").rstrip("…")
        found, _ = QFileDialog.getOpenFileNames(self._window, title, str(Path.home()), kinds)
        self.take([Path(each) for each in found])

    def take(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self._session.bring_in(path)

    @Slot(object)
    def _arrived(self, made: Arrived) -> None:
        play = (tr("Play it"), partial(self.playRequested.emit, made.run))
        parts = [
            tr("{file} is here as a run, made with {program}.",
               file=made.origin.file, program=made.origin.program),
            *(said(note) for note in made.notes),
        ]  # fmt: skip
        self._notices.info(" ".join([*parts, said(made.terms)]), "", play)
        told = self._session, self._notices, self.changed.emit
        self._undo.push(arrival_step(tr("Bring in a model"), made.run, *told))
        self.arrived.emit(made.run)

    @Slot(object, str)
    def _refused(self, sentence: str, detail: str) -> None:
        self._notices.error(sentence, detail)
        self.refused.emit(sentence, detail)
