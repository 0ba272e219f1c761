"""The window comes back as it was left, and never larger than its screen."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSize

from studio.desktop.base.studio import Studio
from studio.desktop.window import whereabouts
from studio.desktop.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def next_start(qtbot) -> MainWindow:
    """What `latent-studio` without a project shows, in the home of this test."""
    studio = Studio()
    made = MainWindow(studio)
    studio.setParent(made)
    qtbot.addWidget(made)
    whereabouts.come_back(made.studio, made.go)
    return made


def close(window: MainWindow, qtbot) -> None:
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)


def test_it_comes_back_to_the_project_and_the_place(
    window: MainWindow, sample_project: Path, qtbot
) -> None:
    assert window.studio.open_project(sample_project)
    window.go("refinement")
    close(window, qtbot)
    again = next_start(qtbot)
    assert again.studio.project is not None
    assert again.studio.project.folder == sample_project
    assert again.place == "refinement"
    assert again.pages.currentWidget() is again.room("refinement")
    close(again, qtbot)


def test_a_project_that_was_closed_stays_closed(window: MainWindow, tmp_path: Path, qtbot) -> None:
    assert window.studio.new_project(tmp_path / "Empty")
    window.opening.close()
    qtbot.waitUntil(lambda: window.studio.project is None, timeout=WAIT)
    close(window, qtbot)
    again = next_start(qtbot)
    assert again.studio.project is None
    assert again.pages.currentWidget() is again.welcome
    close(again, qtbot)


def test_a_project_that_is_gone_is_not_missed(window: MainWindow, tmp_path: Path, qtbot) -> None:
    assert window.studio.new_project(tmp_path / "Empty")
    close(window, qtbot)
    shutil.rmtree(tmp_path / "Empty")
    again = next_start(qtbot)
    assert again.pages.currentWidget() is again.welcome
    assert again.studio.notices.history == []
    close(again, qtbot)


@pytest.mark.parametrize(
    ("screen", "whole"), [((1280, 770), True), ((1440, 870), True), ((2560, 1400), False)]
)
def test_the_first_window_fits_its_screen(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, screen: tuple[int, int], whole: bool
) -> None:
    window.resize(whereabouts.FIRST_SIZE)
    place = SimpleNamespace(availableSize=lambda: QSize(*screen))
    monkeypatch.setattr(window, "screen", lambda: place)
    whereabouts.fit_screen(window)
    assert window.isMaximized() == whole
    assert window.normalGeometry().width() <= screen[0]
    assert window.normalGeometry().height() <= screen[1]


def test_the_mark_tells_of_its_menu(window: MainWindow) -> None:
    mark = window.top.mark
    assert mark.menu() is window.menu
    shown = mark.grab().toImage()
    beside = {shown.pixel(x, y) for x in range(31, 44) for y in range(8, 22)}
    assert len(beside) > 1
