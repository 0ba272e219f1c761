"""Pieces are made beside the canvas: the first of a run is compared with every training picture,
which takes seconds that the sliders must not wait for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from studio.desktop.base.jobs import Jobs
from studio.engine.jobs import Ending, Job
from studio.engine.project import Project
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.pieces.pieces import Piece

Steps = Sequence[dict[str, Any]]


class Keeping(QObject):
    """Makes pieces in order; :meth:`finish` makes those that still wait when all is closed."""

    kept = Signal(object)
    failed = Signal(object, str)
    changed = Signal()
    """Of :attr:`is_busy`, perhaps."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._making: list[Job[Piece]] = []

    @property
    def is_busy(self) -> bool:
        return bool(self._making)

    def keep(
        self, project: Project, run: str, player: Player, recipe: LatentRecipe, stack: Steps = ()
    ) -> None:
        """Make a piece of a recipe, with the model that is on the canvas now."""

        def make(_: Job[Piece]) -> Piece:
            return _make(project, run, player, recipe, stack)

        job = Job(Said("Keeping…"), make, ending=Ending.FINISH, can_cancel=False)
        self._making.append(job)
        self._jobs.start(
            job, "generation", lane="keep", in_strip=False,
            done=self.kept.emit, failed=self.failed.emit, over=lambda: self._over(job),
        )  # fmt: skip
        self.changed.emit()

    def finish(self) -> None:
        self._jobs.end("generation")

    def _over(self, job: Job[Piece]) -> None:
        self._making.remove(job)
        self.changed.emit()


def _make(project: Project, run: str, player: Player, recipe: LatentRecipe, stack: Steps) -> Piece:
    from studio.engine.pieces import pieces

    return pieces.keep(project, run, player, recipe, stack)
