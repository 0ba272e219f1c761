"""Dragging the picture out of the window as a real PNG file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication

from studio.desktop.widgets.picture_view import PictureView
from studio.engine.errors import StudioError

THUMBNAIL = 128


class DragOut(QObject):
    """Watches a view; a drag that begins on it carries the picture away."""

    failed = Signal(str, str)

    def __init__(self, view: PictureView, write: Callable[[Path], Path | None]) -> None:
        super().__init__(view)
        self._view = view
        self._write = write
        self._pressed: QPoint | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        view.installEventFilter(self)
        view.dragOut.connect(self.begin)

    def mime(self) -> QMimeData | None:
        """The picture as a file and as pixels; None when there is none."""
        if self._view.image().isNull():
            return None
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="latent-studio-")
        path = self._write(Path(tempfile.mkdtemp(dir=self._folder.name)))
        if path is None:
            return None
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        data.setImageData(self._view.image().copy())
        return data

    def close(self) -> None:
        """Remove the files that were dragged from."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A picture that fits cannot be moved about, so dragging it takes it out."""
        if not isinstance(event, QMouseEvent):
            return False
        kind = event.type()
        left = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        if kind == QEvent.Type.MouseButtonPress and left and self._fits(event):
            self._pressed = event.position().toPoint()
            return True
        if kind == QEvent.Type.MouseButtonRelease:
            self._pressed = None
        elif kind == QEvent.Type.MouseMove and self._pressed is not None:
            if not event.buttons() & Qt.MouseButton.LeftButton:
                self._pressed = None
                return False
            way = event.position().toPoint() - self._pressed
            if way.manhattanLength() >= QApplication.startDragDistance():
                self._pressed = None
                self.begin()
                return True
        return False

    def _fits(self, event: QMouseEvent) -> bool:
        target = self._view.target()
        return self._view.rect().contains(target.toRect()) and target.contains(event.position())

    @Slot()
    def begin(self) -> None:
        """Drag the picture, wherever it is let go."""
        try:
            data = self.mime()
        except StudioError as error:
            self.failed.emit(str(error), error.detail)
            return
        if data is None:
            return
        drag = QDrag(self._view)
        drag.setMimeData(data)
        small = self._view.image().scaled(THUMBNAIL, THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio)
        drag.setPixmap(QPixmap.fromImage(small))
        drag.exec(Qt.DropAction.CopyAction)
