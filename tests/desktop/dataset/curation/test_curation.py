"""Preparation, crops, words, rights and papers in the window, by real clicks and keys."""

from __future__ import annotations

import codecs
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog

from studio.desktop.base.studio import Studio
from studio.desktop.dataset import selection
from studio.desktop.dataset.room import DatasetRoom
from studio.engine.dataset.index import store
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.intake import importer
from studio.engine.dataset.papers import dataset_card, report
from studio.engine.dataset.preparation import policy, prepare, split
from studio.engine.errors import StudioError
from studio.engine.project import Project

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 6_000
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def made_once(tmp_path_factory) -> Path:
    """A project with twelve wide pictures of two folders; the first two have a sidecar."""
    place = tmp_path_factory.mktemp("in") / "façades"
    for number in range(12):
        path = place / ("brick" if number < 6 else "plaster") / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (60, 120, 3), np.uint8)
        Image.fromarray(pixels).save(path)
        if number < 2:
            path.with_suffix(".txt").write_text(f"a red door {number}")
    folder = tmp_path_factory.mktemp("once") / "project"
    with Project.open(folder, create=True) as project:
        for _ in importer.import_sources(project, [place], "façades"):
            pass
    return folder


@pytest.fixture
def room(studio: Studio, tmp_path: Path, made_once: Path, qtbot) -> Iterator[DatasetRoom]:
    """The place with the pictures in it, the first of them chosen."""
    made = DatasetRoom(studio)
    qtbot.addWidget(made)
    for entry in studio.actions.all():
        made.addAction(entry.action)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    studio.project = Project.open(shutil.copytree(made_once, tmp_path / "project"))
    made.project_opened(studio.project)
    qtbot.waitUntil(lambda: quiet(made) and len(made.model.ids) == 12, timeout=WAIT)
    made.entered()
    choose(made, 0)
    qtbot.waitUntil(lambda: bool(made.inspector.preview.frame_rects()), timeout=WAIT)
    yield made
    made.shutdown()


def quiet(room: DatasetRoom) -> bool:
    """Whether nothing is on its way any more."""
    session, threads = room.session, room.session.threads
    busy = threads is None or any(thread.busy for thread in threads._all())
    timers = room.gallery._recount, room.details._timer, room.selection._timer
    waiting = room.gallery.arranging or any(timer.isActive() for timer in timers)
    return not (busy or waiting or room.studio.jobs.of() or session.loading)


def choose(room: DatasetRoom, *places: int) -> None:
    room.grid.clearSelection()
    room.grid.setCurrentIndex(room.model.index(places[0]))
    for place in places[1:]:
        flag = room.grid.selectionModel().SelectionFlag.Select
        room.grid.selectionModel().select(room.model.index(place), flag)


def stored(room: DatasetRoom) -> list[Item]:
    assert room.session.threads is not None
    room.session.threads.decisions.write_all()
    return store.items(room.session.project, room.session.dataset.id)


def last(studio: Studio) -> str:
    """The newest notice."""
    return studio.notices.history[-1].sentence if studio.notices.history else ""


def undo_text(studio: Studio) -> str:
    return studio.undo.undoText()


def pick(qtbot, box, key: str) -> None:
    """Choose an entry of a pick list with the keyboard."""
    place = box.findData(key)
    assert place >= 0
    box.setFocus()
    box.setCurrentIndex(place)
    box.activated.emit(place)


def write(qtbot, line, text: str) -> None:
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


# ---------------------------------------------------------------------- preparation


def test_another_policy_is_previewed_stored_and_undone(room, studio, qtbot) -> None:
    page, project = room.inspector.preparation, room.session.project
    qtbot.mouseClick(room.inspector.tabs["preparation"], LEFT)
    qtbot.waitUntil(lambda: len(page.wall.images) == 1, timeout=WAIT)
    pick(qtbot, page.crop, "tiles")
    qtbot.waitUntil(lambda: len(page.wall.images) == 2, timeout=WAIT)
    assert page.said.text() == "2 tiles · 64 × 64 · colour"
    assert undo_text(studio) == "Prepare pictures: Cut into tiles"
    number = room.session.dataset.id
    assert policy.read(project, number).text == "tiles"
    item = stored(room)[0]
    seen = prepare.look(project, item, (64, 64), policy.parse("tiles")).images
    first = page.wall.images[0]
    assert first.pixelColor(5, 7).getRgb()[:3] == tuple(seen[0][7, 5])
    studio.undo.undo()
    qtbot.waitUntil(lambda: len(page.wall.images) == 1, timeout=WAIT)
    assert policy.read(project, number).text == "centre"
    assert page.crop.key() == "centre"
    studio.undo.redo()
    qtbot.waitUntil(lambda: page.crop.key() == "tiles", timeout=WAIT)


def test_bars_size_light_and_transparency(room, studio, qtbot) -> None:
    page, project, number = (
        room.inspector.preparation, room.session.project, room.session.dataset.id,
    )  # fmt: skip
    qtbot.keyClick(room.grid, Qt.Key.Key_R)
    assert room.inspector.page == "preparation"
    assert page.rows["fill"].isHidden()
    pick(qtbot, page.crop, "pad")
    qtbot.waitUntil(lambda: not page.rows["fill"].isHidden(), timeout=WAIT)
    write(qtbot, page.fill.lineEdit(), "#FF0000")
    qtbot.waitUntil(lambda: policy.read(project, number).text == "pad:#ff0000", timeout=WAIT)
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    assert page.wall.images[0].pixelColor(30, 2).getRgb()[:3] == (255, 0, 0)
    page.linear.setFocus()
    qtbot.keyClick(page.linear, Qt.Key.Key_Space)
    pick(qtbot, page.flatten, "#ffffff")
    qtbot.waitUntil(
        lambda: policy.read(project, number).text == "pad:#ff0000+linear+flatten:#ffffff",
        timeout=WAIT,
    )
    write(qtbot, page.resolution.lineEdit(), "96 x 48")
    qtbot.waitUntil(lambda: policy.read_size(project, number) == (96, 48), timeout=WAIT)
    qtbot.waitUntil(lambda: page.wall.images[0].width() == 96, timeout=WAIT)
    assert undo_text(studio) == "Train at 96 × 48"
    qtbot.mouseDClick(page.rows["size"].label, LEFT)
    qtbot.waitUntil(lambda: policy.read_size(project, number) == (64, 64), timeout=WAIT)


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("resolution", "wide", "Write a size"),
        ("resolution", "4", "no training size"),
        ("resolution", "64 x 99999", "no training size"),
        ("flatten", "white", "no colour"),
        ("fill", "#12", "cannot be"),
    ],
)
def test_a_wish_that_makes_no_sense_is_said_and_changes_nothing(
    room, studio, qtbot, field, text, says
) -> None:
    page = room.inspector.preparation
    room.inspector.show_page("preparation")
    pick(qtbot, page.crop, "pad")
    qtbot.waitUntil(lambda: quiet(room) and page.held.policy.crop == "pad", timeout=WAIT)
    steps = studio.undo.count()
    write(qtbot, getattr(page, field).lineEdit(), text)
    assert says in page.trouble.text()
    assert studio.undo.count() == steps
    assert not page.trouble.isHidden()


def test_what_is_held_out_is_not_said_to_train(room, qtbot) -> None:
    assert room.header.facts.accessibleName() == "11 will train · 1 held out"
    assert room.inspector.train.text() == "Train on 11 pictures →"
    counts = {entry.text: entry.count for entry in room.side.findings.entries()}
    assert (counts["Will train"], counts["Held out"]) == ("11", "1")
    (held_out,) = room.session.collection.held_out
    said = room.model.spoken(room.session.collection.rows[held_out])
    assert "will not train · Held out" in said


def test_the_share_held_out_is_shown_changed_and_put_back(room, studio, qtbot) -> None:
    page, project, number = (
        room.inspector.preparation, room.session.project, room.session.dataset.id,
    )  # fmt: skip
    room.inspector.show_page("preparation")
    assert page.division.text().startswith("1 held out to measure with, 11 to train on.")
    before = split.read(project, number)
    page.share.setFocus()
    page.share.selectAll()
    qtbot.keyClicks(page.share, "25")
    qtbot.keyClick(page.share, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: split.read(project, number).held_out == 3, timeout=WAIT)
    qtbot.waitUntil(lambda: page.share.value() == 25.0 and quiet(room), timeout=WAIT)
    assert undo_text(studio) == "Hold out 25 %"
    assert room.gallery.counts.totals["held_out"] == 3
    studio.undo.undo()
    qtbot.waitUntil(
        lambda: split.read(project, number).item_ids == before.item_ids and quiet(room),
        timeout=WAIT,
    )
    assert page.division.text().startswith("1 held out")


def test_a_dataset_that_is_opened_is_divided_once(room, qtbot, monkeypatch) -> None:
    page, read, may_go = room.inspector.preparation, split.read, threading.Event()
    reads: list[int] = []

    def counted(project: Project, dataset_id: int) -> split.Split:
        reads.append(dataset_id)
        assert may_go.wait(WAIT / 1000)
        return read(project, dataset_id)

    monkeypatch.setattr(split, "read", counted)
    number = room.session.dataset.id
    room.session.choose(number)
    qtbot.waitUntil(lambda: bool(reads) and not page.share.isEnabled(), timeout=WAIT)
    assert page.division.text() == "Reading…"
    may_go.set()
    qtbot.waitUntil(lambda: quiet(room) and page.share.isEnabled(), timeout=WAIT)
    assert page.division.text().startswith("1 held out to measure with, 11 to train on.")
    assert (room.gallery.counts.totals["held_out"], reads) == (1, [number])
    choose(room, 0, 1)  # what is decided afterwards has it read again
    qtbot.keyClick(room.grid, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: page.held.train + page.held.held_out == 10, timeout=WAIT)
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    assert len(reads) > 1


# ---------------------------------------------------------------------- crops


def test_a_crop_is_drawn_nudged_applied_and_removed(room, studio, qtbot) -> None:
    qtbot.keyClick(room.grid, Qt.Key.Key_C)
    editor, view = room.editor, room.editor.view
    qtbot.waitUntil(lambda: editor.isVisible() and editor.wall.images != [], timeout=WAIT)
    assert view.pixel_size() == (60, 60)  # locked to the square that trains
    area = view.picture_rect()
    start = QPoint(round(area.left() + 10), round(area.top() + 10))
    qtbot.mousePress(view, LEFT, pos=start)
    qtbot.mouseMove(view, start + QPoint(90, 40))
    qtbot.mouseRelease(view, LEFT)
    width, height = view.pixel_size()
    assert abs(width - height) <= 1
    left = view.box[0]
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.box[0] - left == pytest.approx(1 / 120)
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.box[0] - left == pytest.approx(11 / 120)
    qtbot.keyClick(view, Qt.Key.Key_L)
    assert not editor.lock.isChecked()
    qtbot.keyClick(view, Qt.Key.Key_Right, CONTROL)
    assert view.pixel_size()[0] == width + 1
    box = view.box
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert not editor.isVisible()
    qtbot.waitUntil(lambda: stored(room)[0].crop is not None and quiet(room), timeout=WAIT)
    assert stored(room)[0].crop == pytest.approx(box, abs=1e-6)
    assert undo_text(studio) == "Crop 1 picture by hand"
    assert room.grid.hasFocus()
    choose(room, 0, 1)
    qtbot.keyClick(room.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: stored(room)[0].crop is None, timeout=WAIT)
    assert undo_text(studio) == "Remove the crop of 1 picture"
    studio.undo.undo()
    qtbot.waitUntil(lambda: stored(room)[0].crop is not None, timeout=WAIT)


def test_a_rectangle_never_leaves_the_picture(room, qtbot) -> None:
    room.details.crop()
    view = room.editor.view
    qtbot.waitUntil(room.editor.isVisible, timeout=WAIT)
    area = view.picture_rect()
    for corner, pull in (("rb", QPoint(4000, 4000)), ("lt", QPoint(-4000, -4000))):
        handle = view.handles()[corner].toPoint()
        qtbot.mousePress(view, LEFT, pos=handle)
        qtbot.mouseMove(view, handle + pull)
        qtbot.mouseRelease(view, LEFT)
        assert 0 <= min(view.box) <= max(view.box) <= 1
    for _ in range(30):
        qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.box[0] == 0
    qtbot.mouseDClick(view, LEFT, pos=area.center().toPoint())
    assert view.box == pytest.approx(view.largest())
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not room.editor.isVisible()
    assert not any(item.crop for item in stored(room))


def test_a_crop_outside_the_picture_is_refused_in_words(room, studio, qtbot) -> None:
    room.curation.crop({room.model.ids[0]: (0.5, 0.0, 1.5, 1.0)})
    qtbot.waitUntil(lambda: "no part of a picture" in last(studio), timeout=WAIT)
    assert studio.undo.count() == 0


# ---------------------------------------------------------------------- words


def test_a_label_and_a_caption_are_written_in_place(room, studio, qtbot) -> None:
    page = room.inspector.metadata
    qtbot.keyClick(room.grid, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: page.caption.toPlainText() == "a red door 0", timeout=WAIT)
    assert page.label.text() == "brick"
    write(qtbot, page.label, "stone")
    qtbot.waitUntil(lambda: stored(room)[0].label == "stone" and quiet(room), timeout=WAIT)
    assert undo_text(studio) == "Label 1 picture"
    assert "stone" in {entry.key for entry in room.side.labels.entries()}
    page.caption.setFocus()
    page.caption.selectAll()
    qtbot.keyClicks(page.caption, "x picture of a P0 door")
    qtbot.keyClick(page.caption, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: stored(room)[0].caption == "x picture of a P0 door", timeout=WAIT)
    item = stored(room)[0]
    assert (item.included, item.rating) == (True, 0)  # letters and digits were only text
    for _ in range(2):
        studio.undo.undo()
    qtbot.waitUntil(lambda: stored(room)[0].label == "brick", timeout=WAIT)
    qtbot.waitUntil(lambda: page.caption.toPlainText() == "a red door 0", timeout=WAIT)
    assert not stored(room)[0].facts.get("label_by_hand")


def test_leaving_a_field_counts_for_the_pictures_it_was_written_for(room, qtbot) -> None:
    page = room.inspector.metadata
    room.inspector.write_metadata()
    qtbot.waitUntil(lambda: page.label.text() == "brick", timeout=WAIT)
    page.label.selectAll()
    qtbot.keyClicks(page.label, "wood")
    qtbot.mouseClick(
        room.grid.viewport(), LEFT, pos=room.grid.visualRect(room.model.index(7)).center()
    )
    qtbot.waitUntil(lambda: stored(room)[0].label == "wood" and quiet(room), timeout=WAIT)
    assert stored(room)[7].label == "plaster"
    assert page.label.text() == "plaster"


def test_captions_of_many_are_changed_in_one_undoable_step(room, studio, qtbot) -> None:
    page = room.inspector.metadata
    room.inspector.show_page("metadata")
    room.grid.setFocus()
    qtbot.keyClick(room.grid, Qt.Key.Key_A, CONTROL)
    qtbot.waitUntil(lambda: page.count.text() == "12 pictures are chosen.", timeout=WAIT)
    assert page.label.placeholderText() == "several values"
    page.caption.setFocus()
    qtbot.keyClicks(page.caption, "at night")
    qtbot.keyClick(page.caption, Qt.Key.Key_Tab)  # leaving alone must not change twelve
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    assert studio.undo.count() == 0
    qtbot.mouseClick(page.apply, LEFT)
    qtbot.waitUntil(lambda: studio.undo.count() == 1 and quiet(room), timeout=WAIT)
    assert undo_text(studio) == "Caption 12 pictures"
    assert [item.caption for item in stored(room)[:3]] == [
        "a red door 0, at night", "a red door 1, at night", "at night",
    ]  # fmt: skip
    pick(qtbot, page.way, "replace")
    page.caption.setPlainText("blue")
    page.sought.setFocus()
    qtbot.keyClicks(page.sought, "RED")
    qtbot.keyClick(page.sought, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stored(room)[1].caption == "a blue door 1, at night", timeout=WAIT)
    assert undo_text(studio) == "Caption 2 pictures"
    for _ in range(2):
        studio.undo.undo()
    qtbot.waitUntil(lambda: stored(room)[2].caption == "", timeout=WAIT)
    assert stored(room)[0].caption == "a red door 0"


def test_words_that_change_nothing_or_are_missing_are_no_step(room, studio, qtbot) -> None:
    page = room.inspector.metadata
    room.inspector.show_page("metadata")
    room.grid.selectAll()
    qtbot.waitUntil(lambda: page.apply.isVisible(), timeout=WAIT)
    qtbot.mouseClick(page.apply, LEFT)
    assert "added" in page.trouble.text()
    pick(qtbot, page.way, "replace")
    qtbot.mouseClick(page.apply, LEFT)
    assert "replaced" in page.trouble.text()
    page.sought.setText("nowhere")
    qtbot.mouseClick(page.apply, LEFT)
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    pick(qtbot, page.way, "set")
    page.caption.setPlainText("x" * 10_001)
    qtbot.mouseClick(page.apply, LEFT)
    qtbot.waitUntil(lambda: "10000" in page.trouble.text(), timeout=WAIT)
    assert studio.undo.count() == 0


def test_without_a_choice_there_is_nothing_to_write(room, qtbot) -> None:
    page = room.inspector.metadata
    room.inspector.show_page("metadata")
    room.grid.clearSelection()
    qtbot.waitUntil(lambda: not page.label.isEnabled(), timeout=WAIT)
    assert page.count.text().startswith("Choose pictures")
    assert not page.rights.isEnabled()
    room.commands.actions["no_training"].trigger()
    room.details.uncrop()
    room.inspector.show_page("preparation")
    qtbot.waitUntil(lambda: not room.inspector.preparation.by_hand.isEnabled(), timeout=WAIT)


def test_a_project_that_can_only_be_read_refuses_every_wish(room, studio, qtbot) -> None:
    room.session.project.read_only_reason = "Someone else has it."
    room.inspector.write_metadata()
    page = room.inspector.metadata
    qtbot.waitUntil(lambda: page.label.text() == "brick", timeout=WAIT)
    write(qtbot, page.label, "stone")
    pick(qtbot, room.inspector.preparation.crop, "smart")
    room.details.crop()
    assert last(studio) == "Someone else has it."
    assert not room.editor.isVisible()
    assert room.inspector.preparation.crop.key() == "centre"
    assert studio.undo.count() == 0
    room.session.project.read_only_reason = ""


# ---------------------------------------------------------------------- captions from files


def take_captions(room: DatasetRoom, monkeypatch, *paths: Path) -> None:
    found = ([str(path) for path in paths], "")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *a, **k: found)
    room.inspector.metadata.take_in.click()


def test_captions_from_a_table_in_utf_16(room, studio, tmp_path, monkeypatch, qtbot) -> None:
    table = tmp_path / "captions.csv"
    text = "file,caption\r\nbrick/00.png,Straße bei Nacht\r\n07.png,门\r\n"
    table.write_bytes(codecs.BOM_UTF16_BE + text.encode("utf-16-be"))
    take_captions(room, monkeypatch, table)
    qtbot.waitUntil(lambda: studio.undo.count() == 1 and quiet(room), timeout=WAIT)
    assert [stored(room)[n].caption for n in (0, 7)] == ["Straße bei Nacht", "门"]
    assert last(studio) == "2 captions read for 2 pictures."
    assert room.strip.isHidden()
    studio.undo.undo()
    qtbot.waitUntil(lambda: stored(room)[0].caption == "a red door 0", timeout=WAIT)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("wrong.csv", "picture,words\n00.png,x\n", "columns file and caption"),
        ("torn.jsonl", '{"file_name": "00.png", "te', "line 1 is not JSON"),
        ("empty.txt", "", "no words"),
        ("other.csv", "file,caption\nnobody.png,x\n", "None of the 1 captions"),
    ],
)
def test_caption_files_that_do_not_fit_are_said(
    room, studio, tmp_path, monkeypatch, qtbot, name, text, says
) -> None:
    path = tmp_path / name
    path.write_text(text)
    take_captions(room, monkeypatch, path)
    qtbot.waitUntil(lambda: says in last(studio), timeout=WAIT)
    assert room.strip.isHidden()
    assert studio.undo.count() == 0


# ---------------------------------------------------------------------- rights


def test_rights_are_stated_for_pictures_and_sources_and_filtered(room, studio, qtbot) -> None:
    rights = room.inspector.metadata.rights
    room.inspector.show_page("metadata")
    choose(room, 0, 1, 2)
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    write(qtbot, rights.fields["licence"], "CC0-1.0")
    qtbot.waitUntil(lambda: stored(room)[2].rights == {"licence": "CC0-1.0"}, timeout=WAIT)
    assert undo_text(studio) == "State rights of 3 pictures"
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    pick(qtbot, rights.scope, "source")
    write(qtbot, rights.fields["author"], "Ada Lovelace")
    qtbot.waitUntil(lambda: quiet(room) and studio.undo.count() == 2, timeout=WAIT)
    write(qtbot, rights.fields["url"], "https://example.org/a")
    qtbot.waitUntil(lambda: quiet(room) and studio.undo.count() == 3, timeout=WAIT)
    assert undo_text(studio) == "State rights of façades"
    assert all(row.author == "Ada Lovelace" for row in room.session.collection.rows.values())
    counts = {entry.text: entry.count for entry in room.side.rights.licences.entries()}
    assert counts == {"Any licence": "12", "CC0-1.0": "3", "Not stated": "9"}
    authors = [(entry.text, entry.count) for entry in room.side.rights.authors.entries()]
    assert authors == [("Any author", "12"), ("Ada Lovelace", "12")]
    room.side.rights.licences.setCurrentRow(1)
    qtbot.waitUntil(lambda: len(room.model.ids) == 3, timeout=WAIT)
    room.side.rights.authors.choose("Ada Lovelace")
    assert (room.gallery.view.licence, room.gallery.view.author) == ("CC0-1.0", "Ada Lovelace")
    room.gallery.show_everything()
    assert room.gallery.view.author is None
    choose(room, 5)
    qtbot.waitUntil(lambda: rights.fields["author"].placeholderText() != "", timeout=WAIT)
    pick(qtbot, rights.scope, "pictures")
    qtbot.waitUntil(
        lambda: rights.fields["author"].placeholderText() == "Ada Lovelace", timeout=WAIT
    )
    room.inspector.show_page("picture")
    qtbot.waitUntil(
        lambda: room.inspector.facts.shown().get("Author") == "Ada Lovelace", timeout=WAIT
    )
    assert room.inspector.facts.shown()["From"] == "https://example.org/a"
    studio.undo.undo()
    studio.undo.undo()
    studio.undo.undo()
    qtbot.waitUntil(lambda: not stored(room)[0].rights and quiet(room), timeout=WAIT)
    assert not any(row.licence or row.author for row in room.session.collection.rows.values())


def test_addresses_and_consent_are_filters_once_they_are_stated(room, studio, qtbot) -> None:
    lists, fields = room.side.rights, room.inspector.metadata.rights.fields
    assert lists.sites.isHidden()
    assert lists.consents.isHidden()
    room.inspector.show_page("metadata")
    choose(room, 0, 1, 2)
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    write(qtbot, fields["url"], "https://www.example.org/doors")
    qtbot.waitUntil(lambda: quiet(room) and studio.undo.count() == 1, timeout=WAIT)
    choose(room, 2, 3)
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    write(qtbot, fields["consent"], "Signed by the owner")
    qtbot.waitUntil(lambda: quiet(room) and studio.undo.count() == 2, timeout=WAIT)
    sites = [(entry.text, entry.count) for entry in lists.sites.entries()]
    assert sites == [("Any source address", "12"), ("example.org", "3"), ("No address stated", "9")]
    notes = [(entry.text, entry.count) for entry in lists.consents.entries()]
    assert notes[1] == ("Signed by the owner", "2")
    lists.sites.choose("example.org")
    qtbot.waitUntil(lambda: len(room.model.ids) == 3, timeout=WAIT)
    lists.consents.choose("Signed by the owner")
    qtbot.waitUntil(lambda: len(room.model.ids) == 1, timeout=WAIT)
    lists.consents.choose("")
    qtbot.waitUntil(lambda: len(room.model.ids) == 2, timeout=WAIT)
    room.gallery.show_everything()
    qtbot.waitUntil(lambda: len(room.model.ids) == 12 and quiet(room), timeout=WAIT)
    assert lists.sites.currentRow() == lists.consents.currentRow() == 0
    room.header.search.setText("by the OWNER")
    qtbot.waitUntil(lambda: len(room.model.ids) == 2, timeout=WAIT)
    room.header.search.setText("example.org/doors")
    qtbot.waitUntil(lambda: len(room.model.ids) == 3, timeout=WAIT)
    room.header.search.clear()
    studio.set_language("zh_CN")
    room.retranslate()
    qtbot.waitUntil(lambda: lists.sites.entries()[0].text == "任意来源地址", timeout=WAIT)
    assert lists.consents.accessibleName() == "同意说明"
    studio.undo.undo()
    studio.undo.undo()
    qtbot.waitUntil(lambda: quiet(room) and lists.sites.isHidden(), timeout=WAIT)


def test_pictures_marked_against_training_are_left_out_with_a_finding(room, studio, qtbot) -> None:
    rights = room.inspector.metadata.rights
    room.inspector.show_page("metadata")
    choose(room, 0, 1)
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    rights.mark.setFocus()
    qtbot.keyClick(rights.mark, Qt.Key.Key_Space)
    qtbot.waitUntil(
        lambda: room.gallery.counts.kinds["no_training"] == 2 and quiet(room), timeout=WAIT
    )
    assert undo_text(studio) == "Mark 2 pictures against training"
    assert room.header.facts.accessibleName() == "9 will train · 1 held out · 2 excluded"
    choose(room, 0, 5)
    qtbot.waitUntil(
        lambda: rights.mark.checkState() == Qt.CheckState.PartiallyChecked, timeout=WAIT
    )
    studio.undo.undo()
    qtbot.waitUntil(
        lambda: room.gallery.counts.totals["trains"] == 12 and quiet(room), timeout=WAIT
    )
    assert room.gallery.counts.kinds["no_training"] == 0


def test_a_whole_source_is_marked_against_training(room, studio, qtbot) -> None:
    rights = room.inspector.metadata.rights
    room.inspector.show_page("metadata")
    choose(room, 0)
    qtbot.waitUntil(lambda: rights.scope.count() == 2 and quiet(room), timeout=WAIT)
    assert rights.mark.text() == "Do not train on these"
    pick(qtbot, rights.scope, "source")
    assert rights.mark.text() == "Do not train on this source"
    rights.mark.setFocus()
    qtbot.keyClick(rights.mark, Qt.Key.Key_Space)
    qtbot.waitUntil(
        lambda: room.gallery.counts.kinds["no_training"] == 12 and quiet(room), timeout=WAIT
    )
    assert undo_text(studio) == "Mark façades against training"
    assert rights.mark.checkState() == Qt.CheckState.Checked
    pick(qtbot, rights.scope, "pictures")
    assert rights.mark.checkState() == Qt.CheckState.Checked
    studio.undo.undo()
    qtbot.waitUntil(
        lambda: room.gallery.counts.totals["trains"] == 12 and quiet(room), timeout=WAIT
    )
    assert room.gallery.counts.kinds["no_training"] == 0
    qtbot.waitUntil(lambda: rights.mark.checkState() == Qt.CheckState.Unchecked, timeout=WAIT)
    studio.undo.redo()
    qtbot.waitUntil(
        lambda: room.gallery.counts.kinds["no_training"] == 12 and quiet(room), timeout=WAIT
    )


def test_ratings_are_a_filter_once_there_are_any(room, qtbot) -> None:
    assert room.side.ratings.isHidden()
    choose(room, 0, 1)
    qtbot.keyClick(room.grid, Qt.Key.Key_4)
    choose(room, 2)
    qtbot.keyClick(room.grid, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: not room.side.ratings.isHidden() and quiet(room), timeout=WAIT)
    keys = [entry.key for entry in room.side.ratings.entries()]
    room.side.ratings.setCurrentRow(keys.index(4))
    qtbot.waitUntil(lambda: len(room.model.ids) == 2, timeout=WAIT)
    room.side.ratings.setCurrentRow(keys.index(0))
    qtbot.waitUntil(lambda: len(room.model.ids) == 12, timeout=WAIT)


# ---------------------------------------------------------------------- papers


def test_report_and_card_are_written(room, studio, tmp_path, monkeypatch, qtbot) -> None:
    room.commands.actions["no_training"].trigger()
    qtbot.waitUntil(
        lambda: room.gallery.counts.kinds["no_training"] == 1 and quiet(room), timeout=WAIT
    )
    for name in ("out", "out.json"):
        found = (str(tmp_path / name), "")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, found=found: found)
        qtbot.mouseClick(room.side.report, LEFT)
        qtbot.waitUntil(room.strip.isHidden, timeout=WAIT)
    assert "data:image/webp" in (tmp_path / "out.html").read_text("utf-8")
    assert json.loads((tmp_path / "out.json").read_text())["counts"] == {"no_training": 1}
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a: str(tmp_path / "card"))
    qtbot.mouseClick(room.side.card, LEFT)
    qtbot.waitUntil((tmp_path / "card" / dataset_card.JSON_NAME).exists, timeout=WAIT)
    qtbot.waitUntil(room.strip.isHidden, timeout=WAIT)
    assert (
        (tmp_path / "card" / dataset_card.MARKDOWN_NAME).read_text("utf-8").startswith("# façades")
    )
    assert studio.notices.history[-1].kind == "info"


def test_a_report_is_given_up_and_leaves_nothing(
    room, studio, tmp_path, monkeypatch, qtbot
) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(project, dataset, target, cancelled, progress) -> None:
        progress(1, 9)
        begun.set()
        while not cancelled():
            go.wait(0.005)
        raise StudioError("The report was stopped; nothing was written.")

    monkeypatch.setattr(report, "write", slow)
    said = len(studio.notices.history)
    room.outgoing.write_report(tmp_path / "r.html")
    qtbot.waitUntil(lambda: "1 / 9" in room.strip.rows[0].text.text(), timeout=WAIT)
    qtbot.mouseClick(room.strip.rows[0].cancel, LEFT)
    assert not room.strip.rows[0].cancel.isEnabled()
    qtbot.waitUntil(room.strip.isHidden, timeout=WAIT)
    assert len(studio.notices.history) == said


def test_a_report_that_cannot_be_written_says_so(room, studio, tmp_path, qtbot) -> None:
    room.outgoing.write_report(tmp_path / "gone" / "deeper" / "r.html")
    qtbot.waitUntil(room.strip.isHidden, timeout=WAIT)
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    room.outgoing.write_report(tmp_path / "r.docx")
    qtbot.waitUntil(lambda: "r.docx" in last(studio), timeout=WAIT)
    assert room.strip.isHidden()


def test_closing_the_project_in_the_middle_of_everything(room, studio, tmp_path, qtbot) -> None:
    room.grid.selectAll()
    room.inspector.show_page("metadata")
    room.curation.change_texts("caption", list(room.model.ids), "append", "late", "")
    room.outgoing.write_report(tmp_path / "r.html")
    room.details.crop()
    room.project_closed()
    assert room.strip.isHidden()
    assert room.session.threads is None


def test_every_word_follows_the_language(room, studio, qtbot) -> None:
    studio.set_language("zh_CN")
    room.retranslate()
    page, metadata = room.inspector.preparation, room.inspector.metadata
    seen = " ".join(
        [button.text() for button in room.inspector.tabs.values()]
        + [page.crop.currentText(), page.by_hand.text(), page.division.text()]
        + [metadata.apply.text(), metadata.rights.mark.text(), metadata.way.currentText()]
        + [row.label.text() for row in (*page.rows.values(), *metadata.rights.rows.values())]
    )
    assert not any("a" <= letter <= "z" for letter in seen), seen


def test_decisions_about_very_many_go_beside_the_window(room, studio, monkeypatch, qtbot) -> None:
    monkeypatch.setattr(selection, "_MOST_AT_ONCE", 3)
    choose(room, 0)
    qtbot.keyClick(room.grid, Qt.Key.Key_5)
    room.grid.selectAll()
    qtbot.keyClick(room.grid, Qt.Key.Key_3)
    qtbot.keyClick(room.grid, Qt.Key.Key_X)
    qtbot.waitUntil(
        lambda: room.gallery.counts.totals["excluded"] == 12 and quiet(room), timeout=WAIT
    )
    assert [studio.undo.text(n) for n in range(3)] == [
        "Rate 1 picture with 5", "Rate 12 pictures with 3", "Exclude 12 pictures",
    ]  # fmt: skip
    assert {(item.included, item.rating) for item in stored(room)} == {(False, 3)}
    for _ in range(2):
        studio.undo.undo()
    qtbot.waitUntil(
        lambda: room.gallery.counts.totals["trains"] == 12 and quiet(room), timeout=WAIT
    )
    assert [item.rating for item in stored(room)] == [5] + [0] * 11
    qtbot.keyClick(room.grid, Qt.Key.Key_P)  # all are in already: no step
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    assert studio.undo.index() == 1


def test_a_picture_that_went_away_says_so_in_place_of_the_preview(
    room, studio, made_once, qtbot
) -> None:
    page = room.inspector.preparation
    gone = stored(room)[4].path
    kept = gone.read_bytes()
    gone.unlink()
    try:
        room.inspector.show_page("preparation")
        choose(room, 4)
        qtbot.waitUntil(lambda: "04.png" in page.said.text(), timeout=WAIT)
        assert page.wall.images == []
        choose(room, 3, 4, 5)
        qtbot.waitUntil(lambda: len(page.wall.images) == 2, timeout=WAIT)
    finally:
        gone.write_bytes(kept)


def test_words_for_many_wait_while_the_choice_grows(room, qtbot) -> None:
    page = room.inspector.metadata
    room.inspector.show_page("metadata")
    choose(room, 0, 1)
    qtbot.waitUntil(lambda: page.apply.isVisible(), timeout=WAIT)
    page.caption.setFocus()
    qtbot.keyClicks(page.caption, "at dusk")
    choose(room, 0, 1, 2)
    qtbot.waitUntil(lambda: page.count.text() == "3 pictures are chosen.", timeout=WAIT)
    assert page.caption.toPlainText() == "at dusk"
    choose(room, 1)
    qtbot.waitUntil(lambda: page.caption.toPlainText() == "a red door 1", timeout=WAIT)


def test_many_wishes_at_once_are_steps_in_their_order(room, studio, qtbot) -> None:
    page, project, number = (
        room.inspector.preparation, room.session.project, room.session.dataset.id,
    )  # fmt: skip
    room.inspector.show_page("preparation")
    for crop in ("smart", "stretch", "tiles", "pad", "centre"):
        pick(qtbot, page.crop, crop)
        studio.undo.undo()  # of whatever is there by now
    room.curation.set_size(48, 32)
    room.curation.hold_out(0.25)
    qtbot.waitUntil(lambda: studio.undo.count() >= 7 and quiet(room), timeout=WAIT)
    assert policy.read(project, number).crop == "centre"
    while studio.undo.canUndo():
        studio.undo.undo()
    qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    stored(room)
    assert policy.read(project, number) == policy.Policy()
    assert policy.read_size(project, number) == (64, 64)
    assert page.held.held_out == 1
