"""Pieces are made beside the canvas: the first of a run is compared with every training picture,
which takes seconds that the sliders must not wait for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.desktop.base.threads import WorkerThread
from studio.engine.errors import StudioError
from studio.engine.project import Project

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.pieces.pieces import Piece


class Keeping(QObject):
    """Makes pieces in order; :meth:`finish` makes those that still wait when all is closed."""

    kept = Signal(object)
    failed = Signal(str, str)
    changed = Signal()
    """Of :attr:`is_busy`, perhaps."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = WorkerThread(parent=self)
        self._tasks: deque[Callable[[], Piece]] = deque()
        self._guard = threading.Lock()
        self._count = 0

    @property
    def is_busy(self) -> bool:
        """Whether pieces are being made."""
        return self._count > 0

    def keep(self, project: Project, run: str, player: Player, recipe: LatentRecipe) -> None:
        """Make a piece of a recipe, with the model that is on the canvas now."""
        self._tasks.append(lambda: _make(project, run, player, recipe))
        self._tell(self._count + 1)
        self._thread.submit(self._next, done=self._done, failed=self._not_done)

    def finish(self) -> None:
        """Make what still waits now, on this thread."""
        self._thread.clear()
        with self._guard:  # the one that is being made comes to its end
            while self._tasks:
                try:
                    self._tasks.popleft()()
                except StudioError as error:
                    self.failed.emit(str(error), error.detail)
        self._tell(0)

    def shutdown(self) -> None:
        """As `finish`, and end the thread."""
        self.finish()
        self._thread.stop()

    def _next(self) -> Piece | None:
        with self._guard:
            return self._tasks.popleft()() if self._tasks else None

    def _done(self, piece: Piece | None) -> None:
        self._tell(self._count - 1)
        if piece is not None:
            self.kept.emit(piece)

    def _not_done(self, sentence: str, detail: str) -> None:
        self._tell(self._count - 1)
        self.failed.emit(sentence, detail)

    def _tell(self, count: int) -> None:
        self._count = max(0, count)
        self.changed.emit()


def _make(project: Project, run: str, player: Player, recipe: LatentRecipe) -> Piece:
    from studio.engine.pieces import pieces

    return pieces.keep(project, run, player, recipe)
