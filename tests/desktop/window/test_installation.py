"""Extras by a button, and the self-test: what an artist sees of them, and what she can do."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.desktop.window.installation.installation_window import InstallationWindow
from studio.desktop.window.main_window import MainWindow
from studio.engine import extra_install, extras, self_test
from studio.engine.errors import StudioError
from studio.engine.jobs import Job
from studio.engine.said import Said

WAIT = 60_000
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", extend=True)


class Installer:
    """Stands in for the package index: waits until it is told to go on."""

    def __init__(self) -> None:
        self.go, self.done, self.error = threading.Event(), list[str](), ""

    def install(self, extra: extras.Extra, job: Job[None]) -> None:
        job.advance(1, 3)
        while not self.go.wait(0.01):
            if job.cancelled():
                return
        if self.error:
            raise StudioError(self.error, "the installer's words")
        self.done.append(extra.name)


@pytest.fixture(autouse=True)
def installer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Installer]:
    made = Installer()
    monkeypatch.setattr(extra_install, "install", made.install)
    monkeypatch.setattr(extra_install, "obstacle", lambda: None)
    there = property(lambda extra: extra.name in made.done)
    monkeypatch.setattr(extras.Extra, "is_installed", there)
    yield made
    made.go.set()


def opened(window: MainWindow) -> InstallationWindow:
    window.studio.actions.get("window.installation").trigger()
    return window.installation.window


def last(window: MainWindow) -> str:
    return window.studio.notices.history[-1].sentence


def test_an_extra_is_installed_by_its_button(window, installer, qtbot) -> None:
    shown = opened(window)
    row = shown.rows["video"]
    assert row.facts.text().startswith("106 MB · BSD-3-Clause")
    assert row.install.accessibleName() == "Install: Film and sound"
    QApplication.processEvents()
    before = row.geometry()
    QTest.mouseClick(row.install, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row.bar.maximum() == 3, timeout=WAIT)
    assert row.cancel.isVisible()
    assert row.geometry() == before, "nothing moves under the pointer"
    assert window.status.sentence.text() or window.status.run.text()
    installer.go.set()
    qtbot.waitUntil(row.there.isVisible, timeout=WAIT)
    assert last(window) == "Film and sound is installed."
    assert shown.rows["onnx"].install.isVisible()


def test_one_that_is_cancelled_can_be_had_later(window, installer, qtbot) -> None:
    row = opened(window).rows["live"]
    row.install.click()
    qtbot.waitUntil(row.cancel.isVisible, timeout=WAIT)
    row.cancel.click()
    qtbot.waitUntil(row.install.isVisible, timeout=WAIT)
    assert installer.done == []
    assert not window.studio.notices.history


def test_what_cannot_be_installed_says_why(window, installer, qtbot) -> None:
    installer.error = "The index does not answer."
    installer.go.set()
    row = opened(window).rows["onnx"]
    row.install.click()
    qtbot.waitUntil(lambda: bool(window.studio.notices.history), timeout=WAIT)
    assert last(window) == "The index does not answer."
    assert row.install.isVisible()


def test_a_copy_that_comes_as_one_whole_says_so(window, monkeypatch) -> None:
    monkeypatch.setattr(extra_install, "obstacle", lambda: extra_install._ALONE)
    shown = opened(window)
    assert "comes as one whole" in shown.why_not.text()
    assert not any(row.install.isEnabled() for row in shown.rows.values())
    window.studio.set_language("zh_CN")
    assert "无法添加扩展" in shown.why_not.text()
    window.studio.set_language("en")


def test_a_notice_that_asks_for_an_extra_leads_to_it(window) -> None:
    window.studio.notices.error(extras.needed("MIDI", "live"))
    notice = window.studio.notices.history[-1]
    assert notice.action[0] == "Install…"
    notice.action[1]()
    assert (
        window.installation.window.focusWidget() is window.installation.window.rows["live"].install
    )
    window.studio.notices.error("The disk is full.")
    assert window.studio.notices.history[-1].action is None


def test_the_self_test_says_each_part_as_it_ends(window, qtbot, monkeypatch) -> None:
    def run(_job: Job[list[self_test.Outcome]], told) -> list[self_test.Outcome]:
        outcomes = [
            self_test.Outcome(title, place != 3, Said("No room."), "the details")
            for place, title in enumerate(self_test.TITLES)
        ]
        for each in outcomes:
            told(each)
        return outcomes

    monkeypatch.setattr(self_test, "run", run)
    shown = opened(window)
    assert not shown.copy.isEnabled()
    shown.test.click()
    qtbot.waitUntil(lambda: bool(window.studio.notices.history), timeout=WAIT)
    assert last(window) == "The self-test found that not all of it works."
    assert [mark.text() for mark in shown.list.marks].count("OK") == len(self_test.TITLES) - 1
    assert shown.list.words[3].text().endswith(": No room.")
    qtbot.waitUntil(shown.copy.isEnabled, timeout=WAIT)
    shown.copy.click()
    assert "the details" in QGuiApplication.clipboard().text()


def test_a_self_test_can_be_stopped(window, qtbot, monkeypatch) -> None:
    def run(job: Job[list[self_test.Outcome]], told) -> list[self_test.Outcome]:
        while not job.cancelled():
            pass
        return []

    monkeypatch.setattr(self_test, "run", run)
    shown = opened(window)
    shown.test.click()
    assert shown.test.text() == "Cancel"
    shown.test.click()
    qtbot.waitUntil(lambda: shown.test.text() == "Test this copy", timeout=WAIT)
    assert not window.studio.notices.history
