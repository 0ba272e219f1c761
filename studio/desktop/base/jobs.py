"""The one list of what goes on: strips, foot of the window, commands, and closing read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from studio.desktop.notices.notices import Notices
from studio.engine.jobs import Ending, Job, State

Result = TypeVar("Result")
AnyJob = Job[Any]

LOOK_MS = 50
"""So often the list is looked through while there is something in it."""
GIVE_UP_SECONDS = 10.0
"""As long a job that was cancelled may take to end where nobody can wait longer."""


@dataclass(eq=False)
class _Entry:
    job: AnyJob
    place: str
    lane: str = ""
    in_strip: bool = True
    is_driven: bool = False
    """By somebody else, who tells of its end."""
    done: Callable[[Any], object] | None = None
    failed: Callable[[str, str], object] | None = None
    over: Callable[[], object] | None = None


class Jobs(QObject):
    """Runs jobs beside the window and answers on its thread."""

    changed = Signal()
    """One came, went, or is further."""
    _ended = Signal(object)

    def __init__(self, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._entries: list[_Entry] = []
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        # Queued, so that what the job said by signals before its end arrives before it.
        self._ended.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        job: Job[Result],
        place: str,
        *,
        lane: str = "",
        in_strip: bool = True,
        done: Callable[[Result], object] | None = None,
        failed: Callable[[str, str], object] | None = None,
        over: Callable[[], object] | None = None,
    ) -> None:
        """Run a job of `place`, after others of the same `lane` where one is named.

        `over` is called at its end of any kind, then `done` with the result, or `failed` with
        sentence and detail, without which a failure becomes a notice. A job that was cancelled
        and has no result ends in silence.
        """
        self._add(_Entry(job, place, lane, in_strip, False, done, failed, over))
        self._begin_next()

    def add(self, job: AnyJob, place: str, *, in_strip: bool = True) -> None:
        """List a job that is driven elsewhere, until it is removed."""
        job.begin()
        self._add(_Entry(job, place, in_strip=in_strip, is_driven=True))

    def remove(self, job: AnyJob) -> None:
        """It is over; whoever drives it tells of that."""
        self._forget(next(each for each in self._entries if each.job is job))
        self.changed.emit()

    def of(self, place: str = "") -> list[AnyJob]:
        """The jobs of a place, or all, oldest first."""
        return [each.job for each in self._entries if not place or each.place == place]

    def in_strip(self, place: str) -> list[AnyJob]:
        """Those that no panel of the place shows."""
        return [each.job for each in self._entries if each.place == place and each.in_strip]

    def place_of(self, job: AnyJob) -> str:
        return next((each.place for each in self._entries if each.job is job), "")

    @property
    def unfinished(self) -> AnyJob | None:
        """What has to end before a project is let go of: first of all what keeps something."""
        return min(self.of(), key=lambda job: job.ending is Ending.DROP, default=None)

    def let_go(self) -> None:
        """Ask all but those that are to finish for an early end. May be called again and again."""
        _let_go(self.of())

    def cancel(self) -> None:
        """Ask all for an early end: the artist does not want to wait."""
        for job in self.of():
            job.cancel()

    def end(self, place: str) -> None:
        """Bring the jobs of a place to their ends now, and wait for them on this thread."""
        own = [each for each in self._entries if each.place == place and not each.is_driven]
        _let_go([each.job for each in own])
        for entry in own:
            job = entry.job
            if job.state is State.WAITING:
                job.run()
            patient = job.ending is Ending.FINISH and not job.is_cancelling
            job.wait(None if patient else GIVE_UP_SECONDS)
            self._answer(entry)

    def _add(self, entry: _Entry) -> None:
        self._entries.append(entry)
        self._timer.start()
        self.changed.emit()

    def _begin_next(self) -> None:
        taken: set[str] = set()
        for entry in self._entries:
            if entry.job.state is State.WAITING and entry.lane not in taken:
                entry.job.start()
            if entry.lane:
                taken.add(entry.lane)

    def _forget(self, entry: _Entry) -> None:
        self._entries.remove(entry)
        if not self._entries:
            self._timer.stop()

    @Slot()
    def _look(self) -> None:
        for entry in self._entries:
            if entry.job.is_over:
                self._ended.emit(entry)
        self.changed.emit()

    @Slot(object)
    def _answer(self, entry: _Entry) -> None:
        if entry not in self._entries:
            return
        self._forget(entry)
        self._begin_next()
        job = entry.job
        if entry.over is not None:
            entry.over()
        if job.state is State.DONE and entry.done is not None:
            entry.done(job.result)
        elif job.state is State.FAILED:
            (entry.failed or self._notices.error)(job.reason, job.detail)
        self.changed.emit()


def _let_go(jobs: Sequence[AnyJob]) -> None:
    for job in jobs:
        job.resume()
        if job.ending is not Ending.FINISH:
            job.cancel()
