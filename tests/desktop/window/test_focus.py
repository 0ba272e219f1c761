"""The focus of a widget that is hidden or disabled goes to what its place is about."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from studio.desktop.window.main_window import MainWindow
from studio.desktop.window.top_bar import PLACES

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


def reached_by_tab(room: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in room.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]  # fmt: skip


def test_the_focus_never_falls_on_whatever_field_is_next(full_window: MainWindow, qtbot) -> None:
    seen = 0
    for key in PLACES:
        full_window.go(key)
        room = full_window.room(key)
        main = room.main_view()
        for widget in reached_by_tab(room):
            if widget is main or main.isAncestorOf(widget):
                continue
            for lose, bring in (
                (lambda w=widget: w.setEnabled(False), lambda w=widget: w.setEnabled(True)),
                (widget.hide, widget.show),
            ):
                widget.setFocus()
                if QApplication.focusWidget() is widget:
                    lose()
                    assert QApplication.focusWidget() is main, (key, widget.accessibleName())
                    bring()
                    seen += 1
    assert seen > 100


def test_tab_still_goes_from_field_to_field(full_window: MainWindow, qtbot) -> None:
    full_window.go("export")
    room = full_window.room("export")
    room.origin.creator.setFocus()
    qtbot.keyClick(room.origin.creator, Qt.Key.Key_Tab)
    after = QApplication.focusWidget()
    assert after not in (room.origin.creator, room.main_view())


def test_space_presses_the_button_that_has_the_focus(full_window: MainWindow, qtbot) -> None:
    """It compares before and after only where no button has the focus."""
    full_window.go("refinement")
    room = full_window.room("refinement")
    compare, pressed = room.header.compare, []
    room.header.fit.clicked.connect(lambda: pressed.append(True))
    room.header.fit.setFocus()
    qtbot.keyClick(room.header.fit, Qt.Key.Key_Space)
    assert pressed
    assert not compare.isChecked()
    room.focus_main_view()
    qtbot.keyClick(room.main_view(), Qt.Key.Key_Space)
    assert len(pressed) == 1
    assert compare.isChecked()
