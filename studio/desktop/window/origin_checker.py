"""Checking where files come from: on request, and for what is dropped on the window."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.desktop.base.studio import pictures_folder
from studio.desktop.i18n import said, tr

if TYPE_CHECKING:
    from studio.desktop.base.threads import WorkerThread
    from studio.desktop.window.origin_window import OriginWindow
    from studio.desktop.window.shell import Shell
    from studio.engine.export.origin_check import Origins


class OriginChecker(QObject):
    """Looks into files beside the window; what it finds is a notice or a window of its own."""

    def __init__(self, shell: Shell, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._parent = shell.studio, parent

    @cached_property
    def _thread(self) -> WorkerThread:
        from studio.desktop.base.threads import WorkerThread

        thread = WorkerThread(parent=self)
        thread.failed.connect(self._studio.notices.error)
        return thread

    @cached_property
    def window(self) -> OriginWindow:
        from studio.desktop.window.origin_window import OriginWindow

        return OriginWindow(self._parent)

    def shutdown(self) -> None:
        if "_thread" in self.__dict__:
            self._thread.stop()

    def ask(self) -> None:
        """Choose a file to be checked."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._parent, tr("Check a file's origin…"), str(pictures_folder())
        )
        if chosen:
            self.check(Path(chosen))

    def check(self, path: Path) -> None:
        """Show all that can be known of a file."""
        from studio.engine.export import origin_check

        self._thread.submit(
            origin_check.check, path, self._studio.project, done=self.window.show_origins
        )

    def tell(self, path: Path) -> None:
        """Say in a notice what a dropped file shows of its origin; nothing where that is nothing.

        What is no picture is for the place that imports it to say.
        """
        from studio.engine.export import origin_check

        self._thread.submit(
            origin_check.check, path, self._studio.project,
            done=self._told, failed=lambda *_: None,
        )  # fmt: skip

    def _told(self, found: Origins) -> None:
        if found.is_silent:
            return
        show = (tr("Details"), lambda: self.window.show_origins(found))
        sentence = tr("{name}: {verdict}", name=found.path.name, verdict=said(found.verdict))
        self._studio.notices.info(sentence, action=show)
