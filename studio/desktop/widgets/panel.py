"""Pieces that the panels of every place are made of, so that nothing jumps between places."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.plain_text import Label, tip
from studio.desktop.widgets.boxes import Part, column, row

SIDE_WIDTH, PANEL_WIDTH = 264, 312
"""Of the panel left of the middle, and of the one right of it."""
HEADER_HEIGHT = 44
EDGE = 2 * theme.SPACE
"""Between the edge of a panel and what is on it."""


class RoomHeader(QWidget):
    """The bar above the middle of a place: what is shown, facts of it beside or `below`, where
    much stands on the right, and room for more."""

    def __init__(self, parent: QWidget | None = None, *, below: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("roomHeader")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEADER_HEIGHT)
        self.title, self.facts = ElidedLabel(), ElidedLabel()
        self.title.setFont(theme.font(bold=True))
        self.facts.setProperty("quiet", True)
        words: tuple[Part, ...] = self.title, self.facts, None
        if below:
            self.facts.setFont(theme.font(11))
            words = ((column(None, self.title, self.facts, None, gap=1), 1),)
        self._line = row(*words, on=self, gap=12, margins=(EDGE, 0, EDGE, 0))

    def add(self, widget: QWidget) -> None:
        self._line.addWidget(widget)


class ElidedLabel(Label):
    """What gives way where the bar is full: cut at its end, and whole in its tooltip."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(tip(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        elide = Qt.TextElideMode.ElideRight
        text = self.fontMetrics().elidedText(self.text(), elide, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


class SectionHeader(Label):
    """The small quiet words above a section."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setObjectName("sectionHeader")
        font = theme.font(11, bold=True)
        font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, 0.6)
        self.setFont(font)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Capitals where the script has them."""
        super().setText(text.upper())
        self.setAccessibleName(text)
