"""A picture with a rectangle that is drawn, moved by its inside and sized by its handles."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.dataset.regions.picture_canvas import PictureCanvas
from studio.desktop.widgets import checkerboard, frame_handles
from studio.desktop.widgets.frame_handles import ARROWS, CURSORS, MOVE, WHOLE, Box
from studio.engine.dataset.curation.crops import SMALLEST


class CropView(PictureCanvas):
    """One rectangle, drawn anew or changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._aspect = 0.0
        self.box: Box = WHOLE
        """The rectangle: left, top, right and bottom, 0 to 1; see :meth:`set_box`."""
        self._grabbed, self._from, self._start = "", QPointF(), WHOLE

    # ------------------------------------------------------------------ what is shown

    def set_box(self, box: Box) -> None:
        """Put the rectangle somewhere; it stays inside the picture."""
        left, top, right, bottom = box
        width, height = min(1.0, right - left), min(1.0, bottom - top)
        left, top = min(max(0.0, left), 1 - width), min(max(0.0, top), 1 - height)
        self.box = left, top, left + width, top + height
        self.update()
        self.changed.emit()

    def lock(self, aspect: float) -> None:
        """Keep width over height, in pixels, at `aspect`; 0 lets go of it."""
        self._aspect = aspect
        if aspect:
            self.set_box(self._shaped(self.box))

    def pixel_size(self) -> tuple[int, int]:
        """Width and height of the rectangle in pixels of the picture."""
        left, top, right, bottom = self.box
        return round((right - left) * self._pixels[0]), round((bottom - top) * self._pixels[1])

    def largest(self) -> Box:
        """All of the picture, or the largest part in its middle of the locked shape."""
        return self._shaped(WHOLE) if self._aspect else WHOLE

    def _ratio(self) -> float:
        """What the locked aspect is in shares: width over height."""
        return self._aspect * self._pixels[1] / self._pixels[0]

    def _shaped(self, box: Box) -> Box:
        """The largest part in the middle of `box` of the locked shape."""
        ratio = self._ratio()
        width, height = box[2] - box[0], box[3] - box[1]
        wide = min(width, height * ratio)
        high = wide / ratio
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2

    # ------------------------------------------------------------------ places on the screen

    def box_rect(self) -> QRectF:
        return frame_handles.frame_rect(self.box, self.picture_rect())

    def handles(self) -> dict[str, QPointF]:
        return frame_handles.handles(self.box_rect())

    def _under(self, place: QPointF) -> str:
        taken = frame_handles.taken_at(self.box_rect(), place)
        return "" if taken == MOVE and self.box == WHOLE else taken

    # ------------------------------------------------------------------ mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._grabbed = self._under(event.position()) or "new"
        self._from, self._start = event.position(), self.box

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._grabbed:
            shape = CURSORS.get(self._under(event.position()), Qt.CursorShape.CrossCursor)
            self.setCursor(shape)
            return
        area = self.picture_rect()
        by = event.position() - self._from
        x, y = by.x() / max(1.0, area.width()), by.y() / max(1.0, area.height())
        if self._grabbed == MOVE:
            left, top, right, bottom = self._start
            self.set_box((left + x, top + y, right + x, bottom + y))
        elif self._grabbed == "new":
            if by.manhattanLength() > 4:
                self._draw(self._share(self._from), self._share(event.position()))
        else:
            self._pull(self._grabbed, x, y)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = ""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.set_box(self.largest())

    def _draw(self, first: tuple[float, float], second: tuple[float, float]) -> None:
        """A rectangle between two points; a locked one grows from the first."""
        width, height = abs(second[0] - first[0]), abs(second[1] - first[1])
        right, below = second[0] >= first[0], second[1] >= first[1]
        self._grow(first, width, height, right=right, below=below)

    def _pull(self, name: str, x: float, y: float) -> None:
        left, top, right, bottom = self._start
        left, right = left + x * ("l" in name), right + x * ("r" in name)
        top, bottom = top + y * ("t" in name), bottom + y * ("b" in name)
        left, top, right, bottom = max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom)
        to_right, to_below = "l" not in name, "t" not in name
        anchor = (left if to_right else right, top if to_below else bottom)
        width, height = max(SMALLEST, right - left), max(SMALLEST, bottom - top)
        if self._aspect and name in ("l", "r"):
            height = width / self._ratio()
        elif self._aspect and name in ("t", "b"):
            width = height * self._ratio()
        self._grow(anchor, width, height, right=to_right, below=to_below)

    def _grow(
        self, anchor: tuple[float, float], width: float, height: float, *, right: bool, below: bool
    ) -> None:
        """A rectangle of about this size that begins at a corner and stays in the picture."""
        most_wide = 1 - anchor[0] if right else anchor[0]
        most_high = 1 - anchor[1] if below else anchor[1]
        wide, high = max(width, SMALLEST), max(height, SMALLEST)
        if self._aspect:
            ratio = self._ratio()
            wide = max(wide, high * ratio, SMALLEST, SMALLEST * ratio)
            wide = min(wide, most_wide, most_high * ratio)
            high = wide / ratio
        wide, high = min(wide, most_wide), min(high, most_high)
        if wide < SMALLEST or high < SMALLEST:
            return
        left = anchor[0] if right else anchor[0] - wide
        top = anchor[1] if below else anchor[1] - high
        self.set_box((left, top, left + wide, top + high))

    # ------------------------------------------------------------------ keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move by a pixel of the picture, with Shift by ten; with Ctrl they size it."""
        step = ARROWS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        modifiers = event.modifiers()
        many = 10 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
        x, y = step[0] * many / self._pixels[0], step[1] * many / self._pixels[1]
        left, top, right, bottom = self.box
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._start = self.box
            self._pull("r" if x else "b", x, y)
        else:
            self.set_box((left + x, top + y, right + x, bottom + y))

    # ------------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(c.canvas))
        if self._image.isNull():
            return
        area, rect = self.picture_rect(), self.box_rect()
        checkerboard.lay(painter, area, self._image)
        painter.drawImage(area, self._image)
        line = QPen(QColor(c.accent), 2 if self.hasFocus() else 1)
        frame_handles.paint_frame(painter, area, rect, line, QColor(c.accent))
