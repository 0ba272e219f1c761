"""An encoder is learnt from the canvas, beside everything else, and once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.engine.generation import own_encoder

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def test_it_is_learnt_by_key_and_kept(room, studio, told, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(own_encoder.learn, "__defaults__", (2,))
    for run in [each.name for each in room.models.runs]:
        room.open_run(run)
        qtbot.waitUntil(lambda run=run: room.session.model.run == run, timeout=WAIT)
        qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
        player, count = room.session.player(), len(told)
        qtbot.keyClick(room.view, Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda count=count: len(told) > count, timeout=WAIT)
        if own_encoder.is_wanted(player):
            assert "point at once" in told[-1]
            assert own_encoder.encoder_of(player) == "learnt"
        else:
            assert "encoder of its own already" in told[-1]
