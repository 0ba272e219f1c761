"""What is decided in one place holds in all others at once, whatever still waits to be written."""

from __future__ import annotations

import threading

import pytest

from studio.engine.errors import StudioError
from studio.engine.pieces import pieces
from studio.engine.pieces.review import Review

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


@pytest.fixture
def bench(window, sample_project, qtbot):
    """The bench with two pieces, the newest of them chosen."""
    assert window.studio.open_project(sample_project)
    window.go("refinement")
    room = window.room("refinement")
    qtbot.waitUntil(lambda: room.list.count() == 2 and room._refined is not None, timeout=WAIT)
    return room


@pytest.fixture
def held(window, bench):
    """Nothing is written by the thread of decisions until it is set."""
    gate = threading.Event()
    window.studio.decisions._thread.submit(gate.wait)
    yield gate
    gate.set()


def stack_of(window, key: int) -> list[str]:
    return [step["op"] for step in pieces.piece(window.studio.project, key).stack]


def test_another_place_reads_nothing_older_than_what_was_decided(bench, window, qtbot, held):
    key = bench._current
    bench.panel.editor.add_step("exposure")
    window.studio.decisions.rate(key, 4)
    window.go("export")
    export = window.room("export")
    qtbot.waitUntil(lambda: not export._thread.busy, timeout=WAIT)
    piece = export.shelf.kept[key].piece
    assert ([step["op"] for step in piece.stack], piece.rating) == (["exposure"], 4)


def test_a_step_that_is_taken_back_from_another_place_is_gone_everywhere(bench, window, qtbot):
    key = bench._current
    window.studio.decisions.rate(key, 4)
    bench.panel.editor.add_step("sharpen")
    undo = window.studio.actions.get("window.undo")
    for left in ((4, []), (0, [])):
        window.go("export")
        qtbot.waitUntil(lambda: not window.room("export")._thread.busy, timeout=WAIT)
        undo.trigger()
        assert window.room("refinement").isVisible(), "where the step was made"
        qtbot.waitUntil(lambda: not bench._thread.busy, timeout=WAIT)
        window.studio.decisions.write_all()
        stars, steps = left
        assert [step.op for step in bench._stacks[key].steps] == steps
        assert [step.op for step in bench.panel.editor.stack.steps] == steps
        assert bench.decisions.ratings[key] == stars
        assert (pieces.piece(window.studio.project, key).rating, stack_of(window, key)) == left


def test_what_is_undone_before_a_deleted_piece_is_back_is_not_lost(bench, window, qtbot, held):
    key, studio = bench._current, window.studio
    studio.decisions.rate(key, 3)
    held.set()
    bench.pieces.delete()
    qtbot.waitUntil(lambda: studio.undo.undoText().startswith("Delete"), timeout=WAIT)
    gate = threading.Event()
    studio.decisions._thread.submit(gate.wait)
    studio.undo.undo()
    studio.undo.undo()
    gate.set()
    qtbot.waitUntil(lambda: key in bench.shelf.kept, timeout=WAIT)
    assert pieces.piece(studio.project, key).rating == 0
    assert bench.decisions.ratings[key] == 0


def test_a_decision_that_cannot_be_written_is_said_and_not_shown(
    bench, window, qtbot, monkeypatch
) -> None:
    def full(*_: object) -> None:
        raise StudioError("The disk is full.")

    key = bench._current
    monkeypatch.setattr(pieces, "set_rating", full)
    monkeypatch.setattr(pieces, "set_stack", full)
    bench.panel.editor.add_step("sharpen")
    window.studio.decisions.rate(key, 5)
    qtbot.waitUntil(lambda: bench.decisions.ratings.get(key) == 0, timeout=WAIT)
    qtbot.waitUntil(lambda: not bench.panel.editor.stack.steps, timeout=WAIT)
    assert window.studio.notices.history[-1].sentence == "The disk is full."


def test_who_decides_on_the_bench_stands_in_the_record(bench, window) -> None:
    from studio.engine.pieces import verdicts

    window.studio.settings.creator = "Ada"
    window.studio.decisions.review(bench._current, Review.REJECTED)
    window.studio.decisions.write_all()
    (last,) = verdicts.record(window.studio.project)[-1:]
    assert (last.review, last.who) == ("rejected", "Ada")
