"""Two parts with a line between them that can be moved, by mouse and by keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets.labels import set_words

_STEP, _THICK = 16, 9
_BACK, _ON = (Qt.Key.Key_Up, Qt.Key.Key_Left), (Qt.Key.Key_Down, Qt.Key.Key_Right)


class Splitter(QSplitter):
    """`first` above `second`. `share` is the part of the height that the first one takes."""

    shareChanged = Signal(float)
    """The artist moved the line."""

    def __init__(self, first: QWidget, second: QWidget, share: float) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._usual = self._share = share
        self.setChildrenCollapsible(False)
        self.setHandleWidth(_THICK)
        for part in (first, second):
            self.addWidget(part)
        for place, weight in enumerate((share, 1 - share)):
            self.setStretchFactor(place, round(100 * weight))
        self.splitterMoved.connect(self._moved)
        self.set_share(share)

    def createHandle(self) -> QSplitterHandle:
        return _Line(self)

    def set_share(self, share: float) -> None:
        """Put the line where the first part has `share`, from 0 to 1, of the height."""
        self._share = min(1.0, max(0.0, share))
        whole = max(1000, self.height())
        self.setSizes([round(whole * self._share), round(whole * (1 - self._share))])

    def reset(self) -> None:
        self.set_share(self._usual)
        self.shareChanged.emit(self._share)

    def shift(self, by: int) -> None:
        """Move the line so many pixels down, as far as the parts let it."""
        sizes = self.sizes()
        self.moveSplitter(sizes[0] + by, 1)

    def _moved(self) -> None:
        first, second = self.sizes()
        if first + second > 0:
            self._share = first / (first + second)
            self.shareChanged.emit(self._share)


class _Line(QSplitterHandle):
    """What is taken hold of."""

    def __init__(self, splitter: Splitter) -> None:
        super().__init__(Qt.Orientation.Vertical, splitter)
        self._owner = splitter
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name()

    def sizeHint(self) -> QSize:
        return QSize(_THICK, _THICK)

    def _name(self) -> None:
        words = tr("Drag, or the arrow keys, to share the room; Home or a double click resets")
        set_words((self, tr("Line between the pictures and the curves"), words))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._name()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in _BACK or key in _ON:
            self._owner.shift(_STEP if key in _ON else -_STEP)
        elif key == Qt.Key.Key_Home:
            self._owner.reset()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._owner.reset()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, c = QPainter(self), theme.colours()
        middle = self.height() // 2
        grip = self.width() // 2 - 16
        painter.fillRect(0, middle, self.width(), 1, QColor(c.line))
        shown = c.accent if self.hasFocus() else c.quiet
        painter.fillRect(grip, middle - 1, 32, 3, QColor(shown))
