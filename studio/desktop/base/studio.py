"""What every room shares: the open project, the settings, undo, actions and notices."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from studio.desktop import i18n, theme
from studio.desktop.base.actions import ActionRegistry
from studio.desktop.base.field_guard import guard_fields
from studio.desktop.base.garbage import collect_all, share_one_heap
from studio.desktop.base.jobs import Jobs
from studio.desktop.base.piece_decisions import PieceDecisions
from studio.desktop.base.undo_step import UndoStack
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Action, Notices
from studio.desktop.run_names import when
from studio.engine import settings as stored
from studio.engine.errors import StudioError

if TYPE_CHECKING:
    from studio.engine.project import Project


class Studio(QObject):
    """The one context object handed to the main window and its rooms."""

    projectChanged = Signal()
    themeChanged = Signal()

    def __init__(self, parent: QObject | None = None, *, guarded: bool = True) -> None:
        """Unless `guarded`, :func:`guard_fields` is called later, for a guard sees every event."""
        super().__init__(parent)
        share_one_heap()
        self.settings, complaint = stored.load()
        self.project: Project | None = None
        self._has_closed = False
        """Whether a project has left something behind."""
        self._told: set[str] = set()
        self.undo = UndoStack(self)
        self.undo.setUndoLimit(200)
        self.actions = ActionRegistry(self, self.settings.shortcuts)
        self.notices = Notices(self)
        self.jobs = Jobs(self.notices, self)
        self.decisions = PieceDecisions(
            self.undo, self.notices, lambda: self.settings.creator, self
        )  # fmt: skip
        if guarded:
            guard_fields()
        i18n.set_language(self.settings.language or i18n.system_language())
        theme.apply(self.settings.theme)
        if complaint:
            self.notices.warn(complaint)

    def open_project(self, path: Path | str) -> bool:
        """Open the project in folder `path`; an error becomes a notice and False."""
        from studio.engine.index_file import DamagedIndexError
        from studio.engine.project import Project

        folder = Path(path)
        try:
            project = Project.open(folder)
        except DamagedIndexError as error:
            self.notices.error(error.said, error.detail, self._way_back(folder))
            return False
        except StudioError as error:
            self.notices.error(error.said, error.detail)
            return False
        if self.project is not None or self._has_closed:
            self.close_project(quiet=True)
            collect_all()
        self.project = project
        self.decisions.open(project)
        self.settings.remember_project(project.folder)
        self.save_settings()
        if project.read_only_reason:
            self.notices.warn(project.read_only_reason)
        elif project.was_left_open:
            self.notices.info(
                tr(
                    "{project} was open when the program or the machine ended. All that was "
                    "decided by then is here; of a training run, what its last checkpoint holds.",
                    project=project.name,
                )
            )
        self.projectChanged.emit()
        return True

    def _way_back(self, folder: Path) -> Action | None:
        """To the newest whole copy of a damaged index, if there is one."""
        from studio.engine import index_copies, project_repair

        copy = index_copies.newest(folder)
        if copy is None:
            return None

        def restore() -> None:
            try:
                aside = project_repair.repair(folder)
            except StudioError as error:
                self.notices.error(error.said, error.detail)
                return
            if self.open_project(folder) and aside is not None:
                self.notices.info(tr("The damaged project file is {path} now.", path=str(aside)))

        moment = datetime.datetime.fromtimestamp(copy.moment).astimezone().isoformat()
        return tr("Restore the copy ({when})", when=when(moment)), restore

    def tell_of_damage(self) -> None:
        """Say of each entry of the project that was left out why, once."""
        known = dict(self.project.unreadable) if self.project is not None else {}
        for english, sentence in known.items():
            if english not in self._told:
                self._told.add(english)
                self.notices.warn(sentence)

    def new_project(self, path: Path | str) -> bool:
        """Make a project in folder `path` and open it; an error becomes a notice and False."""
        from studio.engine.project import Project

        try:
            Project.open(Path(path), create=True).close()
        except StudioError as error:
            self.notices.error(error.said, error.detail)
            return False
        return self.open_project(path)

    def open_or_make(self, path: Path | str) -> bool:
        """As the command line does it: a folder that holds no project yet becomes one."""
        from studio.engine.project import INDEX, folder_of

        there = (folder_of(Path(path)) / INDEX).exists()
        return self.open_project(path) if there else self.new_project(path)

    def close_project(self, *, quiet: bool = False) -> None:
        """Close the open project, if any; `quiet` when another follows at once."""
        if self.project is None:
            return
        closing, self.project = self.project, None
        self._has_closed = True
        self.undo.clear()
        # Rooms let go of the project in answer to this signal, before its index closes.
        self.projectChanged.emit()
        self.decisions.close()
        closing.close(at_once=True)  # the copy of a large index takes longer than a blink
        if not quiet:
            self.save_settings()

    def save_settings(self) -> None:
        """Write the settings; an unwritable home becomes a notice, never an exception."""
        try:
            stored.save(self.settings)
        except StudioError as error:
            self.notices.warn(error.said, error.detail)

    def set_language(self, code: str) -> None:
        """Switch every open window to `code` and remember it."""
        i18n.set_language(code)
        self.settings.language = i18n.language()
        self.save_settings()
        self.actions.retranslate()
        for widget in QApplication.topLevelWidgets():
            QApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))

    def set_theme(self, name: str) -> None:
        """Switch to the `dark` or `light` theme and remember it."""
        theme.apply(name)
        self.settings.theme = theme.name()
        self.save_settings()
        self.actions.retranslate()
        self.themeChanged.emit()


def is_shutting_down() -> bool:
    """Whether the machine ends the session: a window that does not close would stand in its way."""
    program = QGuiApplication.instance()
    return isinstance(program, QGuiApplication) and program.isSavingSession()


def pictures_folder() -> Path:
    """The user's own place for pictures, where new projects are offered."""
    from PySide6.QtCore import QStandardPaths

    place = QStandardPaths.StandardLocation.PicturesLocation
    found = QStandardPaths.writableLocation(place)
    return Path(found or os.path.expanduser("~")) / "Latent Studio"  # noqa: PTH111
