"""The picture: fitted, zoomed and moved about, with a line between before and after."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.widgets import checkerboard

MARGIN = 24
LARGEST_ZOOM = 32.0
SMOOTH_BELOW = 24.0
"""Above this magnification pixels are shown as the squares they are."""
TILES = 3
"""Across and down, where a picture is shown beside itself."""
_GRAB = 8


class PictureView(QWidget):
    """Paints one QImage. Wheel zooms about the cursor, a drag moves, a double click fits."""

    beforeChanged = Signal(object)
    """The very image that was given to :meth:`set_before`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image, self._before = QImage(), QImage()
        self._shown, self._tiled = QImage(), False
        self._size = QSize()
        self._zoom = 0.0
        self._centre = QPointF(0.5, 0.5)
        self._split = 0.5
        self._grabbed = ""
        self._last = QPointF()
        self.overlay: Callable[[QPainter], None] = lambda painter: None
        """Paints over the picture, in coordinates of the widget."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        # It fills all of itself: what lies behind need not be painted first.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(QSize(160, 120))

    # ------------------------------------------------------------------ what is shown

    def image(self) -> QImage:
        return self._image

    def true_size(self) -> QSize:
        """What places on the picture are counted in: its pixels, or those that it stands for."""
        return self._size

    @Slot(bool)
    def set_tiled(self, on: bool) -> None:
        """Show the picture three times across and down, so that all its seams are inside."""
        if on != self._tiled:
            self._tiled = on
            self._shown = _tiled(_native(self._image)) if on else _native(self._image)
            self.fit()

    def set_image(self, image: QImage, size: QSize | None = None) -> None:
        """Show a picture. Zoom and place stay when it has the shape of the one before.

        With `size` it stands for one of that many pixels, as a preview does, or an enlarged one.
        """
        size = size or image.size()
        same = size == self._size
        if not same:
            self._zoom, self._centre = 0.0, QPointF(0.5, 0.5)
        self._image, self._size = image, size
        self._shown = _tiled(_native(image)) if self._tiled else _native(image)
        self.update(self.picture_rect() if same else self.rect())

    def picture_rect(self) -> QRect:
        """Every pixel of the widget that the picture reaches."""
        return self.target().toAlignedRect()

    def set_before(self, image: QImage | None) -> None:
        """Show another picture left of a line that can be dragged; None takes it away."""
        # As the other is: each format is rounded to pixels of the screen in its own way.
        self._before = QImage() if image is None else _native(image)
        self.update()
        self.beforeChanged.emit(image)

    @property
    def has_before(self) -> bool:
        return not self._before.isNull()

    @property
    def split(self) -> float:
        """Where the line is, 0 at the left edge of the picture and 1 at the right."""
        return self._split

    def set_split(self, split: float) -> None:
        """Put the line somewhere."""
        self._split = min(1.0, max(0.0, split))
        self.update()

    def zoom(self) -> float:
        """Screen pixels for one pixel of the picture."""
        return self._zoom or self._fitting()

    def fit(self) -> None:
        """The whole picture, as large as it goes."""
        self._zoom, self._centre = 0.0, QPointF(0.5, 0.5)
        self.update()

    def full_size(self) -> None:
        """One pixel of the picture on one of the screen."""
        self.set_zoom(1.0 / self.devicePixelRatioF())

    def set_zoom(self, zoom: float, about: QPointF | None = None) -> None:
        """Zoom, keeping the point under `about` (widget coordinates) where it is."""
        if self._image.isNull():
            return
        about = about or QPointF(self.width() / 2, self.height() / 2)
        before = self.target()
        fraction = QPointF(
            (about.x() - before.x()) / before.width(), (about.y() - before.y()) / before.height()
        )
        self._zoom = min(LARGEST_ZOOM, max(self._fitting() / 4, zoom))
        after = self.target()
        moved = QPointF(
            about.x() - (after.x() + fraction.x() * after.width()),
            about.y() - (after.y() + fraction.y() * after.height()),
        )
        self._centre -= QPointF(moved.x() / after.width(), moved.y() / after.height())
        self.update()

    def target(self) -> QRectF:
        zoom = self.zoom()
        width, height = (side * zoom for side in self._extent())
        left = self.width() / 2 - self._centre.x() * width
        top = self.height() / 2 - self._centre.y() * height
        return QRectF(left, top, width, height)

    def to_picture(self, place: QPointF) -> QPointF:
        """A place of the widget in pixels of the picture; beside it where it lies beside it."""
        where, zoom = self.target(), self.zoom()
        return QPointF((place.x() - where.x()) / zoom, (place.y() - where.y()) / zoom)

    def to_widget(self, pixel: QPointF) -> QPointF:
        """The inverse of :meth:`to_picture`."""
        where, zoom = self.target(), self.zoom()
        return QPointF(where.x() + pixel.x() * zoom, where.y() + pixel.y() * zoom)

    def _fitting(self) -> float:
        if self._image.isNull():
            return 1.0
        wide, high = self._extent()
        width = max(16, self.width() - 2 * MARGIN) / wide
        height = max(16, self.height() - 2 * MARGIN) / high
        return min(width, height)

    def _extent(self) -> tuple[int, int]:
        """Pixels across and down of all that is shown."""
        times = TILES if self._tiled else 1
        return self._size.width() * times, self._size.height() * times

    # ------------------------------------------------------------------ events

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, the board under its transparent parts, the line."""
        painter = QPainter(self)
        where = self.target()
        around = QRegion(event.rect())
        if self._before.isNull() and not self._image.hasAlphaChannel():
            around -= QRegion(where.toRect().adjusted(1, 1, -1, -1))  # painted once, not twice
        painter.setClipRegion(around)
        painter.fillRect(self.rect(), QColor(theme.colours().canvas))
        painter.setClipping(False)
        if self._image.isNull():
            return
        smooth = self.zoom() < SMOOTH_BELOW
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        checkerboard.lay(painter, where, self._image)
        if self._before.isNull():
            painter.drawImage(where, self._shown)
        else:
            self._paint_both(painter, where)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.colours().line), 1))
            painter.drawRect(where.adjusted(-1, -1, 0, 0))
        self.overlay(painter)

    def _paint_both(self, painter: QPainter, where: QRectF) -> None:
        line = where.x() + self._split * where.width()
        painter.save()
        painter.setClipRect(QRectF(line, where.y(), where.right() - line, where.height()))
        painter.drawImage(where, self._shown)
        painter.setClipRect(QRectF(where.x(), where.y(), line - where.x(), where.height()))
        # The picture before has the place of the picture after, whatever its size.
        painter.drawImage(where, self._before)
        painter.restore()
        painter.setPen(QPen(QColor("#ffffff"), 1))
        painter.drawLine(QPointF(line, where.top()), QPointF(line, where.bottom()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120.0
        if steps:
            self.set_zoom(self.zoom() * 1.2**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._image.isNull():
            return
        self._grabbed = "line" if self._on_line(event.position()) else "picture"
        self._last = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        where = self.target()
        if self._grabbed == "line" and where.width():
            self.set_split((event.position().x() - where.x()) / where.width())
        elif self._grabbed == "picture" and self._zoom:
            moved = event.position() - self._last
            self._last = event.position()
            self._centre -= QPointF(moved.x() / where.width(), moved.y() / where.height())
            self.update()
        shapes = Qt.CursorShape
        on_line = self._on_line(event.position())
        self.setCursor(shapes.SplitHCursor if on_line else shapes.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = ""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit() if self._zoom else self.full_size()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus, minus and 0 as everywhere."""
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_zoom(self.zoom() * 1.25)
        elif event.key() == Qt.Key.Key_Minus:
            self.set_zoom(self.zoom() / 1.25)
        else:
            super().keyPressEvent(event)

    def _on_line(self, place: QPointF) -> bool:
        if self._before.isNull():
            return False
        where = self.target()
        return abs(place.x() - (where.x() + self._split * where.width())) <= _GRAB


def _native(image: QImage) -> QImage:
    """As Qt paints: a picture that is scaled would be converted again for every pixel shown."""
    formats = QImage.Format
    kind = formats.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else formats.Format_RGB32
    return image.convertToFormat(kind)


def _tiled(image: QImage) -> QImage:
    """Nine of a picture. One image and not nine, or smoothing would draw the seams it looks for."""
    if image.isNull():
        return image
    width, height = image.width(), image.height()
    made = QImage(TILES * width, TILES * height, image.format())
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    for place in range(TILES * TILES):
        painter.drawImage(place % TILES * width, place // TILES * height, image)
    painter.end()
    made.setColorSpace(image.colorSpace())
    return made
