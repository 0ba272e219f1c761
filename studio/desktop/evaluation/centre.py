"""The middle of the evaluation place: two walls and rebuilt pictures, or the closest pairs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.desktop.evaluation.wall import Wall
from studio.desktop.evaluation.worker import RunRow
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.panel import RoomHeader

# The two walls are the place's point: the rebuilt pictures are strips below them.
_STRIP, _STRIP_SHARE = 80, 0.11


class Centre(QWidget):
    """Holds the walls, which the room fills, and the page of the closest pairs."""

    frontChosen = Signal(bool)
    """Whether the closest pairs are wanted in front."""

    def __init__(self, pairs: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header = RoomHeader()
        self.title, self.facts = self._header.title, self._header.facts
        self.bar, self.cancel = QProgressBar(), secondary("")
        self.real, self.generated = Wall(), Wall()
        self.originals, self.rebuilt = Wall(), Wall()
        self.names = [QLabel() for _ in range(4)]
        self.below = QWidget()
        self.tabs = [QPushButton(), QPushButton()]
        self.front = QStackedWidget()
        for label in self.names:
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("quiet", True)
            label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._fill_header()
        column.addWidget(self._header)
        column.addWidget(self.front, 1)
        self.front.addWidget(self._walls())
        self.front.addWidget(pairs)
        self._fill_below()
        self.show_front(pairs=False)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)

    def _fill_header(self) -> None:
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(120, 6)
        for number, tab in enumerate(self.tabs):
            tab.setObjectName("tab")
            tab.setCheckable(True)
            tab.clicked.connect(lambda _, pairs=bool(number): self.frontChosen.emit(pairs))
        for widget in (self.bar, self.cancel, *self.tabs):
            self._header.add(widget)

    def _walls(self) -> QWidget:
        page = QWidget()
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        walls = QHBoxLayout()
        walls.setContentsMargins(16, 16, 16, 16)
        walls.setSpacing(16)
        for name, wall in zip(self.names[:2], (self.real, self.generated), strict=True):
            column = QVBoxLayout()
            column.setSpacing(8)
            column.addWidget(name)
            column.addWidget(wall, 1)
            walls.addLayout(column, 1)
        whole.addLayout(walls, 1)
        whole.addWidget(self.below)
        return page

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
        texts = (
            (tr("Real"), self.real, tr("Pictures of the dataset, at the size of the model.")),
            (tr("Generated"), self.generated, tr("Pictures that the model made from the seeds.")),
            (tr("Held out"), self.originals, tr("Real pictures that training never saw.")),
            (tr("Rebuilt"), self.rebuilt, tr("What the model makes of the pictures above.")),
        )  # fmt: skip
        tabs = (
            (tr("Side by side"), tr("Real and generated pictures beside each other (C).")),
            (tr("Closest pairs"),
             tr("The generated pictures that come closest to a training picture (C).")),
        )  # fmt: skip
        for tab, (name, help) in zip(self.tabs, tabs, strict=True):
            tab.setText(name)
            tab.setAccessibleName(name)
            tab.setToolTip(help)
        walk = tr("Arrows walk, Space enlarges.")
        for label, (name, wall, help) in zip(self.names, texts, strict=True):
            label.setText(f"{name} — {help}")
            wall.setAccessibleName(name)
            wall.setToolTip(f"{help} {walk}")
        self.cancel.setText(tr("Stop"))
        self.cancel.setAccessibleName(tr("Stop measuring"))
        self.cancel.setToolTip(tr("Stop waiting for these pictures."))
        self.bar.setAccessibleName(tr("Work in progress"))

    def show_front(self, *, pairs: bool) -> None:
        self.front.setCurrentIndex(int(pairs))
        for number, tab in enumerate(self.tabs):
            tab.setChecked(number == int(pairs))

    def show_busy(self, busy: bool) -> None:
        """The bar and its way out, while there is something to wait for."""
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)

    def show_run(self, row: RunRow | None) -> None:
        facts = []
        if row is not None:
            facts.append(row.family)
            if row.checkpoint:
                facts.append(tr("checkpoint {n}", n=row.checkpoint))
            facts.append(tr("{n} pictures seen", n=f"{row.images_seen:,}"))
        self.title.setText(row.shown if row else "")
        self.facts.setText(" · ".join(facts))
