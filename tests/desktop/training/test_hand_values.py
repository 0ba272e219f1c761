"""A parameter set by hand is a step: named, taken back, done again, before a run and in it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTime

from studio.desktop.training.room import TrainingRoom
from studio.engine import events
from studio.engine.training.process import client
from tests.desktop.training.support import WAIT, Scripted, begin

pytestmark = pytest.mark.qt_log_ignore("plugin does not support", extend=True)


def test_a_value_of_the_form_is_taken_back_and_recommended_again(room: TrainingRoom) -> None:
    undo, forms = room.studio.undo, room.form.forms
    editor = forms.basics.editors["lr"]
    before = editor.value()
    editor.setValue(2 * before)
    assert undo.undoText() == f"Learning rate: {2 * before:.6g}"
    editor.setValue(3 * before)
    assert undo.count() == 1  # one hand at one field
    assert forms.changed_values() == {"lr": 3 * before}
    undo.undo()
    assert editor.value() == before
    assert forms.changed_values() == {}
    undo.redo()
    assert editor.value() == 3 * before
    undo.undo()
    forms.set_preset({**forms.values(), "lr": 5 * before})
    assert editor.value() == 5 * before  # it follows what is recommended, as before the hand


def test_a_switch_says_on_and_off_and_a_reset_is_a_step(room: TrainingRoom, qtbot) -> None:
    undo, forms = room.studio.undo, room.form.forms
    switch = next(e for e in forms.augment.editors.values() if hasattr(e, "isChecked"))
    was = switch.isChecked()
    switch.click()
    assert undo.undoText().endswith(": off" if was else ": on")
    undo.undo()
    assert switch.isChecked() is was


def test_a_step_of_another_family_brings_that_family_back(room: TrainingRoom, qtbot) -> None:
    undo, form = room.studio.undo, room.form
    shown = form.forms.family
    editor = form.forms.basics.editors["lr"]
    before = editor.value()
    editor.setValue(2 * before)
    other = next(name for name in ("vae", "autoencoder") if name != shown)
    form.family.choose(other)
    assert form.forms.family == other
    undo.undo()
    assert form.forms.family == shown
    qtbot.waitUntil(lambda: form.forms.known, timeout=WAIT)
    assert form.forms.values()["lr"] == before


def test_what_is_changed_in_a_run_is_taken_back_in_it(
    room: TrainingRoom, qtbot, monkeypatch
) -> None:
    process = Scripted()
    monkeypatch.setattr(client, "TrainingProcess", lambda *_, **__: process)
    room.form.family.choose("vae")
    name = begin(room, qtbot)
    qtbot.waitUntil(lambda: room.session.viewed is not None, timeout=WAIT)
    qtbot.waitUntil(
        lambda: room.panel.live is not None and room.panel.live.isEnabled(), timeout=WAIT
    )
    undo = room.studio.undo
    editor = room.panel.live.editors["kl_weight"]
    before = editor.value()
    editor.setValue(2 * before)
    undo.undo()
    assert editor.value() == before
    undo.redo()
    assert editor.value() == 2 * before
    room.panel.show_run(room.session.live, running=True, busy=True)
    qtbot.waitUntil(
        lambda: len([e for e in process.told if isinstance(e, events.Set)]) == 3, timeout=WAIT
    )
    sets = [each.value for each in process.told if isinstance(each, events.Set)]
    assert sets == [2 * before, before, 2 * before]
    room._show_form()
    room.session.view(name)  # and back: it shows what holds, not what the recipe began with
    assert room.panel.live.values()["kl_weight"] == 2 * before
    room.commands.stop()
    qtbot.waitUntil(lambda: not room.session.training, timeout=WAIT)
    undo.undo()
    assert "does not train any more" in str(room.studio.notices.history[-1].sentence)


def test_a_run_until_the_clock_gets_another_time_while_it_trains(
    room: TrainingRoom, qtbot, monkeypatch
) -> None:
    process = Scripted()
    monkeypatch.setattr(client, "TrainingProcess", lambda *_, **__: process)
    room.form.family.choose("vae")
    begin(room, qtbot, until=QTime(7, 0))
    end, undo = room.panel.end, room.studio.undo
    qtbot.waitUntil(lambda: end.clock.text() == "07:00" and end.isEnabled(), timeout=WAIT)
    assert not end.isHidden()
    end.clock.setSelectedSection(end.clock.Section.MinuteSection)
    qtbot.keyClick(end.clock, Qt.Key.Key_Up)
    assert undo.undoText() == "Until: 07:01"
    undo.undo()
    assert end.clock.text() == "07:00"
    sets = [events.Set("until", "07:01"), events.Set("until", "07:00")]
    qtbot.waitUntil(lambda: [e for e in process.told if isinstance(e, events.Set)] == sets)
    room.commands.stop()
    qtbot.waitUntil(lambda: not end.isEnabled(), timeout=WAIT)
