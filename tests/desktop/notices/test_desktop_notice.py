"""Somebody who looks elsewhere is told; somebody who looks on is not told twice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from studio.desktop.notices import desktop_notice
from studio.desktop.notices.desktop_notice import DesktopNotice

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support raise", extend=True)


class Tray(QObject):
    """A desktop that shows messages."""

    MessageIcon = QSystemTrayIcon.MessageIcon
    messageClicked = Signal()
    activated = Signal(int)
    made: list[Tray] = []
    there = True

    def __init__(self, _icon: object, parent: QObject) -> None:
        super().__init__(parent)
        self.told: list[str] = []
        self.shown = False
        Tray.made.append(self)

    @staticmethod
    def isSystemTrayAvailable() -> bool:
        return Tray.there

    @staticmethod
    def supportsMessages() -> bool:
        return True

    def setToolTip(self, _text: str) -> None: ...

    def show(self) -> None:
        self.shown = True

    def hide(self) -> None:
        self.shown = False

    def showMessage(self, _title: str, text: str, *_: object) -> None:
        self.told.append(text)


@pytest.fixture
def window(qtbot, monkeypatch: pytest.MonkeyPatch) -> QWidget:
    monkeypatch.setattr(desktop_notice, "QSystemTrayIcon", Tray)
    monkeypatch.setattr(Tray, "made", [])
    monkeypatch.setattr(Tray, "there", True)
    window = QWidget()
    qtbot.addWidget(window)
    return window


def test_who_looks_elsewhere_is_told_and_comes_back_by_a_click(window, qtbot):
    notice = DesktopNotice(window)
    notice.tell("Vases is done.")
    notice.tell("Vases 2 is done.")
    (tray,) = Tray.made
    assert tray.told == ["Vases is done.", "Vases 2 is done."]
    assert tray.shown
    with qtbot.waitActive(window):
        tray.messageClicked.emit()
    assert window.isActiveWindow()
    assert not tray.shown
    notice.tell("Vases 3 is done.")  # the window says so itself
    assert len(tray.told) == 2


def test_a_desktop_without_messages_is_no_error(window, monkeypatch):
    monkeypatch.setattr(Tray, "there", False)
    DesktopNotice(window).tell("Vases is done.")
    assert Tray.made == []
