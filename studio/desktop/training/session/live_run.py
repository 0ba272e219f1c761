"""The run that trains: from its start to its end, with what it says meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.jobs import Jobs
from studio.desktop.base.studio import is_shutting_down
from studio.desktop.base.threads import WorkerThread
from studio.desktop.training.session import queries
from studio.desktop.training.session.queries import Opened
from studio.desktop.training.session.worker import HURRY_SECONDS, STOP_SECONDS, TrainingDriver
from studio.engine import events
from studio.engine.jobs import Ending, Job
from studio.engine.project import Project
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.training.planning.runs import Run
    from studio.engine.training.record.checkpoint import Saves


class RunJob(Job[None]):
    """The run that trains, as others see it: it is ended by saving, however long that takes."""

    def __init__(self, run: Run, finish: Callable[[], object]) -> None:
        title = Said("Training {name}", name=run.title or run.name)
        super().__init__(title, ending=Ending.STOP, waiting=Said("Saving the run…"))
        self._finish = finish

    def cancel(self) -> None:
        super().cancel()
        self._finish()


class Driving(QObject):
    """At most one run trains at a time."""

    began = Signal(object)
    """An :class:`Opened`."""
    advanced = Signal(list)
    """Events of the run; its record is up to date already."""
    saving = Signal()
    """It was asked to save and end."""
    ended = Signal(object)
    """`Done` or `Failed`; None where it ended without a word."""
    failed = Signal(object, str)
    """It could not be opened."""

    def __init__(self, jobs: Jobs, thread: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._thread = jobs, thread
        self._job: RunJob | None = None
        self._driver: TrainingDriver | None = None
        self.live: Opened | None = None
        """The run that trains."""
        self.last_name = ""
        """The run that ended last."""

    @property
    def name(self) -> str:
        return self._driver.run_name if self._driver is not None else ""

    def start(
        self, project: Project, run: Run, *, resume: bool, opened: Opened | None = None
    ) -> None:
        """Train a run in its own process. Nothing happens while another one trains."""
        if self._driver is not None:
            return
        images, minutes = queries.another_end(opened) if opened is not None else (None, None)
        driver = TrainingDriver(
            project, run.name, run.folder,
            resume=resume, total_images=images, minutes=minutes, parent=self,
        )  # fmt: skip
        driver.saved.connect(self._saved)
        driver.batch.connect(self._take)
        driver.finished.connect(self._finished)
        self._driver, self._job = driver, RunJob(run, self.finish)
        self._jobs.add(self._job, "training", in_strip=False)
        self._thread.submit(
            queries.open_run, project, run.name, done=self._started, failed=self._not_started
        )

    def send(self, command: events.Command) -> None:
        if self._driver is not None:
            self._driver.send(command)

    def finish(self) -> None:
        """It saves and ends, however long that takes. May be called again and again."""
        if self._driver is not None and not self._driver.is_stopping:
            self.saving.emit()
            self._driver.send(events.Stop())

    def close(self) -> None:
        """It saves and ends within seconds; nothing more is told."""
        driver, self._driver, self.live = self._driver, None, None
        self._let_go()
        if driver is None:
            return
        hurry = driver.is_stopping and not is_shutting_down()
        seconds = HURRY_SECONDS if hurry else STOP_SECONDS
        driver.stop(seconds)
        # A driver ends its process after `seconds`; the rest is time to notice.
        driver.wait(int((seconds + 10) * 1000))

    def _let_go(self) -> None:
        if self._job is not None:
            self._jobs.remove(self._job)
            self._job = None

    def _started(self, opened: Opened) -> None:
        if self._driver is None or self._driver.run_name != opened.run.name:
            return
        opened.record.message = ""
        self.live = opened
        self.began.emit(opened)
        self._driver.start(TrainingDriver.Priority.LowPriority)

    def _not_started(self, sentence: str, detail: str) -> None:
        driver, self._driver = self._driver, None
        self._let_go()
        if driver is not None:
            driver.deleteLater()
        self.failed.emit(sentence, detail)

    @Slot(object)
    def _saved(self, saves: Saves) -> None:
        if self.live is not None and self.sender() is self._driver:
            self.live.record.saves = saves

    @Slot(list)
    def _take(self, received: list[events.Event]) -> None:
        if self.live is None or self.sender() is not self._driver:
            return
        moment = time.monotonic()
        for event in received:
            self.live.record.take(event, moment)
        self.advanced.emit(received)

    @Slot()
    def _finished(self) -> None:
        driver = self.sender()
        if driver is not self._driver or not isinstance(driver, TrainingDriver):
            return
        self._driver, self.live, self.last_name = None, None, driver.run_name
        self._let_go()
        driver.deleteLater()
        self.ended.emit(driver.last)
