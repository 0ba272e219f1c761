"""Figures as cards: a number, what it means in words, and a bar."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.labels import text_label


@dataclass(frozen=True)
class Figure:
    """One measurement; `share` is how far the bar is filled, 0 to 1."""

    title: str
    number: str
    words: str
    share: float
    help: str


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


def coverage(value: float, real: float) -> Figure:
    help = tr("Part of the real pictures that have a generated one nearby. Higher is more varied.")
    words = _reached(f"{100 * real:.0f} %")
    return Figure(tr("Coverage"), f"{100 * value:.0f} %", words, value, help)


def variety(value: float, real: float) -> Figure:
    """How far generated pictures lie apart, in units of the real ones; about 1 at best."""
    help = tr("How different generated pictures are from each other. Real pictures are about 1.")
    share = min(1.0, value)
    return Figure(tr("Variety"), f"{value:.2f}", _reached(f"{real:.2f}"), share, help)


def distance(value: float, real: float) -> Figure:
    """The bar is full where generated pictures are as near as other real ones."""
    help = tr("How far generated pictures are from real ones (as KID, few pictures). 0 is best.")
    share = 1.0 if value <= real else max(0.0, real) / value
    return Figure(tr("Distance"), f"{value:.3f}", _reached(f"{real:.3f}"), share, help)


def _reached(real: str) -> str:
    return tr("Real pictures among themselves: {n}.", n=real)


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
        self.bar.share = figure.share
        self.bar.update()
        self.setToolTip(figure.help)
        self.setAccessibleName(f"{figure.title} {figure.number}")
        self.setAccessibleDescription(f"{figure.words} {figure.help}")


class _Bar(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.share = 0.0
        self.setFixedHeight(4)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for share, colour in ((1.0, c.line), (self.share, c.accent)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(0, 0, self.width() * share, 4), 2, 2)
