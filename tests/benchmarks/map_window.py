"""The map of 100,000 pictures: one repaint while it is moved, against copying an image as large.

Prints the median and the 95th percentile of a repaint, of a lasso and of a selection in the
grid, and the ratio of a repaint to filling and copying an image of the size of the widget.
"""

from __future__ import annotations

import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from studio.desktop.widgets.map_view import MapView

COUNT, ROUNDS, SIZE = 100_000, 40, (1600, 1000)


def timed(act) -> list[float]:
    found = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        act(number)
        found.append((time.perf_counter() - began) * 1000)
    return found


def said(name: str, times: list[float]) -> float:
    middle = statistics.median(times)
    high = sorted(times)[int(len(times) * 0.95)]
    print(f"{name}: median {middle:.1f} ms, p95 {high:.1f} ms")
    return middle


def main() -> None:
    app = QApplication([])
    generator = np.random.default_rng(0)
    places = np.clip(generator.normal(0, 0.35, (COUNT, 2)), -1, 1)
    view = MapView()
    view.resize(*SIZE)
    view.show()
    view.show_points(np.arange(COUNT), places, generator.integers(0, 255, (COUNT, 3), np.uint8))
    app.processEvents()

    def move(number: int) -> None:
        view.pan(3 if number % 2 else -3, 1)
        view.repaint()

    def choose(number: int) -> None:
        view.show_chosen(np.arange(number, COUNT, 3), number)
        view.repaint()

    def draw(number: int) -> None:
        angles = np.linspace(0, 6.28, 200)
        view._inside([
            QPointF(800 + (200 + number) * np.cos(a), 500 + 200 * np.sin(a)) for a in angles
        ])  # fmt: skip

    target = QImage(*SIZE, QImage.Format.Format_RGB32)

    def plain(number: int) -> None:
        pixels = np.full((SIZE[1], SIZE[0]), 0xFF000000 + number, np.uint32)
        image = QImage(pixels.data, *SIZE, SIZE[0] * 4, QImage.Format.Format_RGB32)
        painter = QPainter(target)
        painter.drawImage(QPoint(0, 0), image)
        painter.end()

    base = said("fill and copy an image", timed(plain))
    repaint = said("move and repaint", timed(move))
    said("choose a third and repaint", timed(choose))
    said("a lasso of 200 corners", timed(draw))
    print(f"ratio: {repaint / base:.1f}")
    view.close()


if __name__ == "__main__":
    main()
