"""The mask of a step, on the picture: strokes, the ends of a gradient, a colour to pick."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
)

from studio.desktop.refinement.bench_view import ViewTool
from studio.engine.artwork import Pixels
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.masks.strokes import MOST_POINTS, Stroke

_GRAB = 12.0
_RED = QColor(224, 60, 50)
_SHOWN = 0.5
"""Opacity of the overlay where the step works fully."""


@dataclass
class Brush:
    """What the next stroke is like; `radius` is a share of the longer side."""

    radius: float = 0.06
    hardness: float = 0.5
    is_painting: bool = False
    erase: bool = False


class MaskTool(ViewTool):
    """Paints where the brush is on; otherwise moves the handles of the kind of mask."""

    def __init__(
        self,
        mask: Mask,
        brush: Brush,
        changed: Callable[[Mask, str], None],
        resized: Callable[[float], None],
    ) -> None:
        """`changed` gets a new mask and what of it changed, `resized` a radius set by keys."""
        self._mask, self.brush = mask, brush
        self._changed, self._resized = changed, resized
        self._overlay = QImage()
        self._points: list[tuple[float, float]] = []
        self._grabbed = ""
        self._pointer: QPointF | None = None

    def show_mask(self, mask: Mask) -> None:
        self._mask = mask

    def show_weights(self, weights: Pixels) -> None:
        """uint8 [h, w, 1]: where the step works, as red over the picture."""
        height, width = weights.shape[:2]
        made = QImage(width, height, QImage.Format.Format_ARGB32)
        made.fill(_RED)
        grey = QImage(weights.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
        made.setAlphaChannel(grey)
        self._overlay = made
        self.view.update()

    # ------------------------------------------------------------------ mouse and keys

    def press(self, event: QMouseEvent) -> bool:
        place = event.position()
        if self.brush.is_painting:
            if not self.view.target().adjusted(-40, -40, 40, 40).contains(place):
                return False
            self._points = [self._inside(place)]
            self.view.update()
            return True
        if self._mask.kind == "colour" and self.view.target().contains(place):
            self._pick(place)
            return True
        self._grabbed = self._under(place)
        return bool(self._grabbed)

    def move(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._points:
            point = self._inside(event.position())
            if self._far(point) and len(self._points) < MOST_POINTS:
                self._points.append(point)
            self.view.update()
        elif self._grabbed:
            self._drag(*self.share(event.position()))

    def release(self) -> None:
        self._grabbed = ""
        if self._points:
            brush = self.brush
            stroke = Stroke(
                points=tuple(self._points), radius=brush.radius, hardness=brush.hardness,
                erase=brush.erase,
            )  # fmt: skip
            self._points = []
            self._changed(
                self._mask.model_copy(update={"strokes": (*self._mask.strokes, stroke)}), ""
            )

    def hover(self, place: QPointF) -> Qt.CursorShape | None:
        self._pointer = place
        if self.brush.is_painting:
            self.view.update()
            return Qt.CursorShape.CrossCursor
        if self._mask.kind == "colour" and self.view.target().contains(place):
            return Qt.CursorShape.CrossCursor
        return Qt.CursorShape.SizeAllCursor if self._under(place) else None

    def key(self, event: QKeyEvent) -> bool:
        """Brackets size the brush."""
        by = {Qt.Key.Key_BracketLeft: 1 / 1.2, Qt.Key.Key_BracketRight: 1.2}.get(
            Qt.Key(event.key())
        )
        if by is None or not self.brush.is_painting:
            return False
        self._resized(min(0.5, max(0.005, self.brush.radius * by)))
        self.view.update()
        return True

    def _inside(self, place: QPointF) -> tuple[float, float]:
        x, y = self.share(place)
        return round(min(1.5, max(-0.5, x)), 4), round(min(1.5, max(-0.5, y)), 4)

    def _far(self, point: tuple[float, float]) -> bool:
        """Whether it is far enough from the last one to be worth keeping."""
        area, last = self.view.target(), self._points[-1]
        away = math.hypot((point[0] - last[0]) * area.width(), (point[1] - last[1]) * area.height())
        return away > max(1.5, self._pixels() / 6)

    def _pixels(self) -> float:
        """The radius of the brush on the screen."""
        area = self.view.target()
        return self.brush.radius * max(area.width(), area.height())

    def _pick(self, place: QPointF) -> None:
        image, (x, y) = self.view.image(), self.share(place)
        colour = image.pixelColor(
            min(image.width() - 1, int(x * image.width())),
            min(image.height() - 1, int(y * image.height())),
        )
        self._change({"colour": colour.name()}, "colour")

    # ------------------------------------------------------------------ handles

    def handles(self) -> dict[str, QPointF]:
        """Where the kind of mask can be taken hold of."""
        values, area = self._mask.shape().as_dict(), self.view.target()

        def at(x: object, y: object) -> QPointF:
            return QPointF(
                area.x() + float(str(x)) * area.width(), area.y() + float(str(y)) * area.height()
            )

        if self._mask.kind == "linear":
            return {
                "from": at(values["x"], values["y"]), "to": at(values["to_x"], values["to_y"]),
            }  # fmt: skip
        if self._mask.kind == "radial":
            x, y = float(values["x"]), float(values["y"])
            return {
                "middle": at(x, y), "wide": at(x + float(values["wide"]), y),
                "high": at(x, y + float(values["high"])),
            }  # fmt: skip
        return {}

    def _under(self, place: QPointF) -> str:
        for name, handle in self.handles().items():
            if (handle - place).manhattanLength() <= _GRAB:
                return name
        return ""

    def _drag(self, x: float, y: float) -> None:
        x, y = (round(min(2.0, max(-1.0, each)), 4) for each in (x, y))
        values = self._mask.shape().as_dict()
        if self._grabbed in ("from", "middle"):
            self._change({"x": x, "y": y}, "place")
        elif self._grabbed == "to":
            self._change({"to_x": x, "to_y": y}, "place")
        elif self._grabbed == "wide":
            self._change({"wide": min(2.0, max(0.01, abs(x - float(values["x"]))))}, "place")
        elif self._grabbed == "high":
            self._change({"high": min(2.0, max(0.01, abs(y - float(values["y"]))))}, "place")

    def _change(self, values: dict[str, float | str], key: str) -> None:
        params = {**self._mask.params, **values}
        made = self._mask.model_copy(update={"params": params})
        if made.kind == "linear" and (params.get("x"), params.get("y")) == (
            params.get("to_x"), params.get("to_y"),
        ):  # fmt: skip
            return  # a gradient of no length
        self._changed(made, key)

    # ------------------------------------------------------------------ paint

    def paint(self, painter: QPainter, area: QRectF) -> None:
        if not self._overlay.isNull():
            painter.setOpacity(_SHOWN)
            painter.drawImage(area, self._overlay)
            painter.setOpacity(1.0)
        if self._points:
            self._paint_stroke(painter, area)
        handles = self.handles()
        if not self.brush.is_painting and handles:
            self._paint_handles(painter, handles)
        if self.brush.is_painting and self._pointer is not None:
            for shade, more in ((QColor(0, 0, 0, 160), 1.0), (QColor("#ffffff"), 0.0)):
                painter.setPen(QPen(shade, 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                radius = self._pixels() + more
                painter.drawEllipse(self._pointer, radius, radius)

    def _paint_stroke(self, painter: QPainter, area: QRectF) -> None:
        places = [
            QPointF(area.x() + x * area.width(), area.y() + y * area.height())
            for x, y in self._points
        ]
        shade = QColor("#ffffff") if self.brush.erase else QColor(_RED)
        shade.setAlphaF(0.4)
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(shade, 2 * self._pixels(), Qt.PenStyle.SolidLine, cap, join))
        if len(places) == 1:
            painter.drawPoint(places[0])
        else:
            painter.drawPolyline(QPolygonF(places))

    def _paint_handles(self, painter: QPainter, handles: dict[str, QPointF]) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade, width in ((QColor(0, 0, 0, 160), 3.0), (QColor("#ffffff"), 1.2)):
            painter.setPen(QPen(shade, width))
            if "to" in handles:
                painter.drawLine(handles["from"], handles["to"])
            else:
                middle = handles["middle"]
                wide, high = handles["wide"].x() - middle.x(), handles["high"].y() - middle.y()
                painter.drawEllipse(middle, wide, high)
        painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
        for name, handle in handles.items():
            painter.setBrush(QColor("#ffffff" if name != "to" else "#9b9b9b"))
            painter.drawEllipse(handle, 5.0, 5.0)
