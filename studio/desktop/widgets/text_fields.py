"""Editors for texts that hold more than words: colours, and a picture's colours."""

from __future__ import annotations

import base64
import binascii
from pathlib import PurePath

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QColorDialog, QLineEdit, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.picture_taker import PictureTaker

_MARK = "rgb:"
_PADDING = 32
"""Of a button, left and right of its words."""


class ColoursField(QWidget):
    """`#rrggbb`, or several of them, typed or chosen from the system's colours."""

    edited = Signal()

    def __init__(self, *, several: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._several = several
        self.line, self.choose = QLineEdit(), QToolButton()
        self.line.editingFinished.connect(self._finished)
        self.choose.clicked.connect(self._ask)
        row((self.line, 1), self.choose, on=self, gap=4)
        self.setFocusProxy(self.line)
        self._last = ""

    def text(self) -> str:
        return self.line.text().strip()

    def set_text(self, text: str) -> None:
        self._last = text
        self.line.setText(text)
        self._show_colour()

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)
        words = tr("Choose a colour")
        self.choose.setAccessibleName(words)
        self.choose.setToolTip(words)

    def _finished(self) -> None:
        if self.text() != self._last:
            self._last = self.text()
            self._show_colour()
            self.edited.emit()

    def _ask(self) -> None:
        start = QColor(self.text().split()[-1] if self.text() else "#808080")
        found = QColorDialog.getColor(start, self, tr("Choose a colour"))
        if found.isValid():
            before = f"{self.text()} " if self._several and self.text() else ""
            self.line.setText(before + found.name())
            self._finished()

    def _show_colour(self) -> None:
        shade = QColor(self.text().split()[-1]) if self.text() else QColor()
        colour = shade.name() if shade.isValid() else theme.colours().quiet
        self.choose.setIcon(theme.icon("square", colour))


class PictureField(PictureTaker):
    """A button that asks for a picture, which can be dropped on it too, and its colours below."""

    chosen = Signal(str)
    """The path of a picture; what becomes of it comes back by :meth:`set_text`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.button, self.strip = secondary(), _Strip()
        self.button.clicked.connect(self.ask)
        self.button.setMinimumWidth(1)  # a long name gives way
        row((self.button, 1), self.strip, on=self, gap=8)
        self.setFocusProxy(self.button)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        self._text = text
        self.strip.show_colours(text)
        self._show_name()

    def _show_name(self) -> None:
        """That of the file, where it is one that is named."""
        has_colours = self._text.startswith(_MARK)
        self.strip.setVisible(has_colours)
        name = "" if has_colours else PurePath(self._text).name
        words = name or tr("Choose a picture…")
        room = self.width() - _PADDING  # with colours beside it, it is the words that always fit
        self.button.setText(
            self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room) if name
            else words
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_name()

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self._show_name()
        self.button.setAccessibleName(name)

    def setToolTip(self, text: str) -> None:
        super().setToolTip(text)
        self.button.setToolTip(text)

    def given(self, path: str) -> None:
        self.chosen.emit(path)


class _Strip(QWidget):
    """The colours that were taken, dark to bright."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self.setFixedSize(96, 28)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_colours(self, text: str) -> None:
        self._image = QImage()
        if text.startswith(_MARK):
            try:
                levels = base64.b64decode(text.removeprefix(_MARK), validate=True)
            except (binascii.Error, ValueError):
                levels = b""
            count = len(levels) // 3
            if count:
                kind = QImage.Format.Format_RGB888
                self._image = QImage(levels, count, 1, 3 * count, kind).copy()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        inside = QRect(0, 0, self.width() - 1, self.height() - 1)
        if not self._image.isNull():
            painter.drawImage(inside, self._image)
        painter.setPen(QColor(theme.colours().line))
        painter.drawRect(inside)
