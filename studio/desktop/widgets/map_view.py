"""A plane of pictures: points from afar, thumbnails from near, a lasso to choose with.

Points are painted from arrays into one image, so a hundred thousand move as one. Nothing here
knows where they come from: the page beside it joins the map to the selection of the grid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from studio.desktop import theme
from studio.desktop.widgets.plane import Plane

TILE, CELL = 56, 62
"""A thumbnail's side, and of the space that it has; where there are more points in sight than
such spaces, there are points only."""
_MARGIN, _REACH = 24, 14
_STEPS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
_ZOOM = 1.25
_LASSO_STEP = 3


class MapView(QWidget):
    """Left-drag draws a lasso, the wheel zooms, the middle button or Alt moves the map."""

    chosen = Signal(object, bool)
    """Item ids (int64), and whether they are added to what is chosen already."""
    enlargeWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plane = Plane()
        self.tile_of: Callable[[int], QPixmap | None] = lambda _: None
        self.words_of: Callable[[int], str] = lambda _: ""
        self._lasso: list[QPointF] = []
        self._held: QPointF | None = None
        self._painted: QImage | None = None
        self._pixels: np.ndarray | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 160)

    # ------------------------------------------------------------------ what is shown

    def show_points(self, ids: np.ndarray, places: np.ndarray, colours: np.ndarray) -> None:
        """Points at float [N, 2] in colours uint8 [N, 3]; ids int64 ascending."""
        self.plane.set_points(ids, places, colours)
        self.fit()

    def show_only(self, ids: Sequence[int] | np.ndarray) -> None:
        self.plane.show_only(np.asarray(ids, np.int64))
        self._again()

    def show_chosen(self, ids: Sequence[int] | np.ndarray, current: int | None) -> None:
        self.plane.choose(np.asarray(ids, np.int64), current)
        self._again()

    def fit(self) -> None:
        self.plane.fit(self.width(), self.height(), _MARGIN)
        self._again()

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Closer or further; what lies at `about` stays there."""
        centre = about if about is not None else QPointF(self.width() / 2, self.height() / 2)
        self.plane.zoom(factor, centre.x(), centre.y())
        self._again()

    def pan(self, across: float, down: float) -> None:
        self.plane.move(across, down)
        self._again()

    def _again(self) -> None:
        self._painted = None
        self.update()

    # ------------------------------------------------------------------ painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What was in the middle stays there; a map that was whole stays whole."""
        old = event.oldSize()
        if self.plane.is_fitted or not old.isValid():
            self.fit()
        else:
            self.pan((self.width() - old.width()) / 2, (self.height() - old.height()) / 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawImage(QPoint(0, 0), self._points())
        near = self.near()
        if len(near):
            self._paint_tiles(painter, near)
        self._paint_current(painter)
        self.paint_over(painter)
        if len(self._lasso) > 1:
            accent = QColor(theme.colours().accent)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(accent, 1.5))
            accent.setAlpha(40)
            painter.setBrush(accent)
            painter.drawPolygon(QPolygonF(self._lasso))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colours().line), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def paint_over(self, painter: QPainter) -> None:
        """What else lies on the map."""

    def _points(self) -> QImage:
        """All points as one image, kept until something changes."""
        ratio = self.devicePixelRatioF()
        width = max(1, round(self.width() * ratio))
        height = max(1, round(self.height() * ratio))
        if self._painted is None:
            c = theme.colours()
            pixels = self.plane.painted(
                width, height, ratio, _packed(c.canvas), _packed(c.line), _packed(c.accent)
            )
            # The image is made on the array's own memory, which is kept as long as it is.
            self._pixels = pixels
            line = pixels.strides[0]
            start = np.lib.stride_tricks.as_strided(pixels, (pixels.shape[0] * line // 4,), (4,))
            image = QImage(start.data, width, height, line, QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(ratio)
            self._painted = image
        return self._painted

    def near(self) -> np.ndarray:
        """Rows of the points that are drawn as thumbnails: one in each cell of the view."""
        rows = self.plane.in_sight(self.width(), self.height())
        spaces = self.width() * self.height() // (CELL * CELL)
        return self.plane.spaced(rows, CELL) if len(rows) <= spaces else rows[:0]

    def _paint_tiles(self, painter: QPainter, rows: np.ndarray) -> None:
        c, plane = theme.colours(), self.plane
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        spots = plane.on_screen(rows)
        for row, (x, y) in zip(rows.tolist(), spots.tolist(), strict=True):
            pixmap = self.tile_of(int(plane.ids[row]))
            box = QRectF(x - TILE / 2, y - TILE / 2, TILE, TILE)
            if pixmap is None or pixmap.isNull():
                painter.fillRect(box, QColor(c.raised))
            else:
                size = pixmap.size().scaled(TILE, TILE, Qt.AspectRatioMode.KeepAspectRatio)
                box = QRectF(
                    x - size.width() / 2, y - size.height() / 2, size.width(), size.height()
                )
                painter.drawPixmap(box, pixmap, QRectF(pixmap.rect()))
            if plane.is_chosen[row]:
                painter.setPen(QPen(QColor(c.accent), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box)

    def _paint_current(self, painter: QPainter) -> None:
        row = self.plane.current_row
        if row is None or not self.hasFocus():
            return
        (x, y) = self.plane.on_screen(np.array([row]))[0].tolist()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.colours().text), 1.5))
        painter.drawEllipse(QPointF(x, y), 8, 8)

    # ------------------------------------------------------------------ the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        held = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.button() == Qt.MouseButton.MiddleButton or (left and held):
            self._held = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif left:
            self._lasso = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        spot = event.position()
        if self._held is not None:
            self.pan(spot.x() - self._held.x(), spot.y() - self._held.y())
            self._held = spot
        elif self._lasso and (spot - self._lasso[-1]).manhattanLength() >= _LASSO_STEP:
            self._lasso.append(spot)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._held = None
            self.unsetCursor()
            return
        lasso, self._lasso = self._lasso, []
        if not lasso:
            return
        add = bool(
            event.modifiers()
            & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        )
        if len(lasso) > 2:
            self.chosen.emit(self.plane.ids[self._inside(lasso)], add)
        else:
            self.choose_at(event.position(), add)
        self.update()

    def choose_at(self, spot: QPointF, add: bool = False) -> None:
        """The picture there, or none."""
        row = self.plane.nearest(spot.x(), spot.y(), _REACH)
        self.chosen.emit(self.plane.ids[:0] if row is None else self.plane.ids[[row]], add)

    def _inside(self, lasso: list[QPointF]) -> np.ndarray:
        """Rows of the points within a polygon: looked up in a mask of it, however long it is."""
        mask = QImage(max(1, self.width()), max(1, self.height()), QImage.Format.Format_Grayscale8)
        mask.fill(0)
        painter = QPainter(mask)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(255, 255, 255))
        painter.drawPolygon(QPolygonF(lasso))
        painter.end()
        lines = np.frombuffer(mask.constBits(), np.uint8).reshape(mask.height(), -1)
        return self.plane.under(lines[:, : mask.width()] > 0)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a picture: enlarge it. Beside: the whole map again."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        row = self.plane.nearest(event.position().x(), event.position().y(), _REACH)
        if row is None:
            self.fit()
        else:
            self.chosen.emit(self.plane.ids[[row]], False)
            self.enlargeWanted.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms where the pointer is; two fingers on a pad move the map."""
        pixels, turned = event.pixelDelta(), event.angleDelta().y()
        zooms = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not pixels.isNull() and not zooms:
            self.pan(pixels.x(), pixels.y())
        elif turned:
            self.zoom(_ZOOM ** (turned / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.plane.nearest(event.pos().x(), event.pos().y(), _REACH)
            text = self.toolTip() if row is None else self.words_of(int(self.plane.ids[row]))
            QToolTip.showText(event.globalPos(), text, self, QRect(event.pos(), event.pos()))
            return True
        return super().event(event)

    # ------------------------------------------------------------------ the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the next picture that way, with Ctrl they move the map."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in _STEPS:
            across, down = _STEPS[key]
            if modifiers & Qt.KeyboardModifier.ControlModifier:
                self.pan(-across * self.width() / 8, -down * self.height() / 8)
            else:
                self._walk(across, down, bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_ZOOM)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.zoom(1 / _ZOOM)
        elif key == Qt.Key.Key_Home:
            self.fit()
        elif key == Qt.Key.Key_Escape and self._lasso:
            self._lasso = []
            self.update()
        else:
            super().keyPressEvent(event)

    def _walk(self, across: int, down: int, add: bool) -> None:
        row = self.plane.towards(across, down, self.width(), self.height())
        if row is not None:
            self.chosen.emit(self.plane.ids[[row]], add)
            self.plane.bring_in(row, self.width(), self.height(), _MARGIN)
            self._again()


def _packed(colour: str) -> int:
    return 0xFF000000 | int(colour.lstrip("#"), 16)
