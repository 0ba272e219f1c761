"""Dragging the picture out of the window as a real PNG file."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from studio.desktop.base.dragged_files import carry, place_for, remove
from studio.desktop.generation.tools.tool import Drag, Mouse, Tool, register
from studio.desktop.generation.worker import write_file
from studio.desktop.i18n import said
from studio.desktop.pixels import read_qimage
from studio.engine.errors import StudioError

THUMBNAIL = 128


@register
class DragOut(Tool):
    """A picture that fits cannot be moved about, so dragging it takes it out; with Ctrl any."""

    name = "drag_out"
    turn = 1

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
        image, session = self.hand.picture(), self.hand.session
        if image.isNull() or session.model is None or session.project is None:
            return None
        place = place_for(session.project)
        try:
            file = write_file(image, session.model, self.hand.editing.recipe(), place)
        except StudioError:
            remove(place)
            raise
        data = QMimeData()
        for remark in file.finished.remarks:
            self.hand.notices.info(said(remark))
        data.setUrls([QUrl.fromLocalFile(str(file.path))])
        data.setImageData(read_qimage(file.path, "PNG"))  # which has the mark, too
        return data

    def begin(self) -> None:
        """Drag the picture, wherever it is let go."""
        try:
            data = self.mime()
        except StudioError as error:
            self.hand.notices.error(error.said, error.detail)
            return
        if data is not None:
            keeping = Qt.AspectRatioMode.KeepAspectRatio
            small = self.hand.view.image().scaled(THUMBNAIL, THUMBNAIL, keeping)
            carry(self.hand.view, data, QPixmap.fromImage(small))
