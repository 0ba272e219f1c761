"""Places that work on pieces hold small pictures, and say which picture is gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.desktop.base.piece_shelf import SIDE, read
from studio.engine.pieces import pieces
from studio.engine.project import Project

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def test_pictures_are_small_and_read_once(sample_project: Path) -> None:
    drawn: list[int] = []

    def draw(piece: pieces.Piece) -> np.ndarray:
        drawn.append(piece.id)
        return pieces.stored(piece)

    with Project.open(sample_project) as project:
        poster = np.random.default_rng(0).integers(0, 256, (900, 1200, 3), np.uint8)
        Image.fromarray(poster).save(pieces.piece(project, 2).file)
        newest, oldest = read(project, draw, {})
        assert (newest.picture.width(), newest.picture.height()) == (SIDE, SIDE * 3 // 4)
        assert (newest.blurred().width(), newest.blurred().height()) == (1200, 900)
        assert oldest.picture.width() == 64
        before = {each.piece.id: each for each in (newest, oldest)}
        pieces.set_rating(project, 1, 4)
        pieces.set_stack(project, 2, [{"op": "sharpen"}])
        again = read(project, draw, before)
        assert drawn == [2, 1, 2], "only what may look different is drawn again"
        assert [each.piece.rating for each in again] == [0, 4]


@pytest.mark.parametrize("place", ["refinement", "export"])
def test_a_picture_that_is_gone_is_said(window, sample_project, qtbot, place) -> None:
    file = sample_project / "pieces" / "piece-002.png"
    file.unlink()
    said: list[str] = []
    window.studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    assert window.studio.open_project(sample_project)
    window.go(place)
    room = window.room(place)
    qtbot.waitUntil(lambda: room.list.count() == 2, timeout=WAIT)
    sentence = f"The piece piece-002 cannot be shown: its picture {file} is gone or damaged."
    assert sentence in room.list.item(0).toolTip()
    window.studio.set_language("zh_CN")
    assert "不见了或已损坏" in room.list.item(0).toolTip()
    window.studio.set_language("en")
    room.list.choose([2])
    qtbot.waitUntil(lambda: sentence in said, timeout=WAIT)
    room.list.choose([1])
    view = room.view if place == "refinement" else room.preview
    qtbot.waitUntil(lambda: view.image().width() == 64, timeout=WAIT)


@pytest.mark.parametrize("place", ["refinement", "export"])
def test_one_bad_piece_costs_itself_and_is_said(window, sample_project, qtbot, place) -> None:
    with Project.open(sample_project) as project:
        project.write("UPDATE piece SET recipe = '{' WHERE id = 1")
    said: list[str] = []
    window.studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    assert window.studio.open_project(sample_project)
    window.go(place)
    room = window.room(place)
    qtbot.waitUntil(lambda: room.list.count() == 1, timeout=WAIT)
    qtbot.waitUntil(lambda: any("damaged: piece-001" in each for each in said), timeout=WAIT)
    assert sum("damaged: piece-001" in each for each in said) == 1
