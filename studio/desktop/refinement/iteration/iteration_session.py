"""What the window of iterating wants done: searches as jobs, keeping, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.base.piece_shelf import PieceShelf
from studio.desktop.base.studio import Studio
from studio.desktop.base.threads import WorkerThread
from studio.desktop.i18n import said, tr
from studio.desktop.pixels import to_qimage
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.engine.artwork import Pixels
from studio.engine.jobs import Ending, Job
from studio.engine.pieces.pieces import Piece
from studio.engine.refinement.stack import Stack
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.desktop.refinement.iteration.iteration_window import IterationWindow
    from studio.desktop.refinement.iteration.worker import Found, Opened, Order
    from studio.engine.generation.iteration.iteration import Candidate

LANE = "iteration"


class Iterations(QObject):
    """Of the piece that `current` gives; `kept` is told of a new piece and what the step of undo
    is called."""

    def __init__(
        self,
        studio: Studio,
        shelf: PieceShelf,
        thread: WorkerThread,
        current: Callable[[], int],
        stack: Callable[[], Stack],
        kept: Callable[[Piece, str], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._studio, self._shelf, self._thread = studio, shelf, thread
        self._current, self._stack, self._kept, self._parent = current, stack, kept, parent
        self._window: IterationWindow | None = None
        self._job: Job[Found] | None = None
        self._last: Pixels | None = None
        self.button = secondary()
        self.button.clicked.connect(self.open)
        studio.actions.add(
            "refinement.iterate", "Iterate on the latent…", self.open, "Ctrl+L", "refinement",
            "shuffle",
        )  # fmt: skip
        studio.jobs.changed.connect(self._look)

    def retranslate(self) -> None:
        latent = tr(
            "Go on from the latent of the piece: towards a score, a palette, a region again"
        )
        set_words((self.button, tr("Iterate…"), f"{latent} (Ctrl+L)"))
        self.restyle()

    def restyle(self) -> None:
        self.button.setIcon(theme.icon("shuffle"))

    @property
    def window(self) -> IterationWindow:
        """Made when it is wanted first: the window of the program does not wait for it."""
        from studio.desktop.refinement.iteration.iteration_window import IterationWindow

        if self._window is None:
            window = self._window = IterationWindow(self._parent)
            window.wanted.connect(self._begin)
            window.stopWanted.connect(self.stop)
            window.keepWanted.connect(self._keep)
            window.reference.chosen.connect(self._look_at_reference)
            window.region.changed.connect(self._look_at_mask)
        return self._window

    def open(self) -> None:
        """Iterate on the piece of the bench."""
        from studio.desktop.refinement.iteration import worker

        kept, project = self._shelf.kept.get(self._current()), self._shelf.project
        if kept is None or project is None:
            return
        self.stop()
        self.window.show_piece(
            kept.piece, kept.blurred(), self._stack(), bool(project.read_only_reason)
        )
        piece = kept.piece

        def opened(found: Opened) -> None:
            if self.window.piece == piece:
                self.window.show_opened(found)

        self._thread.submit(worker.opened, project, piece, done=opened)

    def close(self) -> None:
        """The project goes: nothing of it stays in sight."""
        self.stop()
        if self._window is not None:
            self._window.close()
            self._window.deleteLater()
            self._window = None

    def stop(self) -> None:
        """End the search; what it has found is shown."""
        if self._job is not None:
            self._job.cancel()

    # ------------------------------------------------------------------ searching

    def _begin(self, order: Order) -> None:
        from studio.desktop.refinement.iteration import worker

        project = self._shelf.project
        if project is None or self._job is not None:
            return
        title = Said("Iterating on {name}", name=order.piece.name)
        work = partial(worker.found, project, order, self._tell)
        job = self._job = Job(title, work, ending=Ending.STOP)
        self._last = None
        self.window.show_running(True)
        self._studio.jobs.start(
            job, "refinement", lane=LANE, in_strip=False, done=partial(self._found, order.piece),
            over=self._over,
        )  # fmt: skip

    def _tell(self, pixels: Pixels) -> None:
        """On the job's thread."""
        self._last = pixels

    @Slot()
    def _look(self) -> None:
        job = self._job
        if job is None or self._window is None or job.is_over:
            return
        pixels, self._last = self._last, None
        image = None if pixels is None else to_qimage(pixels)
        note = said(job.note) if job.note is not None else ""
        self._window.show_progress(job.done, job.total, note, image)

    def _over(self) -> None:
        self._job = None
        if self._window is not None:
            self._window.show_running(False)

    def _found(self, piece: Piece, found: Found) -> None:
        if self._window is not None and self._window.piece == piece:
            self._window.show_found(found)

    # ------------------------------------------------------------------ keeping

    def _keep(self, found: Found, one: Candidate) -> None:
        from studio.desktop.refinement.iteration import worker

        project = self._shelf.project
        if project is None:
            return
        self.window.keep.setEnabled(False)  # once is enough
        title = Said("Keeping the picture")

        def keep(_: Job[Piece]) -> Piece:
            self._studio.decisions.write_all()  # the new piece gets the steps of now
            return worker.keep(project, found, one)

        job = Job(title, keep, ending=Ending.FINISH)
        text = tr("Iterate on {name}", name=found.order.piece.name)
        self._studio.jobs.start(
            job, "refinement", lane=LANE, done=lambda made: self._kept(made, text)
        )

    # ------------------------------------------------------------------ what is given along

    def _look_at_reference(self, path: Path) -> None:
        from studio.desktop.refinement.iteration import worker

        def read(pixels: Pixels) -> None:
            self.window.reference.show_picture(path, to_qimage(pixels))

        def failed(sentence: str, detail: str) -> None:
            self.window.reference.forget()
            self.window.retranslate()
            self._studio.notices.error(sentence, detail)

        self._thread.submit(worker.reference, path, done=read, failed=failed)

    def _look_at_mask(self) -> None:
        from studio.desktop.refinement.iteration import worker

        window = self._window
        if window is None or window.piece is None:
            return
        self._thread.latest(
            "region", worker.region, window.region.chosen, window.piece, done=window.show_weights
        )
