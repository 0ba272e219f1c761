"""Points of the picture are dragged by real mouse and keys, each pull a step to be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from models.base import family
from models.facts import Ability
from models.image_spec import ImageSpec
from studio.desktop.generation.room import GenerationRoom
from studio.desktop.generation.tools.drag_points import DragPoints
from studio.desktop.pixels import from_qimage
from studio.engine.dataset.intake import importer
from studio.engine.generation.moves.dragged import Dragged
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from tests.desktop.generation.small_canvas import room_of, studio_on

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 20_000
TINY = {"latent_dim": 16, "top_width": 8, "width": 8}
NO_KEY = Qt.KeyboardModifier.NoModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a VAE that nobody trained."""
    place = tmp_path_factory.mktemp("dragging")
    (place / "pictures").mkdir()
    for number in range(8):
        pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(place / "pictures" / f"{number}.png")
    with Project.open(place / "Project", create=True) as project:
        for _ in importer.import_sources(project, [place / "pictures"], "Noise"):
            pass
        run = runs.create_run(
            project, "Noise", "vae", 16, 16, images=16, overrides=TINY, device="cpu"
        )
        torch.manual_seed(1)
        kind = family("vae")
        model = kind(kind.Config.from_mapping(run.config), ImageSpec(3, 16, 16))
        state = {
            "family": "vae", "config": run.config, "images_seen": 16, "labels": [],
            "image_spec": {"channels": 3, "height": 16, "width": 16, "classes": 0},
        }  # fmt: skip
        checkpoint.save(project.runs / run.run, model.state_dict(), {}, state)
    return place / "Project"


@pytest.fixture
def room(
    qapp: object, qtbot, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GenerationRoom]:
    with (
        studio_on(made, tmp_path, monkeypatch, samples=400) as studio,
        room_of(studio, qtbot) as room,
    ):
        qtbot.waitUntil(lambda: not room.view.image().isNull(), timeout=WAIT)
        qtbot.waitUntil(lambda: room.controls.rows[0].slider.isEnabled(), timeout=WAIT)
        yield room


@pytest.fixture
def tool(room: GenerationRoom, qtbot) -> DragPoints:
    """Switched on by its key, and patient for a few steps only."""
    found = room.canvas.tools["drag_points"]
    assert isinstance(found, DragPoints)
    found.options = found.options.from_mapping({**found.options.as_dict(), "steps": 4})
    qtbot.keyClick(room.view, Qt.Key.Key_D)
    assert found.active
    assert found.button.isChecked()
    return found


def send(room: GenerationRoom, kind: QEvent.Type, x: float, y: float, keys=NO_KEY) -> None:
    """The mouse on a pixel of the picture."""
    place = room.view.to_widget(QPointF(x + 0.5, y + 0.5))
    held = kind != QEvent.Type.MouseButtonRelease
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    everywhere = room.view.mapToGlobal(place)
    event = QMouseEvent(kind, place, everywhere, left, left if held else none, keys)
    QApplication.sendEvent(room.view, event)


def drag(room: GenerationRoom, begin: tuple, end: tuple, keys=NO_KEY) -> None:
    send(room, QEvent.Type.MouseButtonPress, *begin, keys)
    send(room, QEvent.Type.MouseMove, *end, keys)
    send(room, QEvent.Type.MouseButtonRelease, *end, keys)


def settled(room: GenerationRoom, qtbot) -> tuple[Dragged, ...]:
    """The pulls of the recipe, when nothing goes on any more."""
    session = room.session
    qtbot.waitUntil(lambda: not session.pulling.is_busy and not session.busy, timeout=WAIT)
    return tuple(each for each in room.editing.recipe().moves if isinstance(each, Dragged))


def test_a_pull_by_the_mouse_is_one_step_that_can_be_taken_back(room, tool, qtbot) -> None:
    room.editing.set_seed(3)
    settled(room, qtbot)
    before = room.view.image().copy()
    # Four steps may be over before anybody has looked at one of them.
    tool.options = tool.options.from_mapping({**tool.options.as_dict(), "steps": 100})
    with qtbot.waitSignal(room.session.pulling.moved, timeout=WAIT):
        drag(room, (4, 8), (9, 8))
    (move,) = settled(room, qtbot)
    (handle,) = move.pulls[0].handles
    assert (handle.x, handle.y) == pytest.approx((4, 8), abs=0.1)
    assert (handle.to_x, handle.to_y) == pytest.approx((9, 8), abs=0.1)
    assert room.editing.history.current.text == "Pull of one point"
    after = room.view.image().copy()
    assert after != before
    room.studio.undo.undo()
    assert settled(room, qtbot) == ()
    assert room.view.image() == before
    room.studio.undo.redo()
    settled(room, qtbot)
    assert room.view.image() == after
    room.editing.set_seed(4)
    assert settled(room, qtbot) == ()


def test_points_are_added_with_shift_and_taken_away_with_alt(room, tool, qtbot) -> None:
    drag(room, (2, 2), (6, 2), SHIFT)
    drag(room, (10, 10), (12, 12), SHIFT)
    assert len(tool.points) == 2
    assert settled(room, qtbot) == ()
    drag(room, (10, 10), (10, 10), ALT)
    assert len(tool.points) == 1
    drag(room, (12, 4), (12, 9), SHIFT)
    qtbot.keyClick(room.view, Qt.Key.Key_Return)
    (move,) = settled(room, qtbot)
    assert len(move.pulls[0].handles) == 2
    assert room.editing.history.current.text == "Pull of 2 points"


def test_keys_reach_it_all(room, tool, qtbot) -> None:
    keys = Qt.Key
    for key in (keys.Key_Left, keys.Key_Left, keys.Key_Space, keys.Key_Down, keys.Key_Down):
        qtbot.keyClick(room.view, key)
    assert tool.points[0].handle == QPointF(6, 8)
    assert tool.points[0].target == QPointF(6, 10)
    assert room.editing.recipe().seed == 0  # arrows did not walk on
    with qtbot.assertNotEmitted(room.session.kept):  # and Enter did not keep
        qtbot.keyClick(room.view, keys.Key_Return)
        assert len(settled(room, qtbot)) == 1
    tool.points = []
    qtbot.keyClick(room.view, keys.Key_Escape)
    assert not tool.active
    qtbot.keyClick(room.view, keys.Key_Right)
    assert room.editing.recipe().seed == 1


def test_esc_stops_and_keeps_what_was_reached(room, tool, qtbot) -> None:
    tool.options = tool.options.from_mapping({**tool.options.as_dict(), "steps": 2_000})
    with qtbot.waitSignal(room.session.pulling.moved, timeout=WAIT):
        drag(room, (2, 2), (13, 13))
    qtbot.keyClick(room.view, Qt.Key.Key_Escape)
    settled(room, qtbot)
    assert len(settled(room, qtbot)) <= 1


def test_another_seed_ends_a_pull_that_is_not_its_own(room, tool, qtbot, monkeypatch) -> None:
    tool.options = tool.options.from_mapping({**tool.options.as_dict(), "steps": 2_000})
    drag(room, (2, 2), (13, 13))
    room.editing.set_seed(9)
    assert settled(room, qtbot) == ()
    assert room.editing.recipe().seed == 9


def test_a_mask_is_painted_and_kept_with_the_pull(room, tool, qtbot) -> None:
    qtbot.keyClick(room.view, Qt.Key.Key_B)
    drag(room, (4, 8), (6, 8))
    assert tool.mask is not None
    assert tool.mask[8, 5]
    assert not tool.mask[0, 15]
    room.grab()
    drag(room, (6, 8), (6, 8), ALT)
    assert not tool.mask[8, 6]
    drag(room, (4, 8), (6, 8))
    tool.toggle_brush()
    drag(room, (4, 8), (9, 8))
    (move,) = settled(room, qtbot)
    assert np.array_equal(move.pulls[0].mask.unpacked(), tool.mask)
    tool.clear()
    assert tool.mask is None


@pytest.mark.parametrize(
    ("begin", "end", "words"), [((8, 8), (40, 8), "outside"), ((8, 8), (8, 8), "farther")]
)
def test_what_cannot_be_is_said_and_the_recipe_stays_good(
    begin, end, words, room, tool, qtbot
) -> None:
    before = room.editing.recipe()
    drag(room, begin, end)
    if begin == end:
        qtbot.keyClick(room.view, Qt.Key.Key_Return)
    settled(room, qtbot)
    qtbot.waitUntil(lambda: bool(room.studio.notices.history), timeout=WAIT)
    assert words in str(room.studio.notices.history[-1].sentence)
    assert room.editing.recipe() == before
    drag(room, (4, 8), (9, 8))
    assert len(settled(room, qtbot)) == 1


def test_a_model_that_cannot_has_no_such_button(room, tool) -> None:
    from dataclasses import replace

    lacking = replace(room.session.model, abilities=frozenset(Ability) - {Ability.DRAG})
    room.session.opened.emit(lacking, True)
    assert not tool.button.isVisible()
    assert not next(each for each in room.canvas._options if each.tool is tool).isVisible()
    assert not tool.active
    tool.toggle()
    assert not tool.active


def test_what_is_kept_while_points_are_pulled_is_what_is_on_the_screen(room, tool, qtbot) -> None:
    settled(room, qtbot)
    before = from_qimage(room.view.image()).copy()
    tool.options = tool.options.from_mapping({**tool.options.as_dict(), "steps": 300})
    with qtbot.waitSignals([room.session.pulling.moved] * 3, timeout=WAIT):
        drag(room, (4, 8), (9, 8))
    assert room.session.pulling.is_busy
    recipe = room.editing.recipe()
    with qtbot.waitSignal(room.session.kept, timeout=WAIT) as kept:
        room.canvas.tools["take_out"].keep()
    picture = pieces.stored(kept.args[0])
    assert np.array_equal(picture, room.session.player().picture(recipe))
    assert not np.array_equal(picture, before[..., :3])
    room.session.pulling.stop()
    settled(room, qtbot)
    assert room.editing.history.current.text == "Pull of one point"
    room.studio.undo.undo()
    settled(room, qtbot)
    assert np.array_equal(from_qimage(room.view.image()), before), "all of a pull is one step"


def test_undo_while_points_are_pulled_ends_the_pull(room, tool, qtbot) -> None:
    settled(room, qtbot)
    before = room.editing.recipe()
    tool.options = tool.options.from_mapping({**tool.options.as_dict(), "steps": 300})
    with qtbot.waitSignals([room.session.pulling.moved] * 2, timeout=WAIT):
        drag(room, (4, 8), (9, 8))
    room.studio.undo.undo()
    assert settled(room, qtbot) == ()
    assert room.editing.recipe() == before


def test_keys_that_can_do_nothing_say_why(room, qtbot) -> None:
    found, told = room.canvas.tools["drag_points"], room.studio.notices.history
    qtbot.keyClick(room.view, Qt.Key.Key_B)
    assert told[-1].sentence == "The mask is painted while points are dragged: press D first."
    found.button.setEnabled(False)
    qtbot.keyClick(room.view, Qt.Key.Key_D)
    assert not found.active
    assert "cannot be dragged" in told[-1].sentence
