"""Files that follow their pieces: looked after while a project is open, whatever place is shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer

from studio.desktop.base.studio import Studio
from studio.desktop.base.threads import WorkerThread
from studio.desktop.export import worker
from studio.desktop.i18n import tr
from studio.engine.export import live_links
from studio.engine.export.handover import Exported
from studio.engine.export.live_links import Change
from studio.engine.jobs import Ending, Job
from studio.engine.project import Project
from studio.engine.said import Said

PLACE = "export"
EVERY_MS = 2000
"""Between two looks: one short query, while there is no link."""


class LiveFiles(QObject):
    """Sends again what has changed, once for each change, and says when it cannot."""

    def __init__(self, studio: Studio, thread: WorkerThread) -> None:
        super().__init__(thread)
        self._studio, self._thread = studio, thread
        self._project: Project | None = None
        self._tried: set[tuple[int, str]] = set()
        """Changes that could not be sent: a second try would fail in the same way."""
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)

    def open(self, project: Project) -> None:
        self._project = None if project.read_only_reason else project
        self._tried.clear()
        if self._project is not None:
            self._thread.submit(live_links.strange, self._project, done=self._tell)
            self._timer.start()

    def close(self) -> None:
        self._timer.stop()
        self._project = None

    def look(self) -> None:
        """Ask for links whose pieces have changed, unless an export is going on."""
        if self._project is not None and not self._studio.jobs.of(PLACE):
            self._thread.latest("links", live_links.changed, self._project, done=self._found)

    def _tell(self, strange: int) -> None:
        if strange and self._project is not None:
            self._studio.notices.warn(
                tr("Live files of another machine are not written here ({n}): export them again.",
                   n=strange)
            )  # fmt: skip

    def _found(self, changed: Mapping[int, Change]) -> None:
        project = self._project
        new = {key: each for key, each in changed.items() if (key, each.state) not in self._tried}
        if project is None or not new or self._studio.jobs.of(PLACE):
            return
        tried = {(key, each.state) for key, each in new.items()}
        self._tried |= tried

        def sent(made: list[Exported]) -> None:
            self._tried -= tried  # the way back to these is another change
            self._sent(made)

        job = Job(
            Said("Sending changed pieces again"),
            lambda job: worker.send_again(project, new, job), ending=Ending.FINISH,
        )  # fmt: skip
        self._studio.jobs.start(job, PLACE, done=sent)

    def _sent(self, made: list[Exported]) -> None:
        names = ", ".join(each.path.name for each in made[:3]) + (" …" if len(made) > 3 else "")
        self._studio.notices.info(tr("Sent again: {names}.", names=names))
