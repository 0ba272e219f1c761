"""The curves of a run as a file: a table, a drawing of lines, or a picture."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from xml.sax.saxutils import escape

import numpy as np

from studio.engine.errors import TakenError, UsageError
from studio.engine.files import atomic_path, write_text
from studio.engine.training.record.series import Series, Values, peaks

SUFFIXES = (".png", ".svg", ".csv")
WIDTH, HEIGHT = 1200, 675
_LEFT, _TOP, _RIGHT, _BOTTOM = 84, 56, 24, 56
_ROW, _COLUMNS = 22, 3
"""Pixels of a line of the legend, and how many stand in it."""
_SIZE = 14
COLOURS = (
    "#8a5200", "#1f6694", "#2f6b2e", "#7d3f8c", "#6d6012", "#a04338", "#0a6660", "#4c4c4c",
)  # fmt: skip
_TEXT, _QUIET, _GRID, _PAPER = "#1f1f1f", "#5c5c5c", "#e2e2e2", "#ffffff"
_FINER = 2
"""Times as fine as the picture is drawn, and then made smaller, so that lines are smooth."""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """Curves by their names, and how they are drawn."""

    title: str
    curves: Mapping[str, Series]
    terms: Mapping[str, str]
    """What each is called in the legend."""
    shown: Sequence[str]
    """Those that are drawn; a table has all of them."""
    window: int = 1
    """Points that are averaged over."""
    log: bool = False
    plain: str = ""
    """A title for a picture, whose font has European letters only, where the own one has others."""


def write_chart(chart: Chart, target: Path) -> None:
    """Write curves as the ending of the name says. Raises :class:`UsageError` where there is
    nothing to write, and :class:`TakenError` where there is something in the way."""
    kind = target.suffix.lower()
    if kind not in SUFFIXES:
        raise UsageError(
            "{path} says no format of curves: end its name with one of {known}.",
            path=target, known=", ".join(SUFFIXES),
        )  # fmt: skip
    if not any(len(chart.curves[name]) for name in chart.shown):
        raise UsageError("This run has no curves to save: train it for a while.")
    if target.exists():
        raise TakenError(
            "{path} already exists: choose another name or folder; nothing was changed.",
            path=target,
        )  # fmt: skip
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind == ".csv":
        write_text(target, table(chart), overwrite=False)
    elif kind == ".svg":
        drawing = _Svg()
        _draw(chart, drawing)
        write_text(target, drawing.whole(), overwrite=False)
    else:
        picture = _Picture()
        fits = chart.title.encode("latin-1", "replace").decode("latin-1") == chart.title
        _draw(chart if fits else replace(chart, title=chart.plain), picture)
        picture.save(target)


def table(chart: Chart) -> str:
    """CSV: images seen, then every curve as it was measured, empty where it was not."""
    rows: dict[float, dict[str, float]] = {}
    for name, series in chart.curves.items():
        for x, y in zip(series.x.tolist(), series.y.tolist(), strict=True):
            rows.setdefault(x, {})[name] = y
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    # A program that reads a table takes a name that begins like a sum for one.
    writer.writerow(["images_seen", *(name.lstrip("=+-@\t\r") for name in chart.curves)])
    for x in sorted(rows):
        writer.writerow([f"{x:.0f}", *(_number(rows[x].get(name)) for name in chart.curves)])
    return made.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.9g}"


# ------------------------------------------------------------------ where it is drawn


class _Drawing(Protocol):
    def line(self, points: Points, colour: str, width: float) -> None: ...

    def text(self, x: float, y: float, words: str, colour: str, anchor: str) -> None:
        """`y` is the middle of the line; `anchor` is start, middle or end."""


class _Svg:
    def __init__(self) -> None:
        self._parts: list[str] = []

    def line(self, points: Points, colour: str, width: float) -> None:
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(
            f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width}" '
            'stroke-linejoin="round"/>'
        )

    def text(self, x: float, y: float, words: str, colour: str, anchor: str) -> None:
        self._parts.append(
            f'<text x="{x:.1f}" y="{y + _SIZE * 0.35:.1f}" fill="{colour}" '
            f'text-anchor="{anchor}">{escape(words)}</text>'
        )

    def whole(self) -> str:
        joined = "\n".join(self._parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="{_SIZE}">\n'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>\n{joined}\n</svg>\n'
        )


class _Picture:
    def __init__(self) -> None:
        from PIL import Image, ImageDraw, ImageFont

        self._image = Image.new("RGB", (WIDTH * _FINER, HEIGHT * _FINER), _PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._font = ImageFont.load_default(_SIZE * _FINER)

    def line(self, points: Points, colour: str, width: float) -> None:
        finer = [(x * _FINER, y * _FINER) for x, y in points]
        if len(finer) > 1:
            self._draw.line(finer, colour, round(width * _FINER), joint="curve")

    def text(self, x: float, y: float, words: str, colour: str, anchor: str) -> None:
        where = {"start": "lm", "middle": "mm", "end": "rm"}[anchor]
        self._draw.text((x * _FINER, y * _FINER), words, colour, self._font, where)

    def save(self, target: Path) -> None:
        from PIL import Image

        small = self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        with atomic_path(target, overwrite=False) as temporary:
            small.save(temporary, "PNG")


# ------------------------------------------------------------------ what is drawn


@dataclass(frozen=True)
class _Scale:
    """Where values lie: images seen from 0 to `across`, heights from `low` to `high`."""

    across: float
    low: float
    high: float
    top: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        width, height = WIDTH - _LEFT - _RIGHT, HEIGHT - self.top - _BOTTOM
        share = (self.high - y) / (self.high - self.low)
        return _LEFT + width * x / self.across, self.top + height * share


def _draw(chart: Chart, drawing: _Drawing) -> None:
    lines = {name: _values(chart, name) for name in chart.shown if len(chart.curves[name])}
    lines = {name: (x, y) for name, (x, y) in lines.items() if np.isfinite(y).any()}
    drawing.text(_LEFT, _TOP / 2, chart.title, _TEXT, "start")
    scale = _scale_of(lines)
    _draw_axes(chart, drawing, scale)
    for index, (name, (xs, ys)) in enumerate(lines.items()):
        colour = COLOURS[index % len(COLOURS)]
        for part in _whole_parts(xs, ys):
            drawing.line([scale.place(x, y) for x, y in part], colour, 1.5)
        left = _LEFT + (WIDTH - _LEFT - _RIGHT) / _COLUMNS * (index % _COLUMNS)
        below = _TOP + _ROW * (index // _COLUMNS)
        drawing.line([(left, below), (left + 18, below)], colour, 3)
        drawing.text(left + 26, below, chart.terms.get(name, name), _TEXT, "start")


def _scale_of(lines: Mapping[str, tuple[Values, Values]]) -> _Scale:
    across = max((float(x[-1]) for x, _ in lines.values()), default=1.0) or 1.0
    heights = np.concatenate([y[np.isfinite(y)] for _, y in lines.values()] or [np.zeros(1)])
    low, high = float(heights.min()), float(heights.max())
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    return _Scale(across, low, high, _TOP + _ROW * math.ceil(len(lines) / _COLUMNS))


def _draw_axes(chart: Chart, drawing: _Drawing, scale: _Scale) -> None:
    for value in ticks(scale.low, scale.high):
        left, right = scale.place(0, value), scale.place(scale.across, value)
        drawing.line([left, right], _GRID, 1)
        shown = 10**value if chart.log else value
        drawing.text(_LEFT - 8, left[1], f"{shown:.4g}", _QUIET, "end")
    for value in ticks(0, scale.across):
        x, foot = scale.place(value, scale.low)
        drawing.line([(x, foot), (x, foot + 5)], _QUIET, 1)
        drawing.text(x, foot + 18, f"{value:,.0f}", _QUIET, "middle")
    drawing.text((WIDTH + _LEFT - _RIGHT) / 2, HEIGHT - 14, "images seen", _QUIET, "middle")


def _values(chart: Chart, name: str) -> tuple[Values, Values]:
    series = chart.curves[name]
    x, y = peaks(series.x, series.smoothed(chart.window), 2 * WIDTH)
    if not chart.log:
        return x, y
    with np.errstate(invalid="ignore", divide="ignore"):
        return x, np.where(y > 0, np.log10(y), np.nan)


def _whole_parts(x: Values, y: Values) -> list[list[tuple[float, float]]]:
    """The stretches of a curve between its gaps."""
    good = np.isfinite(y)
    edges = np.flatnonzero(np.diff(good.astype(int))) + 1
    parts = zip(np.split(x, edges), np.split(y, edges), np.split(good, edges), strict=True)
    return [list(zip(a.tolist(), b.tolist(), strict=True)) for a, b, on in parts if on[0]]


def ticks(low: float, high: float, count: int = 6) -> list[float]:
    """About so many round numbers from `low` to `high`."""
    rough = (high - low) / count
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * each for each in (1, 2, 5, 10) if size * each >= rough)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]
