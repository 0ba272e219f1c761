"""The timeline's dealings with the engine: moments on demand, films as jobs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.desktop.base.jobs import Jobs
from studio.desktop.base.threads import WorkerThread
from studio.desktop.base.write_queue import WriteQueue
from studio.desktop.generation.timeline.worker import FilmWorker, Moment
from studio.engine.jobs import Ending, Job
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.film.render import Film
    from studio.engine.generation.film.timeline import Timeline
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.generation.sound.heard import Heard
    from studio.engine.project import Project


class FilmSession(QObject):
    """Asks the thread that draws the canvas: of its pictures and of moments the newest wins."""

    drawn = Signal(QImage)
    """A moment is to be shown."""
    panned = Signal(float, float)
    """The hand pulls the picture that the camera sees, so many of its pixels."""
    panEnded = Signal()
    failed = Signal(object, str)

    def __init__(
        self, worker: FilmWorker, thread: WorkerThread, jobs: Jobs, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._worker, self._thread, self._jobs = worker, thread, jobs
        self.moment: Moment | None = None
        """What the canvas shows, if that is of the film and not of the hand."""
        self.aims = False
        """Whether the camera of a key is being placed."""
        self._writes = WriteQueue(thread, self.failed.emit)

    def ask_line(
        self, folder: Path, done: Callable[[Timeline], None], failed: Callable[[str, str], None]
    ) -> None:
        """Ask for the timeline of the run in `folder`."""
        read = partial(self._worker.stored, folder)
        self._thread.latest("timeline", self._writes.after_all, read, done=done, failed=failed)

    def keep_line(self, folder: Path, line: Timeline) -> None:
        self._writes.put(partial(self._worker.keep, folder, line), key=folder)

    def finish(self) -> None:
        """Write what waits, once the thread is cleared or stopped."""
        self._writes.finish()

    def show_moment(self, line: Timeline, time: float) -> None:
        """Ask for the picture at `time` in seconds."""
        self._thread.latest(
            "picture", self._worker.moment, line, time, done=self._show, in_between=True
        )

    def _show(self, moment: Moment) -> None:
        self.moment = moment
        self.drawn.emit(moment.image)

    def ask_recipe(self, line: Timeline, time: float, done: Callable[[LatentRecipe], None]) -> None:
        """Ask for the recipe of that picture."""
        self._thread.submit(self._worker.recipe, line, time, done=done)

    def listen(
        self, path: str, done: Callable[[Heard], None], failed: Callable[[str, str], object]
    ) -> None:
        """Hear a file, beside the pictures; what is drawn from then on goes with it."""
        work = partial(self._worker.listen, path)
        job = Job(Said("Listening to {file}", file=Path(path).name), work)
        self._jobs.start(job, "generation", lane="sound", done=done, failed=failed)

    def even_out(self, player: Player, line: Timeline, done: Callable[[Timeline], None]) -> None:
        """Put the keys of a timeline where the pictures have gone equally far."""
        work = partial(self._worker.evened, player, line)
        job = Job(Said("Measuring how far the pictures look apart"), work)
        self._jobs.start(job, "generation", lane="pace", done=done, failed=self.failed.emit)

    def render(
        self, player: Player, run: str, line: Timeline, target: Path, enlarge: int,
        learnt: Project | None, done: Callable[[Film], None],
    ) -> None:  # fmt: skip
        """Write a film with a model, after other films; one that is cancelled is a shorter one. It
        is enlarged by whole pixels, or by what the run of the project `learnt` has learnt."""
        work = partial(self._worker.film, player, run, line, target, enlarge, learnt)
        title = Said("Rendering {file}", file=target.name)
        job = Job(title, work, ending=Ending.STOP, can_pause=True)
        self._jobs.start(job, "generation", lane="films", done=done)
