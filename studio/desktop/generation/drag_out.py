"""Dragging the picture out of the window as a real PNG file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from studio.desktop.generation.worker import save_png

THUMBNAIL = 128


class DragOut(QObject):
    """Watches a view; a drag that begins on it carries the picture away."""

    def __init__(self, view: QWidget, picture: Callable[[], tuple[QImage, str]]) -> None:
        super().__init__(view)
        self._view = view
        self._picture = picture
        self._pressed: QPoint | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        view.installEventFilter(self)

    def mime(self) -> QMimeData | None:
        """The picture as a file and as pixels; None when there is none."""
        image, name = self._picture()
        if image.isNull():
            return None
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="latent-studio-")
        path = Path(self._folder.name) / name
        save_png(image, path)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        data.setImageData(image.copy())
        return data

    def close(self) -> None:
        """Remove the files that were dragged from."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin a drag after the usual distance."""
        if not isinstance(event, QMouseEvent):
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
        elif kind == QEvent.Type.MouseButtonRelease:
            self._pressed = None
        elif kind == QEvent.Type.MouseMove and self._pressed is not None:
            way = event.position().toPoint() - self._pressed
            if way.manhattanLength() >= QApplication.startDragDistance():
                self._pressed = None
                return self._begin()
        return False

    def _begin(self) -> bool:
        data = self.mime()
        if data is None:
            return False
        drag = QDrag(self._view)
        drag.setMimeData(data)
        image, _ = self._picture()
        small = image.scaled(THUMBNAIL, THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio)
        drag.setPixmap(QPixmap.fromImage(small))
        drag.exec(Qt.DropAction.CopyAction)
        return True
