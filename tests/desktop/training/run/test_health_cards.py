"""Cards about a run, and the row of its curves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from studio.desktop.training.flow_layout import Flow
from studio.desktop.training.run.health_cards import HealthCards
from studio.desktop.training.session.run_record import Mark, MarkKind

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
FOUND = [
    Mark(MarkKind.HEALTH, 32 * n, f"Something was found: {n}.", about="plateau")
    for n in range(1, 6)
]


class Windows(QObject):
    """Remembers which windows came up."""

    def __init__(self, known: QWidget) -> None:
        super().__init__()
        self.known, self.seen = known, []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
        if shown and watched.isWindow() and watched is not self.known:
            self.seen.append(type(watched).__name__)
        return False


def test_cards_that_are_replaced_at_once_are_no_windows(qtbot) -> None:
    """A layout shows what was put into it a moment later: by then it may have no parent."""
    frame, cards = QWidget(), HealthCards()
    QVBoxLayout(frame).addWidget(cards)
    qtbot.addWidget(frame)
    with qtbot.waitExposed(frame):
        frame.show()
    windows = Windows(frame)
    QApplication.instance().installEventFilter(windows)
    try:
        for many in range(1, 6):
            cards.set_marks(FOUND[:many])
            cards.retranslate()
            cards.restyle()
        for _ in range(3):
            QCoreApplication.processEvents()
        qtbot.waitUntil(lambda: all(card.isVisible() for card in cards.cards))
    finally:
        QApplication.instance().removeEventFilter(windows)
    assert windows.seen == []
    assert len(cards.cards) == 3


def test_a_row_that_goes_on_below_pushes_nothing_out_of_sight(qtbot) -> None:
    frame, below, row = QWidget(), QWidget(), Flow(8, 4)
    below.setMinimumHeight(100)
    for _ in range(6):
        row.addWidget(QPushButton("A curve"))
    column = QVBoxLayout(frame)
    column.addLayout(row)
    column.addWidget(below)
    qtbot.addWidget(frame)
    frame.resize(900, 160)
    with qtbot.waitExposed(frame):
        frame.show()
    one_row = frame.minimumSizeHint().height()
    frame.resize(250, 160)
    qtbot.waitUntil(lambda: frame.minimumSizeHint().height() > one_row)
    frame.resize(250, frame.minimumSizeHint().height())
    qtbot.waitUntil(lambda: below.height() >= 100 and below.geometry().bottom() < frame.height())
