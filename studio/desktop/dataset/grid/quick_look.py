"""One picture over the whole room: Space opens it, arrows walk on, Space or Esc closes it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.labels import text_label
from studio.desktop.widgets.picture_view import PictureView

_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


class QuickLook(QWidget):
    """Covers its parent while it is open."""

    stepped = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.view = PictureView()
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.words = text_label(wrap=False)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        boxes.column((self.view, 1), self.words, on=self, gap=12, margins=(24, 24, 24, 16))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        parent.installEventFilter(self)
        self.hide()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Enlarged picture"))
        self.view.setAccessibleName(tr("Enlarged picture"))

    def open(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def close_up(self) -> None:
        if self.isVisible():
            self.hide()
            self.view.set_image(QImage())
            self.closed.emit()

    def show_words(self, text: str) -> None:
        self.words.setText(text)
        self.setAccessibleDescription(text)

    def show_image(self, image: QImage) -> None:
        """The picture; the one before stays until it is there."""
        if self.isVisible():
            self.view.set_image(image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.stepped.emit(step)
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Space):
            self.close_up()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.close_up()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(theme.colours().canvas))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        parent = self.parentWidget()
        if event.type() == QEvent.Type.Resize and self.isVisible() and parent is not None:
            self.setGeometry(parent.rect())
        return False
