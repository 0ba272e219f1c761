"""A tour in five steps, taken by mouse and by keyboard, while the window is used as ever."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from studio.desktop.window.main_window import MainWindow
from studio.desktop.window.tour.steps import STEPS

WAIT = 60_000
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", extend=True)


def begin(window: MainWindow, sample_project, qtbot) -> None:
    assert window.studio.open_project(sample_project)
    window.studio.actions.get("window.tour").trigger()
    qtbot.waitUntil(lambda: window.tour.card.isVisible(), timeout=WAIT)


def test_five_steps_each_beside_its_control(window, sample_project, qtbot) -> None:
    begin(window, sample_project, qtbot)
    card, frame = window.tour.card, window.tour.frame
    places = []
    for number in range(len(STEPS)):
        qtbot.waitUntil(frame.isVisible, timeout=WAIT)
        assert card.count.text() == f"Step {number + 1} of 5"
        assert window.room(window.place).isVisible()
        assert window.pages.geometry().contains(card.geometry().center())
        assert window.rect().contains(card.geometry())
        places.append(window.place)
        QTest.mouseClick(card.next, Qt.MouseButton.LeftButton)
    assert places == ["dataset", "training", "generation", "generation", "export"]
    assert not card.isVisible()
    assert not frame.isVisible()


def test_it_frames_the_real_control_which_can_be_used(window, sample_project, qtbot) -> None:
    begin(window, sample_project, qtbot)
    window.tour.card.next.click()
    new, frame = window.room("training").side.new, window.tour.frame
    spot = new.mapTo(window, QPoint(0, 0))
    qtbot.waitUntil(lambda: frame.geometry().contains(spot), timeout=WAIT)
    assert window.childAt(new.mapTo(window, new.rect().center())) is new
    window.go("dataset")
    qtbot.waitUntil(lambda: not frame.isVisible(), timeout=WAIT)
    window.go("training")
    qtbot.waitUntil(frame.isVisible, timeout=WAIT)


def test_by_keyboard_forth_and_back_and_out(window, sample_project, qtbot) -> None:
    begin(window, sample_project, qtbot)
    card = window.tour.card
    qtbot.waitUntil(card.next.hasFocus, timeout=WAIT)
    QTest.keyClick(card.next, Qt.Key.Key_Right)
    assert window.tour.step == 1
    QTest.keyClick(card.next, Qt.Key.Key_Left)
    assert window.tour.step == 0
    assert not card.back.isEnabled()
    QTest.keyClick(card.next, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_in_chinese_and_after_the_project_is_closed(window, sample_project, qtbot) -> None:
    begin(window, sample_project, qtbot)
    window.studio.set_language("zh_CN")
    assert window.tour.card.title.text() == "你的图片"
    window.studio.close_project()
    assert not window.tour.card.isVisible()


def test_without_a_project_it_brings_the_sample_which_offers_it(window, qtbot) -> None:
    window.studio.actions.get("window.tour").trigger()
    qtbot.waitUntil(lambda: window.studio.project is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: window.tour.step == 0, timeout=WAIT)
    assert window.place == "dataset"
    offers = [each for each in window.studio.notices.history if each.action is not None]
    assert not offers, "who asked for the tour is not asked again"


def test_who_opens_the_sample_for_the_first_time_is_offered_it(window, qtbot) -> None:
    window.welcome.ways[0].button.click()
    qtbot.waitUntil(lambda: window.studio.project is not None, timeout=WAIT)
    notices = window.studio.notices.history
    qtbot.waitUntil(lambda: any(each.action for each in notices), timeout=WAIT)
    words, act = next(each.action for each in notices if each.action)
    assert words == "Take the tour"
    act()
    assert window.tour.step == 0
