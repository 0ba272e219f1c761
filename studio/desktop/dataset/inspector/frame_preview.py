"""The inspector's picture with the frame of what the network will see."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets import checkerboard

Box = tuple[float, float, float, float]
_RADIUS = 6.0
_TALLEST = 340


class FramePreview(QWidget):
    """Shows one picture as large as the panel allows, the part that never trains shaded.

    The frames are those that the engine cuts the training pictures from.
    """

    enlarged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self._size = (0, 0)
        self._frames: list[Box] = []
        self._waiting = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_picture(self, image: QImage, size: tuple[int, int], *, waiting: bool = False) -> None:
        """`image` at any scale of a picture of `size`; a null image gives an empty place."""
        self.image, self._size, self._waiting = image, size, waiting
        self._fit()
        self.update()

    def show_frames(self, frames: list[Box]) -> None:
        """The parts that the training pictures come from, as shares of the sides."""
        self._frames = frames
        self.update()

    def retranslate(self) -> None:
        self.setToolTip(tr("Double-click or press Space to enlarge the picture."))
        self.setAccessibleName(tr("Picture with the frame that the network sees"))

    def sizeHint(self) -> QSize:
        return QSize(240, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        width = max(48, self.width())
        tall = width * self._size[1] / self._size[0] if self._size[0] else width * 0.75
        self.setFixedHeight(max(48, min(_TALLEST, round(tall))))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.enlarged.emit()

    def picture_rect(self) -> QRectF:
        if not self._size[0] or not self._size[1]:
            return QRectF(self.rect())
        scale = min(self.width() / self._size[0], self.height() / self._size[1])
        width, height = self._size[0] * scale, self._size[1] * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def frame_rects(self) -> list[QRectF]:
        """Where the frames are painted; none while it is not known what the network sees."""
        area = self.picture_rect()
        return [
            QRectF(
                area.left() + left * area.width(), area.top() + top * area.height(),
                (right - left) * area.width(), (bottom - top) * area.height(),
            )
            for left, top, right, bottom in self._frames
        ]  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        area = self.picture_rect()
        outline = QPainterPath()
        outline.addRoundedRect(area, _RADIUS, _RADIUS)
        painter.setClipPath(outline)
        painter.fillPath(outline, QColor(c.canvas))
        if self.image.isNull():
            painter.setPen(QColor(c.quiet))
            text = tr("Opening…") if self._waiting else tr("No picture")
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)
            return
        checkerboard.lay(painter, area, self.image)
        painter.drawImage(area, self.image)
        frames = self.frame_rects()
        whole = [
            area.width() - each.width() < 1 and area.height() - each.height() < 1 for each in frames
        ]
        if not frames or all(whole):
            return
        outside, inside = QPainterPath(), QPainterPath()
        outside.addRect(area)
        inside.setFillRule(Qt.FillRule.WindingFill)
        for frame in frames:
            inside.addRect(frame)
        painter.fillPath(outside.subtracted(inside), QColor(0, 0, 0, 120))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(c.accent), 1))
        for frame in frames:
            painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5))
