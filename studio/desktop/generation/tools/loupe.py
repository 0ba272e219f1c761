"""A loupe on the picture: its pixels large, and the colour of the one in the middle to copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.generation.tools.tool import Drag, Hand, Mouse, Tool, ToolAction, register
from studio.desktop.i18n import tr
from studio.desktop.widgets import checkerboard
from studio.desktop.widgets.labels import set_words

ACROSS, PIXEL = 11, 12
"""Pixels of the picture across the loupe, and how large each is on the screen."""
_SIDE, _FOOT, _AWAY = ACROSS * PIXEL, 24, 18
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
_COPY = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


@register
class Loupe(Tool):
    """Follows the pointer, or the arrow keys pixel by pixel; a click, or Enter, copies the colour
    (colour picker), Escape ends it."""

    name = "loupe"
    beside = True

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.active = False
        self.place: QPoint | None = None
        """The pixel in its middle."""
        self.button = QToolButton()
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setFixedSize(38, 30)
        self.button.toggled.connect(self._switched)
        hand.studio.themeChanged.connect(self.retranslate)

    def actions(self) -> Sequence[ToolAction]:
        return (
            ToolAction("generation.loupe", "Loupe and colour", self.button.toggle, "Z", "zoom"),
        )

    def control(self) -> QWidget:
        return self.button

    def _switched(self, on: bool) -> None:
        self.active = on
        image = self.hand.view.image()
        if on and not image.isNull():
            self.place = QPoint(image.width() // 2, image.height() // 2)
            self.hand.view.setFocus()
        self.hand.view.unsetCursor()
        self.hand.view.update()

    # ------------------------------------------------------------------ the colour

    def colour(self) -> QColor:
        """Of the pixel in the middle; invalid where there is none."""
        image = self.hand.view.image()
        there = self.place is not None and image.rect().contains(self.place)
        return image.pixelColor(self.place) if there and self.place else QColor()

    def words(self) -> str:
        """The colour as it is copied, and opacity where the picture can be seen through."""
        colour = self.colour()
        if not self.hand.view.image().hasAlphaChannel():
            return colour.name()
        return f"{colour.name()} · {round(100 * colour.alphaF())} %"

    def copy(self) -> None:
        if (colour := self.colour()).isValid():
            QGuiApplication.clipboard().setText(colour.name())
            self.hand.notices.info(tr("The colour {name} was copied.", name=colour.name()))

    # ------------------------------------------------------------------ the hand

    def press(self, mouse: Mouse) -> Drag | None:
        if not mouse.inside:
            return None
        self._follow(mouse)
        return self._picking()

    def _picking(self) -> Drag:
        while (mouse := (yield)).held:
            self._follow(mouse)
        self.copy()

    def cursor(self, mouse: Mouse) -> Qt.CursorShape | None:
        if not mouse.inside:
            return None
        self._follow(mouse)
        return Qt.CursorShape.CrossCursor

    def _follow(self, mouse: Mouse) -> None:
        image = self.hand.view.image()
        if not image.isNull():  # several of them where it is shown as tiles
            at = mouse.picture * self._finer()
            x, y = int(at.x() // 1), int(at.y() // 1)
            self.place = QPoint(x % image.width(), y % image.height())
            self.hand.view.update()

    def _finer(self) -> float:
        """Pixels of the image for one that places are counted in: more where it was enlarged."""
        view = self.hand.view
        return view.image().width() / max(1, view.true_size().width())

    def claims(self, key: Qt.Key) -> bool:
        return key in _ARROWS or key in _COPY or key == Qt.Key.Key_Escape

    def key(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Escape:
            self.button.setChecked(False)
        elif key in _COPY:
            self.copy()
        elif key in _ARROWS and self.place is not None:
            image, (across, down) = self.hand.view.image(), _ARROWS[key]
            x = min(max(0, self.place.x() + across), image.width() - 1)
            self.place = QPoint(x, min(max(0, self.place.y() + down), image.height() - 1))
            self.hand.view.update()
        return self.claims(key)

    # ------------------------------------------------------------------ how it looks

    def paint(self, painter: QPainter) -> None:
        if not self.colour().isValid() or self.place is None:
            return
        c, frame = theme.colours(), self._frame()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        glass = QRect(frame.topLeft(), QSize(_SIDE, _SIDE))
        painter.fillRect(frame, QColor(c.panel))
        image, half = self.hand.view.image(), ACROSS // 2
        corner = self.place - QPoint(half, half)
        seen = QRect(corner.x(), corner.y(), ACROSS, ACROSS) & image.rect()
        shown = QRect(
            glass.topLeft() + (seen.topLeft() - corner) * PIXEL, seen.size() * PIXEL
        )  # fmt: skip
        checkerboard.lay(painter, shown, image)
        painter.drawImage(shown, image, seen)
        middle = QRect(glass.topLeft() + QPoint(half, half) * PIXEL, QSize(PIXEL, PIXEL))
        painter.setPen(QPen(QColor("#000000"), 1))
        painter.drawRect(middle.adjusted(-1, -1, 0, 0))
        painter.setPen(QPen(QColor("#ffffff"), 1))
        painter.drawRect(middle.adjusted(-2, -2, 1, 1))
        self._paint_foot(painter, frame)
        painter.setPen(QPen(QColor(c.line), 1))
        painter.drawRect(frame.adjusted(0, 0, -1, -1))
        painter.restore()

    def _paint_foot(self, painter: QPainter, frame: QRect) -> None:
        c = theme.colours()
        foot = QRect(frame.left(), frame.bottom() - _FOOT + 1, frame.width(), _FOOT)
        painter.fillRect(QRect(foot.left() + 7, foot.top() + 6, 12, 12), self.colour())
        painter.setFont(theme.font(12))
        painter.setPen(QColor(c.text))
        words = foot.adjusted(25, 0, -6, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.words())

    def _frame(self) -> QRect:
        """Beside the pixel, on the side where there is room."""
        view = self.hand.view
        assert self.place is not None
        spot = view.to_widget((QPointF(self.place) + QPointF(0.5, 0.5)) / self._finer())
        width, height = _SIDE, _SIDE + _FOOT
        x, y = spot.x() + _AWAY, spot.y() + _AWAY
        if x + width >= view.width():
            x = spot.x() - _AWAY - width
        if y + height >= view.height():
            y = spot.y() - _AWAY - height
        return QRectF(max(0.0, x), max(0.0, y), width, height).toRect()

    def retranslate(self) -> None:
        tip = tr(
            "Loupe: pixels of the picture, large, and the colour in the middle (Z); a click or "
            "Enter copies the colour, arrow keys move by a pixel"
        )
        set_words((self.button, "", tip))
        self.button.setAccessibleName(tr("Loupe and colour"))
        self.button.setIcon(theme.icon("zoom", theme.colours().text))
