"""Chosen pieces that can be dragged into another program as real files: tiles, and the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QListWidgetItem, QWidget

from studio.desktop.widgets.picture_view import PictureView
from studio.desktop.widgets.piece_list import PieceList

_SMALL = QSize(96, 96)


class OutList(PieceList):
    """Drag tiles out: `take_out` has the pieces of these ids written and dragged, with a small
    picture at the pointer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, several=True)
        self.take_out: Callable[[Sequence[int], QPixmap], object] = lambda ids, small: None
        self.setDragEnabled(True)

    def carry(self, ids: Sequence[int]) -> None:
        """A copy leaves; the piece stays."""
        if ids:
            self.take_out(ids, self._small(ids[0]))

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
