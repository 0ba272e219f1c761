"""The picture of the bench, with a tool of the chosen step on it."""

from __future__ import annotations

from abc import ABC, abstractmethod

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from studio.desktop.widgets.picture_view import PictureView


class ViewTool(ABC):
    """What the hand does on the picture; places are shares of its sides, from 0 to 1."""

    view: BenchView

    @abstractmethod
    def press(self, event: QMouseEvent) -> bool:
        """The left button; False leaves it to the view."""

    @abstractmethod
    def move(self, event: QMouseEvent) -> None:
        """The mouse while the button is held after a press that was taken."""

    @abstractmethod
    def release(self) -> None:
        """The button is let go."""

    @abstractmethod
    def hover(self, place: QPointF) -> Qt.CursorShape | None:
        """The pointer that shows what a press would do; None leaves it to the view."""

    @abstractmethod
    def key(self, event: QKeyEvent) -> bool:
        """Whether the key was this tool's."""

    @abstractmethod
    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Over the picture, which lies at `area`."""

    def share(self, place: QPointF) -> tuple[float, float]:
        """A place of the view in shares of the picture's sides."""
        area = self.view.target()
        return (
            (place.x() - area.x()) / max(1.0, area.width()),
            (place.y() - area.y()) / max(1.0, area.height()),
        )


class BenchView(PictureView):
    """Asks its tool first, if it has one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tool: ViewTool | None = None
        self._held = False
        self.overlay = self._paint_tool

    @property
    def tool(self) -> ViewTool | None:
        return self._tool

    def set_tool(self, tool: ViewTool | None) -> None:
        """Have another tool, or none."""
        self._held = self._held and tool is self._tool  # a drag goes on
        self._tool = tool
        if tool is not None:
            tool.view = self
        self.unsetCursor()
        self.update()

    def _paint_tool(self, painter: QPainter) -> None:
        if self._tool is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._tool.paint(painter, self.target())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton and not self.image().isNull()
        if self._tool is not None and left and self._tool.press(event):
            self._held = True
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._tool is not None and self._held:
            self._tool.move(event)
            return
        super().mouseMoveEvent(event)
        shape = self._tool.hover(event.position()) if self._tool is not None else None
        if shape is not None and not event.buttons():
            self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._tool is not None and self._held:
            self._held = False
            self._tool.release()
            return
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._tool is None:
            super().mouseDoubleClickEvent(event)
        else:
            self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._tool is None or not self._tool.key(event):
            super().keyPressEvent(event)
