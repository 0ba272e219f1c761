"""The middle of the room: the picture as large as it can be, and the line above it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.desktop.i18n import tr
from studio.desktop.widgets.panel import RoomHeader
from studio.desktop.widgets.picture_view import PictureView


class Canvas(QWidget):
    """Shows; what is drawn on it is decided elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.view = PictureView()
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._header, self.note = RoomHeader(), QLabel()
        self.title = self._header.title
        self.note.setProperty("quiet", True)
        self._header.add(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self.view, 1)

    def add(self, control: QWidget) -> None:
        """One more thing at the end of the line."""
        self._header.add(control)

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.view.setAccessibleName(tr("The picture"))
        self.view.setToolTip(
            tr("Arrow keys walk the seeds, R takes another; drag the picture out as a file")
        )
