"""A transparent picture lies on one checkerboard, wherever it is shown."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from studio.desktop.dataset.regions.crop_view import CropView
from studio.desktop.dataset.regions.region_view import RegionView
from studio.desktop.evaluation.wall import Wall
from studio.desktop.widgets import checkerboard
from studio.desktop.widgets.picture_view import PictureView
from studio.desktop.widgets.piece_list import PieceList, PieceTile

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
BOARD = {QColor(checkerboard.LIGHT).name(), QColor(checkerboard.DARK).name()}
CLEAR = np.zeros((64, 64, 4), np.uint8)


def colours(image: QImage, area: QRect) -> set[str]:
    xs, ys = range(area.left(), area.right()), range(area.top(), area.bottom())
    return {image.pixelColor(x, y).name() for x in xs for y in ys}


def clear() -> QImage:
    image = QImage(64, 64, QImage.Format.Format_RGBA8888)
    image.fill(0)
    return image


def seen(widget: QWidget, qtbot) -> set[str]:
    """The colours about the middle of a widget, off any line through it."""
    qtbot.addWidget(widget)
    widget.resize(200, 200)
    return colours(widget.grab().toImage(), QRect(104, 104, 24, 24))


def test_walls_and_views_show_the_board_under_a_clear_picture(qtbot) -> None:
    wall, view, regions, crop = Wall(), PictureView(), RegionView(), CropView()
    wall.set_pictures(CLEAR[None])
    view.set_image(clear())
    for editor in (regions, crop):
        editor.show_picture(clear(), (64, 64))
    for widget in (wall, view, regions, crop):
        assert seen(widget, qtbot) == BOARD


def test_a_tile_of_a_piece_shows_it(qtbot) -> None:
    pieces = PieceList()
    qtbot.addWidget(pieces)
    pieces.show_pieces([PieceTile(1, "a", 0, clear())])
    icon: QIcon = pieces.item(0).icon()
    picture = icon.pixmap(64, 64).toImage()
    assert picture.pixelColor(20, 20).alpha() == 255
    assert colours(picture, QRect(8, 8, 40, 40)) & BOARD


def test_nothing_is_laid_under_what_cannot_be_seen_through(qapp) -> None:
    ground = QPixmap(32, 32)
    ground.fill(QColor("#123456"))
    painter = QPainter(ground)
    checkerboard.lay(painter, ground.rect(), QImage(8, 8, QImage.Format.Format_RGB888))
    painter.end()
    assert colours(ground.toImage(), ground.rect()) == {"#123456"}
