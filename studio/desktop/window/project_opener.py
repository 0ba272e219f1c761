"""How a project comes to be open: the sample, a chosen folder, pictures that were given.

What is needed to answer the artist is imported then: the window is painted before it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.desktop.base.studio import pictures_folder
from studio.desktop.i18n import tr
from studio.engine.files import is_writable

if TYPE_CHECKING:
    from studio.desktop.base.threads import WorkerThread
    from studio.desktop.window.dropped import Dropped
    from studio.desktop.window.origin_checker import OriginChecker
    from studio.desktop.window.project_closer import Closing
    from studio.desktop.window.rooms import Rooms
    from studio.desktop.window.shell import Shell


class Opening(QObject):
    """Asks where nothing was said, and makes a project where none is open."""

    sampleMade = Signal()
    """The sample is open for the first time."""

    def __init__(
        self,
        shell: Shell,
        closing: Closing,
        rooms: Callable[[], Rooms],
        checker: OriginChecker,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._shell, self._closing, self._rooms = shell, closing, rooms
        self._checker = checker
        self._parent, self._studio = parent, shell.studio
        self._new: Path | None = None
        """A project that was made for pictures which are still on their way."""

    @cached_property
    def _thread(self) -> WorkerThread:
        from studio.desktop.base.threads import WorkerThread

        return WorkerThread(parent=self)

    def shutdown(self) -> None:
        self._thread.stop()

    def sample(self) -> None:
        """Make the sample project, or open the one made before."""
        from studio.engine.sample import make_sample_project

        self._shell.set_preparing(True)
        folder = _home_of_projects() / "Sample"
        made = partial(self._sample_made, is_new=not folder.exists())
        self._thread.submit(make_sample_project, folder, done=made, failed=self._sample_failed)

    def _sample_made(self, folder: Path, *, is_new: bool) -> None:
        self._shell.set_preparing(False)
        self._closing.before(lambda: self._open_sample(folder, is_new))

    def _open_sample(self, folder: Path, is_new: bool) -> None:
        self._studio.open_project(folder)
        self._shell.go("generation")
        if is_new:
            self.sampleMade.emit()

    def _sample_failed(self, sentence: str, detail: str) -> None:
        self._shell.set_preparing(False)
        self._studio.notices.error(sentence, detail)

    def ask_project(self) -> None:
        chosen = self._ask(tr("Open a project…"), _home_of_projects())
        if chosen:
            self.open(chosen)

    def open(self, folder: Path | str) -> None:
        """Open a project, once what is unfinished in the open one has come to its end."""
        self._closing.before(lambda: self._studio.open_project(folder))

    def close(self) -> None:
        """Close the open project, once what is unfinished in it has come to its end."""
        self._closing.before(self._studio.close_project)

    def ask_new_project(self) -> None:
        """Choose or make a folder for a new project."""
        chosen = self._ask(tr("Folder for the new project"), _home_of_projects())
        if chosen:
            self._closing.before(lambda: self._studio.new_project(chosen))

    def ask_pictures(self) -> None:
        """Choose a folder of pictures to begin with."""
        chosen = self._ask(tr("Choose a folder…"), Path.home())
        if chosen:
            self.take_paths([Path(chosen)])

    def _ask(self, title: str, start: Path) -> str:
        from PySide6.QtWidgets import QFileDialog

        return QFileDialog.getExistingDirectory(self._parent, title, str(start))

    def drop(self, data: QMimeData, *, on_canvas: bool = False, apart: bool = False) -> None:
        """Take what was dropped, once the program it came from is let go of."""
        from studio.desktop.window.dropped import dropped

        given = replace(dropped(data), on_canvas=on_canvas, apart=apart)
        QTimer.singleShot(0, self, lambda: self.take(given))

    def paste(self) -> None:
        """What is on the clipboard: files, or a picture."""
        from studio.desktop.window.dropped import Dropped, Kind, dropped

        data = QGuiApplication.clipboard().mimeData()
        given = dropped(data)
        if given.kind is Kind.NOTHING and not data.hasUrls():
            said = tr("There is no picture on the clipboard: copy a picture or files first.")
            given = Dropped(complaint=said)
        self.take(given)

    def take_paths(self, paths: list[Path]) -> None:
        from studio.desktop.window.dropped import Dropped

        self.take(Dropped(tuple(paths)))

    def take(self, given: Dropped) -> None:
        """Pictures go into the open project, or a new one named after them; a project opens."""
        from studio.desktop.window.dropped import Kind

        if given.complaint:
            self._studio.notices.warn(given.complaint)
        if given.kind is Kind.PROJECT:
            self.open(given.paths[0])
        elif given.kind is Kind.NOTHING:
            return
        elif self._studio.project is None:
            self._begin(given)
        elif given.apart:
            self._closing.before(lambda: self._begin(given))
        else:
            self._take_in(given)

    def _begin(self, given: Dropped) -> None:
        if self._make_project(given):
            self._take_in(given)

    def _take_in(self, given: Dropped) -> None:
        from studio.desktop.window.dropped import Kind

        if given.kind is Kind.MODELS:
            self._shell.go("training")
            self._rooms().training.foreign.take(given.paths)
        else:
            self._look_into(given)

    def _look_into(self, given: Dropped) -> None:
        project = self._studio.project
        if project is None or not given.may_be_recipe:
            self._hand_over(given)
            return

        def looked(found: Dropped) -> None:
            if self._studio.project is project:
                self._hand_over(found)

        # What cannot be read is said by the place that imports it.
        self._thread.submit(
            given.looked_into, project, done=looked, failed=lambda *_: looked(given)
        )

    def _hand_over(self, given: Dropped) -> None:
        rooms = self._rooms()
        if given.may_be_recipe:
            self._checker.tell(given.paths[0])
        if given.recalled is not None:
            self._shell.go("generation")
            rooms.generation.recall(given.recalled)
            return
        if (picture := given.for_canvas) is not None:
            rooms.generation.canvas.take(picture)
            return
        self._shell.go("dataset")
        if given.held is not None:
            rooms.dataset.take_received(given.held)
        else:
            rooms.dataset.import_paths(given.paths)

    @Slot(object)
    def pictures_came(self, _finished: object) -> None:
        """An import succeeded: say where the new project is."""
        if self._new is not None:
            folder, self._new = str(self._new), None
            self._studio.notices.info(tr("A new project was made in {folder}.", folder=folder))

    @Slot(object, str)
    def no_picture_came(self, _sentence: str, _detail: str) -> None:
        """Of a project that was made for nothing, nothing stays."""
        folder, project = self._new, self._studio.project
        if folder is None or project is None or project.folder != folder:
            return
        if project.is_empty:
            self._new = None
            QTimer.singleShot(0, self, lambda: self._take_back(folder))

    def _take_back(self, folder: Path) -> None:
        if self._studio.project is not None and self._studio.project.folder == folder:
            self._studio.close_project()
            shutil.rmtree(folder, ignore_errors=True)
            settings = self._studio.settings
            settings.recent_projects = [p for p in settings.recent_projects if p != str(folder)]
            self._studio.save_settings()

    def _make_project(self, given: Dropped) -> bool:
        paths = given.paths
        if paths and all(path.is_dir() and not any(path.iterdir()) for path in paths):
            self._studio.notices.warn(
                tr("{folder} is empty: choose a folder with pictures.", folder=str(paths[0]))
            )
            return False
        name = paths[0].stem if paths else tr("Pictures")
        folder = _free_folder(_home_of_projects() / (name or "Pictures"))
        if not self._studio.new_project(folder):
            return False
        self._new = folder if paths else None
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
