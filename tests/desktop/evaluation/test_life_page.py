"""Figures over time: what is drawn, what is said of it, and how it is asked for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt

from studio.desktop.evaluation.life_chart import Dot, heights
from studio.desktop.evaluation.life_page import LifePage
from studio.engine.evaluation.life import Moment, Value

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


def life_of(*values: float) -> list[Moment]:
    return [
        Moment(n, n * 1000, 64, {"coverage": Value(v, v - 0.1, v + 0.1, 0.9)})
        for n, v in enumerate(values, 1)
    ]


@pytest.fixture
def page(qtbot) -> LifePage:
    made = LifePage()
    qtbot.addWidget(made)
    made.resize(640, 420)
    made.retranslate()
    made.show_lives({}, {}, "a")
    return made


def test_nothing_measured_says_what_to_do(page: LifePage) -> None:
    assert "measure those of this one" in page.chart.placeholder
    assert not page.chart.lines
    page.grab()


def test_runs_lie_beside_each_other(page: LifePage, qtbot) -> None:
    lives = {"a": life_of(0.3, 0.5), "b": life_of(0.2, 0.4, 0.6)}
    page.show_lives(lives, {"a": "VAE one", "b": "VAE two"}, "a")
    page.figure.setCurrentIndex(page.figure.findData("coverage"))
    assert {run: len(dots) for run, dots in page.chart.lines.items()} == {"a": 2, "b": 3}
    assert page.chart.accessibleDescription() == "VAE one: 30 %, 50 %\nVAE two: 20 %, 40 %, 60 %"
    assert page.chart.colour("a") != page.chart.colour("b")
    page.grab()
    page.figure.setCurrentIndex(page.figure.findData("kid"))
    assert not page.chart.lines  # that was refused
    page.figure.setCurrentIndex(0)
    qtbot.keyClick(page.chart, Qt.Key.Key_Up)
    qtbot.keyClick(page.chart, Qt.Key.Key_Down)
    assert page.figure.currentIndex() == 1
    with qtbot.waitSignal(page.wanted):
        qtbot.mouseClick(page.measure, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("low", "high"), [(0.2, 0.9), (0.0, 0.0), (-0.003, 0.004), (21.3, 38.9), (5.0, 5.0), (0, 1e6)]
)
def test_the_ruled_heights_hold_all_that_is_drawn(low: float, high: float) -> None:
    found = heights({"a": [Dot(1, (low + high) / 2, low, high)]})
    assert found[0] <= low <= high <= found[-1]
    assert 2 <= len(found) <= 8
    assert all(b > a for a, b in pairwise(found))
