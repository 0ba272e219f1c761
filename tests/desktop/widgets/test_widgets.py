"""The widgets that every place shares, each on its own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from models.parameters import Param
from studio.desktop.widgets.count_list import CountList, Entry
from studio.desktop.widgets.param_form import ParamForm
from studio.desktop.widgets.param_slider import ParamSlider
from studio.desktop.widgets.picture_view import LARGEST_ZOOM, PictureView
from studio.desktop.widgets.piece_list import PieceList, PieceTile
from studio.desktop.widgets.steady_scroll import SteadyScroll
from studio.desktop.widgets.thumb_grid import LARGEST, SMALLEST, ThumbGrid

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
LEFT = Qt.MouseButton.LeftButton
PARAMS = {
    "on": Param("on", bool, True, "On", "Switch."),
    "count": Param("count", int, 3, "Count", "How many.", low=1, high=9),
    "rate": Param("rate", float, 0.0002, "Rate", "How far.", low=1e-6, high=1.0, unit="s"),
    "way": Param("way", str, "b", "Way", "Which.", choices=("a", "b")),
}


def picture(width: int = 40, height: int = 30) -> QImage:
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(QColor("#808080"))
    return made


@pytest.fixture
def show(qtbot):
    def shown(widget, size=(400, 300)):
        qtbot.addWidget(widget)
        widget.resize(*size)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    return shown


def test_a_slider_and_its_number_are_one(show, qtbot) -> None:
    slider = show(ParamSlider("Psi", 0.0, 1.5, 1.0, 0.01))
    told: list[float] = []
    slider.valueChanged.connect(told.append)
    slider.set_value(0.5)
    assert (slider.value(), told) == (0.5, [])
    slider.set_value(99.0)
    assert slider.value() == 1.5
    slider.setFocus()
    qtbot.keyClick(slider.slider, Qt.Key.Key_Left)
    assert told == [pytest.approx(1.49)]
    qtbot.mouseDClick(slider.slider, LEFT)
    assert slider.value() == 1.0
    assert told[-1] == 1.0


def test_a_form_has_an_editor_for_every_kind_and_resets_by_double_click(show, qtbot) -> None:
    form = show(ParamForm(PARAMS))
    defaults = {name: each.default for name, each in PARAMS.items()}
    assert form.values() == defaults
    told: list[tuple[str, object]] = []
    form.valueChanged.connect(lambda name, value: told.append((name, value)))
    form.set_values({"on": False, "count": 99, "rate": 5.0, "way": "a", "unknown": 1})
    assert form.values() == {"on": False, "count": 9, "rate": 1.0, "way": "a"}
    assert told == []
    for name in PARAMS:
        qtbot.mouseDClick(form.labels[name], LEFT)
    assert form.values() == defaults
    assert told == list(defaults.items())
    form.set_enabled_names({"count"})
    assert [name for name, each in form.editors.items() if each.isEnabled()] == ["count"]


class Rows(QAbstractListModel):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.count, self.asked = count, set()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return self.count

    def data(self, index: QModelIndex, role: int = 0) -> object:
        self.asked.add(index.row())
        return None


@pytest.mark.parametrize("count", [0, 1, 100_000])
def test_a_grid_asks_only_for_what_is_in_sight(show, count: int) -> None:
    grid, rows = ThumbGrid(), Rows(count)
    grid.setModel(rows)
    show(grid)
    grid.grab()
    assert len(rows.asked) <= 60
    if count:
        grid.scrollToBottom()
        grid.grab()
        assert count - 1 in rows.asked
        assert len(rows.asked) <= 120
    for asked, got in ((5, SMALLEST), (9999, LARGEST), (200, 200)):
        grid.set_tile_size(asked)
        assert grid.tile_size() == got


def test_a_picture_is_fitted_zoomed_about_a_point_and_moved(show, qtbot) -> None:
    view = show(PictureView())
    view.set_zoom(2.0)
    assert view.image().isNull()
    view.set_image(picture())
    assert view.target().center().toPoint() == view.rect().center() + QPoint(1, 1)
    fitted = view.zoom()
    view.set_zoom(1000.0)
    assert view.zoom() == LARGEST_ZOOM
    before = view.target().x()
    qtbot.mousePress(view, LEFT, pos=QPoint(200, 150))
    qtbot.mouseMove(view, QPoint(230, 150))
    qtbot.mouseRelease(view, LEFT, pos=QPoint(230, 150))
    assert view.target().x() == pytest.approx(before + 30)
    assert view.to_widget(QPointF(0, 0)) == view.target().topLeft()
    assert view.to_picture(view.to_widget(QPointF(2.5, 1.0))) == QPointF(2.5, 1.0)
    qtbot.mouseDClick(view, LEFT)
    assert view.zoom() == pytest.approx(fitted)
    view.set_split(7.0)
    assert view.split == 1.0


def test_chosen_pieces_stay_chosen(show) -> None:
    pieces = show(PieceList(several=True))
    told: list[list[int]] = []
    pieces.chosen.connect(told.append)
    tiles = [PieceTile(n, f"piece {n}", n, picture()) for n in (1, 2, 3)]
    pieces.show_pieces(tiles)
    pieces.choose([3, 1])
    assert told == [[1, 3]]
    pieces.show_pieces(tiles[1:])
    assert told[-1] == [3]
    pieces.show_pieces([])
    assert pieces.chosen_ids() == []


def test_a_list_of_counts_tells_only_what_the_artist_chose(show, qtbot) -> None:
    counts = show(CountList())
    told: list[object] = []
    counts.chosen.connect(told.append)
    counts.set_entries([Entry("a", "Anna", "1"), Entry("b", "Bad", "2", "bad")], "a")
    assert told == []
    qtbot.keyClick(counts, Qt.Key.Key_Down)
    assert told == ["b"]
    counts.grab()
    counts.set_entries([], None)
    assert counts.count() == counts.height() == 0


def test_content_is_as_wide_with_a_bar_as_without(qtbot) -> None:
    """Else tiles as high as wide make the bar come and go until the stack is full."""
    content, tile = QWidget(), QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(tile)
    area = SteadyScroll(content)
    qtbot.addWidget(area)
    with qtbot.waitExposed(area):
        area.show()
    widths = []
    for height in (50, 500):
        tile.setFixedHeight(height)
        area.resize(264, 200)
        qtbot.waitUntil(lambda tall=height > 200: area.verticalScrollBar().isVisible() == tall)
        widths.append(content.width())
        assert content.width() <= area.viewport().width()
    assert widths[0] == widths[1]
    area.resize(164, 200)
    assert content.width() == widths[0] - 100
