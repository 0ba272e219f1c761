"""The wall of augmentations, by clicks and keys: what a run would see, before there is one."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from studio.desktop.pixels import from_qimage
from studio.desktop.training.new_run.augmentation_queries import COLUMNS, SAMPLES
from studio.desktop.training.room import TrainingRoom
from studio.engine.dataset.index import store
from studio.engine.training.preview import augmentations
from studio.engine.training.preview.symmetry import Symmetry
from tests.desktop.training.support import WAIT, begin

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> list[Symmetry]:
    """What is measured of the set, at once instead of in seconds; a test may change it."""
    found = [Symmetry()]
    monkeypatch.setattr(augmentations, "measure", lambda *_: found[0])
    return found


def hung(room: TrainingRoom, qtbot) -> QImage:
    """The wall, when it is drawn and at rest."""
    wall, preview = room.centre.wall, room.preview
    qtbot.waitUntil(lambda: wall.drawn is not None, timeout=WAIT)
    qtbot.waitUntil(
        lambda: not (preview._timer.isActive() or preview.painter.busy or preview.judge.busy),
        timeout=WAIT,
    )
    qtbot.wait(20)
    assert wall.drawn is not None
    return wall.drawn.image


def still(room: TrainingRoom) -> None:
    """Every kind off, by hand."""
    form = room.form.forms.augment
    assert form is not None
    for name, editor in form.editors.items():
        if name == "augment_mirror":
            editor.setChecked(False)
        elif hasattr(editor, "setValue"):
            editor.setValue(0)


def calm(room: TrainingRoom, qtbot) -> None:
    """Every kind off and drawn so; a recommendation that comes meanwhile is put off again."""

    def all_alike() -> None:
        still(room)
        different = len(cells(hung(room, qtbot)))
        assert different == 1, (different, room.preview._last)

    qtbot.waitUntil(all_alike, timeout=WAIT)


def cells(image: QImage) -> set[bytes]:
    """The different samples; cut out of an array, for the bits of a QImage end with it."""
    rows = np.split(from_qimage(image), SAMPLES // COLUMNS)
    return {cell.tobytes() for row in rows for cell in np.split(row, COLUMNS, axis=1)}


def test_the_wall_shows_what_the_form_says(room: TrainingRoom, qtbot) -> None:
    wall = room.centre.wall
    image = hung(room, qtbot)
    assert wall.isVisible()
    assert len(wall.view.places()) == SAMPLES
    assert len(cells(image)) > SAMPLES // 2
    assert room.centre.title.text() == "What the run would see"
    assert room.centre.moment.text() == "00.png · 1 of 12"
    calm(room, qtbot)
    turn = room.form.forms.augment.editors["augment_rotate"]
    turn.setFocus()
    turn.selectAll()
    qtbot.keyClicks(turn, "90\t")
    qtbot.waitUntil(lambda: len(cells(hung(room, qtbot))) > SAMPLES // 2, timeout=WAIT)
    assert room.form.wanted().overrides["augment_rotate"] == 90.0


def test_other_pictures_and_other_chance_by_clicks_and_keys(room: TrainingRoom, qtbot) -> None:
    wall, moment = room.centre.wall, room.centre.moment
    first = hung(room, qtbot)
    qtbot.mouseClick(wall.roll, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: wall.drawn.image != first, timeout=WAIT)
    qtbot.mouseClick(wall.on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: moment.text() == "01.png · 2 of 12", timeout=WAIT)
    room.setFocus()
    qtbot.keyClick(room, Qt.Key.Key_BracketLeft)
    qtbot.keyClick(room, Qt.Key.Key_BracketLeft)
    qtbot.waitUntil(lambda: moment.text() == "11.png · 12 of 12", timeout=WAIT)
    qtbot.keyClick(room, Qt.Key.Key_BracketRight)
    qtbot.waitUntil(lambda: moment.text() == "00.png · 1 of 12", timeout=WAIT)
    before = hung(room, qtbot)
    qtbot.keyClick(room, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: wall.drawn.image != before, timeout=WAIT)


def test_what_would_show_is_said_and_goes_with_its_cause(
    room: TrainingRoom, known: list[Symmetry], studio, qtbot
) -> None:
    wall, form = room.centre.wall, room.form
    hung(room, qtbot)
    assert not wall.cards[0].isVisible()
    known[0] = Symmetry(200, 0.9, 0.9)
    room.preview._warner._known.clear()
    mirror = form.forms.augment.editors["augment_mirror"]
    mirror.setFocus()
    qtbot.keyClick(mirror, Qt.Key.Key_Space)
    qtbot.keyClick(mirror, Qt.Key.Key_Space)
    form.forms.augment.editors["augment_rotate"].setValue(45)
    qtbot.waitUntil(lambda: wall.cards[1].isVisible(), timeout=WAIT)
    assert "90 of 100 are told from their mirror images" in wall.cards[0].sentence.text()
    assert "an up and a down" in wall.cards[1].sentence.text()
    studio.set_language("zh_CN")
    assert "镜像" in wall.cards[0].sentence.text()
    assert wall.cards[0].title.text() == "这会显露出来"
    studio.set_language("en")
    qtbot.keyClick(mirror, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not wall.cards[1].isVisible(), timeout=WAIT)
    assert "an up and a down" in wall.cards[0].sentence.text()


def test_how_often_is_said_where_a_family_has_a_chance(room: TrainingRoom, qtbot) -> None:
    room.form.family.choose("gan")
    wall = room.centre.wall
    qtbot.waitUntil(lambda: "50 of 100" in wall.often.text(), timeout=WAIT)
    room.form.family.choose("stylegan2")
    qtbot.waitUntil(lambda: room.form.forms.family == "stylegan2", timeout=WAIT)
    hung(room, qtbot)
    assert "50 of 100" in wall.often.text()
    room.form.family.choose("vae")
    qtbot.waitUntil(lambda: "to every picture" in wall.often.text(), timeout=WAIT)


def test_a_picture_that_is_gone_is_said_and_passed(room: TrainingRoom, studio, qtbot) -> None:
    hung(room, qtbot)
    dataset = store.datasets(studio.project)[0]
    second = store.chosen_items(studio.project, dataset.id)[1]
    hidden = second.path.with_suffix(".hidden")
    second.path.rename(hidden)
    try:
        wall = room.centre.wall
        qtbot.mouseClick(wall.on, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: wall.drawn is None, timeout=WAIT)
        assert "01.png" in wall.view.sentence
        assert not wall.roll.isEnabled()
        qtbot.mouseClick(wall.on, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: room.centre.moment.text() == "02.png · 3 of 12", timeout=WAIT)
    finally:
        hidden.rename(second.path)


def test_the_wall_makes_room_for_a_run_and_comes_back(room: TrainingRoom, qtbot) -> None:
    hung(room, qtbot)
    begin(room, qtbot)
    qtbot.waitUntil(lambda: room.session.live is not None, timeout=WAIT)
    assert not room.centre.wall.isVisible()
    qtbot.mouseClick(room.side.new, Qt.MouseButton.LeftButton)
    assert room.centre.wall.isVisible()
    hung(room, qtbot)
    room.commands.stop()
    qtbot.waitUntil(lambda: not room.session.training, timeout=WAIT)


def test_nothing_is_drawn_while_nobody_looks(room: TrainingRoom, qtbot, monkeypatch) -> None:
    hung(room, qtbot)
    room.hide()
    asked: list[object] = []
    monkeypatch.setattr(
        "studio.desktop.training.new_run.augmentation_queries.draw",
        lambda *given: asked.append(given),
    )
    still(room)
    qtbot.wait(150)
    assert asked == []


def test_closing_the_project_empties_the_wall(room: TrainingRoom, qtbot) -> None:
    hung(room, qtbot)
    room.project_closed()
    assert room.centre.wall.drawn is None
    assert not room.centre.wall.isVisible()


def test_what_changed_in_another_place_is_drawn_when_one_comes_back(
    room: TrainingRoom, studio, qtbot
) -> None:
    hung(room, qtbot)
    moment = room.centre.moment
    assert moment.text() == "00.png · 1 of 12"
    dataset = store.datasets(studio.project)[0]
    room.hide()
    first = store.chosen_items(studio.project, dataset.id)[0]
    store.set_included(studio.project, [first.id], False)
    room.show()
    hung(room, qtbot)
    assert moment.text() == "01.png · 1 of 11"
