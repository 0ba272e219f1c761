"""Limits of a direction, two that move together, and groups: kept with the run, undone like all
else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.desktop.generation.room import GenerationRoom
from studio.engine.generation.directions import notes
from studio.engine.generation.directions.note import LONGEST_NAME

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def rows_of(room: GenerationRoom, qtbot):
    qtbot.waitUntil(lambda: room.controls.rows[0].slider.isEnabled(), timeout=WAIT)
    return room.controls.directions.in_sight()


def test_a_slider_ends_at_its_limits_and_leads_another_along(room, studio, qtbot) -> None:
    first, second, third = rows_of(room, qtbot)[:3]
    menu = second.menu
    menu._menu.aboutToShow.emit()
    menu.high.setValue(1.0)
    menu._menu.aboutToHide.emit()
    assert studio.undo.undoText() == "Limits of a direction"
    assert second.slider.maximum() == 100
    first.menu.linked.emit(second.line.key)
    assert (first.line.note.linked, second.line.note.linked) == (second.line.key, first.line.key)
    edits = room.editing.recipe
    first.slider.setValue(50)
    assert edits().edits == {first.line.key: 0.5, second.line.key: 0.5}
    first.slider.setValue(250)  # the other one only up to its limit
    assert edits().edits == {first.line.key: 2.5, second.line.key: 1.0}
    qtbot.waitUntil(lambda: second.value() == 1.0, timeout=WAIT)
    qtbot.mouseClick(room.controls.directions.dice, Qt.MouseButton.LeftButton)
    assert edits().edits[second.line.key] <= 1.0
    # A third one takes the partner over: no direction has two.
    third.menu.linked.emit(second.line.key)
    assert first.line.note.linked == ""
    assert second.line.note.linked == third.line.key
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
    player, folder = room.session.player(), room.session.model.folder
    kept = {each.direction.key: each.note for each in notes.read(folder, player)}
    assert kept[second.line.key].high == 1.0
    assert kept[second.line.key].linked == third.line.key
    while studio.undo.canUndo():
        studio.undo.undo()
    assert second.slider.maximum() == 300
    assert not second.line.note.linked
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
    assert notes.read(folder, player) == []


def test_directions_of_a_group_stand_together_under_its_name(room, studio, qtbot) -> None:
    rows_of(room, qtbot)
    list_ = room.controls.directions
    second, third, fifth = (list_.in_sight()[place] for place in (1, 2, 4))
    menu = third.menu
    menu._menu.aboutToShow.emit()
    qtbot.keyClicks(menu.new_group, "  Glaze & light ")
    qtbot.keyClick(menu.new_group, Qt.Key.Key_Return)
    assert studio.undo.undoText() == "Group of a direction"
    fifth.menu.grouped.emit("Glaze & light")
    assert list(fifth.menu.groups()) == ["Glaze & light"]
    second.menu.grouped.emit("Belly")
    fifth.pinned.emit(fifth.line.key, True)
    assert list(list_.heads) == ["Belly", "Glaze & light", ""]
    assert list_.heads["Glaze & light"].text() == "Glaze && light"
    assert list_.in_sight()[:3] == [second, fifth, third]  # a pinned one is the first of its group
    place = list_._place.indexOf
    heads = [list_.heads[name] for name in ("Belly", "Glaze & light")]
    order = [heads[0], second, heads[1], fifth, third]
    assert [place(each) for each in order] == [0, 1, 2, 3, 4]
    others = list_.heads[""]
    assert (others.text(), place(others)) == ("Other directions", 5)
    third.slider.setValue(100)
    qtbot.mouseClick(heads[1], Qt.MouseButton.LeftButton)
    assert fifth.isHidden()
    assert not third.isHidden()  # what is in use could not be put back
    qtbot.mouseClick(heads[1], Qt.MouseButton.LeftButton)
    assert not fifth.isHidden()
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
    player, folder = room.session.player(), room.session.model.folder
    kept = {each.direction.key: each.note for each in notes.read(folder, player)}
    assert {kept[each.line.key].group for each in (third, fifth)} == {"Glaze & light"}
    second.menu.grouped.emit("")
    assert list(list_.heads) == ["Glaze & light", ""]
    while studio.undo.canUndo():
        studio.undo.undo()
    assert not list_.heads
    assert list_.in_sight()[1:3] == [second, third]


def test_a_file_that_says_nonsense_of_limits_is_read_with_the_usual_ones(styled_note) -> None:
    for low, high, linked in ((5, -5, "x"), (True, None, 3), (float("nan"), "2", "pca-zz")):
        note = styled_note({"low": low, "high": high, "linked": linked})
        assert (note.low, note.high, note.linked) == (-3.0, 3.0, "")
    note = styled_note({"low": -1, "high": 8.5, "linked": "pca-0123456789abcdef"})
    assert (note.low, note.high, note.linked) == (-1.0, 8.5, "pca-0123456789abcdef")
    assert len(styled_note({"group": "x" * 999}).group) == LONGEST_NAME


@pytest.fixture
def styled_note():
    from models.facts import LatentSpec

    return lambda more: notes._note(more, LatentSpec(1, 4, "normal"))
