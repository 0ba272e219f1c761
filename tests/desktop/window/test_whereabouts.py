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


def killed(folder: Path) -> None:
    """Leave a project as a program does that is ended in the middle of a training."""
    from studio.engine.project import LOCK, Project

    with Project.open(folder) as project:
        project.write("UPDATE run SET status = 'running'")
    (folder / LOCK).write_bytes(b"held\n")


def test_after_an_end_in_the_middle_it_is_all_there_and_the_run_can_go_on(
    window: MainWindow, sample_project: Path, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.studio.open_project(sample_project)
    window.studio.close_project()
    window.studio.settings.last_project = ""
    window.studio.save_settings()
    killed(sample_project)
    again = next_start(qtbot)
    assert again.studio.project is not None
    assert again.studio.project.folder == sample_project
    history = again.studio.notices.history
    assert any("was open when the program or the machine ended" in n.sentence for n in history)
    qtbot.waitUntil(lambda: any("was interrupted" in n.sentence for n in history), timeout=WAIT)
    (offer,) = [each for each in history if "was interrupted" in each.sentence]
    resumed: list[str] = []
    room = again.room("training")
    monkeypatch.setattr(room.session, "resume", resumed.append)
    assert offer.action is not None
    assert offer.action[0] == "Resume"
    offer.action[1]()
    assert len(resumed) == 1
    close(again, qtbot)
    third = next_start(qtbot)
    assert third.studio.notices.history == [], "it is said once"
    close(third, qtbot)


def test_a_damaged_project_offers_its_copy(window: MainWindow, tmp_path: Path, qtbot) -> None:
    from studio.engine.project import INDEX, Project

    folder = tmp_path / "Empty"
    with Project.open(folder, create=True) as project:
        project.write("INSERT INTO dataset (name, created) VALUES ('d', '2026')")
    index = folder / INDEX
    index.write_bytes(index.read_bytes()[:100] + b"\xff" * 3000 + index.read_bytes()[3100:])
    assert not window.studio.open_project(folder)
    (notice,) = window.studio.notices.history
    assert notice.action is not None
    assert notice.action[0].startswith("Restore the copy (today")
    notice.action[1]()
    assert window.studio.project is not None
    assert window.studio.project.query("SELECT name FROM dataset")[0][0] == "d"
    window.studio.close_project()
