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

_RADIUS = 6.0
_TALLEST = 340


class FramePreview(QWidget):
    """Shows one picture as large as the panel allows, its outer part shaded.

    The frame is the centre crop of the training shape (`studio.engine.dataset.shape`).
    """

    enlarged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._size = (0, 0)
        self._aspect = 1.0
        self._waiting = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_picture(self, image: QImage, size: tuple[int, int], *, waiting: bool = False) -> None:
        """`image` at any scale of a picture of `size`; a null image gives an empty place."""
        self._image, self._size, self._waiting = image, size, waiting
        self._fit()
        self.update()

    def set_aspect(self, aspect: float) -> None:
        """Width over height of the training shape."""
        self._aspect = aspect
        self.update()

    @property
    def image(self) -> QImage:
        """What is shown."""
        return self._image

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.setToolTip(tr("Double-click or press Space to enlarge the picture."))
        self.setAccessibleName(tr("Picture with the frame that the network sees"))

    def sizeHint(self) -> QSize:
        """As wide as the panel makes it."""
        return QSize(240, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The height follows the width."""
        self._fit()

    def _fit(self) -> None:
        width = max(48, self.width())
        tall = width * self._size[1] / self._size[0] if self._size[0] else width * 0.75
        self.setFixedHeight(max(48, min(_TALLEST, round(tall))))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge."""
        self.enlarged.emit()

    def picture_rect(self) -> QRectF:
        """Where the picture is painted."""
        if not self._size[0] or not self._size[1]:
            return QRectF(self.rect())
        scale = min(self.width() / self._size[0], self.height() / self._size[1])
        width, height = self._size[0] * scale, self._size[1] * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def frame_rect(self) -> QRectF:
        """Where the frame is painted: the largest centred part of the training shape."""
        area = self.picture_rect()
        width = min(area.width(), area.height() * self._aspect)
        height = width / self._aspect
        left, top = area.center().x() - width / 2, area.center().y() - height / 2
        return QRectF(left, top, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, shade, frame."""
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
        if self._image.isNull():
            painter.setPen(QColor(c.quiet))
            text = tr("Opening…") if self._waiting else tr("No picture")
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)
            return
        painter.drawImage(area, self._image)
        frame = self.frame_rect()
        if area.width() - frame.width() < 1 and area.height() - frame.height() < 1:
            return
        outside = QPainterPath()
        outside.addRect(area)
        inside = QPainterPath()
        inside.addRect(frame)
        painter.fillPath(outside.subtracted(inside), QColor(0, 0, 0, 120))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(c.accent), 1))
        painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5))
