"""One update of the live loss curves at 200,000 points, drawn to the pixels: bound 5 ms.

    python tests/benchmarks/live_plot.py [--points 200000] [--rounds 101]

An update is what a new loss costs the window's thread: the point is added, the curve is set
again and painted. The baseline in the same turns is the plainest plot of as many points: their
extremes a pixel column, one QPainter polyline on a picture of the same size. JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

BOUND_MS = 5.0
WARM_UP = 5
SIZE = (1100, 320)


def filled(points: int, seed: int):  # type: ignore[no-untyped-def]
    """A noisy falling curve of this many points."""
    from studio.engine.training.record.series import Series

    series = Series()
    noise = np.random.default_rng(seed).normal(0, 0.05, points)
    for number in range(points):
        series.add(float(number * 16), float(np.exp(-number / points * 3) + noise[number]))
    return series


def bare(series, image: QImage) -> None:  # type: ignore[no-untyped-def]
    """The plainest plot there is."""
    width, height = image.width(), image.height()
    y = series.y
    part = max(1, len(y) // width)
    columns = y[: len(y) // part * part].reshape(-1, part)
    low, high = columns.min(1), columns.max(1)
    bottom, top = float(low.min()), float(high.max())
    tall = height / max(top - bottom, 1e-12)
    points = []
    for place, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        x = place * width / len(low)
        points += [
            QPointF(x, height - (a - bottom) * tall),
            QPointF(x, height - (b - bottom) * tall),
        ]
    image.fill(QColor("#161616"))
    painter = QPainter(image)
    painter.setPen(QColor("#f0a43c"))
    painter.drawPolyline(points)
    painter.end()


def main() -> int:
    """Measure, print, and exit 1 when the bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=200_000)
    options.add_argument("--curves", type=int, default=1)
    options.add_argument("--smoothing", type=int, default=1)
    options.add_argument("--rounds", type=int, default=101)
    given = options.parse_args()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    from studio.desktop.training.run.curves import Curves

    each = given.points // given.curves
    series = {f"loss {number}": filled(each, number) for number in range(given.curves)}
    curves = Curves()
    curves.resize(*SIZE)
    curves.set_smoothing(given.smoothing)
    curves.set_series(series)
    curves.show()
    while not curves.drawn:
        app.processEvents()
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    ours, theirs = [], []
    for _ in range(given.rounds + WARM_UP):
        began = time.perf_counter()
        for line in series.values():
            line.add(float(line.x[-1]) + 16, 0.05)
        curves._draw()  # what the widget's own timer calls
        curves._plot.viewport().repaint()
        ours.append(1000 * (time.perf_counter() - began))
        app.processEvents()
        began = time.perf_counter()
        for line in series.values():
            bare(line, image)
        theirs.append(1000 * (time.perf_counter() - began))
    curves.close()
    ours, theirs = ours[WARM_UP:], theirs[WARM_UP:]
    median = statistics.median(ours)
    result = {
        "benchmark": "live plot", "points": each * given.curves, "curves": given.curves,
        "smoothing": given.smoothing, "rounds": given.rounds, "ms": round(median, 3),
        "p95_ms": round(float(np.percentile(ours, 95)), 3),
        "bare_ms": round(statistics.median(theirs), 3),
        "ratio": round(median / statistics.median(theirs), 3),
        "bound_ms": BOUND_MS, "ok": median <= BOUND_MS,
    }  # fmt: skip
    print(json.dumps(result))
    return 0 if median <= BOUND_MS else 1


if __name__ == "__main__":
    sys.exit(main())
