"""A field that is given a picture: a file that is dropped on it, or chosen in a dialog."""

from __future__ import annotations

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.desktop.i18n import tr

_SUFFIXES = "*.png *.jpg *.jpeg *.tif *.tiff *.webp *.bmp *.gif *.psd *.heic *.avif"


class PictureTaker(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)

    def given(self, path: str) -> None:
        """What becomes of the file."""
        raise NotImplementedError

    def ask(self) -> None:
        kinds = tr("Pictures") + f" ({_SUFFIXES})"
        path, _kind = QFileDialog.getOpenFileName(self, tr("Choose a picture…"), "", kinds)
        if path:
            self.given(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.given(files[0])
