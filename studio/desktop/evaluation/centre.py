"""The middle of the evaluation place: two walls and rebuilt pictures, or the closest pairs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QProgressBar, QPushButton, QStackedWidget, QWidget

from studio.desktop.evaluation.front import Front
from studio.desktop.evaluation.wall import Wall, walls_beside
from studio.desktop.evaluation.worker import RunRow
from studio.desktop.i18n import tr
from studio.desktop.run_names import family_name
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import RoomHeader

# The two walls are the place's point: the rebuilt pictures are strips below them.
_STRIP, _STRIP_SHARE = 80, 0.11


class Centre(QWidget):
    """Holds the walls, which the room fills, and the page of the closest pairs."""

    frontChosen = Signal(object)
    """The :class:`Front` that is wanted."""

    def __init__(
        self, pairs: QWidget, life: QWidget, review: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._header = RoomHeader(below=True)
        self.title, self.facts = self._header.title, self._header.facts
        self.bar, self.cancel = QProgressBar(), secondary()
        self.real, self.generated = Wall(), Wall()
        self.originals, self.rebuilt = Wall(), Wall()
        self.names = [text_label(quiet=True) for _ in range(4)]
        self.below = QWidget()
        self.tabs = [QPushButton() for _ in Front]
        self.front = QStackedWidget()
        self._fill_header()
        column(self._header, self.bar, (self.front, 1), on=self)
        for page in (self._walls(), pairs, life, review):
            self.front.addWidget(page)
        self.show_front(Front.WALLS)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)

    def _fill_header(self) -> None:
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        # A line of its own, which stays free: the words of the header need all the room there is.
        self.bar.setFixedHeight(3)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        for front, tab in zip(Front, self.tabs, strict=True):
            tab.setObjectName("tab")
            tab.setCheckable(True)
            tab.clicked.connect(lambda _, front=front: self.frontChosen.emit(front))
        for widget in (self.cancel, *self.tabs):
            self._header.add(widget)

    def _walls(self) -> QWidget:
        page = QWidget()
        walls = walls_beside(self.names[:2], (self.real, self.generated))
        walls.setContentsMargins(16, 16, 16, 16)
        column((walls, 1), self.below, on=page)
        strips = self.names[2], self.originals, self.names[3], self.rebuilt
        column(*strips, on=self.below, gap=6, margins=(16, 0, 16, 16))
        self.below.hide()
        return page

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
        walk = tr("Arrows walk, Space enlarges.")
        for label, (name, wall, help) in zip(self.names, texts, strict=True):
            label.setText(f"{name} — {help}")
            set_words((wall, name, f"{help} {walk}"))
        set_words(
            (self.tabs[0], tr("Side by side"),
             tr("Real and generated pictures beside each other (C).")),
            (self.tabs[1], tr("Closest pairs"),
             tr("The generated pictures that come closest to a training picture (C).")),
            (self.tabs[2], tr("Over time"),
             tr("Figures of every checkpoint, run beside run (T).")),
            (self.tabs[3], tr("Review"),
             tr("Pieces that wait for a decision, and what was decided (V).")),
            (self.cancel, tr("Stop measuring"), tr("Stop waiting for these pictures.")),
        )  # fmt: skip
        self.cancel.setText(tr("Stop"))
        self.bar.setAccessibleName(tr("Work in progress"))

    def show_front(self, front: Front) -> None:
        self.front.setCurrentIndex(front)
        for number, tab in enumerate(self.tabs):
            tab.setChecked(number == front)

    def show_busy(self, busy: bool) -> None:
        """The bar and its way out, while there is something to wait for."""
        for widget in (self.bar, self.cancel):
            widget.setVisible(busy)

    def show_run(self, row: RunRow | None) -> None:
        facts = []
        if row is not None:
            facts.append(family_name(row.family))
            if row.checkpoint:
                facts.append(tr("checkpoint {n}", n=row.checkpoint))
            facts.append(tr("{n} pictures seen", n=f"{row.images_seen:,}"))
        self.title.setText(row.shown if row else "")
        self.facts.setText(" · ".join(facts))
