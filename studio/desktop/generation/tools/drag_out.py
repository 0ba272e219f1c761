"""Dragging the picture out of the window as a real PNG file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from studio.desktop.base.dragged_files import FileDrag, Write, Written
from studio.desktop.generation.piece_queue import Steps
from studio.desktop.generation.tools.tool import Drag, Hand, Mouse, Tool, register
from studio.desktop.generation.worker import Model, write_file
from studio.desktop.pixels import read_qimage
from studio.engine.errors import StudioError
from studio.engine.jobs import Job

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe

THUMBNAIL = 128


@register
class DragOut(Tool):
    """A picture that fits cannot be moved about, so dragging it takes it out; with Ctrl any."""

    name = "drag_out"
    turn = 1

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self._files = FileDrag(hand.studio, hand.view, "generation")

    def press(self, mouse: Mouse) -> Drag | None:
        if mouse.modifiers & Qt.KeyboardModifier.ControlModifier:
            return self._carry(mouse, 0)
        view = self.hand.view
        fits = mouse.inside and view.rect().contains(view.target().toRect())
        if fits and not mouse.modifiers:
            return self._carry(mouse, QApplication.startDragDistance())
        return None

    def _carry(self, pressed: Mouse, distance: int) -> Drag:
        way = 0.0
        while way < distance:
            mouse = yield
            if not mouse.held:
                return
            way = (mouse.widget - pressed.widget).manhattanLength()
        self.begin()

    def writing(self) -> Write | None:
        """What writes the picture as a file, and reads it as pixels; None when there is none.
        :class:`StudioError` while it is a draft."""
        shown, session = self.hand.picture(), self.hand.session
        if shown is None or session.project is None:
            return None
        return partial(_write, shown.image, shown.model, shown.recipe, session.laid)

    def begin(self) -> None:
        """Drag the picture, wherever it is let go."""
        try:
            write = self.writing()
        except StudioError as error:
            self.hand.notices.error(error.said, error.detail)
            return
        if write is not None:
            keeping = Qt.AspectRatioMode.KeepAspectRatio
            small = self.hand.view.image().scaled(THUMBNAIL, THUMBNAIL, keeping)
            self._files.begin(write, QPixmap.fromImage(small))


def _write(
    image: QImage, model: Model, recipe: LatentRecipe, steps: Steps, folder: Path,
    _job: Job[Written],
) -> Written:  # fmt: skip
    file = write_file(image, model, recipe, folder, steps)
    # Programs that take no files get the pixels, which have the mark, too.
    return Written((file.path,), file.finished.remarks, read_qimage(file.path, "PNG"))
