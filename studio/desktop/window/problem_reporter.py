"""A report on the program, for the artist to read and, if she likes, to send."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from studio.desktop.i18n import tr

if TYPE_CHECKING:
    from studio.desktop.base.threads import WorkerThread
    from studio.desktop.window.shell import Shell


class ProblemReporter(QObject):
    """Writes it beside the window, and says where it is."""

    def __init__(self, shell: Shell, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = shell.studio

    @cached_property
    def _thread(self) -> WorkerThread:
        from studio.desktop.base.threads import WorkerThread

        thread = WorkerThread(parent=self)
        thread.failed.connect(self._studio.notices.error)
        return thread

    def shutdown(self) -> None:
        if "_thread" in self.__dict__:
            self._thread.stop()

    def write(self) -> None:
        """What is installed, what the machine has, and what went wrong of late."""
        from studio.engine import problem_report

        self._thread.submit(problem_report.write, done=self._written)

    def _written(self, path: Path) -> None:
        self._studio.notices.info(
            tr(
                "The report is in {path}. Nothing was sent: read it, and send it yourself.",
                path=str(path),
            ),
            action=(tr("Open it"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))),
        )
