"""The canvas enlarged with own pictures: in its place, kept as large, taken back, cancelled."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from studio.desktop.generation.tools.enlarge import Enlarge
from studio.engine.evaluation.nearest_picture import Nearest, NearestPicture
from studio.engine.pieces import pieces
from studio.engine.refinement.enlarger import card as cards
from studio.engine.refinement.enlarger import run_enlarger
from tests.engine.refinement.enlarger.test_enlarged import about, network

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", extend=True)
WAIT = 60_000
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def tool(room, qtbot) -> Enlarge:
    qtbot.waitUntil(lambda: not room.session.busy and not room.session.is_draft, timeout=WAIT)
    found = room.canvas.tools["enlarge"]
    assert isinstance(found, Enlarge)
    return found


def learn(room, studio) -> None:
    """The open run has an enlarger that doubles."""
    tensors = {cards.FAITHFUL + n: v for n, v in network(seed=1).state_dict().items()}
    run = room.session.model.run
    cards.keep(studio.project.runs / run, about(run=run, has_sharp=False), tensors)


def enlarge(room, tool, qtbot) -> None:
    qtbot.keyClick(room.view, Qt.Key.Key_U, CTRL)
    qtbot.waitUntil(lambda: not tool.is_working, timeout=WAIT)


def test_what_is_enlarged_is_kept_as_large_until_another_picture_comes(
    room, studio, tool, told, qtbot
):
    enlarge(room, tool, qtbot)
    assert "has no enlarger yet" in told[-1]
    assert not tool.button.isChecked()
    learn(room, studio)
    small, place = room.view.image().copy(), room.view.picture_rect()
    enlarge(room, tool, qtbot)
    assert tool.button.isChecked()
    assert room.view.image().width() == 2 * small.width()
    assert f"{2 * small.width()} × {2 * small.height()} pixels" in told[-1]
    assert "training picture" in told[-1]
    assert room.view.picture_rect() == place, "nothing moves under the pointer"
    loupe = room.canvas.tools["loupe"]
    loupe.button.setChecked(True)
    corner = room.view.to_widget(QPointF(small.width() - 0.1, small.height() - 0.1))
    none, everywhere = Qt.MouseButton.NoButton, room.view.mapToGlobal(corner)
    # To the view itself: what a pointer meets there first depends on the tests before.
    QApplication.sendEvent(
        room.view,
        QMouseEvent(QEvent.Type.MouseMove, corner, everywhere, none, none, Qt.KeyboardModifier(0)),
    )
    assert loupe.place == QPoint(2 * small.width() - 1, 2 * small.height() - 1)
    loupe.button.setChecked(False)
    with qtbot.waitSignal(room.session.kept, timeout=WAIT) as kept:
        room.session.keep(room.editing.recipe())
    (step,) = pieces.piece(studio.project, kept.args[0].id).stack
    assert (step["op"], step["params"]["factor"]) == ("enlarge", 2.0)
    with qtbot.waitSignal(room.session.rendered, timeout=WAIT):
        room.editing.set_seed(77)
    assert not tool.button.isChecked()
    assert room.view.image().size() == small.size()
    studio.undo.undo()
    assert room.session.laid == ()
    with qtbot.waitSignal(room.session.kept, timeout=WAIT) as kept:
        room.session.keep(room.editing.recipe())
    assert pieces.piece(studio.project, kept.args[0].id).stack == []


def test_a_copy_is_called_one_and_a_cancelled_one_leaves_the_picture(
    room, studio, tool, told, qtbot, monkeypatch
):
    learn(room, studio)
    monkeypatch.setattr(NearestPicture, "of", lambda *_: Nearest("vase.png", True))
    enlarge(room, tool, qtbot)
    assert "May be a copy of the training picture vase.png." in told[-1]
    with qtbot.waitSignal(room.session.rendered, timeout=WAIT):
        tool.button.click()
    qtbot.waitUntil(lambda: not room.session.busy and not room.session.is_draft, timeout=WAIT)
    size, go, own = room.view.image().size(), threading.Event(), run_enlarger.run_enlarger

    def slow(*given):
        go.wait(WAIT / 1000)
        return own(*given)

    monkeypatch.setattr(run_enlarger, "run_enlarger", slow)
    tool.button.click()
    (job,) = [each for each in studio.jobs.of("generation") if "Enlarging" in str(each.title)]
    job.cancel()
    go.set()
    qtbot.waitUntil(lambda: not tool.is_working, timeout=WAIT)
    assert not tool.button.isChecked()
    assert room.view.image().size() == size
