"""The canvas with a model of tokens: parts drawn anew, taken from another seed, and chance set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt

from studio.desktop.base.studio import Studio
from studio.desktop.generation.room import GenerationRoom
from studio.desktop.generation.tools.draw_anew import DrawAnew
from studio.engine.dataset.intake import importer
from studio.engine.generation.moves.mix import Mix
from studio.engine.generation.moves.repair import Repair
from studio.engine.pieces import pieces
from studio.engine.project import Project
from tests.desktop.generation.small_canvas import room_of, settled, studio_on, train_small

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 20_000
SMALL = {"top_width": 8, "width": 8, "prior_width": 32, "prior_depth": 1, "batch_size": 4}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run of tokens, and a newer one whose tokens are laid row by row."""
    place = tmp_path_factory.mktemp("tokens")
    generator = np.random.default_rng(3)
    (place / "pictures").mkdir()
    for number in range(8):
        pixels = generator.integers(0, 255, (24, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(place / "pictures" / f"{number}.png")
    with Project.open(place / "Project", create=True) as project:
        for _ in importer.import_sources(project, [place / "pictures"], "Set"):
            pass
        for order in ("in_turn", "masked"):
            train_small(project, "Set", "tokens", images=16, overrides={**SMALL, "order": order})
    return place / "Project"


@pytest.fixture
def studio(
    qapp: object, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "home"))
    with studio_on(trained, tmp_path, monkeypatch) as studio:
        yield studio


@pytest.fixture
def room(studio: Studio, qtbot) -> Iterator[GenerationRoom]:
    with room_of(studio, qtbot) as room:
        settled(room, qtbot)
        yield room


def tool_of(room: GenerationRoom) -> DrawAnew:
    tool = room.canvas.tools["draw_anew"]
    assert isinstance(tool, DrawAnew)
    return tool


def at_cell(room: GenerationRoom, row: int, column: int) -> QPoint:
    """The middle of a cell of the grid of 4 by 4, in the view."""
    return room.view.to_widget(QPointF(4 * column + 2, 4 * row + 2)).toPoint()


def sweep(room: GenerationRoom, qtbot, cells: list[tuple[int, int]], **keys) -> None:
    first, *rest = [at_cell(room, *cell) for cell in cells]
    qtbot.mousePress(room.view, Qt.MouseButton.LeftButton, pos=first, **keys)
    for place in rest:
        qtbot.mouseMove(room.view, place)
    qtbot.mouseRelease(room.view, Qt.MouseButton.LeftButton, pos=(rest or [first])[-1], **keys)


def test_a_part_is_drawn_anew_and_again_and_taken_back(room: GenerationRoom, qtbot) -> None:
    tool, view = tool_of(room), room.view
    assert not tool.button.isHidden()
    assert tool.again.isHidden()
    tool.button.click()
    assert not tool.again.isHidden()
    assert not tool.again.isEnabled()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at_cell(room, 1, 1))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at_cell(room, 2, 3))
    assert tool.cells.sum() == 2
    qtbot.mouseClick(
        view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, at_cell(room, 2, 3)
    )
    assert np.argwhere(tool.cells).tolist() == [[1, 1]]
    before = view.image()
    for seed in (0, 1):
        qtbot.keyClick(view, Qt.Key.Key_Return)
        settled(room, qtbot)
        repair = room.editing.recipe().only(Repair)
        assert repair is not None
        assert (repair.place, repair.seed) == (0, seed)
        assert repair.cells.unpacked().tolist() == tool.cells.tolist()
    assert len(room.editing.recipe().moves) == 1
    player = room.session.player()
    assert player is not None
    moved = player.latent_of(room.editing.recipe()) != player.latent_of(
        room.editing.recipe().without(("repair", 0))
    )
    assert set(np.flatnonzero(moved.any(1)).tolist()) <= {5}
    (row,) = room.shaping.further.rows.values()
    said = row.title.text(), row.facts.text(), row.share.isHidden()
    assert said == ("Part drawn anew", "Cells: 1 · Seed 1 · token inpainting", True)
    qtbot.keyClick(row.cross, Qt.Key.Key_Delete)
    assert not room.editing.recipe().moves
    room.studio.undo.undo()
    room.studio.undo.undo()
    room.studio.undo.undo()
    settled(room, qtbot)
    assert view.image() == before


def test_a_part_of_another_seed_and_one_drawn_anew_are_kept(room: GenerationRoom, qtbot) -> None:
    tool = tool_of(room)
    tool.button.click()
    room.view.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Space):
        qtbot.keyClick(room.view, key)
    assert np.argwhere(tool.cells).tolist() == [[1, 1], [1, 2]]
    tool.other.click()
    mix = room.editing.recipe().only(Mix)
    assert mix is not None
    assert mix.slots == {5: 1, 6: 1}
    qtbot.keyClick(room.view, Qt.Key.Key_Escape)
    assert not tool.cells.any()
    assert tool.active
    qtbot.mouseClick(room.view, Qt.MouseButton.LeftButton, pos=at_cell(room, 3, 0))
    tool.again.click()
    settled(room, qtbot)
    shown = room.view.image()
    room.canvas.tools["take_out"].keep()
    qtbot.waitUntil(lambda: not room.session.is_keeping, timeout=WAIT)
    qtbot.keyClick(room.view, Qt.Key.Key_Escape)
    qtbot.keyClick(room.view, Qt.Key.Key_Escape)
    assert not tool.active
    player, project = room.session.player(), room.studio.project
    assert player is not None
    assert project is not None
    (piece,) = pieces.pieces(project)
    assert {move.name for move in piece.recipe.moves} == {"mix", "repair"}
    again = player.picture(piece.recipe.unrecorded())
    assert again[0, 0].tolist() == list(shown.pixelColor(0, 0).getRgb()[:3])
    room.editing.set_seed(4)
    assert room.editing.recipe().only(Repair) is None, "a repair is meant for one picture"


def test_temperature_is_a_step_that_can_be_taken_back(room: GenerationRoom, qtbot) -> None:
    form = room.sampling.form
    assert set(form.values()) == {"temperature", "steps", "choice"}
    before = room.view.image()
    form.editors["temperature"].number.setValue(0.3)
    form.editors["steps"].number.setValue(3)
    settled(room, qtbot)
    assert dict(room.editing.recipe().beginning.sampling or ()) == {"steps": 3, "temperature": 0.3}
    room.editing.set_seed(7)
    assert dict(room.editing.recipe().beginning.sampling or ()) == {"steps": 3, "temperature": 0.3}
    for _ in range(3):
        room.studio.undo.undo()
    settled(room, qtbot)
    assert room.editing.recipe().beginning.sampling is None
    assert form.values()["temperature"] == 1.0
    assert room.view.image() == before


def test_nothing_is_offered_that_cannot_work(room: GenerationRoom, qtbot) -> None:
    controls = room.controls
    assert controls.rows == []
    assert controls.psi.isHidden()
    assert "ψ" not in room.title.text()
    assert room.shaping.folds["mix"].isHidden()
    assert not controls.mix.isHidden()
    tool = tool_of(room)
    tool.button.click()
    in_turn = next(run.name for run in room.models.runs if run.name != room.session.wanted)
    room.open_run(in_turn)
    qtbot.waitUntil(lambda: room.session.model.run == in_turn, timeout=WAIT)
    settled(room, qtbot)
    assert set(room.sampling.form.values()) == {"temperature"}
    assert tool.again.isHidden(), "cells that were laid row by row know nothing of later ones"
    assert not tool.other.isHidden()
    qtbot.mouseClick(room.view, Qt.MouseButton.LeftButton, pos=at_cell(room, 0, 0))
    tool.redraw()
    assert room.editing.recipe().moves == ()
