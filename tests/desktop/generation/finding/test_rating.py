"""Stars on the canvas: they keep the picture, are seen again, and can be taken back."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt

from studio.desktop.generation.tools.rating import Rating
from studio.engine.pieces import removed_pieces
from studio.engine.pieces.pieces import pieces
from studio.engine.training.record import checkpoint

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def test_a_rated_picture_is_kept_and_its_stars_come_back_with_it(room, studio, qtbot) -> None:
    tool = room.canvas.tools["rating"]
    assert isinstance(tool, Rating)
    studio.actions.get("generation.rate0").trigger()  # nothing is kept to have no stars
    assert not room.session.is_keeping
    room.editing.set_seed(4)
    qtbot.keyClick(room.view, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: tool.button.text() == "★ 3", timeout=WAIT)
    tool.button.menu().actions()[5].trigger()  # by the mouse
    assert tool.button.text() == "★ 5"
    room.editing.set_seed(5)
    assert tool.button.text() == "☆"
    studio.undo.undo()
    assert tool.button.text() == "★ 5"
    studio.undo.undo()
    assert tool.button.text() == "★ 3"
    qtbot.waitUntil(lambda: not studio.jobs.of("generation"), timeout=WAIT)
    studio.decisions.write_all()
    (piece,) = pieces(studio.project)
    assert (piece.recipe.seed, piece.rating) == (4, 3)
    # They are there again when the model is opened again.
    first = room.session.model.run
    for run in (next(each.name for each in room.models.runs if each.name != first), first):
        room.open_run(run)
        qtbot.waitUntil(lambda run=run: room.session.model.run == run, timeout=WAIT)
    room.editing.set_seed(4)
    qtbot.waitUntil(lambda: tool.button.text() == "★ 3", timeout=WAIT)


def test_a_newer_checkpoint_has_no_stars_for_what_an_older_one_drew(room, studio, qtbot) -> None:
    tool, name = room.canvas.tools["rating"], room.session.model.run
    room.editing.set_seed(6)
    tool.rate(3)
    qtbot.waitUntil(lambda: tool.button.text() == "★ 3", timeout=WAIT)
    saved = checkpoint.required(studio.project.runs / name, name)
    tensors = checkpoint.read_tensors(saved.folder / checkpoint.MODEL)
    model = {key: each + 0.1 if each.is_floating_point() else each
             for key, each in tensors.items()}  # fmt: skip
    checkpoint.save(studio.project.runs / name, model, {}, saved.state)
    newer = checkpoint.folders(studio.project.runs / name)[-1]
    with qtbot.waitSignal(room.session.opened, timeout=WAIT):
        room.checkpoint_landed(name, str(newer))
    assert tool.button.text() == "☆"
    with qtbot.waitSignal(room.session.kept, timeout=WAIT):
        tool.rate(2)
    qtbot.waitUntil(lambda: tool.button.text() == "★ 2", timeout=WAIT)
    studio.decisions.write_all()
    assert [each.rating for each in pieces(studio.project)] == [3, 2]


def test_a_piece_that_was_deleted_elsewhere_is_kept_anew(room, studio, qtbot) -> None:
    tool = room.canvas.tools["rating"]
    with qtbot.waitSignal(room.session.kept, timeout=WAIT):
        tool.rate(3)
    qtbot.waitUntil(lambda: tool.button.text() == "★ 3", timeout=WAIT)
    (piece,) = pieces(studio.project)
    studio.decisions.write(partial(removed_pieces.remove, studio.project, piece.id))
    room.entered()
    qtbot.waitUntil(lambda: tool.button.text() == "☆", timeout=WAIT)
    with qtbot.waitSignal(room.session.kept, timeout=WAIT):
        tool.rate(4)
    qtbot.waitUntil(lambda: tool.button.text() == "★ 4", timeout=WAIT)
    studio.decisions.write_all()
    assert [each.rating for each in pieces(studio.project)] == [4]
