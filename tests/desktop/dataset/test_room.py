"""The dataset place, driven by real keys and clicks on an offscreen screen."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QLabel

from studio.desktop.base.studio import Studio
from studio.desktop.dataset.grid.grid_model import PictureModel
from studio.desktop.dataset.room import DatasetRoom
from studio.desktop.dataset.session.collection import Collection
from studio.desktop.dataset.session.columns import View, natural
from studio.engine.dataset.index import store
from studio.engine.dataset.index.listed_rows import Line as Row
from studio.engine.dataset.index.store import Finding
from studio.engine.dataset.intake import importer
from studio.engine.project import Project

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 20_000


def picture(path: Path, seed: int, size: tuple[int, int] = (80, 72)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (size[1], size[0], 3)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six pictures in two labels, a copy of one, and a file that only claims to be one."""
    place = tmp_path / "façades"
    for number in (1, 2, 10):
        picture(place / "brick" / f"{number}.png", number, (60 + 4 * number, 64))
    for number in (3, 4, 5):
        picture(place / "plaster" / f"{number}.png", number)
    shutil.copy(place / "brick" / "1.png", place / "plaster" / "9.png")
    (place / "brick" / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    return place


@pytest.fixture
def room(studio: Studio, qtbot) -> Iterator[DatasetRoom]:
    made = DatasetRoom(studio)
    qtbot.addWidget(made)
    for entry in studio.actions.all():
        if entry.room == "dataset" and entry.action not in made.actions():
            made.addAction(entry.action)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.shutdown()


@pytest.fixture
def project(studio: Studio, room: DatasetRoom, tmp_path: Path) -> Project:
    studio.project = Project.open(tmp_path / "project", create=True)
    room.project_opened(studio.project)
    return studio.project


def settled(room: DatasetRoom) -> bool:
    session = room.session
    threads = session.threads
    idle = threads is not None and not threads.load.busy
    return (
        idle
        and not session.imports.running
        and not session.loading
        and not room.gallery._recount.isActive()
    )


@pytest.fixture
def loaded(project: Project, room: DatasetRoom, folder: Path, qtbot) -> DatasetRoom:
    room.import_paths([folder])
    qtbot.waitUntil(lambda: settled(room) and len(room.model.ids) == 8, timeout=WAIT)
    room.entered()
    return room


def choose(room: DatasetRoom, *names: str) -> None:
    rows = room.session.collection.rows
    places = {rows[key].name: place for place, key in enumerate(room.model.ids)}
    room.grid.clearSelection()
    room.grid.setCurrentIndex(room.model.index(places[names[0]]))
    for name in names[1:]:
        room.grid.selectionModel().select(
            room.model.index(places[name]), room.grid.selectionModel().SelectionFlag.Select
        )


def names(room: DatasetRoom) -> list[str]:
    return [room.session.collection.rows[key].name for key in room.model.ids]


def stored(room: DatasetRoom) -> dict[str, store.Item]:
    assert room.session.threads is not None
    room.session.threads.decisions.write_all()
    assert room.session.project is not None
    assert room.session.dataset is not None
    items = store.items(room.session.project, room.session.dataset.id)
    return {item.name: item for item in items}


# ---------------------------------------------------------------------- coming in


def test_an_imported_folder_is_listed_counted_and_left_untouched(
    room, project, folder, studio, qtbot
):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    room.import_paths([folder])
    assert not room.strip.isHidden()
    qtbot.waitUntil(lambda: settled(room) and len(room.model.ids) == 8, timeout=WAIT)
    assert room.strip.isHidden()
    assert room.header.count.text() == "8 pictures"
    assert room.header.facts.toolTip() == "8 pictures · 7 will train · 1 cannot be used"
    assert room.inspector.train.text() == "Train on 7 pictures →"
    assert [e.text for e in room.side.datasets.entries()] == ["façades"]
    counts = {e.text: e.count for e in room.side.findings.entries()}
    assert (counts["Everything"], counts["Duplicates"], counts["Broken"]) == ("8", "1", "1")
    labels = {e.text: e.count for e in room.side.labels.entries()}
    assert labels == {"All labels": "8", "brick": "4", "plaster": "4"}
    assert {path: path.read_bytes() for path in before} == before


def test_files_that_cannot_be_used_are_one_notice_with_their_reasons(loaded, studio):
    warned = [notice for notice in studio.notices.history if notice.kind == "warn"]
    assert [n.sentence for n in warned] == ["façades has 7 pictures; one file cannot be used."]
    assert "torn.png" in warned[0].detail
    assert warned[0].action[0] == "Undo"
    warned[0].other[1]()
    assert names(loaded) == ["torn.png"]


def test_tiles_arrive_for_what_can_be_read(loaded, qtbot):
    def tiles() -> list[bool]:
        model, role = loaded.model, Qt.ItemDataRole.DecorationRole
        return [bool(model.data(model.index(n), role)) for n in range(model.rowCount())]

    qtbot.waitUntil(lambda: sum(tiles()) == 7, timeout=WAIT)
    assert not tiles()[names(loaded).index("torn.png")]


def test_an_import_that_brings_nothing_says_so_and_leaves_no_dataset(
    room, project, tmp_path, studio, qtbot
):
    (tmp_path / "empty").mkdir()
    room.import_paths([tmp_path / "empty"])
    qtbot.waitUntil(lambda: settled(room), timeout=WAIT)
    assert studio.notices.history[-1].kind == "error"
    assert "empty" in studio.notices.history[-1].sentence
    assert store.datasets(project) == []
    assert room.pages.currentWidget() is room.empty


def test_pictures_without_a_project_are_refused_in_words(room, folder, studio):
    room.import_paths([folder])
    assert "project" in studio.notices.history[-1].sentence
    assert not room.session.imports.running


def test_stopping_keeps_what_was_read(room, project, folder, studio, monkeypatch, qtbot):
    real = importer.import_sources

    def slow(project, sources, name=None, cancelled=lambda: False) -> Iterator[object]:
        for event in real(project, sources, name, cancelled, workers=1):
            yield event
            while isinstance(event, importer.Found) and not cancelled():
                time.sleep(0.005)

    monkeypatch.setattr(importer, "import_sources", slow)
    room.import_paths([folder])
    qtbot.waitUntil(lambda: len(room.model.ids) > 0, timeout=WAIT)
    shown = len(room.model.ids)
    qtbot.mouseClick(room.strip.rows[0].cancel, Qt.MouseButton.LeftButton)
    assert not room.strip.rows[0].cancel.isEnabled()
    qtbot.waitUntil(lambda: settled(room), timeout=WAIT)
    assert len(room.model.ids) >= shown
    assert studio.notices.history[-1].sentence.startswith("The import was stopped. façades ")
    assert not [n for n in studio.notices.history if n.kind == "error"]
    assert room.strip.isHidden()


def test_a_second_folder_joins_the_open_dataset_and_a_new_one_does_not(
    loaded, tmp_path, qtbot, monkeypatch
):
    picture(tmp_path / "more" / "7.png", 7)
    loaded.import_paths([tmp_path / "more"])
    qtbot.waitUntil(lambda: settled(loaded) and len(loaded.model.ids) == 9, timeout=WAIT)
    assert [e.text for e in loaded.side.sources.entries()] == ["All sources", "façades", "more"]
    loaded.side.sources.choose(loaded.session.sources[1].id)
    assert names(loaded) == ["7.png"]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "more"))
    picture(tmp_path / "more" / "8.png", 8)
    loaded.side.new_dataset.click()
    qtbot.waitUntil(lambda: settled(loaded), timeout=WAIT)
    assert {e.text for e in loaded.side.datasets.entries()} >= {"façades"}


# ---------------------------------------------------------------------- deciding


def test_x_excludes_p_includes_and_each_can_be_undone(loaded, studio, qtbot):
    choose(loaded, "2.png", "3.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_X)
    assert studio.undo.undoText() == "Exclude 2 pictures"
    qtbot.waitUntil(lambda: loaded.inspector.train.text() == "Train on 5 pictures →")
    assert [name for name, item in stored(loaded).items() if not item.included] == [
        "2.png", "3.png",
    ]  # fmt: skip
    studio.undo.undo()
    assert all(item.included for item in stored(loaded).values())
    studio.undo.redo()
    choose(loaded, "2.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_P)
    assert studio.undo.undoText() == "Include 1 picture"
    assert [name for name, item in stored(loaded).items() if not item.included] == ["3.png"]


def test_digits_rate_and_undo_gives_each_picture_its_own_stars_back(loaded, studio, qtbot):
    choose(loaded, "4.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_2)
    choose(loaded, "4.png", "5.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_5)
    assert {stored(loaded)[name].rating for name in ("4.png", "5.png")} == {5}
    studio.undo.undo()
    assert [stored(loaded)[name].rating for name in ("4.png", "5.png")] == [2, 0]


def test_a_decision_that_changes_nothing_is_no_step(loaded, studio, qtbot):
    choose(loaded, "2.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_P)
    choose(loaded, "torn.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_X)
    assert studio.undo.count() == 0


def test_a_project_that_can_only_be_read_refuses_decisions(loaded, studio, qtbot):
    studio.project.read_only_reason = "It is open in another window."
    choose(loaded, "2.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_X)
    assert studio.notices.history[-1].sentence == "It is open in another window."
    assert studio.undo.count() == 0


def test_decisions_are_on_disk_when_the_project_closes(loaded, studio, qtbot):
    choose(loaded, "2.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_X)
    loaded.project_closed()
    dataset = store.datasets(studio.project)[0]
    assert store.counts(studio.project, dataset.id)["included"] == 6
    assert loaded.model.rowCount() == 0
    assert loaded.session.threads is None
    assert loaded.pages.currentWidget() is loaded.empty


def test_copies_show_as_a_group_and_all_but_the_best_go(loaded, studio, qtbot):
    loaded.side.findings.choose("duplicate")
    assert names(loaded) == ["1.png", "9.png"], "the best of the group stands before it"
    choose(loaded, "9.png")
    qtbot.waitUntil(lambda: len(loaded.inspector.cards) == 1, timeout=WAIT)
    card = loaded.inspector.cards[0]
    assert "1.png" in card.reason.text()
    loaded.inspector.showGroup.emit(loaded.model.ids[0])
    assert names(loaded) == ["1.png", "9.png"]
    loaded.selection.keep_best(loaded.model.ids[1])
    assert [name for name, item in stored(loaded).items() if not item.included] == ["9.png"]


def excluded(room: DatasetRoom) -> list[str]:
    return [name for name, item in stored(room).items() if item.usable and not item.included]


def test_a_finding_is_fixed_by_one_click_and_taken_back(loaded, studio, qtbot):
    fix = loaded.side.fix
    assert fix.isHidden()
    loaded.side.findings.choose("duplicate")
    assert fix.text() == "Keep only the best of each"
    qtbot.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert excluded(loaded) == ["9.png"]
    studio.undo.undo()
    assert excluded(loaded) == []
    choose(loaded, "1.png")  # the best is left out by hand: its copy has to stay
    loaded.grid.setFocus()
    qtbot.keyClick(loaded.grid, Qt.Key.Key_X)
    assert excluded(loaded) == ["1.png"]
    qtbot.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert excluded(loaded) == ["1.png"]
    loaded.side.findings.choose("broken")
    assert fix.isHidden()
    loaded.gallery.show_everything()
    assert fix.isHidden()


def test_many_chosen_pictures_are_left_out_and_taken_in_by_buttons(loaded, studio, qtbot):
    choose(loaded, "2.png", "3.png")
    inspector = loaded.inspector
    qtbot.waitUntil(lambda: inspector.take_in.isVisible(), timeout=WAIT)
    assert inspector.decide.toolTip().startswith("Leave out all chosen pictures")
    qtbot.mouseClick(inspector.decide, Qt.MouseButton.LeftButton)
    assert excluded(loaded) == ["2.png", "3.png"]
    qtbot.mouseClick(inspector.take_in, Qt.MouseButton.LeftButton)
    assert excluded(loaded) == []
    choose(loaded, "2.png")
    qtbot.waitUntil(lambda: not inspector.take_in.isVisible(), timeout=WAIT)
    assert inspector.decide.isVisible()


def test_a_tile_names_the_finding_that_is_asked_for(loaded):
    row = next(row for row in loaded.session.collection.rows.values() if row.name == "9.png")
    loaded.session.collection.add_findings([Finding(99, row.id, "outlier", "Strange.")])
    kinds = loaded.session.collection.kinds(row.id)
    assert set(kinds) >= {"duplicate", "outlier"}
    for kind, badge in (("duplicate", "Duplicate"), ("outlier", "Outlier")):
        loaded.gallery.change_view(kind=kind)
        assert loaded.model.badge(row) == badge
    loaded.gallery.show_everything()
    assert loaded.model.badge(row) in ("Duplicate", "Outlier")


# ---------------------------------------------------------------------- finding


def test_search_filters_sorts_and_says_when_nothing_fits(loaded, qtbot):
    qtbot.keyClicks(loaded.header.search, "10")
    qtbot.waitUntil(lambda: names(loaded) == ["10.png"])
    qtbot.keyClicks(loaded.header.search, "zzz")
    qtbot.waitUntil(lambda: loaded.centre.currentWidget() is loaded.nothing)
    qtbot.keyClick(loaded.header.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(names(loaded)) == 8)
    loaded.gallery.change_view(sort="name")
    assert names(loaded)[:3] == ["1.png", "2.png", "3.png"]
    assert names(loaded).index("10.png") > names(loaded).index("9.png")
    loaded.gallery.change_view(sort="size")
    assert names(loaded)[0] == "10.png"


def test_a_picture_that_leaves_the_filter_hands_the_frame_to_its_neighbour(loaded, qtbot):
    for name in ("2.png", "3.png"):
        choose(loaded, name)
        qtbot.keyClick(loaded.grid, Qt.Key.Key_X)
    loaded.side.findings.choose("excluded")
    qtbot.waitUntil(lambda: names(loaded) == ["2.png", "3.png"])
    choose(loaded, "2.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: names(loaded) == ["3.png"])
    assert loaded.selection.current == loaded.model.ids[0]


def test_the_inspector_tells_the_facts_and_frames_what_the_network_sees(loaded, qtbot):
    choose(loaded, "10.png")
    qtbot.waitUntil(lambda: not loaded.inspector.preview.image.isNull(), timeout=WAIT)
    facts = loaded.inspector.facts.shown()
    assert facts["File"] == "10.png"
    assert facts["Size"].startswith("100 × 64")
    assert facts["Label"] == "brick"
    assert facts["Format"] == "PNG · RGB"
    qtbot.waitUntil(lambda: bool(loaded.inspector.preview.frame_rects()), timeout=WAIT)
    (frame,) = loaded.inspector.preview.frame_rects()
    area = loaded.inspector.preview.picture_rect()
    assert frame.width() == pytest.approx(frame.height())
    assert frame.height() == pytest.approx(area.height())
    assert frame.center().x() == pytest.approx(area.center().x())
    loaded.grid.selectAll()
    qtbot.waitUntil(lambda: "8" in loaded.inspector.message.text())


def test_space_enlarges_arrows_walk_and_escape_returns(loaded, qtbot):
    choose(loaded, "3.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "3.png" in loaded.quick.words.text(), timeout=WAIT)
    qtbot.keyClick(loaded.quick, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: "4.png" in loaded.quick.words.text(), timeout=WAIT)
    qtbot.keyClick(loaded.quick, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: "will not train" in loaded.quick.words.text(), timeout=WAIT)
    qtbot.keyClick(loaded.quick, Qt.Key.Key_Escape)
    assert not loaded.quick.isVisible()
    assert loaded.grid.hasFocus()


def test_space_on_a_button_presses_it_and_enlarges_nothing(loaded, qtbot):
    choose(loaded, "3.png")
    pressed: list[bool] = []
    loaded.inspector.train.clicked.connect(lambda: pressed.append(True))
    loaded.inspector.train.setFocus()
    qtbot.keyClick(loaded.inspector.train, Qt.Key.Key_Space)
    assert pressed
    assert not loaded.quick.isVisible()


def test_larger_tiles_are_remembered(loaded, studio, qtbot):
    before = studio.settings.thumbnail_size
    qtbot.keyClick(loaded.grid, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert studio.settings.thumbnail_size == before - 16
    qtbot.mouseDClick(loaded.header.tile_size, Qt.MouseButton.LeftButton, pos=QPoint(1, 5))
    assert studio.settings.thumbnail_size == 128


# ---------------------------------------------------------------------- going on


def test_the_primary_button_hands_on_the_dataset_with_every_decision(loaded, qtbot):
    choose(loaded, "2.png")
    qtbot.keyClick(loaded.grid, Qt.Key.Key_X)
    with qtbot.waitSignal(loaded.trainRequested) as asked:
        qtbot.mouseClick(loaded.inspector.train, Qt.MouseButton.LeftButton)
    assert asked.args == ["façades"]
    dataset = loaded.session.dataset
    assert store.counts(loaded.session.project, dataset.id)["included"] == 6


def test_there_is_nothing_to_train_on_when_all_are_excluded(loaded, qtbot):
    qtbot.keyClick(loaded.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(loaded.grid, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: not loaded.inspector.train.isEnabled())
    assert "include" in loaded.inspector.train.toolTip()


def test_chosen_tiles_are_dragged_out_as_their_files(loaded, folder):
    choose(loaded, "2.png", "3.png")
    data = loaded.model.mimeData(loaded.grid.selectionModel().selectedIndexes())
    assert {Path(url.toLocalFile()).name for url in data.urls()} == {"2.png", "3.png"}
    assert loaded.model.supportedDragActions() == Qt.DropAction.CopyAction


def test_a_picture_goes_to_the_clipboard_as_image_and_file(loaded, qtbot):
    choose(loaded, "10.png")
    qtbot.waitUntil(lambda: loaded.inspector.facts.shown().get("File") == "10.png", timeout=WAIT)
    qtbot.keyClick(loaded.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: clipboard.image().width() == 100, timeout=WAIT)
    assert [Path(u.toLocalFile()).name for u in clipboard.mimeData().urls()] == ["10.png"]
    QGuiApplication.clipboard().clear()  # what it holds would outlive the interpreter


def test_every_text_follows_the_language_at_once(loaded, studio):
    choose(loaded, "9.png")
    studio.set_language("zh_CN")
    loaded.event(QEvent(QEvent.Type.LanguageChange))
    loaded.changeEvent(QEvent(QEvent.Type.LanguageChange))
    seen = " ".join(label.text() for label in loaded.findChildren(QLabel) if label.isVisible())
    seen += loaded.inspector.train.text() + loaded.header.sort.currentText()
    seen += " ".join(e.text for e in loaded.side.findings.entries())
    for english in ("pictures", "will train", "Train on", "Everything", "As imported", "Findings"):
        assert english not in seen
    assert "8 张图片" in loaded.header.count.text()


def test_every_control_says_what_it_is(loaded):
    header, side, inspector = loaded.header, loaded.side, loaded.inspector
    controls = (
        header.sort, header.search, header.tile_size, side.datasets, side.sources, side.findings,
        side.add_folder, side.add_files, side.new_dataset, inspector.train,
        *inspector.tabs.values(),
        loaded.strip.rows[0].cancel, loaded.grid,
    )  # fmt: skip
    assert all(control.accessibleName() for control in controls)
    lists = (side.datasets, side.sources, side.findings, loaded.grid)
    assert all(control.toolTip() for control in controls if control not in lists)


# ---------------------------------------------------------------------- the large set


def rows(count: int) -> Iterator[Row]:
    for key in range(1, count + 1):
        yield Row(key, 1, f"{key}.png", 9, key, 64, 64, 3, "", "", True, True, 0)


def test_a_hundred_thousand_rows_ask_only_for_what_is_painted(qapp, qtbot):
    collection = Collection()
    collection.put(rows(100_000))
    model = PictureModel(collection)
    wanted: list[int] = []
    model.tileWanted.connect(wanted.append)
    model.show_ids(collection.columns().arrange(View()).ids)
    assert model.rowCount() == 100_000
    for place in (0, 1, 1, 99_999):
        model.data(model.index(place), Qt.ItemDataRole.DecorationRole)
    assert wanted == [1, 2, 100_000]
    tile = QImage(256, 256, QImage.Format.Format_RGB32)
    tile.fill(0)
    for key in range(1, 600):
        model.set_tile(key, tile)
    assert model._tile_bytes <= 64_000_000
    assert model.tile(599) is not None
    assert model.tile(1) is None


def test_rows_that_come_while_looking_are_appended(qapp):
    model = PictureModel(Collection())
    model.show_ids([1, 2])
    model.append([2, 3])
    assert model.ids == [1, 2, 3]
    assert model.place(3).row() == 2
    assert not model.place(4).isValid()
    resets: list[None] = []
    inserted: list[tuple[int, int]] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.rowsInserted.connect(lambda _, first, last: inserted.append((first, last)))
    model.grow([1, 2, 3, 7, 5], {1: 0, 2: 1, 3: 2, 7: 3, 5: 4})
    assert (inserted, resets, model.rowCount()) == ([(3, 4)], [], 5)
    assert model.place(5).row() == 4
    assert model.id_at(model.index(3)) == 7


def test_a_collection_filters_by_everything_that_is_chosen():
    collection = Collection()
    collection.put(rows(4))
    collection.change("included", {2: False})
    collection.change("caption", {3: "Ochre façade"})
    collection.rows[4].usable = False
    collection.add_findings([Finding(1, 4, "broken", "Torn."), Finding(2, 1, "tiny", "Small.")])
    shown: Callable[..., list[int]] = lambda **view: collection.columns().arrange(View(**view)).ids  # noqa: E731
    assert shown(kind="excluded") == [2]
    assert shown(kind="broken") == [4]
    assert shown(text="OCHRE") == [3]
    collection.rows[1].author, collection.rows[2].licence = "Ada Lovelace", "CC0-1.0"
    assert (shown(text="lovelace"), shown(text="cc0")) == ([1], [2])
    collection.rows[1].url, collection.rows[3].url = "https://a.example/1", "http://www.a.example"
    collection.rows[2].consent = "Signed in 2024"
    collection.put_stored(list(collection.rows.values()))
    assert (shown(text="a.example/1"), shown(text="SIGNED")) == ([1], [2])
    assert (shown(site="a.example"), shown(site="")) == ([1, 3], [2, 4])
    assert (shown(consent="Signed in 2024"), shown(consent="")) == ([2], [1, 3, 4])
    assert shown(site="a.example", consent="", text="ochre") == [3]
    assert shown(site="b.example") == []
    assert collection.columns().counts.sites == {"a.example": 2, "": 2}
    assert (shown(author="Ada Lovelace"), shown(author="")) == ([1], [2, 3, 4])
    assert collection.columns().counts.authors == {"Ada Lovelace": 1, "": 3}
    assert collection.columns().counts.consents == {"Signed in 2024": 1, "": 3}
    assert shown(source_id=2) == []
    assert shown(sort="finding") == [4, 1, 2, 3]
    totals = {"found": 4, "trains": 2, "unusable": 1, "excluded": 1, "held_out": 0}
    assert collection.columns().counts.totals == totals
    fresh = next(iter(rows(1)))
    collection.change("rating", {1: 4})
    assert collection.put([fresh], decoded=True) == []
    assert collection.rows[1].rating == 4
    assert collection.kinds(1) == []


def test_names_sort_as_people_count():
    found = sorted(["b10", "b9", "B1", "a", "10", "9"], key=natural)
    assert found == ["9", "10", "a", "B1", "b9", "b10"]


def test_the_hash_of_a_file_is_shown_by_its_start(loaded, folder, qtbot):
    choose(loaded, "4.png")
    digest = hashlib.sha256((folder / "plaster" / "4.png").read_bytes()).hexdigest()
    qtbot.waitUntil(lambda: "SHA-256" in loaded.inspector.facts.shown(), timeout=WAIT)
    qtbot.waitUntil(lambda: loaded.inspector.facts.shown()["File"] == "4.png", timeout=WAIT)
    assert loaded.inspector.facts.shown()["SHA-256"] == f"{digest[:12]}…"
