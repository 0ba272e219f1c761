"""Chosen pieces as tiles that can be dragged into another program as real files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QSize, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QListWidgetItem, QWidget

from studio.desktop.widgets.piece_list import PieceList


class OutList(PieceList):
    """Drag tiles out. `render` writes the pieces of these ids and gives the files."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, several=True)
        self.render_files: Callable[[Sequence[int]], list[Path]] = lambda ids: []
        self.setDragEnabled(True)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        ids = [int(item.data(Qt.ItemDataRole.UserRole)) for item in items]
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in self.render_files(ids)])
        return data

    def startDrag(self, supported: Qt.DropAction) -> None:
        """A copy leaves; the piece stays."""
        items = self.selectedItems()
        data = self.mimeData(items)
        if not data.urls():
            return
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(items[0].icon().pixmap(QSize(96, 96)))
        drag.exec(Qt.DropAction.CopyAction)
