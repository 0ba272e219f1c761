"""The canvas's dealings with the engine: opening models, pictures on demand, directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from models.facts import Ability
from studio.desktop.base.jobs import Jobs
from studio.desktop.base.received import Received
from studio.desktop.base.threads import WorkerThread
from studio.desktop.generation.direction_line import FIRST_KIND, DirectionLine, State
from studio.desktop.generation.picture_search import PictureSearch
from studio.desktop.generation.piece_queue import Keeping, Steps
from studio.desktop.generation.pulls import Asked, Pulling
from studio.desktop.generation.timeline.film_session import FilmSession
from studio.desktop.generation.timeline.worker import FilmWorker
from studio.desktop.generation.worker import Drawn, GenerationWorker, Model
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.desktop.generation.recipe_editor import Editing
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.bend import Bend
    from studio.engine.generation.other_models import OtherModel
    from studio.engine.generation.player import Player

GROUPS = 4
"""Of channels, that a bend may be of."""


class Session(QObject):
    """At most one model is open. The newest request for a picture wins."""

    runsRead = Signal(list)
    opening = Signal(str)
    opened = Signal(object, bool)
    """A :class:`Model`, and whether it is a newer checkpoint of the one before."""
    openFailed = Signal(object, str)
    rendered = Signal(QImage, object)
    """A picture and the recipe it was made of."""
    labelDrawn = Signal(str, object)
    """The name of the label that a recipe begins in, and the recipe."""
    previewed = Signal(str, QImage)
    """A name, and the picture that was asked for under it."""
    searching = Signal(int, int)
    directionsFound = Signal(list)
    searchFailed = Signal(object, str)
    kept = Signal(object)
    keeping = Signal()
    """Of :attr:`is_keeping`, perhaps."""
    failed = Signal(object, str)

    def __init__(self, jobs: Jobs, device: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.model: Model | None = None
        self._player: Player | None = None
        """That of :attr:`model`; the worker may have loaded the next one already."""
        self.wanted = ""
        """The run that is open or being opened."""
        self.chosen = ""
        """The folder of the checkpoint of it that was asked for; empty where the newest was."""
        self._device = device
        self._worker = GenerationWorker()
        self._render = WorkerThread(self._worker, self)
        self._jobs = jobs
        self._finding: Job[list[DirectionLine]] | None = None
        self.kind = FIRST_KIND
        """Of directions: the one that is listed."""
        self._keeping = Keeping(jobs, self)
        self.restored: tuple[LatentRecipe | None, Steps] = (None, ())
        """The recipe of a file that came back, as it is on the canvas, and the file's steps."""
        self.laid: Steps = ()
        """The steps that the picture on the canvas has been through, as where it is enlarged."""
        self._keeping.kept.connect(self.kept)
        self._keeping.failed.connect(self.failed)
        self._keeping.changed.connect(self.keeping)
        self.pulling = Pulling(jobs, self)
        self.search = PictureSearch(jobs, self)
        self.films = FilmSession(FilmWorker(self._worker.needed), self._render, jobs, self)
        self.films.failed.connect(self.failed)
        self._render.failed.connect(self.failed)
        jobs.changed.connect(self._progressed)
        self._preview: dict[str, LatentRecipe] = {}
        self._asked: LatentRecipe | None = None
        self.is_draft = False
        """Whether the last picture has fewer details than the one that follows it."""
        self.shown: tuple[LatentRecipe, Model] | None = None
        """What the picture on the canvas is of; the hand may be further by the time of one."""

    # ------------------------------------------------------------------ the project

    def open_project(self, project: Project) -> None:
        self.project = project
        self.read_runs()

    def close_project(self) -> None:
        """Let go of the model and everything that waits."""
        self.project = self.model = self._player = self._asked = self.shown = None
        self.is_draft = False
        self.wanted = self.chosen = ""
        self.restored = None, ()
        self.search.stop()
        self._keeping.finish()
        self._render.clear()
        self.films.finish()
        self._render.submit(self._worker.close)

    def shutdown(self) -> None:
        self.search.stop()
        self._keeping.finish()
        self._worker.stop()
        self._render.stop()
        self.films.finish()
        self._worker.close()
        self._player = None

    @property
    def drawing_thread(self) -> WorkerThread:
        """That of the canvas, for what is done in turn with its pictures."""
        return self._render

    @property
    def is_keeping(self) -> bool:
        return self._keeping.is_busy

    @property
    def busy(self) -> bool:
        return self._render.busy

    def read_runs(self) -> None:
        """Ask for the runs that have a checkpoint."""
        if self.project is not None:
            self._render.latest(
                "runs", self._worker.playable, self.project, done=self.runsRead.emit
            )

    # ------------------------------------------------------------------ the model

    def open_run(self, run: str, folder: str = "") -> None:
        """Open a run at its newest checkpoint, or at `folder`, and stay there."""
        self._open(run, folder, folder)

    def follow(self, run: str, folder: str) -> None:
        """The run that is open has a newer checkpoint: play that, unless one was asked for."""
        if self.model is not None and self.model.run == run == self.wanted and not self.chosen:
            self._open(run, folder, "")

    def _open(self, run: str, folder: str, chosen: str) -> None:
        if self.project is None:
            return
        soft = self.model is not None and self.model.run == run
        before, self.wanted, self.chosen = self.chosen, run, chosen

        def stay(sentence: str, detail: str) -> None:
            self.chosen = before
            self.failed.emit(sentence, detail)

        if not soft:
            self.opening.emit(run)
        self._render.latest(
            "open", self._worker.open, self.project, run, self._device, folder,
            done=lambda found: self._opened(found, soft),
            failed=stay if soft else self._open_failed,
        )  # fmt: skip

    def _opened(self, found: tuple[Model, Player], soft: bool) -> None:
        model, self._player = found
        self.model = model
        if not soft:
            self.restored = None, ()
        self.opened.emit(model, soft)

    def _open_failed(self, sentence: str, detail: str) -> None:
        # Not opened by itself again; choosing it again tries again.
        self.wanted = self.model.run if self.model is not None else "?"
        self.chosen = ""
        self.openFailed.emit(sentence, detail)

    # ------------------------------------------------------------------ pictures

    def render(self, recipe: LatentRecipe) -> None:
        """Ask for a picture; an older request that still waits is forgotten."""
        if self.model is not None:
            self._asked, self._preview = recipe, {}  # the picture first
            self._draw(self._worker.soonest, recipe)

    def take_up(self, editing: Editing) -> LatentRecipe:
        """The recipe of what the canvas shows, to be kept or worked with. A moment of the film
        becomes the picture of the hand then, as a step; without the film's camera, which is no
        part of a recipe."""
        moment = self.films.moment
        if moment is not None:
            self.is_draft |= not moment.camera.idle
            editing.branch(moment.recipe)
            if self.model is not None:
                self.shown = editing.recipe(), self.model
        return editing.recipe()

    def _draw(self, how: Callable[[LatentRecipe], Drawn], recipe: LatentRecipe) -> None:
        self._render.latest(
            "picture", how, recipe, done=partial(self._drawn, recipe), in_between=True
        )

    def _drawn(self, recipe: LatentRecipe, drawn: Drawn) -> None:
        self.is_draft, self.films.moment = drawn.is_draft, None
        self.shown = None if self.model is None else (recipe, self.model)
        self.rendered.emit(drawn.image, recipe)
        if drawn.is_draft and recipe is self._asked:  # nothing newer was asked for meanwhile
            self._draw(self._worker.whole, recipe)

    def preview(self, recipes: Mapping[str, LatentRecipe]) -> None:
        """Ask for pictures to show beside the canvas, one after another, so that it waits for one
        at most; newer ones end the older ones."""
        self._preview = dict(recipes)
        self._next_preview(self._preview)

    def _next_preview(self, wanted: dict[str, LatentRecipe]) -> None:
        if wanted is not self._preview or not wanted or self.model is None:
            return
        name = next(iter(wanted))

        def took(image: QImage) -> None:
            if wanted is self._preview:
                self.previewed.emit(name, image)
                self._next_preview(wanted)

        # One that fails is said by the canvas, whose picture fails alike.
        self._render.latest("preview", self._worker.picture, wanted.pop(name), done=took,
                            failed=lambda _sentence, _detail: None)  # fmt: skip

    def find_group(self, move: Bend, number: int, done: Callable[[Bend], None]) -> None:
        """Look for a group of channels, beside the pictures."""
        if self.model is not None:
            work = partial(self._worker.group, move, number, GROUPS)
            job = Job(Said("Grouping channels"), lambda _: work())
            self._jobs.start(
                job, "generation", lane="groups", done=done, failed=self.failed.emit
            )  # fmt: skip

    def try_out(
        self, recipe: LatentRecipe, done: Callable[[], None], failed: Callable[[], None]
    ) -> None:
        """Whether a recipe can be played, before it is: one that cannot is said."""

        def refused(sentence: str, detail: str) -> None:
            self.failed.emit(sentence, detail)
            failed()

        if self.model is not None:
            self._render.submit(
                self._worker.picture, recipe, done=lambda _: done(), failed=refused
            )  # fmt: skip

    def ask_others(self, done: Callable[[list[OtherModel]], None]) -> None:
        """Ask for the other models that could be mixed with this one."""
        if self.model is not None:
            self._render.latest("others", self._worker.others, done=done)

    def settle(self, recipe: LatentRecipe, done: Callable[[LatentRecipe], None]) -> None:
        """Ask for the recipe of a file as it can be played on."""
        if self.model is not None:
            self._render.submit(self._worker.settled, recipe, done=done)

    def ask_label(self, recipe: LatentRecipe) -> None:
        if self.model is not None:
            self._render.latest(
                "label", self._worker.label_of, recipe,
                done=lambda name: self.labelDrawn.emit(name, recipe),
            )  # fmt: skip

    def keep(self, recipe: LatentRecipe) -> None:
        """Keep a picture; that of a file which came back has the steps of the file again."""
        shown, stack = self.restored
        player = self._player
        if self.project is not None and self.model is not None and player is not None:
            self._keeping.keep(
                self.project, self.model.run, player, recipe, stack if recipe == shown else ()
            )

    def player(self) -> Player | None:
        """The open model, for work beside the canvas."""
        return self._player

    def pull(self, asked: Asked) -> None:
        """Begin to drag points, with the model that is on the canvas now."""
        if self._player is not None:
            self.pulling.start(self._player, asked)

    def look_for(self, given: Path | Received) -> None:
        """Look for a picture from outside in the open model; :attr:`search` tells how far."""
        player = self._player
        if self.project is not None and self.model is not None and player is not None:
            self.search.begin(self.project, self.model.run, player, given)

    # ------------------------------------------------------------------ directions

    def find_directions(self, in_use: Sequence[str] = (), kind: str = "") -> None:
        """Look for the directions of the open model, beside the pictures; also for those that a
        recipe has `in_use`. Another `kind` is what is listed from now on."""
        model, project = self.model, self.project
        if model is None or project is None:
            return
        self.kind = kind or self.kind
        if self.kind not in {each.name for each in model.kinds}:
            self.kind = FIRST_KIND
        if Ability.DIRECTIONS not in model.abilities:
            self.directionsFound.emit([])
            return
        self.searching.emit(0, 0)
        if self._finding is not None:
            self._finding.cancel()
            self._finding = None
        work = partial(self._worker.find, project, model.run, self.kind, tuple(in_use))
        # After what is to be kept of directions is written, or the list would not have it.
        self._render.latest("directions", self._worker.player, done=lambda _: self._search(work))

    def _search(self, work: Callable[[Job[list[DirectionLine]]], list[DirectionLine]]) -> None:
        job = self._finding = Job(Said("Looking for directions"), work)
        self._jobs.start(
            job, "generation", lane="directions", in_strip=False,
            done=partial(self._found, job), failed=self.searchFailed.emit,
        )  # fmt: skip

    def _found(self, job: Job[list[DirectionLine]], lines: list[DirectionLine]) -> None:
        if job is self._finding and not job.is_cancelled:
            self.directionsFound.emit(lines)

    def pick(
        self, more: Sequence[LatentRecipe], less: Sequence[LatentRecipe],
        done: Callable[[DirectionLine], None], failed: Callable[[str, str], object],
    ) -> None:  # fmt: skip
        """Look for the direction from some pictures to others."""
        if self.model is not None:
            work = partial(self._worker.pick, tuple(more), tuple(less))
            job = Job(Said("Direction from examples"), work)
            self._jobs.start(job, "generation", lane="directions", done=done, failed=failed)

    def keep_notes(self, folder: Path, state: State) -> None:
        """Keep what the artist says of the directions of the run in `folder`."""
        if self.project is not None:
            self._render.submit(self._worker.keep_notes, folder, state)

    def draw_small(
        self, recipe: LatentRecipe, side: int, done: Callable[[QImage], None],
        failed: Callable[[str, str], object] = lambda *_: None,
    ) -> None:  # fmt: skip
        """Ask for one small picture, after all that waits."""
        if self.model is not None:
            self._render.submit(self._worker.small, recipe, side, done=done, failed=failed)

    @Slot()
    def _progressed(self) -> None:
        job = self._finding
        if job is not None and job.total and not job.is_over and not job.is_cancelled:
            self.searching.emit(job.done, job.total)
