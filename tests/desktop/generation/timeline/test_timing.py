"""A day at the timeline: keys, scrubbing, playing, films, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMenu

from studio.desktop.base.studio import Studio
from studio.desktop.generation.room import GenerationRoom
from studio.desktop.generation.timeline.timing import Timing
from studio.desktop.generation.timeline.worker import FILE
from studio.desktop.pixels import from_qimage
from studio.engine.errors import StudioError
from studio.engine.generation.film.timeline import read_keys
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.pieces import pieces
from tests.desktop.generation.small_canvas import room_of, studio_on
from tests.desktop.generation.test_shaping import made as made_models
from tests.engine.generation.film.conftest import played

made = made_models
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 20_000


@pytest.fixture
def studio(
    qapp: object, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    with studio_on(made, tmp_path, monkeypatch) as studio:
        yield studio


@pytest.fixture
def room(studio: Studio, qtbot) -> Iterator[GenerationRoom]:
    with room_of(studio, qtbot) as room:
        qtbot.waitUntil(lambda: room.timing.editor.line is not None, timeout=WAIT)
        calm(room, qtbot)
        yield room


@pytest.fixture
def timing(room: GenerationRoom, qtbot) -> Timing:
    """Open, with seed 0 at the beginning and seed 5 at 3 s of 6."""
    timing = room.timing
    click(timing.strip.fold, qtbot)
    click(timing.strip.add, qtbot)
    press(timing, qtbot, 3.0)
    room.editing.set_seed(5)
    click(timing.strip.add, qtbot)
    calm(room, qtbot)
    return timing


def calm(room: GenerationRoom, qtbot) -> None:
    qtbot.waitUntil(lambda: not room.view.image().isNull(), timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)


def click(widget, qtbot) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def at(timing: Timing, time: float, y: int = 35) -> QPoint:
    return QPoint(round(timing.strip.track.x_of(time)), y)


def press(timing: Timing, qtbot, time: float, y: int = 35) -> None:
    qtbot.mouseClick(timing.strip.track, Qt.MouseButton.LeftButton, pos=at(timing, time, y))


def times(timing: Timing) -> list[float]:
    return [key.time for key in timing.editor.line.keys]


def shown(room: GenerationRoom, qtbot) -> bytes:
    calm(room, qtbot)
    return bytes(room.view.image().constBits())


def test_keys_are_put_down_scrubbed_dragged_and_taken_back(room, studio, timing, qtbot):
    assert times(timing) == [0, pytest.approx(3.0, abs=0.05)]
    assert [key.recipe.seed for key in timing.editor.line.keys] == [0, 5]
    second = shown(room, qtbot)
    press(timing, qtbot, 0.0)
    first = shown(room, qtbot)
    press(timing, qtbot, 1.5, 8)
    assert shown(room, qtbot) not in (first, second)
    assert room.editing.recipe().seed == 5
    track = timing.strip.track
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=at(timing, times(timing)[1]))
    for time in (3.5, 4.0, 4.5):
        qtbot.mouseMove(track, at(timing, time))
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton, pos=at(timing, 4.5))
    assert times(timing)[1] == pytest.approx(4.5, abs=0.05)
    assert shown(room, qtbot) == second
    studio.undo.undo()
    assert times(timing)[1] == pytest.approx(3.0, abs=0.05)
    studio.undo.redo()
    assert times(timing)[1] == pytest.approx(4.5, abs=0.05)


def test_keys_of_the_keyboard_go_by_frames_and_delete(room, studio, timing, qtbot):
    track, keys = timing.strip.track, Qt.Key
    track.setFocus()
    qtbot.keyClick(track, keys.Key_Home)
    qtbot.keyClick(track, keys.Key_Right)
    assert timing.time == pytest.approx(1 / 30)
    qtbot.keyClick(track, keys.Key_End)
    assert timing.time == 6
    qtbot.keyClick(track, keys.Key_PageDown)
    qtbot.keyClick(track, keys.Key_Delete)
    assert len(times(timing)) == 1
    assert room.editing.recipe().seed == 5  # arrow keys walked no seeds
    studio.undo.undo()
    assert len(times(timing)) == 2


def test_the_camera_of_a_key_is_placed_seen_and_taken_back(room, studio, timing, qtbot):
    strip = timing.strip
    row = strip.camera_row
    assert not row.isVisible()
    timing.show_camera()
    assert row.isVisible()
    assert strip.track.chosen == 1  # the key that was put down last
    still = shown(room, qtbot)
    row.boxes["x"].setValue(25.0)
    row.boxes["x"].setValue(50.0)
    row.boxes["zoom"].setValue(200.0)
    key = timing.editor.line.keys[1]
    assert (key.camera.x, key.camera.zoom) == (0.5, 2.0)
    assert shown(room, qtbot) != still
    assert timing.time == key.time
    assert studio.undo.undoText() == "Camera"
    studio.undo.undo()
    assert shown(room, qtbot) == still
    assert row.boxes["zoom"].value() == 100.0
    press(timing, qtbot, 1.5, 8)  # between both keys none is chosen
    assert not row.boxes["x"].isEnabled()
    assert row.hint.isVisible()
    click(strip.camera, qtbot)
    assert not row.isVisible()


def test_the_picture_is_pulled_under_the_camera(room, studio, timing, qtbot):
    timing.show_camera()
    calm(room, qtbot)
    still = shown(room, qtbot)
    view, left = room.view, Qt.MouseButton.LeftButton
    begin = view.target().center().toPoint()
    quarter = round(view.target().width() / 4)
    qtbot.mousePress(view, left, pos=begin)
    for part in (0.5, 1.0):
        qtbot.mouseMove(view, begin + QPoint(round(part * quarter), 0))
    qtbot.mouseRelease(view, left, pos=begin + QPoint(quarter, 0))
    assert timing.strip.chosen_key.camera.x == pytest.approx(-0.25, abs=0.02)
    assert timing.strip.camera_row.boxes["x"].value() == pytest.approx(-25, abs=2)
    assert shown(room, qtbot) != still
    studio.undo.undo()  # the whole pull is one step
    assert timing.strip.chosen_key.camera.idle
    assert shown(room, qtbot) == still
    timing.show_camera()
    assert not room.session.films.aims  # and the picture can be dragged out again


def keep(room: GenerationRoom, qtbot) -> tuple[np.ndarray, LatentRecipe]:
    with qtbot.waitSignal(room.session.kept, timeout=WAIT) as kept:
        room.canvas.tools["take_out"].keep()
    return pieces.stored(kept.args[0]), kept.args[0].recipe.unrecorded()


def test_what_is_kept_is_what_is_seen_of_the_film(room, studio, timing, qtbot):
    press(timing, qtbot, 1.5, 8)
    calm(room, qtbot)
    moment = room.view.image().copy()
    assert room.editing.recipe().seed == 5  # which is another picture
    kept, recipe = keep(room, qtbot)
    calm(room, qtbot)
    assert np.array_equal(kept, from_qimage(moment)[..., : kept.shape[2]])
    assert room.editing.recipe() == recipe
    assert room.editing.history.current.text == "Moment of the film"
    studio.undo.undo()
    assert room.editing.recipe().seed == 5


def test_the_camera_is_no_part_of_what_is_kept_and_the_canvas_says_so(room, timing, qtbot):
    timing.show_camera()
    timing.strip.camera_row.boxes["x"].setValue(40.0)
    calm(room, qtbot)
    through_the_camera = room.view.image().copy()
    with pytest.raises(StudioError, match="still being drawn"):
        room.canvas.tools["drag_out"].writing()
    calm(room, qtbot)
    assert room.view.image() != through_the_camera
    kept, _ = keep(room, qtbot)
    assert np.array_equal(kept, from_qimage(room.view.image())[..., : kept.shape[2]])


@pytest.mark.parametrize("taken", ["copy", "compare", "breed", "more", "rate"])
def test_every_tool_works_on_what_is_seen(room, timing, qtbot, taken):
    press(timing, qtbot, 1.5, 8)
    calm(room, qtbot)
    seen = room.session.films.moment.recipe
    tools = room.canvas.tools
    {
        "copy": lambda: tools["take_out"].copy(),
        "compare": lambda: tools["compare"].button.click(),
        "breed": lambda: tools["breeding"].add_current(),
        "more": lambda: room.marks.more(),
        "rate": lambda: tools["rating"].rate(3),
    }[taken]()
    assert room.editing.recipe() == seen
    calm(room, qtbot)
    if taken == "breed":
        assert tools["breeding"].brood.parents == (seen,)
    if taken == "more":
        assert room.marks.liked() == [seen]


def test_a_moment_that_is_seen_becomes_a_key(room, timing, qtbot):
    press(timing, qtbot, 1.5, 8)
    before = shown(room, qtbot)
    click(timing.strip.add, qtbot)
    qtbot.waitUntil(lambda: len(times(timing)) == 3, timeout=WAIT)
    assert shown(room, qtbot) == before


def choose(menu: QMenu, *path: str) -> None:
    for text in path:
        action = next(each for each in menu.actions() if each.text() == text)
        if action.menu() is not None:
            menu = action.menu()
    action.trigger()


def test_a_menu_has_easing_hold_and_a_way_to_the_canvas(room, timing, qtbot):
    choose(timing.menu(0), "Easing", "Linear")
    choose(timing.menu(0), "Hold", "0.5 s")
    key = timing.editor.line.keys[0]
    assert (key.easing, key.hold) == ("linear", 0.5)
    room.editing.set_seed(5)
    room.editing.set_psi(0.5)
    choose(timing.menu(0), "Replace by the picture of the canvas")
    assert timing.editor.line.keys[0].recipe.beginning.truncation_psi == 0.5
    room.editing.set_seed(8)
    timing.scrub(0.2)
    choose(timing.menu(-1), "Go on from here")
    qtbot.waitUntil(lambda: room.editing.recipe().seed == 5, timeout=WAIT)
    choose(timing.menu(1), "Delete key")
    assert times(timing) == [0]


def test_it_plays_and_stops_where_the_hand_touches_the_picture(room, timing, qtbot):
    timing.strip.seconds.setValue(1.0)
    click(timing.strip.loop, qtbot)
    timing.scrub(0.5)
    click(timing.strip.play, qtbot)
    assert timing.strip.play.text() == "Pause"
    qtbot.waitUntil(lambda: timing.time < 0.4, timeout=WAIT)  # it went round
    room.editing.set_seed(9)
    assert timing.strip.play.text() == "Play"
    timing.strip.loop.setChecked(False)
    timing.scrub(0.9)
    click(timing.strip.play, qtbot)
    qtbot.waitUntil(lambda: timing.strip.play.text() == "Play", timeout=WAIT)
    assert timing.time == 1


def test_a_film_is_rendered_beside_the_window(room, studio, timing, tmp_path, qtbot, monkeypatch):
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "film"), "GIF (*.gif)")
    )
    timing.strip.seconds.setValue(0.5)
    timing.strip.rate.setCurrentText("12")
    timing.strip.rate.textActivated.emit("12")
    timing.strip.size_box.setCurrentIndex(1)
    said: list[str] = []
    studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    studio.actions.get("generation.film").trigger()
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT)
    assert said[0].startswith("film.gif has 6 frames.")
    frames, length = played(tmp_path / "film.gif")
    assert (len(frames), length) == (6, 500)
    assert frames[0].shape[:2] == (32, 32)
    studio.actions.get("generation.film").trigger()
    qtbot.waitUntil(lambda: len(said) == 2, timeout=WAIT)
    assert "already exists" in said[1]


def test_the_timeline_comes_back_with_its_run(room, studio, timing, qtbot):
    calm(room, qtbot)
    folder = room.session.model.folder
    assert read_keys(folder / FILE) == timing.editor.line
    timing.editor.set_loop(True)
    before = timing.editor.line
    room.project_closed()  # at once: nothing that was decided is forgotten
    assert not timing.strip.isEnabled()
    room.project_opened(studio.project)
    room.entered()
    qtbot.waitUntil(lambda: timing.editor.line is not None, timeout=WAIT)
    assert timing.editor.line == before


def test_a_damaged_timeline_is_said_and_left_alone(room, studio, timing, qtbot):
    calm(room, qtbot)
    file = room.session.model.folder / FILE
    file.write_text("version = 9\n")
    said: list[str] = []
    studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    room.project_closed()
    room.project_opened(studio.project)
    room.entered()
    qtbot.waitUntil(lambda: timing.editor.line is not None, timeout=WAIT)
    assert "newer version" in said[0]
    assert timing.editor.line.keys == ()
    assert file.read_text() == "version = 9\n"


def test_without_keys_there_is_nothing_to_render(room, studio, qtbot):
    said: list[str] = []
    studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    studio.actions.get("generation.film").trigger()
    assert "at least one key" in said[0]
    assert not room.timing.strip.export.isEnabled()
    assert not room.timing.strip.body.isVisible()
    studio.actions.get("generation.timeline").trigger()
    assert room.timing.strip.body.isVisible()
    studio.set_language("zh_CN")
    room.retranslate()
    assert room.timing.strip.fold.text() == "时间线"
