"""Live loss curves: drawn rarely, thinly and only where they can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.base.ticker import Ticker
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.engine.training.record.series import Series, peaks

if TYPE_CHECKING:
    import pyqtgraph

REPAINT_MS = 50
MOST_A_PIXEL = 2
MOST_MARKS = 40
TICK = 0.06
"""Height of a checkpoint's tick, as a part of the plot's."""
_OTHER = "other "
"""Before the names of the lines of a run that is compared."""
# One family of hues for each theme, in the same order; the first is the theme's accent.
HUES = {
    "dark": (
        "#f0a43c", "#8fbcd8", "#8cbf97", "#c79bd1", "#d8cf8f", "#d98f86", "#76c7c0", "#b9b9b9",
    ),
    "light": (
        "#8a5200", "#1f6694", "#2f6b2e", "#7d3f8c", "#6d6012", "#a04338", "#0a6660", "#4c4c4c",
    ),
}  # fmt: skip


def colour(index: int) -> str:
    hues = HUES[theme.name()]
    return hues[index % len(hues)]


class Curves(QWidget):
    """A plot of named series over the number of pictures seen."""

    momentChosen = Signal(int)
    """The artist clicked at this number of pictures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series: dict[str, Series] = {}
        self._other: dict[str, Series] = {}
        self._hidden: set[str] = set()
        self._lines: dict[str, Any] = {}
        self._plot: pyqtgraph.PlotWidget | None = None
        self.averaged = 1
        """Points that are averaged over."""
        self.log = False
        self._cursor: float | None = None
        self._wanted: set[tuple[int, bool]] = set()
        """Pictures seen, and whether something was found there."""
        self._marks: dict[tuple[int, bool], Any] = {}
        self.drawn = 0
        """How often the curves were drawn, for tests and the frame meter."""
        self._timer = Ticker(self, self._draw, REPAINT_MS)
        self._column = boxes.column(on=self)
        self.setMinimumHeight(120)

    def set_series(self, series: dict[str, Series]) -> None:
        """Show these curves; the dictionary may grow afterwards."""
        self._series = series
        self.changed()

    def set_other(self, series: dict[str, Series]) -> None:
        """Draw these dimmed behind the others; empty for none."""
        self._other = series
        self.changed()

    def set_smoothing(self, window: int) -> None:
        """Average over this many points; 1 shows the numbers as they came."""
        self.averaged = max(1, window)
        self.changed()

    def set_log(self, on: bool) -> None:
        """Logarithmic height, where only values above zero are drawn."""
        self.log = on
        self.changed()

    def set_shown(self, name: str, on: bool) -> None:
        self._hidden.discard(name) if on else self._hidden.add(name)
        self.changed()

    def shown(self) -> list[str]:
        """The names of the curves that are seen."""
        return [name for name in self._series if name not in self._hidden]

    def set_cursor(self, images_seen: float | None) -> None:
        """A dashed line at the moment whose samples are shown."""
        self._cursor = images_seen
        self.changed()

    def set_marks(self, checkpoints: Sequence[int], health: Sequence[int]) -> None:
        """Ticks at the foot for checkpoints, lines for what was found; the newest of each."""
        wanted = {(seen, False) for seen in checkpoints[-MOST_MARKS:]}
        wanted |= {(seen, True) for seen in health[-MOST_MARKS:]}
        if wanted != self._wanted:
            self._wanted = wanted
            self.changed()

    def changed(self) -> None:
        """Data or settings changed: draw soon, at most twenty times a second."""
        if self.isVisible():
            self._timer.soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def restyle(self) -> None:
        if self._plot is None:
            return
        c = theme.colours()
        self._plot.setBackground(c.canvas)
        for side in ("left", "bottom"):
            axis = self._plot.getPlotItem().getAxis(side)
            axis.setPen(c.line)
            axis.setTextPen(c.quiet)
        self._cursor_line.setPen(_pen(c.quiet, dashed=True))
        for line in (*self._lines.values(), *self._marks.values()):
            self._plot.removeItem(line)
        self._lines.clear()
        self._marks.clear()
        self.changed()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Loss curves"))
        self.setToolTip(
            tr(
                "Losses over pictures seen; ticks are checkpoints, lines what was found. "
                "Click to see the pictures of a moment (training curves)"
            )
        )

    # ------------------------------------------------------------------ drawing

    def _make_plot(self) -> pyqtgraph.PlotWidget:
        # Imported when first painted: it costs start-up time that no other place needs.
        import pyqtgraph

        plot = pyqtgraph.PlotWidget(self)
        plot.setAntialiasing(False)
        plot.setMenuEnabled(False)
        plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # it is asked of this one
        plot.hideButtons()
        item = plot.getPlotItem()
        item.layout.setContentsMargins(0, 8, 8, 0)  # half a number stands out at both ends
        # No grid: pyqtgraph repaints it with its axis, which costs as much as the curves.
        # clipToView is ignored while the x range is automatic, so it is set by hand.
        item.getViewBox().disableAutoRange("x")
        item.getViewBox().setMouseEnabled(x=False, y=False)
        self._cursor_line = pyqtgraph.InfiniteLine(angle=90, movable=False)
        plot.addItem(self._cursor_line, ignoreBounds=True)
        plot.scene().sigMouseClicked.connect(self._clicked)
        self._column.addWidget(plot)
        return plot

    def _draw(self) -> None:
        if not self.isVisible():
            return
        if self._plot is None:
            self._plot = self._make_plot()
            self.restyle()
        every = [*self._series.values(), *self._other.values()]
        end = max((float(s.x[-1]) for s in every if len(s)), default=1.0)
        self._plot.setXRange(0.0, max(end, 1.0), padding=0.01)
        for name in list(self._lines):
            bare = name.removeprefix(_OTHER)
            of = self._series if bare == name else self._other
            if bare not in of or bare in self._hidden:
                self._plot.removeItem(self._lines.pop(name))
        for index, (name, series) in enumerate(self._series.items()):
            other = self._other.get(name)
            if name not in self._hidden and other is not None and len(other):
                self._draw_line(_dimmed(colour(index)), _OTHER + name, other)
            if name not in self._hidden and len(series):
                self._draw_line(colour(index), name, series)
        self._plot.getPlotItem().getViewBox().enableAutoRange("y")
        self._draw_marks()
        self._cursor_line.setVisible(self._cursor is not None)
        if self._cursor is not None:
            self._cursor_line.setValue(self._cursor)
        self.drawn += 1

    def _draw_marks(self) -> None:
        assert self._plot is not None
        c = theme.colours()
        for mark in set(self._marks) - self._wanted:
            self._plot.removeItem(self._marks.pop(mark))
        for seen, found in self._wanted - set(self._marks):
            made = _line(seen, c.accent if found else c.quiet, 1.0 if found else TICK)
            self._plot.addItem(made, ignoreBounds=True)
            self._marks[seen, found] = made

    def _clicked(self, event: Any) -> None:
        assert self._plot is not None
        box = self._plot.getPlotItem().getViewBox()
        if event.button() == Qt.MouseButton.LeftButton:
            self.momentChosen.emit(max(0, round(box.mapSceneToView(event.scenePos()).x())))

    def _draw_line(self, shade: str, name: str, series: Series) -> None:
        assert self._plot is not None
        x, y = peaks(series.x, series.smoothed(self.averaged), MOST_A_PIXEL * self.width())
        if self.log:
            with np.errstate(invalid="ignore", divide="ignore"):
                y = np.where(y > 0, np.log10(y), np.nan)
        line = self._lines.get(name)
        if line is None:
            line = self._plot.plot(pen=_pen(shade), connect="finite")
            line.setZValue(-1 if name.startswith(_OTHER) else 0)
            self._lines[name] = line
        line.setData(x, y)


def _line(x: float, shade: str, height: float) -> Any:
    """A vertical line from the foot, `height` of the plot high."""
    import pyqtgraph

    return pyqtgraph.InfiniteLine(x, angle=90, pen=_pen(shade), span=(0.0, height))


def _dimmed(shade: str) -> str:
    """Two fifths of a colour on the canvas: an opaque pen, because a clear one is slower."""
    ground = theme.colours().canvas
    pairs = ((int(shade[k : k + 2], 16), int(ground[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(0.4 * a + 0.6 * b):02x}" for a, b in pairs)


def _pen(shade: str, *, dashed: bool = False) -> Any:
    import pyqtgraph
    from PySide6.QtCore import Qt

    # Width 1 and cosmetic: a wider pen costs about a hundred times more per repaint.
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    return pyqtgraph.mkPen(shade, width=1, style=style)
