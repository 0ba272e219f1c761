"""A measurement of a run that was not begun: at most one at a time, given up at any moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.training.session.worker import MeasureDriver
from studio.engine import events
from studio.engine.project import Project
from studio.engine.training.record.options import NewRun


@dataclass(frozen=True)
class Measured:
    """How it ended: figures, or a sentence with a detail, or neither when it was given up."""

    wanted: NewRun
    found: events.Preflight | None = None
    notes: list[events.Health] = field(default_factory=list)
    sentence: str = ""
    detail: str = ""


class Measuring(QObject):
    """Owns the thread that measures."""

    advanced = Signal(str, int, int)
    """What it does now, and how far that is: (stage, done, total)."""
    ended = Signal(object)
    """A :class:`Measured`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._driver: MeasureDriver | None = None

    @property
    def going_on(self) -> bool:
        """Whether something is being measured, or its end is waited for."""
        return self._driver is not None

    def begin(self, project: Project, wanted: NewRun) -> None:
        """Measure `wanted`; nothing happens while something is being measured."""
        if self._driver is not None:
            return
        self._driver = MeasureDriver(project, wanted, self)
        self._driver.advanced.connect(self._advanced)
        self._driver.finished.connect(self._finished)
        self._driver.start(MeasureDriver.Priority.LowPriority)

    def cancel(self) -> None:
        """Give up; `ended` follows when nothing is left of it."""
        if self._driver is not None:
            self._driver.cancel()

    def close(self) -> None:
        """Give up at once and wait for the end, which nobody is told of."""
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.cancel(at_once=True)
            driver.wait()
            driver.deleteLater()

    @Slot(str, int, int)
    def _advanced(self, stage: str, done: int, total: int) -> None:
        if self.sender() is self._driver:
            self.advanced.emit(stage, done, total)

    @Slot()
    def _finished(self) -> None:
        driver = self.sender()
        if driver is not self._driver or not isinstance(driver, MeasureDriver):
            return
        self._driver = None
        driver.deleteLater()
        self.ended.emit(Measured(driver.wanted, driver.found, driver.notes, *driver.failure))
