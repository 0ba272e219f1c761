"""Dragging the picture out of the window as a real PNG file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QPixmap
from PySide6.QtWidgets import QApplication

from studio.desktop.generation.tools.tool import Drag, Hand, Mouse, Tool, register
from studio.desktop.generation.worker import write_file
from studio.engine.errors import StudioError

THUMBNAIL = 128


@register
class DragOut(Tool):
    """A picture that fits cannot be moved about, so dragging it takes it out; with Ctrl any."""

    name = "drag_out"
    turn = 1

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

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

    def mime(self) -> QMimeData | None:
        """The picture as a file and as pixels; None when there is none. :class:`StudioError` while
        it is a draft."""
        image, model = self.hand.picture(), self.hand.session.model
        if image.isNull() or model is None:
            return None
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="latent-studio-")
        place = Path(tempfile.mkdtemp(dir=self._folder.name))
        path = write_file(image, model, self.hand.editing.recipe(), place)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        data.setImageData(image.copy())
        return data

    def begin(self) -> None:
        """Drag the picture, wherever it is let go."""
        try:
            data = self.mime()
        except StudioError as error:
            self.hand.notices.error(error.said, error.detail)
            return
        if data is None:
            return
        drag = QDrag(self.hand.view)
        drag.setMimeData(data)
        image = self.hand.view.image()
        small = image.scaled(THUMBNAIL, THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio)
        drag.setPixmap(QPixmap.fromImage(small))
        drag.exec(Qt.DropAction.CopyAction)

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
