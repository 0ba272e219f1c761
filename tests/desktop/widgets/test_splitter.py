"""The line between two parts: moved by mouse and by keys, kept, and put back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio.desktop.widgets.splitter import Splitter

pytestmark = pytest.mark.qt_log_ignore("plugin does not support", extend=True)


@pytest.fixture
def made(qtbot) -> Splitter:
    splitter = Splitter(QWidget(), QWidget(), 0.6)
    qtbot.addWidget(splitter)
    splitter.resize(200, 509)  # 9 of which are the line
    splitter.show()
    QApplication.processEvents()
    return splitter


def test_arrow_keys_move_the_line_and_home_puts_it_back(made: Splitter) -> None:
    told: list[float] = []
    made.shareChanged.connect(told.append)
    line = made.handle(1)
    line.setFocus()
    first = made.sizes()[0]
    assert first == 300
    QTest.keyClick(line, Qt.Key.Key_Down)
    assert made.sizes()[0] == first + 16
    QTest.keyClick(line, Qt.Key.Key_Up)
    QTest.keyClick(line, Qt.Key.Key_Up)
    assert made.sizes()[0] == first - 16
    QTest.keyClick(line, Qt.Key.Key_Home)
    assert made.sizes()[0] == first
    assert told == [pytest.approx(share) for share in (0.632, 0.6, 0.568, 0.6)]


def test_it_goes_no_further_than_the_parts_let_it(made: Splitter) -> None:
    made.widget(0).setMinimumHeight(200)
    for _ in range(20):
        QTest.keyClick(made.handle(1), Qt.Key.Key_Up)
    assert made.sizes()[0] == 200


def test_a_double_click_resets_it_and_it_can_be_reached(made: Splitter) -> None:
    made.set_share(0.3)
    line = made.handle(1)
    where = QPointF(line.rect().center())
    button = Qt.MouseButton.LeftButton
    double = QMouseEvent(
        QEvent.Type.MouseButtonDblClick, where, line.mapToGlobal(where), button, button,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(line, double)
    assert made.sizes()[0] == 300
    assert line.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert line.accessibleName()
    assert "arrow keys" in line.toolTip()
