"""The pieces of a project for the places that work on them, read beside the window."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from studio.desktop.base.piece_decisions import PieceDecisions
from studio.desktop.base.threads import WorkerThread
from studio.desktop.pixels import to_qimage
from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError
from studio.engine.pieces import pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project

SIDE = 208
"""Pixels of the longer side of a picture: twice a tile, for fine screens."""


@dataclass(frozen=True)
class Kept:
    """A piece and its picture, small enough to keep a wall of posters in memory.

    The picture is null where `problem` says why there is none; `size` is that of all of it.
    """

    piece: Piece
    picture: QImage
    size: QSize
    problem: str = ""
    stamp: int = 0

    def blurred(self) -> QImage:
        """What stands for the whole picture until it has been read."""
        if self.picture.isNull():
            return self.picture
        ratio = Qt.AspectRatioMode.IgnoreAspectRatio
        return self.picture.scaled(self.size, ratio, Qt.TransformationMode.SmoothTransformation)


class PieceShelf(QObject):
    """`kept` holds them by id, newest first; `draw` makes what is shown of one."""

    loaded = Signal()

    def __init__(
        self,
        decisions: PieceDecisions,
        thread: WorkerThread,
        draw: Callable[[Piece], Pixels],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._decisions, self._thread, self._draw = decisions, thread, draw
        self.project: Project | None = None
        self.kept: dict[int, Kept] = {}

    def open(self, project: Project) -> None:
        self.project = project
        self.reload()

    def close(self) -> None:
        self.project = None
        self.kept = {}

    def reload(self) -> None:
        """Read again which there are; a picture only where it may have changed."""
        if self.project is not None:
            look = partial(read, self.project, self._draw, dict(self.kept))
            self._decisions.ask(look, self._take, self._thread)

    def _take(self, kept: list[Kept]) -> None:
        if self.project is not None:
            self.kept = {each.piece.id: each for each in kept}
            self._decisions.take(each.piece for each in kept)
            self.loaded.emit()


def read(
    project: Project, draw: Callable[[Piece], Pixels], before: Mapping[int, Kept]
) -> list[Kept]:
    """All pieces, newest first. Runs beside the window."""
    return [_kept(each, draw, before.get(each.id)) for each in reversed(pieces.pieces(project))]


def _kept(piece: Piece, draw: Callable[[Piece], Pixels], before: Kept | None) -> Kept:
    stamp = 0
    with contextlib.suppress(OSError):
        stamp = piece.file.stat().st_mtime_ns
    if before is not None and stamp and (stamp, piece.stack) == (before.stamp, before.piece.stack):
        return Kept(piece, before.picture, before.size, before.problem, stamp)
    try:
        whole = to_qimage(draw(piece))
    except StudioError as error:
        return Kept(piece, QImage(), QSize(), error.said, stamp)
    small = whole
    if max(whole.width(), whole.height()) > SIDE:
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode
        small = whole.scaled(SIDE, SIDE, keep, smooth.SmoothTransformation)
    return Kept(piece, small, whole.size(), stamp=stamp)
