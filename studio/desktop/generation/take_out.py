"""How a picture leaves the canvas: kept as a piece, copied, or dragged out as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.tools.drag_out import DragOut
from studio.desktop.generation.worker import write_file
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices
from studio.desktop.widgets.picture_view import PictureView

if TYPE_CHECKING:
    from studio.engine.pieces.pieces import Piece


class Leaving(QObject):
    """Takes what is on the canvas; changes nothing there."""

    refineRequested = Signal(int)

    def __init__(
        self, session: Session, editing: Editing, view: PictureView, notices: Notices
    ) -> None:
        super().__init__(view)
        self._session, self._editing, self._view = session, editing, view
        self._notices = notices
        self.drag = DragOut(view, self._write_file)
        self.drag.failed.connect(notices.error)
        session.kept.connect(self._kept)

    @Slot()
    def keep(self) -> None:
        """Make a piece of the picture."""
        if self._session.model is not None and self._editing.history.current is not None:
            self._session.keep(self._editing.recipe())

    @Slot(object)
    def _kept(self, piece: Piece) -> None:
        refine = (tr("Refine"), lambda: self.refineRequested.emit(piece.id))
        self._notices.info(tr("Kept as {name}.", name=piece.name), "", refine)

    @Slot()
    def copy(self) -> None:
        """The picture to the clipboard."""
        image = self._view.image()
        if not image.isNull():
            # The clipboard outlives this picture's array, so it gets pixels of its own.
            QGuiApplication.clipboard().setImage(image.copy())
            self._notices.info(tr("The picture was copied."))

    def _write_file(self, folder: Path) -> Path | None:
        model = self._session.model
        if model is None:
            return None
        return write_file(self._view.image(), model, self._editing.recipe(), folder)
