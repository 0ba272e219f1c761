"""Notices never lie over anything that is operated, nor over each other."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QSlider,
    QWidget,
)

from studio.desktop.base.studio import Studio
from studio.desktop.notices.notice_view import NoticeCard
from studio.desktop.widgets.buttons import primary
from studio.desktop.window.main_window import MainWindow
from studio.desktop.window.top_bar import PLACES

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 10_000
LONG = "The folder that was watched is gone: its pictures stay, and it is watched when it is back."


def area(window: MainWindow, widget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def cards(window: MainWindow) -> list[NoticeCard]:
    return [card for card in window.findChildren(NoticeCard) if card.isVisible()]


def next_steps(window: MainWindow) -> list[QPushButton]:
    buttons = window.findChildren(QPushButton)
    return [each for each in buttons if each.isVisible() and each.property("role") == "primary"]


def operated(window: MainWindow) -> list[QWidget]:
    """What can be clicked, typed into or pulled in the place on the screen."""
    page = window.pages.currentWidget()
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider)
    found = [each for kind in kinds for each in page.findChildren(kind)]
    return [each for each in found if not each.visibleRegion().isEmpty()]


def clear_of_everything(window: MainWindow) -> bool:
    """Every card whole in the window, and over no other card and nothing that is operated."""
    shown = [area(window, card) for card in cards(window)]
    others = shown + [area(window, each) for each in operated(window)]
    apart = all(not one.intersects(two) for one in shown for two in others if one is not two)
    return apart and all(window.rect().contains(one) for one in shown)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_notices_leave_the_controls_of_every_place_free(full_window, language, qtbot) -> None:
    full_window.studio.set_language(language)
    full_window.resize(1280, 800)
    seen = 0
    for number, place in enumerate(PLACES):
        full_window.go(place)
        full_window.studio.notices.warn(f"{LONG} {number}", "a detail", ("Undo", lambda: None))
        full_window.studio.notices.info(f"Done {number}")
        qtbot.waitUntil(lambda: clear_of_everything(full_window), timeout=WAIT)
        seen += len(next_steps(full_window))
        assert len(cards(full_window)) >= 2
    full_window.go("dataset")
    train = full_window.room("dataset").inspector.train
    assert train in next_steps(full_window)
    qtbot.waitUntil(lambda: clear_of_everything(full_window), timeout=WAIT)
    assert seen > 3


def test_a_next_step_that_comes_under_a_notice_moves_it(window, qtbot) -> None:
    window.studio.notices.error("It failed: try again.")
    qtbot.waitUntil(lambda: len(cards(window)) == 1, timeout=WAIT)
    (card,) = cards(window)
    qtbot.waitUntil(lambda: card.slide.state() == card.slide.State.Stopped, timeout=WAIT)
    button = primary("Go")
    button.setParent(window.welcome)
    top_left = window.welcome.mapFrom(window, card.pos())
    button.setGeometry(QRect(top_left, card.size()).adjusted(20, 20, -20, -20))
    button.show()
    assert not clear_of_everything(window)
    qtbot.waitUntil(lambda: clear_of_everything(window), timeout=WAIT)
    button.hide()
    qtbot.waitUntil(lambda: card.geometry().bottom() > window.height() - 60, timeout=WAIT)


def test_where_there_is_no_room_above_they_stay_at_the_bottom(window, qtbot) -> None:
    button = primary("Go")
    button.setParent(window.welcome)
    button.setGeometry(window.welcome.rect())
    button.show()
    window.studio.notices.info("Done.")
    qtbot.waitUntil(lambda: len(cards(window)) == 1, timeout=WAIT)
    (card,) = cards(window)
    qtbot.waitUntil(lambda: card.slide.state() == card.slide.State.Stopped, timeout=WAIT)
    assert card.geometry().bottom() > window.height() - 60


def test_what_was_said_before_the_window_is_shown_has_its_place_as_well(qapp, qtbot) -> None:
    studio = Studio()
    studio.set_language("en")
    studio.notices.warn("The settings could not be read.")
    window = MainWindow(studio)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: bool(cards(window)), timeout=WAIT)
    (card,) = cards(window)
    qtbot.waitUntil(lambda: card.geometry().right() > window.width() - 60, timeout=WAIT)
    window.close()
    studio.deleteLater()
