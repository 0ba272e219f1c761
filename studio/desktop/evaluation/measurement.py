"""Measures the generated pictures of a run, a few first, and shows what was found."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.studio import Studio
from studio.desktop.evaluation.parts import Parts
from studio.desktop.evaluation.worker import RunRow, measured
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.evaluation.assessment import Assessment

FIRST = 48
"""Pictures of each kind that are measured at first, so that there is something to see soon."""


class Measuring(QObject):
    """What was found is kept while it holds."""

    changed = Signal()
    """It began, or is over."""

    def __init__(self, studio: Studio, parts: Parts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio, self._parts = studio, parts
        self._asked: tuple[RunRow, int] | None = None
        """What is shown or under way."""
        self._job: Job[Assessment | None] | None = None

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def ask(self, project: Project | None, row: RunRow | None, count: int) -> None:
        """Measure so many pictures, where anything else is shown."""
        if project is None or row is None or not row.checkpoint:
            self.stop()
            self._parts.show_found(None)
            return
        if (row, count) == self._asked:
            return
        before = self._asked
        self.stop()
        if before is None or before[0] != row:
            self._parts.show_found(None)
        self._asked = row, count
        self._begin(project, min(FIRST, count), count)

    @Slot()
    def stop(self) -> None:
        """Drop what was asked for; what is shown stays."""
        self._asked = None
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self.changed.emit()

    def _begin(self, project: Project, now: int, count: int) -> None:
        assert self._asked is not None
        run = self._asked[0].name
        job = self._job = Job(
            Said("Measuring generated pictures"), lambda job: measured(project, run, now, job)
        )
        self._studio.jobs.start(
            job, "evaluation", lane="measured", in_strip=now == count,
            done=partial(self._take, job, project, now, count), failed=partial(self._failed, job),
            over=partial(self._over, job),
        )  # fmt: skip
        self.changed.emit()

    def _over(self, job: Job[Assessment | None]) -> None:
        """It may have been cancelled in the list of jobs."""
        if job is self._job and job.is_cancelled:
            self.stop()

    def _take(
        self, job: Job[Assessment | None], project: Project, now: int, count: int,
        found: Assessment | None,
    ) -> None:  # fmt: skip
        if job is not self._job or found is None:
            return
        self._job = None
        self._parts.show_found(found)
        if now < count:
            self._begin(project, count, count)
        else:
            self.changed.emit()

    def _failed(self, job: Job[Assessment | None], sentence: str, detail: str) -> None:
        if job is not self._job:
            return
        self._job = None
        self._studio.notices.error(sentence, detail)
        self.changed.emit()
