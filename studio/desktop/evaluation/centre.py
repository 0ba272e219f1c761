"""The middle of the evaluation place: two walls, and the rebuilt pictures below them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from studio.desktop.evaluation.wall import Wall
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.panel import RoomHeader

# The two walls are the place's point: the rebuilt pictures are strips below them.
_STRIP, _STRIP_SHARE = 80, 0.11


class Centre(QWidget):
    """Holds the walls; the room fills them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header = RoomHeader()
        self.title, self.facts = self._header.title, self._header.facts
        self.bar, self.cancel = QProgressBar(), secondary("")
        self.real, self.generated = Wall(), Wall()
        self.originals, self.rebuilt = Wall(), Wall()
        self.names = [QLabel() for _ in range(4)]
        self.below = QWidget()
        for label in self.names:
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("quiet", True)
            label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._fill_header()
        column.addWidget(self._header)
        column.addLayout(self._walls(), 1)
        column.addWidget(self.below)
        self._fill_below()
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)

    def _fill_header(self) -> None:
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(120, 6)
        for widget in (self.bar, self.cancel):
            self._header.add(widget)

    def _walls(self) -> QHBoxLayout:
        walls = QHBoxLayout()
        walls.setContentsMargins(16, 16, 16, 16)
        walls.setSpacing(16)
        for name, wall in zip(self.names[:2], (self.real, self.generated), strict=True):
            column = QVBoxLayout()
            column.setSpacing(8)
            column.addWidget(name)
            column.addWidget(wall, 1)
            walls.addLayout(column, 1)
        return walls

    def _fill_below(self) -> None:
        column = QVBoxLayout(self.below)
        column.setContentsMargins(16, 0, 16, 16)
        column.setSpacing(6)
        for name, wall in zip(self.names[2:], (self.originals, self.rebuilt), strict=True):
            column.addWidget(name)
            column.addWidget(wall)
        self.below.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The strips grow with the window, less than the walls do."""
        super().resizeEvent(event)
        for wall in (self.originals, self.rebuilt):
            wall.setFixedHeight(max(_STRIP, round(self.height() * _STRIP_SHARE)))

    def retranslate(self) -> None:
        """Every text in the current language."""
        texts = (
            (tr("Real"), self.real, tr("Pictures of the dataset, at the size of the model.")),
            (tr("Generated"), self.generated, tr("Pictures that the model made from the seeds.")),
            (tr("Held out"), self.originals, tr("Real pictures that training never saw.")),
            (tr("Rebuilt"), self.rebuilt, tr("What the model makes of the pictures above.")),
        )  # fmt: skip
        walk = tr("Arrows walk, Space enlarges.")
        for label, (name, wall, help) in zip(self.names, texts, strict=True):
            label.setText(f"{name} — {help}")
            wall.setAccessibleName(name)
            wall.setToolTip(f"{help} {walk}")
        self.cancel.setText(tr("Stop"))
        self.cancel.setAccessibleName(tr("Stop measuring"))
        self.cancel.setToolTip(tr("Stop waiting for these pictures."))
        self.bar.setAccessibleName(tr("Work in progress"))

    def show_busy(self, busy: bool) -> None:
        """The bar and its way out, while there is something to wait for."""
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)

    def show_title(self, title: str, facts: str) -> None:
        """Which run is shown."""
        self.title.setText(title)
        self.facts.setText(facts)
