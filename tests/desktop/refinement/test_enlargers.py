"""Enlarging from the bench: a network is learnt beside the window, and its step used."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.desktop.window.main_window import MainWindow
from studio.engine.refinement.enlarger.enlarger_training import Order

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


def order(room, scale: int = 2, minutes: float = 0.02) -> Order:
    run = room.shelf.kept[room._current].piece.run_name
    return Order(run, scale, minutes, "cpu", width=4, blocks=1)


def words(menu) -> list[str]:
    return [each.text() for each in menu.actions() if each.text()]


def steps(room):
    return room._stacks[room._current].steps


def test_a_network_is_learnt_used_changed_and_taken_back(bench, window, qtbot) -> None:
    menu = bench.header.enlarge.menu()
    bench.enlarging.fill()
    assert words(menu) == [f"Learn ×{scale} from the originals" for scale in (2, 4, 8)]
    side = bench.shelf.kept[bench._current].size.width()
    bench.enlarging.learn(order(bench))
    (job,) = window.studio.jobs.of("refinement")
    assert bench.strip.rows[0].cancel.text() == "Stop"
    bench.enlarging.fill()
    assert not menu.actions()[-1].isEnabled(), "one at a time"
    qtbot.waitUntil(lambda: len(steps(bench)) == 1, timeout=WAIT)
    assert job.is_over
    (step,) = steps(bench)
    assert step.op == "enlarge"
    assert step.params["enlarger"].startswith("runs/")
    qtbot.waitUntil(lambda: not bench.rendering.busy, timeout=WAIT)
    assert bench._refined.size[0] == 2 * side
    assert "enlarger" not in bench.panel._form.editors
    slider = bench.panel._form.editors["sharpness"].slider
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert steps(bench)[0].params["sharpness"] == pytest.approx(0.3)
    bench.enlarging.fill()
    assert words(menu)[0].startswith("Enlarge ×2 (")
    menu.actions()[0].trigger()
    assert len(steps(bench)) == 1, "the step that is there takes it"
    window.studio.undo.undo()
    window.studio.undo.undo()
    assert steps(bench) == []


def test_what_was_learnt_for_another_piece_is_only_told(bench, window, qtbot) -> None:
    first = bench._current
    bench.enlarging.learn(order(bench, minutes=60))
    qtbot.waitUntil(lambda: window.studio.jobs.of("refinement")[0].done > 0, timeout=WAIT)
    other = next(key for key in bench.shelf.kept if key != first)
    bench.list.choose([other])
    qtbot.mouseClick(bench.strip.rows[0].cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.studio.jobs.of("refinement"), timeout=WAIT)
    assert not steps(bench)
    assert not bench._stacks[first].steps
    told = [notice.sentence for notice in window.studio.notices.history]
    assert any("The enlarger is ready" in each for each in told)


def test_originals_that_are_too_small_are_said(bench, window, qtbot) -> None:
    bench.enlarging.learn(order(bench, scale=8))
    qtbot.waitUntil(lambda: not window.studio.jobs.of("refinement"), timeout=WAIT)
    assert "choose a smaller scale" in window.studio.notices.history[-1].sentence
    assert steps(bench) == []


def test_the_step_in_the_list_leads_to_the_same_menu_and_all_is_said_in_chinese(
    bench, window, monkeypatch
) -> None:
    shown: list[bool] = []
    monkeypatch.setattr(bench.header.enlarge, "showMenu", lambda: shown.append(True))
    bench.panel._menu.chosen.emit("enlarge")
    assert shown == [True]
    assert not steps(bench)
    window.studio.set_language("zh_CN")
    bench.enlarging.fill()
    assert words(bench.enlarging._menu)[0] == "从原图学习 ×2 放大"
    assert bench.header.enlarge.text() == "放大"
    window.studio.set_language("en")
