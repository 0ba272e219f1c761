"""Datasets renamed and deleted and sources taken out in the window, by keys and menus."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from studio.desktop.base.studio import Studio
from studio.desktop.dataset.room import DatasetRoom
from studio.engine.dataset.curation import removed_sets, sets
from studio.engine.dataset.index import store
from studio.engine.dataset.intake import importer
from studio.engine.project import Project, now

pytestmark = pytest.mark.qt_log_ignore("plugin does not support", extend=True)
WAIT = 20_000
DELETE = Qt.Key.Key_Delete


def draw(place: Path, seeds: range) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        pixels = np.random.default_rng(seed).integers(0, 256, (60, 80, 3), np.uint8)
        Image.fromarray(pixels).save(place / f"{seed:02}.png")
    return place


@pytest.fixture(scope="module")
def made_once(tmp_path_factory) -> Path:
    """A project with `other`, and `fronts` of two folders: four doors and two windows."""
    place = tmp_path_factory.mktemp("in")
    doors, panes = draw(place / "doors", range(4)), draw(place / "windows", range(4, 6))
    shutil.copy(doors / "00.png", panes / "zcopy.png")
    (panes / "zcopy.png").rename(panes / "05.png")  # in the place of the second window
    folder = tmp_path_factory.mktemp("once") / "project"
    with Project.open(folder, create=True) as project:
        for sources, name in (([doors], "other"), ([doors, panes], "fronts")):
            for _ in importer.import_sources(project, sources, name):
                pass
    return folder


@pytest.fixture
def room(studio: Studio, tmp_path: Path, made_once: Path, qtbot) -> Iterator[DatasetRoom]:
    """The place with `fronts` open."""
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
    qtbot.waitUntil(lambda: shows(made, "fronts", 6), timeout=WAIT)
    made.entered()
    yield made
    made.shutdown()


def quiet(room: DatasetRoom) -> bool:
    session, threads = room.session, room.session.threads
    busy = threads is None or any(thread.busy for thread in threads._all())
    waiting = (
        room.gallery.arranging or room.gallery._recount.isActive() or bool(room.curation._line)
    )
    return not (busy or waiting or session.imports.running or session.loading)


def shows(room: DatasetRoom, name: str, pictures: int) -> bool:
    dataset = room.session.dataset
    same = (dataset.name if dataset else "") == name and len(room.model.ids) == pictures
    return same and quiet(room)


def lines(rows) -> list[tuple[str, str]]:
    return [(entry.text, entry.count) for entry in rows.entries()]


def last(studio: Studio):
    return studio.notices.history[-1]


def answer(monkeypatch: pytest.MonkeyPatch, name: str, *, chosen: bool = True) -> list[tuple]:
    asked: list[tuple] = []

    def ask(*given: object) -> tuple[str, bool]:
        asked.append(given)
        return name, chosen

    monkeypatch.setattr(QInputDialog, "getText", ask)
    return asked


# ---------------------------------------------------------------------- names


def test_f2_renames_the_open_dataset_and_undo_names_it_back(
    room, studio, monkeypatch, qtbot
) -> None:
    asked = answer(monkeypatch, "  House fronts ")
    qtbot.keyClick(room.side.datasets, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: shows(room, "House fronts", 6), timeout=WAIT)
    assert asked[0][-1] == "fronts"
    assert lines(room.side.datasets) == [("other", "4"), ("House fronts", "6")]
    assert studio.undo.undoText() == "Rename fronts to House fronts"
    with qtbot.waitSignal(room.trainRequested) as wish:
        room.train()
    assert wish.args == ["House fronts"]
    studio.undo.undo()
    qtbot.waitUntil(lambda: shows(room, "fronts", 6), timeout=WAIT)
    studio.undo.redo()
    qtbot.waitUntil(lambda: shows(room, "House fronts", 6), timeout=WAIT)


@pytest.mark.parametrize(("name", "words"), [(" ", "at least one letter"), ("other", "already")])
def test_a_name_that_cannot_be_is_said(room, studio, monkeypatch, qtbot, name, words) -> None:
    answer(monkeypatch, name)
    room.commands.actions["rename"].trigger()
    qtbot.waitUntil(lambda: bool(studio.notices.history) and quiet(room), timeout=WAIT)
    assert words in last(studio).sentence
    assert room.session.dataset.name == "fronts"
    assert studio.undo.count() == 0


def test_the_same_name_or_no_answer_is_no_step(room, studio, monkeypatch, qtbot) -> None:
    for name, chosen in (("fronts", True), ("new", False)):
        answer(monkeypatch, name, chosen=chosen)
        room.commands.actions["rename"].trigger()
        qtbot.waitUntil(lambda: quiet(room), timeout=WAIT)
    assert studio.undo.count() == 0
    assert not studio.notices.history


# ---------------------------------------------------------------------- sources


def test_delete_in_the_list_takes_a_source_out_and_undo_brings_it_back(room, studio, qtbot) -> None:
    files = {path: path.read_bytes() for path in room.session.sources[1].path.iterdir()}
    items = store.items(studio.project, room.session.dataset.id)
    store.set_rating(studio.project, [items[4].id], 5)
    copies = room.gallery.counts.kinds["duplicate"]
    assert copies == 1
    room.side.sources.choose(room.session.sources[1].id)
    qtbot.waitUntil(lambda: shows(room, "fronts", 2), timeout=WAIT)
    room.side.sources.setFocus()
    qtbot.keyClick(room.side.sources, DELETE)
    qtbot.waitUntil(lambda: shows(room, "fronts", 4), timeout=WAIT)
    assert lines(room.side.sources) == [("doors", "4")]
    assert room.gallery.counts.kinds["duplicate"] == 0
    assert studio.undo.undoText() == "Remove windows"
    said = last(studio)
    assert said.sentence.startswith("windows is removed with 2 pictures")
    said.action[1]()  # its way back
    qtbot.waitUntil(lambda: shows(room, "fronts", 6), timeout=WAIT)
    assert lines(room.side.sources)[1:] == [("doors", "4"), ("windows", "2")]
    assert room.gallery.counts.kinds["duplicate"] == 1
    assert room.session.collection.rows[items[4].id].rating == 5
    assert {path: path.read_bytes() for path in files} == files
    studio.undo.redo()
    qtbot.waitUntil(lambda: shows(room, "fronts", 4), timeout=WAIT)
    assert [each.sentence for each in studio.notices.history][1:] == ["Taken back: Remove windows"]


def test_no_source_chosen_and_the_only_source_are_said(room, studio, qtbot) -> None:
    room.commands.actions["remove_source"].trigger()
    assert last(studio).sentence == "Choose in the list which source is to be removed."
    room.side.datasets.choose(room.session.datasets[0].id)
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    room.commands.actions["remove_source"].trigger()
    qtbot.waitUntil(lambda: len(studio.notices.history) == 2 and quiet(room), timeout=WAIT)
    assert "is the only source of 'other': delete the dataset" in last(studio).sentence
    assert studio.undo.count() == 0


def test_undo_while_pictures_come_in_waits_for_them(room, studio, tmp_path, qtbot) -> None:
    source = room.session.sources[1]
    room.managing.remove_source(source.id)
    qtbot.waitUntil(lambda: shows(room, "fronts", 4), timeout=WAIT)
    room.import_paths([source.path])
    assert room.session.imports.running
    room.managing.remove_source(room.session.sources[0].id)
    assert "being imported" in last(studio).sentence
    room.managing.delete()
    studio.undo.undo()
    qtbot.waitUntil(lambda: shows(room, "fronts", 6), timeout=WAIT)
    items = store.items(studio.project, room.session.dataset.id)
    assert [item.source_id for item in items][4:] == [source.id] * 2
    assert studio.undo.index() == 0


def test_a_watched_source_that_went_does_not_come_back_by_itself(room, qtbot) -> None:
    watching, gone = room.survey.watching, room.session.sources[1].path
    room.managing.remove_source(room.session.sources[1].id)
    qtbot.waitUntil(lambda: shows(room, "fronts", 4), timeout=WAIT)
    watching._changed([gone])
    assert not room.session.imports.running
    qtbot.waitUntil(lambda: shows(room, "fronts", 4), timeout=WAIT)


# ---------------------------------------------------------------------- whole datasets


def test_a_deleted_dataset_comes_back_with_its_decisions(room, studio, qtbot) -> None:
    room.grid.selectAll()
    qtbot.keyClick(room.grid, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: quiet(room) and not room.session.collection.trains(), timeout=WAIT)
    room.side.datasets.setFocus()
    qtbot.keyClick(room.side.datasets, DELETE)
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    assert lines(room.side.datasets) == [("other", "4")]
    assert last(studio).sentence.startswith("fronts is deleted with 6 pictures")
    studio.undo.undo()
    qtbot.waitUntil(lambda: shows(room, "fronts", 6), timeout=WAIT)
    assert not room.session.collection.trains()
    studio.undo.undo()
    qtbot.waitUntil(lambda: room.session.collection.trains(), timeout=WAIT)


def test_without_a_dataset_the_place_says_the_next_step(room, studio, qtbot) -> None:
    for name in ("other", ""):
        room.managing.delete()
        qtbot.waitUntil(lambda name=name: shows(room, name, 4 if name else 0), timeout=WAIT)
    assert room.pages.currentIndex() == 0
    room.managing.delete()
    room.managing.ask_rename()
    room.commands.actions["remove_source"].trigger()
    studio.undo.undo()
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    assert room.pages.currentIndex() == 1


def test_a_dataset_that_runs_need_is_deleted_only_all_the_same(room, studio, qtbot) -> None:
    studio.project.write(
        "INSERT INTO run (name, dataset_id, family, created, status) VALUES ('r-a1', ?, 'vae', "
        "?, 'finished')",
        (room.session.dataset.id, now()),
    )
    room.managing.delete()
    qtbot.waitUntil(lambda: bool(studio.notices.history), timeout=WAIT)
    said = last(studio)
    assert "r-a1" in said.sentence
    assert room.session.dataset.name == "fronts"
    said.action[1]()
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    assert studio.undo.undoText() == "Delete fronts"


def test_what_was_removed_is_purged_when_the_project_is_opened_again(room, studio, qtbot) -> None:
    room.managing.delete()
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    assert len(removed_sets.aside(studio.project)) == 1
    room.project_closed()
    room.project_opened(studio.project)
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    assert removed_sets.aside(studio.project) == []
    assert len(studio.project.query("SELECT id FROM item")) == 4


def test_what_a_lost_window_had_removed_is_offered_once(room, studio, qtbot) -> None:
    project = studio.project
    room.project_closed()
    sets.delete(project, store.dataset(project, "fronts").id)  # and the program ended by itself
    room.project_opened(project)
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    said = last(studio)
    assert said.sentence == "fronts was removed and can come back until this project is closed."
    said.action[1]()
    qtbot.waitUntil(lambda: shows(room, "fronts", 6), timeout=WAIT)
    assert studio.undo.undoText() == "Bring back fronts"
    studio.undo.undo()
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    studio.undo.redo()
    qtbot.waitUntil(lambda: shows(room, "fronts", 6), timeout=WAIT)
    studio.undo.undo()
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    studio.notices.history.clear()
    room.project_closed()
    room.project_opened(project)
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    assert studio.notices.history == []
    qtbot.waitUntil(lambda: removed_sets.aside(project) == [], timeout=WAIT)


def test_a_source_that_the_command_line_removed_is_offered_too(room, studio, qtbot) -> None:
    project = studio.project
    first = store.dataset(project, "fronts")
    source = store.sources(project, first.id)[0]
    room.project_closed()
    done = sets.remove_source(project, source.id)
    room.project_opened(project)
    left = 6 - done.pictures
    qtbot.waitUntil(lambda: shows(room, "fronts", left), timeout=WAIT)
    last(studio).action[1]()
    qtbot.waitUntil(lambda: shows(room, "fronts", 6), timeout=WAIT)
    studio.undo.undo()
    qtbot.waitUntil(lambda: shows(room, "fronts", left), timeout=WAIT)


def test_a_project_that_can_only_be_read_refuses(room, studio, qtbot) -> None:
    studio.project.read_only_reason = "It can be looked at only."
    for act in (room.managing.delete, lambda: room.managing.rename(room.session.dataset, "x")):
        studio.notices.history.clear()
        act()
        qtbot.waitUntil(lambda: bool(studio.notices.history) and quiet(room), timeout=WAIT)
        assert last(studio).sentence == "It can be looked at only."
    assert studio.undo.count() == 0
    studio.project.read_only_reason = ""


def test_the_menus_hold_what_can_be_done_and_follow_the_language(room, studio) -> None:
    def texts(place: int) -> list[str]:
        return [each.text() for each in room.side.more[place].menu().actions() if each.text()]

    assert texts(0) == ["Rename the dataset…", "Delete the dataset", "New dataset…"]
    assert texts(1)[0] == "Remove the source"
    studio.set_language("zh_CN")
    room.retranslate()
    assert texts(0)[:2] == ["重命名数据集…", "删除数据集"]
    assert room.side.more[0].accessibleName() == "数据集菜单"


def test_a_right_click_opens_the_menu_of_the_row(room, qtbot) -> None:
    menu = room.side.more[1].menu()
    with qtbot.waitSignal(menu.aboutToShow):
        room.side.sources.customContextMenuRequested.emit(room.side.sources.rect().center())
    menu.close()


def test_undo_in_the_notice_brings_its_dataset_back_and_not_what_came_since(
    room, studio, qtbot
) -> None:
    room.managing.delete()
    qtbot.waitUntil(lambda: shows(room, "other", 4), timeout=WAIT)
    words, undo = last(studio).action
    room.grid.selectAll()
    qtbot.keyClick(room.grid, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: quiet(room) and not room.session.collection.trains(), timeout=WAIT)
    assert words == "Undo"
    undo()
    qtbot.waitUntil(lambda: shows(room, "fronts", 6), timeout=WAIT)
    assert not any(item.included for item in store.items(studio.project, other_id(studio)))


def other_id(studio) -> int:
    return int(studio.project.query("SELECT id FROM dataset WHERE name = 'other'")[0]["id"])


def test_undo_in_the_notice_of_an_import_takes_out_what_it_brought(
    room, studio, tmp_path, qtbot
) -> None:
    more = draw(tmp_path / "more", range(20, 22))
    room.import_paths([more])
    qtbot.waitUntil(lambda: shows(room, "fronts", 8), timeout=WAIT)
    words, undo = last(studio).action
    assert (words, studio.undo.count()) == ("Undo", 0)
    undo()
    qtbot.waitUntil(lambda: shows(room, "fronts", 6), timeout=WAIT)
    assert studio.undo.undoText() == "Remove more"
    assert (more / "20.png").exists()

    room.import_paths([room.session.sources[0].path])  # known: nothing came that could go
    qtbot.waitUntil(lambda: "fronts now has" in last(studio).sentence and quiet(room), timeout=WAIT)
    assert last(studio).action is None

    room.intake._import([more], None)
    qtbot.waitUntil(lambda: shows(room, "more", 2), timeout=WAIT)
    last(studio).action[1]()
    qtbot.waitUntil(lambda: studio.undo.undoText() == "Delete more" and quiet(room), timeout=WAIT)
    assert room.session.dataset.name != "more"
