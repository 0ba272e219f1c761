"""Chosen pieces that can be dragged into another program as real files: tiles, and the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QListWidgetItem, QWidget

from studio.desktop.base.dragged_files import carry
from studio.desktop.widgets.picture_view import PictureView
from studio.desktop.widgets.piece_list import PieceList

_SMALL = QSize(96, 96)


class OutList(PieceList):
    """Drag tiles out. `render_files` writes the pieces of these ids and gives the files; without
    any there is no drag."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, several=True)
        self.render_files: Callable[[Sequence[int]], list[Path]] = lambda ids: []
        self.setDragEnabled(True)

    def carry(self, ids: Sequence[int]) -> None:
        """A copy leaves; the piece stays."""
        data = self._data(ids)
        if data.urls():
            carry(self, data, self._small(ids[0]))

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        return self._data([_id(item) for item in items])

    def _data(self, ids: Sequence[int]) -> QMimeData:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in self.render_files(ids)])
        return data

    def startDrag(self, supported: Qt.DropAction) -> None:
        self.carry([_id(item) for item in self.selectedItems()])

    def _small(self, key: int) -> QPixmap:
        items = (self.item(row) for row in range(self.count()))
        icon = next((item.icon() for item in items if _id(item) == key), None)
        return icon.pixmap(_SMALL) if icon is not None else QPixmap()


class OutPicture(PictureView):
    """The large picture: one that fits cannot be moved about, so dragging it takes it out."""

    carried = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed: QPointF | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        place = event.position()
        fits = self.rect().contains(self.picture_rect())
        left = event.button() == Qt.MouseButton.LeftButton
        on = left and fits and not self.image().isNull() and self.target().contains(place)
        self._pressed = place if on else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            super().mouseMoveEvent(event)
        elif not event.buttons() & Qt.MouseButton.LeftButton:
            self._pressed = None
        elif (event.position() - self._pressed).manhattanLength() >= _far():
            self._pressed = None
            self.carried.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._pressed = None


def _id(item: QListWidgetItem) -> int:
    return int(item.data(Qt.ItemDataRole.UserRole))


def _far() -> int:
    return QApplication.startDragDistance()
