"""The map, thresholds, hidden parts and watched folders of the dataset place, by real events."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from studio.desktop.base.studio import Studio
from studio.desktop.dataset.doctor.histogram import Histogram
from studio.desktop.dataset.room import DatasetRoom
from studio.desktop.dataset.session.folder_watch import Watch, folders_below
from studio.desktop.widgets.map_view import MapView
from studio.desktop.widgets.plane import Plane
from studio.engine.dataset.doctor import thresholds
from studio.engine.dataset.index import regions, store
from studio.engine.dataset.index.settings import WATCH
from studio.engine.dataset.papers.about import About
from studio.engine.project import Project

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def wall(path: Path, seed: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(seed)
    pixels = np.full((64, 64, 3), (150, 80, 60)) + generator.normal(0, 12, (64, 64, 3))
    pixels[:: 8 + seed % 3] = 200
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "walls"
    for number in range(23):
        wall(place / f"{number:02}.png", number)
    odd = np.zeros((64, 64, 3), np.uint8)
    odd[20:44, 20:44] = (20, 240, 255)
    Image.fromarray(odd).save(place / "odd.png")
    return place


@pytest.fixture
def room(studio: Studio, qtbot, tmp_path: Path, folder: Path) -> Iterator[DatasetRoom]:
    made = DatasetRoom(studio)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    studio.project = Project.open(tmp_path / "project", create=True)
    made.project_opened(studio.project)
    made.import_paths([folder])
    qtbot.waitUntil(lambda: at_rest(made, 24), timeout=WAIT)
    yield made
    made.shutdown()


def at_rest(room: DatasetRoom, count: int) -> bool:
    session = room.session
    idle = not session.imports.running and not session.loading and not room.gallery.arranging
    return idle and len(room.model.ids) == room.gallery.counts.totals.get("found") == count


@pytest.fixture
def charted(room: DatasetRoom, qtbot) -> MapView:
    room.header.map.click()
    qtbot.waitUntil(lambda: room.survey.map._is_drawn(), timeout=WAIT)
    assert room.centre.currentWidget() is room.survey.map.page
    return room.survey.map.page.view


def spots(view: MapView) -> np.ndarray:
    return view.plane.on_screen()


def lasso(view: MapView, points: list[QPoint], modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(view, LEFT, modifier, points[0])
    for point in points:
        QTest.mouseMove(view, point)
    QTest.mouseRelease(view, LEFT, modifier, points[-1])


def round_about(spot: np.ndarray, reach: int = 12) -> list[QPoint]:
    angles = np.linspace(0, 2 * np.pi, 24)
    return [
        QPoint(round(spot[0] + reach * np.cos(a)), round(spot[1] + reach * np.sin(a)))
        for a in angles
    ]


# ------------------------------------------------------------------ the map


def test_a_lasso_chooses_in_the_grids_own_selection(room, charted, qtbot) -> None:
    view = charted
    whole = [QPoint(1, 1), QPoint(view.width() - 2, 1),
             QPoint(view.width() - 2, view.height() - 2), QPoint(1, view.height() - 2)]  # fmt: skip
    lasso(view, whole)
    qtbot.waitUntil(lambda: len(room.selection.ids()) == 24, timeout=WAIT)
    assert view.plane.is_chosen.sum() in (0, 24)
    qtbot.waitUntil(lambda: view.plane.is_chosen.sum() == 24, timeout=WAIT)
    room.selection.include(False)
    assert room.studio.undo.undoText() == "Exclude 24 pictures"
    lasso(view, round_about(spots(view)[3]))
    assert int(view.plane.ids[3]) in room.selection.ids()
    assert len(room.selection.ids()) < 24
    before = set(room.selection.ids())
    lasso(view, round_about(spots(view)[9]), Qt.KeyboardModifier.ShiftModifier)
    assert before | {int(view.plane.ids[9])} <= set(room.selection.ids())


def test_a_click_a_walk_and_a_filter(room, charted, qtbot) -> None:
    view = charted
    spot = spots(view)[5]
    QTest.mouseClick(view, LEFT, NONE, QPoint(round(spot[0]), round(spot[1])))
    first = room.selection.ids()
    assert len(first) == 1
    qtbot.waitUntil(lambda: view.plane.current_row is not None, timeout=WAIT)
    walked = set(first)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Down):
        before = view.plane.current_row
        QTest.keyClick(view, key)
        qtbot.wait(60)
        walked.update(room.selection.ids())
        assert view.plane.current_row is not None or before is None
    assert len(walked) > 1
    room.gallery.change_view(text="odd")
    qtbot.waitUntil(lambda: int(view.plane.is_shown.sum()) == 1, timeout=WAIT)
    assert room.centre.currentWidget() is room.survey.map.page
    room.gallery.show_everything()
    qtbot.waitUntil(lambda: int(view.plane.is_shown.sum()) == 24, timeout=WAIT)


def test_zoom_pan_and_home(charted) -> None:
    view = charted
    before = spots(view).copy()
    at = QPointF(*before[2].tolist())
    view.zoom(3.0, at)
    assert np.allclose(spots(view)[2], before[2], atol=0.5)
    assert len(view.near())
    view.pan(40, -25)
    assert np.allclose(spots(view)[2], before[2] + (40, -25), atol=0.5)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert np.allclose(spots(view), before, atol=0.5)


def test_the_grid_comes_back_and_the_map_is_kept(room, charted, qtbot) -> None:
    room.header.map.click()
    assert room.centre.currentWidget() is room.grid
    room.header.map.click()
    assert not room.survey.map.page.is_waiting
    qtbot.waitUntil(lambda: room.centre.currentWidget() is room.survey.map.page, timeout=WAIT)


def test_pictures_that_came_since_are_counted_and_drawn_again(room, charted, folder, qtbot):
    wall(folder / "new.png", 77)
    room.import_paths([folder])
    page = room.survey.map.page
    qtbot.waitUntil(lambda: at_rest(room, 25), timeout=WAIT)
    qtbot.waitUntil(lambda: page.again.isVisible(), timeout=WAIT)
    assert page.news.text() == "1 picture not on it yet"
    page.again.click()
    qtbot.waitUntil(lambda: len(charted.plane.ids) == 25, timeout=WAIT)


def test_drawing_can_be_given_up_and_begun_again(room, qtbot) -> None:
    page = room.survey.map.page
    room.header.map.click()
    assert page.is_waiting
    page.cancel.click()
    assert not page.is_waiting
    assert page.nothing.isVisible()
    page.nothing.button.click()
    qtbot.waitUntil(lambda: room.survey.map._is_drawn(), timeout=WAIT)


def test_a_hundred_thousand_points_are_one_picture() -> None:
    generator = np.random.default_rng(0)
    plane = Plane()
    count = 100_000
    plane.set_points(
        np.arange(count), generator.uniform(-1, 1, (count, 2)),
        generator.integers(0, 255, (count, 3), np.uint8),
    )  # fmt: skip
    plane.fit(800, 600, 20)
    plane.choose(np.arange(0, count, 3), 6)
    pixels = plane.painted(800, 600, 1.0, 0xFF000000, 0xFF333333, 0xFFF0A43C)
    assert pixels.shape == (600, 800)
    assert (pixels == 0xFFF0A43C).sum() > 10_000
    mask = np.zeros((600, 800), bool)
    mask[200:400, 300:500] = True
    rows = plane.under(mask)
    inside = plane.on_screen(rows)
    assert (inside >= (300, 200)).all()
    assert (inside < (500, 400)).all()
    assert 0 < len(rows) < count


@pytest.mark.parametrize("count", [0, 1])
def test_a_map_of_nothing_is_no_trouble(qtbot, count) -> None:
    view = MapView()
    qtbot.addWidget(view)
    view.show_points(np.arange(count), np.zeros((count, 2)), np.zeros((count, 3), np.uint8))
    with qtbot.waitExposed(view):
        view.show()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Minus):
        QTest.keyClick(view, key)
    QTest.mouseDClick(view, LEFT)
    lasso(view, [QPoint(5, 5), QPoint(150, 5), QPoint(150, 150), QPoint(5, 150)])
    view.grab()


# ------------------------------------------------------------------ thresholds and outliers


def test_the_thresholds_open_on_the_finding_that_is_shown(room, qtbot) -> None:
    panel = room.survey.doctor.panel
    room.side.findings.choose("blurred")
    room.side.thresholds.click()
    qtbot.waitUntil(lambda: panel.kind.count() > 5, timeout=WAIT)
    assert panel.shown == "blurred"
    assert "text_heavy" in [panel.kind.itemData(place) for place in range(panel.kind.count())]


def test_a_threshold_is_dragged_counted_stored_and_undone(room, qtbot) -> None:
    doctor, panel = room.survey.doctor, room.survey.doctor.panel
    room.side.thresholds.click()
    assert panel.isVisible()
    qtbot.waitUntil(lambda: panel.kind.count() > 5, timeout=WAIT)
    doctor.panel.choose("blurred")
    doctor._read_values("blurred")
    qtbot.waitUntil(panel.histogram.isEnabled, timeout=WAIT)
    dataset, project = room.session.dataset, room.session.project
    values = thresholds.values(project, dataset.id, "blurred")
    plot = panel.histogram
    QTest.mousePress(plot, LEFT, NONE, QPoint(round(plot.line_x()), 20))
    QTest.mouseMove(plot, QPoint(plot.width() * 2 // 3, 20))
    live = int((values < panel.value.value()).sum())
    assert panel.count.text() == f"{live} of 24 pictures would be found"
    assert thresholds.read(project, dataset.id)["blurred"] == 12.0
    QTest.mouseRelease(plot, LEFT, NONE, QPoint(plot.width() * 2 // 3, 20))
    qtbot.waitUntil(lambda: room.studio.undo.canUndo(), timeout=WAIT)
    wanted = panel.value.value()
    qtbot.waitUntil(
        lambda: thresholds.read(project, dataset.id)["blurred"] == pytest.approx(wanted),
        timeout=WAIT,
    )
    expected = int((values < wanted).sum())
    qtbot.waitUntil(lambda: room.gallery.counts.kinds["blurred"] == expected, timeout=WAIT)
    assert room.studio.undo.undoText().startswith("Threshold of Blurred")
    if expected:
        qtbot.waitUntil(panel.exclude.isEnabled, timeout=WAIT)
        panel.exclude.click()
        assert room.studio.undo.undoText().startswith("Exclude")
        room.studio.undo.undo()
    room.studio.undo.undo()
    qtbot.waitUntil(lambda: thresholds.read(project, dataset.id)["blurred"] == 12.0, timeout=WAIT)


def test_outliers_are_found_shown_and_left_out(room, qtbot) -> None:
    panel = room.survey.doctor.panel
    room.side.outliers.click()
    qtbot.waitUntil(lambda: room.gallery.counts.kinds["outlier"] > 0, timeout=WAIT)
    qtbot.waitUntil(lambda: panel.shown == "outlier" and panel.histogram.isEnabled(), timeout=WAIT)
    qtbot.waitUntil(panel.exclude.isEnabled, timeout=WAIT)
    odd = next(row.id for row in room.session.collection.rows.values() if row.name == "odd.png")
    room.gallery.change_view(kind="outlier")
    qtbot.waitUntil(
        lambda: odd in room.model.ids and room.model.tile(odd) is not None, timeout=WAIT
    )
    spot = room.grid.visualRect(room.model.place(odd)).center()

    def middle() -> int:
        return room.grid.viewport().grab().toImage().pixel(spot)

    room.grid.clearSelection()
    plain = middle()
    room.grid.setCurrentIndex(room.model.place(odd))
    assert middle() == plain  # a chosen tile has a frame, and is not darkened by it
    panel.exclude.click()
    names = {row.name for row in room.session.collection.rows.values() if not row.included}
    assert "odd.png" in names
    room.studio.undo.undo()
    assert all(row.included for row in room.session.collection.rows.values())


def test_a_search_for_outliers_can_be_stopped(room, qtbot) -> None:
    panel = room.survey.doctor.panel
    room.side.outliers.click()
    panel.cancel.click()
    qtbot.waitUntil(lambda: not panel.bar.isVisible(), timeout=WAIT)


def test_the_histogram_by_keys_and_a_double_click(qtbot) -> None:
    plot = Histogram()
    qtbot.addWidget(plot)
    plot.resize(300, 90)
    plot.show_values(np.geomspace(1, 1000, 200), 12.0, 0.0, 10_000.0, below=True)
    assert plot.flagged(12.0) == int((np.geomspace(1, 1000, 200) < 12).sum())
    with qtbot.waitSignal(plot.settled) as told:
        QTest.keyClick(plot, Qt.Key.Key_Right)
    assert told.args[0] > 12.0
    with qtbot.waitSignal(plot.resetWanted):
        QTest.mouseDClick(plot, LEFT, NONE, QPoint(10, 20))
    plot.show_values(np.array([-4.0, -1.0, 2.0, 9.0]), 3.5, 0.0, 100.0, below=False)
    assert plot.flagged(3.5) == 1
    assert plot.flagged(9.0, inclusive=True) == 1
    plot.show_values(np.empty(0), 3.5, 0.0, 100.0, below=False)
    plot.grab()


# ------------------------------------------------------------------ hidden parts


def test_parts_are_hidden_by_hand_and_undone(room, qtbot) -> None:
    room.grid.setCurrentIndex(room.model.index(4))
    shown = room.model.ids[4]
    qtbot.waitUntil(lambda: room.model.tile(shown) is not None, timeout=WAIT)
    before = room.model.tile(shown).toImage()
    room.survey.hiding.open()
    editor = room.survey.hiding.editor
    qtbot.waitUntil(editor.isVisible, timeout=WAIT)
    area = editor.view.picture_rect()

    def at(x: float, y: float) -> QPoint:
        return QPoint(round(area.left() + x * area.width()), round(area.top() + y * area.height()))

    QTest.mousePress(editor.view, LEFT, NONE, at(0.25, 0.25))
    QTest.mouseMove(editor.view, at(0.6, 0.6))
    QTest.mouseRelease(editor.view, LEFT, NONE, at(0.75, 0.75))
    assert len(editor.view.regions) == 1
    QTest.keyClick(editor.view, Qt.Key.Key_L)
    assert editor.view.is_lasso
    lasso_points = [at(0.1, 0.1), at(0.2, 0.1), at(0.2, 0.2), at(0.1, 0.2)]
    QTest.mousePress(editor.view, LEFT, NONE, lasso_points[0])
    for point in lasso_points:
        QTest.mouseMove(editor.view, point)
    QTest.mouseRelease(editor.view, LEFT, NONE, lasso_points[-1])
    assert editor.facts.text() == "2 parts are hidden"
    QTest.keyClick(editor.view, Qt.Key.Key_N)
    QTest.keyClick(editor.view, Qt.Key.Key_Left)
    QTest.keyClick(editor.view, Qt.Key.Key_Delete)
    assert len(editor.view.regions) == 2
    number = editor.item.id
    QTest.keyClick(editor.view, Qt.Key.Key_Return)
    assert not editor.isVisible()

    def hidden() -> int:
        return len(store.items_by_id(room.session.project, [number])[0].hidden)

    qtbot.waitUntil(lambda: hidden() == 2, timeout=WAIT)
    qtbot.waitUntil(
        lambda: room.survey.about.facts.shown().get("Hidden") == "2 parts are hidden", timeout=WAIT
    )
    assert room.studio.undo.undoText() == "Hide parts of 1 picture"

    def looks_as_before() -> bool | None:
        tile = room.model.tile(shown)
        return None if tile is None else tile.toImage() == before

    qtbot.waitUntil(lambda: looks_as_before() is False, timeout=WAIT)
    room.studio.undo.undo()
    qtbot.waitUntil(lambda: hidden() == 0, timeout=WAIT)
    qtbot.waitUntil(lambda: looks_as_before() is True, timeout=WAIT)


def test_identical_copies_are_hidden_in_one_step_and_shown_again(room, folder, qtbot) -> None:
    project = room.session.project
    first = store.items_by_id(project, [room.model.ids[4]])[0]
    (folder / "twin.png").write_bytes(first.path.read_bytes())
    room.import_paths([folder])
    qtbot.waitUntil(lambda: at_rest(room, 25), timeout=WAIT)

    def hidden() -> list[str]:
        return [each.name for each in store.items(project, first.dataset_id) if each.hidden]

    half = (regions.box(0, 0, 0.5, 1, "fill"),)
    room.survey.hiding._apply(first.id, half)
    qtbot.waitUntil(lambda: hidden() == [first.name, "twin.png"], timeout=WAIT)
    qtbot.waitUntil(room.studio.undo.canUndo, timeout=WAIT)
    assert room.studio.undo.undoText() == "Hide parts of 2 pictures"
    history = room.studio.notices.history
    said = "identical copies: 2 pictures in all"
    qtbot.waitUntil(lambda: any(said in each.sentence for each in history), timeout=WAIT)
    qtbot.waitUntil(lambda: room.gallery.counts.kinds.get("hidden_copy") == 1, timeout=WAIT)
    room.studio.undo.undo()
    qtbot.waitUntil(lambda: hidden() == [], timeout=WAIT)
    qtbot.waitUntil(lambda: not room.gallery.counts.kinds.get("hidden_copy"), timeout=WAIT)


def test_the_map_and_the_rows_follow_what_may_be_seen(room, charted, qtbot) -> None:
    project, view = room.session.project, charted
    number = int(view.plane.ids[3])
    project.write("UPDATE item SET facts = json_set(facts, '$.outlier', 9.0) WHERE id = ?",
                  (number,))  # fmt: skip
    thresholds.find_again(project, room.session.dataset.id, {"outlier"})
    room.session.judge_again()
    kinds = room.session.collection.kinds
    qtbot.waitUntil(lambda: "outlier" in kinds(number), timeout=WAIT)
    sharp = room.session.collection.rows[number].sharpness
    room.survey.hiding.open()
    editor = room.survey.hiding.editor
    editor.applied.emit(number, (regions.box(0, 0, 1, 1, "fill"),))
    qtbot.waitUntil(lambda: "flat" in kinds(number), timeout=WAIT)
    assert "outlier" not in kinds(number)
    qtbot.waitUntil(lambda: room.session.collection.rows[number].sharpness < sharp, timeout=WAIT)
    qtbot.waitUntil(lambda: int(view.plane.is_shown.sum()) == 23, timeout=WAIT)
    page = room.survey.map.page
    assert page.news.text() == "1 picture not on it yet"
    room.studio.undo.undo()
    qtbot.waitUntil(lambda: "outlier" in kinds(number), timeout=WAIT)
    assert "flat" not in kinds(number)
    qtbot.waitUntil(lambda: room.session.collection.rows[number].sharpness == sharp, timeout=WAIT)
    page.again.click()
    qtbot.waitUntil(lambda: int(view.plane.is_shown.sum()) == 24, timeout=WAIT)


def test_escape_hides_nothing_and_faces_say_what_is_missing(room, qtbot, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)  # as where the extra is not installed
    room.grid.setCurrentIndex(room.model.index(4))
    room.survey.hiding.open()
    editor = room.survey.hiding.editor
    qtbot.waitUntil(editor.isVisible, timeout=WAIT)
    QTest.keyClick(editor.view, Qt.Key.Key_N)
    editor.faces.click()
    told = room.studio.notices.history[-1].sentence
    assert "extras install faces" in told
    QTest.keyClick(editor.view, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert not room.studio.undo.canUndo()


def test_what_is_drawn_is_shown_as_it_will_be_learnt(room, qtbot) -> None:
    room.grid.setCurrentIndex(room.model.index(4))
    room.survey.hiding.open()
    editor = room.survey.hiding.editor
    qtbot.waitUntil(editor.isVisible, timeout=WAIT)
    editor.view.set_regions((regions.box(0, 0, 1, 1, "fill"),))

    def is_plain() -> bool:
        image: QImage = editor.view._image
        if image.isNull():  # it is still being read
            return False
        corners = {image.pixel(2, 2), image.pixel(image.width() - 3, image.height() - 3)}
        return len(corners) == 1 and image.pixel(2, 2) == image.pixel(9, 5)

    qtbot.waitUntil(is_plain, timeout=WAIT)
    editor.close_up()


# ------------------------------------------------------------------ the inspector


def test_the_inspector_tells_camera_profile_and_tones(room, qtbot) -> None:
    room.grid.setCurrentIndex(room.model.index(2))
    block = room.survey.about
    qtbot.waitUntil(block.isVisible, timeout=WAIT)
    assert block.curves._tones.max() > 0.2
    block.show_about(About(camera="X-T5", exposure="1/250 s · f/2.8", has_place=True))
    assert block.facts.shown() == {
        "Camera": "X-T5", "Exposure": "1/250 s · f/2.8",
        "Place": "Stated in the file; exports never carry it.",
    }  # fmt: skip


# ------------------------------------------------------------------ pages of scans


def test_all_pages_of_scans_come_in_when_they_are_asked_for(room, folder, qtbot) -> None:
    pages = [Image.new("RGB", (64, 48), colour) for colour in ("red", "green", "blue")]
    pages[0].save(folder / "scan.tif", save_all=True, append_images=pages[1:])
    room.intake.import_paths([folder])
    qtbot.waitUntil(lambda: at_rest(room, 25), timeout=WAIT)
    assert room.gallery.counts.kinds["animated"] == 1
    room.studio.actions.get("dataset.pages").trigger()
    qtbot.waitUntil(lambda: at_rest(room, 27), timeout=WAIT)
    qtbot.waitUntil(lambda: not room.gallery.counts.kinds["animated"], timeout=WAIT)


# ------------------------------------------------------------------ watched folders


def test_what_appears_in_a_watched_folder_is_imported(room, folder, qtbot, tmp_path) -> None:
    room.survey.watching.watch._settle.setInterval(50)
    room.survey.watching.watch._look.setInterval(100)
    assert not room.side.watch.isChecked()
    room.side.watch.click()
    qtbot.waitUntil(lambda: room.survey.watching.watch.roots == [folder], timeout=WAIT)
    assert WATCH.read(room.session.project, room.session.dataset.id)
    assert room.studio.undo.undoText() == "Watch the folders"
    wall(folder / "later.png", 50)
    qtbot.waitUntil(lambda: at_rest(room, 25), timeout=WAIT)
    notices = room.studio.notices.history
    folder.rename(tmp_path / "unplugged")
    qtbot.waitUntil(lambda: any("is gone" in notice.sentence for notice in notices), timeout=WAIT)
    assert len(room.model.ids) == 25
    wall(tmp_path / "unplugged" / "meanwhile.png", 51)
    (tmp_path / "unplugged").rename(folder)
    qtbot.waitUntil(lambda: any("is back" in notice.sentence for notice in notices), timeout=WAIT)
    qtbot.waitUntil(lambda: at_rest(room, 26), timeout=WAIT)
    # A file that was half copied when it was looked at is looked at again by itself.
    again = room.survey.watching._again
    qtbot.waitUntil(again.isActive, timeout=WAIT)
    again.stop()
    whole = (folder / "later.png").read_bytes()
    (folder / "slow.png").write_bytes(whole[:300])
    qtbot.waitUntil(lambda: at_rest(room, 27) and again.isActive(), timeout=WAIT)
    (folder / "slow.png").write_bytes(whole)  # into the same file: its folder does not change
    again.start(50)

    def slow() -> bool:
        rows = room.session.collection.rows.values()
        return any(row.name == "slow.png" and row.usable for row in rows)

    qtbot.waitUntil(slow, timeout=WAIT)
    qtbot.waitUntil(lambda: at_rest(room, 27), timeout=WAIT)
    said = len(notices)
    qtbot.wait(500)
    assert len(notices) <= said + 1
    room.studio.undo.undo()
    qtbot.waitUntil(lambda: room.survey.watching.watch.roots == [], timeout=WAIT)


def test_a_watch_looks_into_new_folders_and_survives_deletion(qtbot, tmp_path) -> None:
    root = tmp_path / "root"
    (root / "inner").mkdir(parents=True)
    (root / ".hidden").mkdir()
    (root / "loop").symlink_to(root)
    assert folders_below([root, tmp_path / "nowhere"]) == [str(root), str(root / "inner")]
    watch = Watch()
    watch._settle.setInterval(30)
    watch._look.setInterval(50)
    watch.watch([root], folders_below([root]))
    with qtbot.waitSignal(watch.changed, timeout=WAIT) as told:
        (root / "inner" / "x.txt").write_text("x")
    assert told.args[0] == [root]
    with qtbot.waitSignal(watch.lost, timeout=WAIT) as gone:
        shutil.rmtree(root)
    assert gone.args[0] == root
    watch.stop()
    watch.deleteLater()
