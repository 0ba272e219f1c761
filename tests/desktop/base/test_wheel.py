"""The wheel scrolls the panel, and changes a value only where the artist has clicked; Enter ends a
number."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QScrollArea,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.desktop.base.studio import Studio

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KINDS = ["number", "fine number", "choice", "typed choice", "slider"]


def made(kind: str) -> QWidget:
    if kind in ("choice", "typed choice"):
        box = QComboBox()
        box.addItems(["a", "b", "c"])
        box.setEditable(kind == "typed choice")
        box.setCurrentIndex(1)
        return box
    number = {"number": QSpinBox, "fine number": QDoubleSpinBox, "slider": QSlider}[kind]()
    if isinstance(number, QSlider):
        number.setOrientation(Qt.Orientation.Horizontal)
    number.setValue(10)
    return number


def value(field: QWidget) -> float:
    return field.currentIndex() if isinstance(field, QComboBox) else field.value()


def turn(widget: QWidget) -> None:
    """One notch towards the artist over the middle of `widget`, as the system sends it."""
    window = widget.window()
    at = QPointF(widget.mapTo(window, widget.rect().center()))
    QTest.wheelEvent(window.windowHandle(), at, QPoint(0, -120))
    QApplication.processEvents()


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_click_gives_the_wheel_to_a_field(studio: Studio, qtbot, kind: str) -> None:
    panel, inside, field, other = QScrollArea(), QWidget(), made(kind), QLineEdit()
    qtbot.addWidget(panel)
    column = QVBoxLayout(inside)
    column.addWidget(other)
    column.addWidget(field)
    column.addStretch()
    inside.setMinimumHeight(2000)
    panel.setWidget(inside)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    line = field.findChild(QLineEdit) or field
    before = value(field)

    other.setFocus()
    turn(field)
    assert value(field) == before
    assert QApplication.focusWidget() is other
    assert panel.verticalScrollBar().value() > 0, "the panel around it scrolls"
    panel.verticalScrollBar().setValue(0)
    field.setFocus(Qt.FocusReason.TabFocusReason)
    turn(field)
    assert value(field) == before, "nobody clicked it"
    panel.verticalScrollBar().setValue(0)

    qtbot.mousePress(line, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton)
    if isinstance(field, QComboBox):
        field.hidePopup()
        qtbot.wait(50)  # without a desktop nobody gives the activity back to the panel
        panel.activateWindow()
    qtbot.waitUntil(lambda: panel.isActiveWindow() and field.hasFocus())
    before = value(field)
    turn(field)
    assert value(field) != before

    other.setFocus()
    field.setFocus(Qt.FocusReason.TabFocusReason)
    before = value(field)
    turn(field)
    assert value(field) == before, "the click was forgotten with the focus"


@pytest.mark.parametrize("kind", KINDS[:2])
def test_enter_ends_a_number_and_is_no_command_of_the_place(studio, qtbot, kind: str) -> None:
    panel, field, done = QWidget(), made(kind), []
    qtbot.addWidget(panel)
    QVBoxLayout(panel).addWidget(field)
    keep = QAction(panel)
    keep.setShortcut(QKeySequence(Qt.Key.Key_Return))
    keep.triggered.connect(lambda: done.append("kept"))
    panel.addAction(keep)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "12")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert (value(field), done) == (12, [])
    panel.setFocus()
    qtbot.keyClick(panel, Qt.Key.Key_Return)
    assert done == ["kept"]
