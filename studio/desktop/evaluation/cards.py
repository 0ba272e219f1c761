"""Figures as cards: a number, what it means in words, and a bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from studio.desktop import theme
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.labels import set_words, text_label
from studio.engine.said import sentences

if TYPE_CHECKING:
    from studio.engine.evaluation.assessment import Figure as Measured
    from studio.engine.evaluation.measures.base import Measure


@dataclass(frozen=True)
class Figure:
    """One measurement; `share` is how far the bar is filled, 0 to 1."""

    title: str
    number: str
    words: str
    share: float
    help: str
    mark: float | None = None
    """Where on the bar real pictures stand."""


def psnr(decibels: float) -> Figure:
    """Peak signal-to-noise ratio in words; the bar runs from 10 to 40 dB."""
    if decibels >= 32:
        words = tr("Hard to tell from the picture itself.")
    elif decibels >= 26:
        words = tr("Faithful, with some fine detail lost.")
    elif decibels >= 20:
        words = tr("The picture is there, its detail is soft.")
    else:
        words = tr("Only rough shapes and colours survive.")
    help = tr("Peak signal-to-noise ratio (PSNR) of held-out pictures. Higher is closer.")
    share = min(1.0, max(0.0, (decibels - 10) / 30))
    return Figure("PSNR", f"{decibels:.1f} dB", words, share, help)


def ssim(value: float) -> Figure:
    """Structural similarity in words; the bar runs from 0 to 1."""
    if value >= 0.9:
        words = tr("Edges and textures are kept.")
    elif value >= 0.7:
        words = tr("Edges are kept, textures partly.")
    elif value >= 0.4:
        words = tr("Large forms are kept, textures are not.")
    else:
        words = tr("The structure is mostly lost.")
    help = tr("Structural similarity (SSIM) of held-out pictures. 1 is identical.")
    return Figure("SSIM", f"{value:.2f}", words, min(1.0, max(0.0, value)), help)


def of_measure(measure: Measure, found: Measured) -> Figure:
    """A figure of generated pictures, or the reason why there is none."""
    help = f"{said(measure.help)} ({measure.term})"
    if found.value is None or found.low is None or found.high is None:
        return Figure(said(measure.title), "—", said(found.refused), 0.0, help)
    beside = found.value if found.matched is None else found.matched
    share, tick = _shares(measure, beside, found.ceiling)
    words = tr(
        "{low} to {high}, by {n} pictures.",
        low=measure.written(found.low), high=measure.written(found.high), n=f"{found.count:,}",
    )  # fmt: skip
    title, shown = said(measure.title), measure.written(found.value)
    return Figure(
        title, shown, said(sentences([words, _beside(measure, found)])), share, help, tick
    )


def _beside(measure: Measure, found: Measured) -> str:
    if found.ceiling is None or found.matched is None:
        return said(found.no_ceiling)
    real, n = measure.written(found.ceiling), f"{found.unseen:,}"
    if measure.by_encoder:
        return tr("Of pictures that it knows: {real}.", real=real)
    if found.matched == found.value:
        return tr("{n} real pictures that it never saw reach {real}.", n=n, real=real)
    return tr(
        "In groups of {n}: {made}, where real pictures that it never saw reach {real}.",
        n=n, made=measure.written(found.matched), real=real,
    )  # fmt: skip


def _shares(measure: Measure, value: float, ceiling: float | None) -> tuple[float, float | None]:
    """How far the bar is filled, and where its mark stands. Where less is better, the bar is full
    at the mark's own place, and half as long for twice as much."""
    if measure.better == "higher":
        most = measure.most if measure.most < 100 else max(1.0, value, ceiling or 0.0) * 1.1
        if measure.unit == "dB":
            most = 40.0
        return _within(value / most), None if ceiling is None else _within(ceiling / most)
    if ceiling is None:
        return 0.0, None
    best = max(ceiling, 0.0)
    return (_MARK if value <= best else _MARK * best / value), _MARK


_MARK = 0.9


def _within(share: float) -> float:
    return min(1.0, max(0.0, share))


class FigureCard(QFrame):
    """One figure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("raised")
        self.title, self.number = text_label(quiet=True, wrap=False), text_label(wrap=False)
        self.words, self.bar = text_label(quiet=True), _Bar()
        self.number.setFont(theme.font(26, bold=True))
        self.title.setFont(theme.font(11, bold=True))
        margins = (12, 12, 12, 12)
        column(self.title, self.number, self.words, self.bar, on=self, gap=6, margins=margins)

    def show_figure(self, figure: Figure) -> None:
        self.title.setText(figure.title)
        self.number.setText(figure.number)
        self.words.setText(figure.words)
        self.bar.share, self.bar.mark = figure.share, figure.mark
        self.bar.update()
        self.setToolTip(figure.help)
        self.setAccessibleName(f"{figure.title} {figure.number}")
        self.setAccessibleDescription(f"{figure.words} {figure.help}")


class _Bar(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.share = 0.0
        self.mark: float | None = None
        self.setFixedHeight(10)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for share, colour in ((1.0, c.line), (self.share, c.accent)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(0, 3, self.width() * share, 4), 2, 2)
        if self.mark is not None:
            painter.setBrush(QColor(c.text))
            painter.drawRect(QRectF(round((self.width() - 2) * self.mark), 0, 2, 10))


class FigureLine(QWidget):
    """One figure in a line: its title, its number, and what real pictures reach."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.number = text_label(quiet=True, wrap=False), text_label(wrap=False)
        row(self.title, None, self.number, on=self, gap=8, margins=(12, 0, 12, 0))

    def show_figure(self, figure: Figure) -> None:
        self.title.setText(figure.title)
        self.number.setText(figure.number)
        words = f"{figure.words} {figure.help}"
        set_words((self, f"{figure.title} {figure.number}", words))
