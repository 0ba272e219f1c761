"""What the artist calls the directions of a run and which stay on top: steps that can be undone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

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
        """Another run with names of its own."""
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
            self._undo.push(_Called(self, text, model.folder, self.names, after))

    def show(self, folder: Path, names: Names) -> None:
        """Write the names of the run in `folder`, and show them if it is the one that is open."""
        self._session.write_names(folder, names)
        model = self._session.model
        if model is not None and model.folder == folder:
            self.names = names
            self._controls.show_names(names)


class _Called(QUndoCommand):
    """All names and stars of a run, before and after."""

    def __init__(
        self, naming: Naming, text: str, folder: Path, before: Names, after: Names
    ) -> None:
        super().__init__(text)
        self._naming, self._folder = naming, folder
        self._before, self._after = before, after

    def redo(self) -> None:
        """As the artist called them."""
        self._naming.show(self._folder, self._after)

    def undo(self) -> None:
        """As they were called before."""
        self._naming.show(self._folder, self._before)
