"""A picture is looked for beside the canvas: steps come in as they are reached, on its thread."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from studio.desktop.base.jobs import Jobs
from studio.desktop.base.received import Received
from studio.desktop.pixels import to_qimage
from studio.engine.jobs import Ending, Job, State
from studio.engine.project import Project
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.beginnings import Source
    from studio.engine.generation.inversion import Reached
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player

LEAST_SECONDS = 0.1
"""Between two steps that are shown."""
UNNAMED = "picture.png"


@dataclass(frozen=True)
class Nearer:
    """A recipe whose picture is nearer, where it begins, the picture that is looked for, and what
    was done to it."""

    recipe: LatentRecipe
    original: QImage
    notes: tuple[Said, ...]
    without_encoder: bool
    """Whether nothing could say a point at once."""

    @property
    def source(self) -> Source:
        source: Source | None = getattr(self.recipe.beginning, "source", None)
        assert source is not None
        return source


class PictureSearch(QObject):
    """One at a time: a new picture ends the search for the one before."""

    nearer = Signal(object)
    ended = Signal(object)
    """The last :class:`Nearer`, also where it was stopped."""
    failed = Signal(object, str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job[Nearer] | None = None
        self._reached: Nearer | None = None
        jobs.changed.connect(self._look)

    @property
    def is_on(self) -> bool:
        return self._job is not None

    def begin(self, project: Project, run: str, player: Player, given: Path | Received) -> None:
        """Look for a picture in the model that is on the canvas now."""
        self.stop()

        def work(job: Job[Nearer]) -> Nearer:
            return self._found(job, project, run, player, given)

        name = given.name if isinstance(given, Path) else given.name or UNNAMED
        title = Said("Bringing in {file}", file=name)
        job = self._job = Job(title, work, ending=Ending.STOP)
        self._reached = None
        self._jobs.start(
            job, "generation", lane="bring in",
            done=lambda last: self._done(job, last),
            failed=lambda said, detail: self._failed(job, said, detail),
            over=lambda: self._over(job),
        )  # fmt: skip

    def stop(self) -> None:
        """What was reached stays; nothing more is told."""
        job, self._job, self._reached = self._job, None, None
        if job is not None:
            job.cancel()

    # ------------------------------------------------------------------ on the job's thread

    def _found(
        self, job: Job[Nearer], project: Project, run: str, player: Player, given: Path | Received
    ) -> Nearer:
        from studio.engine.generation import given_picture
        from studio.engine.generation.inversion import inversion
        from studio.engine.generation.own_encoder import encoder_of

        with tempfile.TemporaryDirectory(prefix="latent-studio-") as folder:
            path = given if isinstance(given, Path) else _written(given, Path(folder))
            picture = given_picture.given(project, run, player, path)
        encoder = encoder_of(player)
        original, told = to_qimage(picture.pixels), 0.0
        last: Nearer | None = None

        def made(reached: Reached) -> Nearer:
            found = picture.recipe(player, reached.w, reached.moves)
            return Nearer(found, original, picture.notes, encoder == "none")

        for reached in inversion(player, picture.pixels):
            job.advance(reached.done, reached.total, Said("{n:.1f} dB PSNR", n=reached.psnr))
            now = time.monotonic()
            if last is None or (reached.improved and now - told >= LEAST_SECONDS):
                last = made(reached)
                told = now
                if job is self._job:
                    self._reached = last
            if job.cancelled():
                break
        return made(reached)

    # ------------------------------------------------------------------ on the window's thread

    @Slot()
    def _look(self) -> None:
        reached, self._reached = self._reached, None
        if reached is not None and self._job is not None:
            self.nearer.emit(reached)

    def _over(self, job: Job[Nearer]) -> None:
        if job is self._job and job.state is State.CANCELLED:
            self._job = None

    def _done(self, job: Job[Nearer], last: Nearer) -> None:
        if job is self._job:
            self._job = self._reached = None
            self.ended.emit(last)

    def _failed(self, job: Job[Nearer], sentence: str, detail: str) -> None:
        if job is self._job:
            self._job = self._reached = None
            self.failed.emit(sentence, detail)


def _written(given: Received, folder: Path) -> Path:
    """A file for who reads files; its name is only shown."""
    from studio.engine.dataset.index.safe_names import display_name

    name = Path(display_name(given.name)).name or UNNAMED
    path = folder / (name if len(name.encode()) < 200 else UNNAMED)
    path.write_bytes(given.encoded())
    return path
