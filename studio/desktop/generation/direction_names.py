"""What the artist calls the directions of a run and which stay on top: steps that can be undone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoStack

from studio.desktop.base.undo_step import UndoStep
from studio.desktop.generation.controls import Controls
from studio.desktop.generation.session import Session
from studio.desktop.generation.worker import Model, Names
from studio.desktop.i18n import tr


class Naming(QObject):
    """Joins the rows with the file beside the run."""

    def __init__(self, session: Session, controls: Controls, undo: QUndoStack) -> None:
        super().__init__(controls)
        self._session, self._controls, self._undo = session, controls, undo
        self.names = Names()
        controls.directionRenamed.connect(self._rename)
        controls.directionPinned.connect(self._pin)

    def open(self, model: Model) -> None:
        self.names = model.names

    @Slot(int, str)
    def _rename(self, index: int, name: str) -> None:
        after = {**self.names.names, index: name}
        if not name:
            del after[index]
        if after != self.names.names:
            self._put(tr("Rename a direction"), Names(after, self.names.pinned))

    @Slot(int, bool)
    def _pin(self, index: int, on: bool) -> None:
        after = self.names.pinned | {index} if on else self.names.pinned - {index}
        text = tr("Keep a direction on top") if on else tr("Let a direction go from the top")
        self._put(text, Names(self.names.names, after))

    def _put(self, text: str, after: Names) -> None:
        model = self._session.model
        if model is not None:
            do = partial(self.show, model.folder, after)
            back = partial(self.show, model.folder, self.names)
            self._undo.push(UndoStep(text, do, back))

    def show(self, folder: Path, names: Names) -> None:
        """Write the names of the run in `folder`, and show them if it is the one that is open."""
        self._session.write_names(folder, names)
        model = self._session.model
        if model is not None and model.folder == folder:
            self.names = names
            self._controls.show_names(names)
