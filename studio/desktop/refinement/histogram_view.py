"""The histogram of what is shown, with what is clipped at either end."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.engine.refinement.histogram import Histogram

_SHADES = ("#e0675c", "#7fb77e", "#6f9fe0")
_LEAST = 0.0005
"""A smaller share is no clipping: black and white points of a good print have as much."""


class HistogramView(QWidget):
    """Three channels over each other; words below say how much is clipped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Histogram | None = None
        self.setFixedHeight(92)

    def sizeHint(self) -> QSize:
        return QSize(264, 92)

    def show_histogram(self, found: Histogram | None) -> None:
        self._found = found
        self.retranslate()
        self.update()

    def retranslate(self) -> None:
        tip = tr("How often every tone occurs, dark on the left; clipped tones have no detail left")
        self.setToolTip(tip)
        self.setAccessibleName(tr("Histogram"))
        self.setAccessibleDescription(" · ".join(self._words()) or tip)

    def _words(self) -> tuple[str, str]:
        if self._found is None:
            return "", ""
        black, white = (
            f"{share:.1%}" if share >= _LEAST else ""
            for share in (self._found.black, self._found.white)
        )
        return (
            tr("Black {share}", share=black) if black else "",
            tr("White {share}", share=white) if white else "",
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0, 0, self.width(), self.height() - 20)
        painter.fillRect(area, QColor(c.window))
        if self._found is None:
            return
        counts = self._found.counts[:, 1:255].astype(np.float64)
        # The ends are left out of the scale: a clipped sky would flatten all the rest.
        top = max(1.0, float(np.quantile(counts, 0.995)) * 1.15)
        painter.setPen(Qt.PenStyle.NoPen)
        modes = QPainter.CompositionMode
        is_dark = theme.name() == "dark"
        painter.setCompositionMode(
            modes.CompositionMode_Screen if is_dark else modes.CompositionMode_Multiply
        )
        painter.setClipRect(area)
        for shade, levels in zip(_SHADES, self._found.counts, strict=True):
            colour = QColor(shade)
            colour.setAlphaF(0.75)
            painter.setBrush(colour)
            painter.drawPolygon(_outline(np.minimum(levels / top, 1.0), area))
        painter.setClipping(False)
        painter.setCompositionMode(modes.CompositionMode_SourceOver)
        black, white = self._words()
        painter.setFont(theme.font(11))
        painter.setPen(QColor(c.bad))
        below = QRectF(0, self.height() - 18, self.width(), 18)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, black)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, white)


def _outline(heights: np.ndarray, area: QRectF) -> QPolygonF:
    wide = area.width() / (len(heights) - 1)
    top = [
        QPointF(place * wide, area.bottom() - height * area.height())
        for place, height in enumerate(heights.tolist())
    ]
    return QPolygonF([area.bottomLeft(), *top, area.bottomRight()])
