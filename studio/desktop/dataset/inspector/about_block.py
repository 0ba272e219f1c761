"""What the file of a picture tells about itself: camera, profile, and its tones as curves."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.dataset.inspector.facts_grid import FactsGrid
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.engine.dataset.papers.about import About

_CHANNELS = ("#e0675c", "#7fb77e", "#6f9fd8")
_SMOOTH = 4


class ToneCurves(QWidget):
    """Red, green and blue over the levels from 0 to 255; where they meet they add up to grey."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tones = np.zeros((3, 256))
        self.setFixedHeight(72)

    def show_tones(self, tones: np.ndarray) -> None:
        """int64 [3, 256]."""
        wide = tones.reshape(3, -1, _SMOOTH).sum(axis=2).astype(float)
        # Black and white are often cut off: they must not press everything else flat.
        inner = wide[:, 1:-1]
        highest = max(float(inner.max()) if inner.size else 0.0, float(wide.max()) * 0.05, 1.0)
        self._tones = np.minimum(wide / highest, 1.0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        painter.fillRect(area, QColor(theme.colours().canvas))
        dark = theme.name() == "dark"
        mode = QPainter.CompositionMode
        painter.setCompositionMode(
            mode.CompositionMode_Screen if dark else mode.CompositionMode_Multiply
        )
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, row in zip(_CHANNELS, self._tones, strict=True):
            shade = QColor(colour)
            shade.setAlpha(170)
            painter.setBrush(shade)
            painter.drawPath(_curve(area.adjusted(0, 4, 0, 0), row))


def _curve(area: QRectF, row: np.ndarray) -> QPainterPath:
    path = QPainterPath(area.bottomLeft())
    step = area.width() / max(1, len(row) - 1)
    for number, share in enumerate(row.tolist()):
        path.lineTo(QPointF(area.left() + number * step, area.bottom() - share * area.height()))
    path.lineTo(area.bottomRight())
    path.closeSubpath()
    return path


class AboutBlock(QWidget):
    """Hidden until something is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = ToneCurves()
        self.facts = FactsGrid()
        self._about: About | None = None
        self._hidden = 0
        boxes.column(self.curves, self.facts, on=self, gap=10)
        self.show_about(None)

    def show_about(self, about: About | None, hidden: int = 0) -> None:
        """Another picture's facts, or none while they are being read; `hidden` parts of it."""
        self._about, self._hidden = about, hidden
        self.setVisible(about is not None)
        if about is None:
            self.facts.show_facts([])
            return
        self.curves.show_tones(about.tones)
        rows = [
            (tr("Camera"), about.camera), (tr("Lens"), about.lens),
            (tr("Exposure"), about.exposure), (tr("Taken"), about.taken),
            (tr("Profile"), about.profile),
            (tr("Place"), tr("Stated in the file; exports never carry it.")
             if about.has_place else ""),
            (tr("Hidden"), (tr("1 part is hidden") if hidden == 1
             else tr("{n} parts are hidden", n=hidden)) if hidden else ""),
        ]  # fmt: skip
        self.facts.show_facts([(name, text) for name, text in rows if text])

    def retranslate(self) -> None:
        self.curves.setAccessibleName(tr("Histogram of red, green and blue"))
        self.curves.setToolTip(
            tr("How often each level of red, green and blue occurs, dark to the left (histogram).")
        )
        self.show_about(self._about, self._hidden)
