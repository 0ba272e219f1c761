"""A scroll area whose content is as wide with the bar as without."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.panel import EDGE

BAR = 10
"""As wide as the theme draws it."""


class SteadyScroll(QScrollArea):
    """For content that is taller the narrower it is, as words are, or the wider, as tiles are.

    There a bar that comes makes the content fit, which makes the bar go, without an end: Qt
    lays out again inside the layout until the stack is full. So the bar's room is never used.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self.setObjectName("panel")  # also where the bar would be
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is on it takes the focus
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The width of the area decides, not that of what the bar leaves."""
        bar = self.verticalScrollBar().sizeHint().width()
        self._content.setFixedWidth(max(0, self.width() - bar))
        super().resizeEvent(event)

    def reveal(self, widget: QWidget) -> None:
        """Scroll until this part of the content is in sight, even if it has only just come."""
        QTimer.singleShot(0, widget, lambda: self.ensureWidgetVisible(widget))


def panel_column(spacing: int) -> tuple[QWidget, QVBoxLayout]:
    """Content for a panel that scrolls, and its column: its right edge is that of what stands
    below the scroll area, since the bar has the rest."""
    content = QWidget()
    content.setObjectName("panel")
    layout = column(on=content, gap=spacing, margins=(EDGE, EDGE, EDGE - BAR, EDGE))
    return content, layout
