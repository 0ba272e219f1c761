"""What all places share: headers, panels of one width, and a look for where the keyboard is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QPushButton, QToolButton, QWidget

from studio.desktop.notices.notice_view import NoticeCard
from studio.desktop.notices.notices import Notice
from studio.desktop.widgets.count_list import CountList, Entry
from studio.desktop.widgets.panel import HEADER_HEIGHT, PANEL_WIDTH, SIDE_WIDTH
from studio.desktop.window.top_bar import PLACES

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def test_headers_do_not_jump_between_places(full_window) -> None:
    heights, edges = set(), set()
    for place in PLACES:
        full_window.go(place)
        headers = full_window.room(place).findChildren(QWidget, "roomHeader")
        (header,) = [each for each in headers if each.isVisible()]
        left = header.mapTo(full_window, header.rect().topLeft()).x()
        heights.add(header.height())
        edges.add((left, left + header.width()))
    assert heights == {HEADER_HEIGHT}
    # A place may have a line of one pixel beside its panels.
    assert max(left for left, _ in edges) - SIDE_WIDTH <= 1
    assert full_window.width() - PANEL_WIDTH - min(right for _, right in edges) <= 1


def shown(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("make", [
    lambda: QPushButton("Word"),
    lambda: named(QPushButton("Word"), "bare"),
    lambda: named(QToolButton(), "bare"),
    lambda: named(QPushButton("Word"), "place"),
    lambda: named(QPushButton("Word"), "tab"),
    lambda: QCheckBox("Word"),
    lambda: unchosen(),
], ids=["button", "bare", "bare-tool", "place", "tab", "checkbox", "list"])  # fmt: skip
def test_where_the_keyboard_is_can_be_seen(make, name, window, qtbot) -> None:
    window.studio.set_theme(name)
    widget = make()
    widget.setParent(window)
    widget.setGeometry(20, 80, 160, 40)
    widget.show()
    window.setFocus()
    without = shown(widget)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(widget.hasFocus)
    assert shown(widget) != without


def named(widget: QWidget, name: str) -> QWidget:
    widget.setObjectName(name)
    return widget


def unchosen() -> CountList:
    rows = CountList()
    rows.set_entries([Entry("a", "Anna", "1")], None)
    return rows


@pytest.mark.parametrize("many", [1, 12])
def test_a_notice_is_as_high_as_its_words(many: int, window, qtbot) -> None:
    card = NoticeCard(Notice("warn", "There is nothing at that place. " * many), window)
    card.fit()
    card.show()
    words = card.words
    needed = words.heightForWidth(words.width())
    assert needed <= words.height() <= max(needed, card.close_button.height()) + 2
    card.dismiss()


@pytest.mark.parametrize("make", [lambda: unchosen(), lambda: unchosen_lines()])
def test_to_come_by_with_tab_chooses_nothing(make, window, qtbot) -> None:
    rows = make()
    told: list[object] = []
    rows.chosen.connect(told.append)
    rows.setParent(window)
    rows.setGeometry(20, 80, 160, 60)
    rows.show()
    rows.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(rows.hasFocus)
    assert (told, rows.currentRow()) == ([], -1)
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert (told, rows.currentRow()) == (["a"], 0)


def unchosen_lines() -> CountList:
    rows = CountList(most=8)
    rows.set_entries([Entry("a", "Anna")], None)
    return rows


def test_train_these_pictures_shows_the_form_although_there_are_runs(full_window, qtbot) -> None:
    window = full_window
    training = window.room("training")
    window.go("training")
    training.side.runs.setCurrentRow(0)  # its record is still being read
    window.go("dataset")
    window.room("dataset").inspector.train.click()
    qtbot.waitUntil(lambda: window.place == "training", timeout=WAIT)
    asked: list[object] = []
    training.session.thread_.submit(lambda: None, done=asked.append)  # after the record
    qtbot.waitUntil(lambda: asked == [None], timeout=WAIT)
    assert training.form.isVisible()
    assert training.side.runs.currentRow() == -1
