"""Every height of the window: panels that scroll come to rest, whatever they hold.

A picture that is as high as it is wide, in a panel whose scroll bar comes and goes with it,
would be laid out for ever; Qt does that until the stack is full.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QScrollArea

from studio.desktop.window.main_window import MainWindow
from studio.desktop.window.top_bar import PLACES

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def test_every_panel_comes_to_rest_at_every_height(full_window: MainWindow, qtbot) -> None:
    dataset = full_window.room("dataset")
    dataset.grid.setCurrentIndex(dataset.model.index(0))
    qtbot.waitUntil(lambda: dataset.inspector.item is not None, timeout=WAIT)
    for place in PLACES:
        full_window.go(place)
        for height in range(700, 1240, 9):
            full_window.resize(1280, height)
            QCoreApplication.processEvents()
        areas = [area for area in full_window.findChildren(QScrollArea) if area.isVisible()]
        before = [area.verticalScrollBar().isVisible() for area in areas]
        QCoreApplication.processEvents()
        assert [area.verticalScrollBar().isVisible() for area in areas] == before


def test_the_page_of_a_picture_is_as_wide_with_a_scroll_bar_as_without(full_window, qtbot) -> None:
    inspector = full_window.room("dataset").inspector
    widths = set()
    for height in (700, 1600):
        full_window.resize(1280, height)
        QCoreApplication.processEvents()
        widths.add(inspector.preview.width())
    assert len(widths) == 1
