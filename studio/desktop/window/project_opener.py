"""How a project comes to be open: the sample, a chosen folder, pictures that were given.

What is needed to answer the artist is imported then: the window is painted before it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from studio.desktop.base.studio import pictures_folder
from studio.desktop.i18n import tr
from studio.desktop.window.drop_overlay import complaint_about, dropped_paths
from studio.engine.files import is_writable

if TYPE_CHECKING:
    from studio.desktop.base.received import Received
    from studio.desktop.window.main_window import MainWindow


class Opening(QObject):
    """Asks where nothing was said, and makes a project where none is open."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._studio = window.studio
        self._new: Path | None = None
        """A project that was made for pictures which are still on their way."""

    def sample(self) -> None:
        """Make the sample project, or open the one made before."""
        from studio.engine.sample import make_sample_project

        self._window.welcome.set_busy(True)
        folder = _home_of_projects() / "Sample"
        self._window.background.submit(
            make_sample_project, folder, done=self._sample_made, failed=self._sample_failed
        )

    def _sample_made(self, folder: Path) -> None:
        self._window.welcome.set_busy(False)
        self._window.closing.before(lambda: self._open_sample(folder))

    def _open_sample(self, folder: Path) -> None:
        self._studio.open_project(folder)
        self._window.go("generation")

    def _sample_failed(self, sentence: str, detail: str) -> None:
        self._window.welcome.set_busy(False)
        self._studio.notices.error(sentence, detail)

    def ask_project(self) -> None:
        """Choose a project folder to open."""
        chosen = self._ask(tr("Open a project…"), _home_of_projects())
        if chosen:
            self.open(chosen)

    def open(self, folder: Path | str) -> None:
        """Open a project, once what is unfinished in the open one has come to its end."""
        self._window.closing.before(lambda: self._studio.open_project(folder))

    def close(self) -> None:
        """Close the open project, once what is unfinished in it has come to its end."""
        self._window.closing.before(self._studio.close_project)

    def ask_new_project(self) -> None:
        """Choose or make a folder for a new project."""
        chosen = self._ask(tr("Folder for the new project"), _home_of_projects())
        if chosen:
            self._window.closing.before(lambda: self._studio.new_project(chosen))

    def ask_pictures(self) -> None:
        """Choose a folder of pictures to begin with."""
        chosen = self._ask(tr("Choose a folder…"), Path.home())
        if chosen:
            self.take([Path(chosen)])

    def _ask(self, title: str, start: Path) -> str:
        from PySide6.QtWidgets import QFileDialog

        return QFileDialog.getExistingDirectory(self._window, title, str(start))

    def take(self, paths: list[Path]) -> None:
        """Pictures were given: into the open project, or a new one named after them."""
        if not paths:
            return
        if len(paths) == 1 and (paths[0] / "project.sqlite").is_file():
            self.open(paths[0])
            return
        if self._studio.project is None and not self._make_project(paths):
            return
        self._window.make_rooms().import_paths(paths)

    @Slot(object)
    def pictures_came(self, _finished: object) -> None:
        """An import succeeded: say where the new project is."""
        if self._new is not None:
            folder, self._new = str(self._new), None
            self._studio.notices.info(tr("A new project was made in {folder}.", folder=folder))

    @Slot(str, str)
    def no_picture_came(self, _sentence: str, _detail: str) -> None:
        """Of a project that was made for nothing, nothing stays."""
        folder, project = self._new, self._studio.project
        if folder is None or project is None or project.folder != folder:
            return
        if not project.query("SELECT 1 FROM dataset UNION ALL SELECT 1 FROM run"):
            self._new = None
            QTimer.singleShot(0, self, lambda: self._take_back(folder))

    def _take_back(self, folder: Path) -> None:
        if self._studio.project is not None and self._studio.project.folder == folder:
            self._studio.close_project()
            shutil.rmtree(folder, ignore_errors=True)
            settings = self._studio.settings
            settings.recent_projects = [p for p in settings.recent_projects if p != str(folder)]
            self._studio.save_settings()

    def take_received(self, held: Received) -> None:
        """A picture without a file: into the open project, or a new one."""
        if self._studio.project is None:
            folder = _free_folder(_home_of_projects() / tr("Pictures"))
            if not self._studio.new_project(folder):
                return
        self._window.make_rooms().take_received(held)

    def paste(self) -> None:
        """What is on the clipboard: files, or a picture."""
        from studio.desktop.base.received import received

        data = QGuiApplication.clipboard().mimeData()
        held = received(data)
        if held is not None:
            self.take_received(held)
            return
        complaint, paths = complaint_about(data), dropped_paths(data)
        if not data.hasUrls():
            complaint = tr("There is no picture on the clipboard: copy a picture or files first.")
        if complaint:
            self._studio.notices.warn(complaint)
        self.take(paths)

    def _make_project(self, paths: list[Path]) -> bool:
        if all(path.is_dir() and not any(path.iterdir()) for path in paths):
            self._studio.notices.warn(
                tr("{folder} is empty: choose a folder with pictures.", folder=str(paths[0]))
            )
            return False
        folder = _free_folder(_home_of_projects() / (paths[0].stem or "Pictures"))
        if not self._studio.new_project(folder):
            return False
        self._new = folder
        return True


def _home_of_projects() -> Path:
    """Where projects go by default; a read-only home falls back to the working folder."""
    place = pictures_folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path.cwd()
    return place if is_writable(place) else Path.cwd()


def _free_folder(wanted: Path) -> Path:
    folder, number = wanted, 2
    while folder.exists():
        folder, number = wanted.with_name(f"{wanted.name} {number}"), number + 1
    return folder
