"""Where one was: size of the window, project and place, from one start to the next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QWidget

from studio.desktop.base.studio import Studio
from studio.desktop.window.top_bar import PLACES

SMALLEST = QSize(1100, 700)
FIRST_SIZE = QSize(1440, 900)


def restore_size(window: QWidget, studio: Studio) -> None:
    """As it was left; Qt brings one whose screen is gone back into sight."""
    window.setMinimumSize(SMALLEST)
    window.resize(FIRST_SIZE)
    stored = studio.settings.window_geometry.encode("ascii", "replace")
    if stored:
        window.restoreGeometry(QByteArray.fromBase64(stored))


def fit_screen(window: QWidget) -> None:
    """A window that would reach beyond its screen takes all of it, also without a manager."""
    fitting = window.size().boundedTo(window.screen().availableSize())
    if fitting != window.size():
        window.resize(fitting)
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def remember(window: QWidget, studio: Studio, place: str) -> None:
    """Write down what the next start comes back to."""
    settings, project = studio.settings, studio.project
    settings.window_geometry = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
    settings.last_project = "" if project is None else str(project.folder)
    settings.last_place = place
    studio.save_settings()


def come_back(studio: Studio, go: Callable[[str], object]) -> None:
    """Open what was open when the window was closed, or the program ended in the middle; what is
    gone by now is not missed."""
    from studio.engine.project import INDEX
    from studio.engine.project_lock import was_left

    settings = studio.settings
    left = [each for each in settings.recent_projects[:1] if was_left(Path(each))]
    last = left[0] if left else settings.last_project
    if not last or not Path(last, INDEX).exists():
        return
    if studio.open_project(last) and settings.last_place in PLACES:
        go(settings.last_place)
