"""Pulls are carried out beside the canvas, which shows the newest step as often as it can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.desktop.base.jobs import Jobs
from studio.engine.jobs import Job
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.dragging import DragOptions, Step
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.dragged import Handle, Mask
    from studio.engine.generation.player import Player

LOOK_MS = 30


@dataclass(frozen=True)
class Asked:
    """A pull on the picture of a recipe."""

    recipe: LatentRecipe
    handles: Sequence[Handle]
    mask: Mask | None
    options: DragOptions


class Pulling(QObject):
    """At most one at a time. The canvas is never waited for: a step that it has no time to show
    is passed over."""

    moved = Signal(object, object)
    """The recipe that a step on its way has reached, and the step."""
    over = Signal(object, object)
    """The recipe that was reached, and its step."""
    failed = Signal(object, str)
    ended = Signal()
    """In any way."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job[tuple[LatentRecipe, Step]] | None = None
        self._newest: tuple[LatentRecipe, Step] | None = None
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._show)

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def start(self, player: Player, asked: Asked) -> None:
        def work(job: Job[tuple[LatentRecipe, Step]]) -> tuple[LatentRecipe, Step]:
            return self._work(job, player, asked)

        job = self._job = Job(Said("Pulling"), work)
        self._newest = None
        self._look.start()
        self._jobs.start(
            job, "generation", lane="pull", over=self._over, failed=self.failed.emit,
        )  # fmt: skip

    def stop(self) -> None:
        """Keep what was reached; :attr:`over` says it."""
        if self._job is not None:
            self._job.cancel()

    def forget(self) -> None:
        """Stop, and show no more of it."""
        if self._job is not None:
            self._look.stop()
            self._newest = None
            self._job.cancel()

    def _work(
        self, job: Job[tuple[LatentRecipe, Step]], player: Player, asked: Asked
    ) -> tuple[LatentRecipe, Step]:
        from studio.engine.generation.dragging import Dragging

        dragging = Dragging(player, asked.recipe, asked.handles, asked.mask, asked.options)
        step: Step | None = None
        for step in dragging:
            note = Said("{n:.1f} pixels to go", n=step.away)
            job.advance(round(100 * dragging.done(step)), 100, note)
            if self._newest is None:  # the last one was taken
                self._newest = dragging.recipe(step), step
            if job.cancelled():
                break
        assert step is not None
        return dragging.recipe(step), step

    @Slot()
    def _show(self) -> None:
        if self._newest is not None:
            recipe, step = self._newest
            self._newest = None
            self.moved.emit(recipe, step)

    def _over(self) -> None:
        job, self._job = self._job, None
        self._look.stop()
        if job is not None and job.result is not None:
            self.over.emit(*job.result)
        self.ended.emit()
