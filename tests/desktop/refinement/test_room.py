"""The bench: what is decided is kept, can be taken back, and cannot spoil a piece."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.desktop.window.main_window import MainWindow
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.refinement.stack import Stack

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


@pytest.fixture
def bench(window: MainWindow, sample_project, qtbot):
    """The bench with two pieces, the first of them chosen."""
    assert window.studio.open_project(sample_project)
    window.go("refinement")
    room = window.room("refinement")
    qtbot.waitUntil(lambda: room.list.count() == 2 and room._refined is not None, timeout=WAIT)
    return room


def on_disk(folder, key: int) -> pieces.Piece:
    with Project.open(folder) as project:
        return pieces.piece(project, key)


def test_the_last_decision_is_kept_when_the_project_closes_at_once(
    bench, window, sample_project
) -> None:
    key = bench._current
    bench.panel.editor.add_step("sharpen")
    bench.decisions.rate(key, 4)
    bench.decisions.review(key, "rejected")
    bench.panel.editor.add_step("crop")
    window.studio.close_project()
    kept = on_disk(sample_project, key)
    assert [step["op"] for step in kept.stack] == ["sharpen", "crop"]
    assert (kept.rating, kept.review) == (4, "rejected")


def test_edits_of_two_pieces_are_both_kept(bench, window, sample_project, qtbot) -> None:
    for key, op in ((1, "sharpen"), (2, "denoise")):
        bench.list.choose([key])
        bench.panel.editor.add_step(op)
    window.close()
    assert [on_disk(sample_project, key).stack[0]["op"] for key in (1, 2)] == ["sharpen", "denoise"]


def test_pieces_are_picked_and_rejected_by_keys_and_taken_back(bench, window, qtbot) -> None:
    key = bench._current
    names: list[str] = []
    window.studio.undo.indexChanged.connect(
        lambda _index: names.append(window.studio.undo.undoText())
    )
    qtbot.keyClick(bench.view, Qt.Key.Key_X)
    assert bench.decisions.reviews[key] == "rejected"
    assert "rejected" in bench.header.facts.text()
    qtbot.keyClick(bench.view, Qt.Key.Key_P)
    assert bench.decisions.reviews[key] == "approved"
    qtbot.keyClick(bench.view, Qt.Key.Key_P)
    assert bench.decisions.reviews[key] == "new"
    assert names == ["Reject the piece", "Pick the piece", "Neither picked nor rejected"]
    window.studio.undo.undo()
    window.studio.undo.undo()
    assert bench.decisions.reviews[key] == "rejected"
    window.studio.decisions.write_all()
    assert pieces.piece(window.studio.project, key).review == "rejected"


def test_before_is_cropped_and_resized_as_after_is(bench, qtbot) -> None:
    bench.header.compare.setChecked(True)
    for op in ("crop", "sharpen", "resize"):
        bench.panel.editor.add_step(op)
        bench.panel.editor.tune("top", 0.5) if op == "crop" else None
    qtbot.waitUntil(lambda: bench.view.image().width() == 128, timeout=WAIT)
    assert bench.view.image().height() == 64
    assert bench.view._before.size() == bench.view.image().size()
    assert bench.view._before != bench.view.image()


def test_parts_that_do_not_fit_are_a_notice_and_change_nothing(bench, window, qtbot) -> None:
    bench.panel.editor.add_step("crop")
    bench.panel.editor.tune("left", 0.9)
    before = bench._stacks[bench._current]
    bench.panel.editor.tune("right", 0.9)
    assert bench._stacks[bench._current] == before
    assert "cut the whole picture away" in window.studio.notices.history[-1].sentence
    assert bench.panel._form.values()["right"] == 0.0


def test_a_step_that_no_longer_exists_does_not_hide_the_pieces(window, sample_project, qtbot):
    with Project.open(sample_project) as project:
        pieces.set_stack(
            project, 1, [{"op": "gone"}, *Stack.from_toml(SHARPEN).model_dump()["steps"]]
        )
    assert window.studio.open_project(sample_project)
    for place in ("refinement", "export"):
        window.go(place)
        room = window.room(place)
        qtbot.waitUntil(lambda room=room: room.list.count() == 2, timeout=WAIT)
    assert [step.op for step in window.room("refinement")._stacks[1].steps] == ["sharpen"]


SHARPEN = '[[steps]]\nop = "sharpen"\n'


def test_steps_move_by_keys_and_the_buttons_follow(bench, qtbot) -> None:
    panel = bench.panel
    assert not panel.reset.isEnabled()
    assert panel.hint.isVisible()
    for op in ("sharpen", "denoise"):
        panel.editor.add_step(op)
    assert panel.reset.isEnabled()
    assert not panel.hint.isVisible()
    qtbot.keyClick(panel.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [step.op for step in panel.editor.stack.steps] == ["denoise", "sharpen"]
    assert not panel.up.isEnabled()
    assert panel.down.isEnabled()


def test_icons_follow_the_theme(bench, window) -> None:
    dark = bench.header.fit.icon().pixmap(16).toImage()
    window.studio.set_theme("light")
    assert bench.header.fit.icon().pixmap(16).toImage() != dark


def test_steps_are_kept_under_a_name_and_put_on_another_piece(bench, window, qtbot) -> None:
    from studio.engine.refinement import presets

    bench.panel.editor.add_step("sharpen")
    bench.preset_menu.save("Crisp & clear")
    assert presets.names() == ["Crisp & clear"]
    assert window.studio.undo.undoText() == "Save preset Crisp & clear"
    bench.preset_menu.save("crisp & clear")
    assert "already" in window.studio.notices.history[-1].sentence
    assert window.studio.undo.undoText() == "Save preset Crisp & clear"
    other = next(key for key in bench.shelf.kept if key != bench._current)
    bench.list.choose([other])
    menu = bench.panel.presets.menu()
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert [step.op for step in bench._stacks[other].steps] == ["sharpen"]
    window.studio.undo.undo()
    assert not bench._stacks[other].steps
    window.studio.undo.undo()
    assert presets.names() == []
    menu.aboutToShow.emit()
    assert not menu.actions()[0].isEnabled(), "there is nothing to keep"
