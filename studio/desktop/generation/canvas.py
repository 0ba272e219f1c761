"""The middle of the room: the picture as large as it can be, and the line above it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets.picture_view import PictureView


class Canvas(QWidget):
    """Shows; what is drawn on it is decided elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.view = PictureView()
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.title, self.note = QLabel(), QLabel()
        self._head = QHBoxLayout()
        self._head.setContentsMargins(16, 10, 16, 10)
        self._head.addWidget(self.title)
        self._head.addStretch(1)
        self._head.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self.view, 1)

    def add(self, control: QWidget) -> None:
        """One more thing at the end of the line."""
        self._head.addWidget(control)

    def restyle(self) -> None:
        """Colours of the theme."""
        self.note.setStyleSheet(f"color: {theme.colours().quiet};")

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.view.setAccessibleName(tr("The picture"))
        self.view.setToolTip(
            tr("Arrow keys walk the seeds, R takes another; drag the picture out as a file")
        )
