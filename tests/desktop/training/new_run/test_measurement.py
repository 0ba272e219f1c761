"""Measuring before a run is begun: told in the strip, given up there, and for a run that begins."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.desktop.training.room import TrainingRoom
from studio.engine import events
from studio.engine.training.process import client
from tests.desktop.training.support import WAIT, Scripted

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
CLICK = Qt.MouseButton.LeftButton
FOUND = events.Preflight(
    family="vae", device="cpu", batch_size=8, part_size=8, images_per_second=4.0,
    memory=710_000_000, checkpoint_bytes=9_000_000, disk=38_000_000,
    first_picture_seconds=60.0, images=2462, seconds=600.0,
)  # fmt: skip


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    made = Scripted()
    made.says.clear()
    made.says.append([events.Stage("measuring"), events.Progress(1, 8, 32, 1.0, 8.0, 3.0)])
    monkeypatch.setattr(client, "TrainingProcess", lambda *_, **__: made)
    return made


def measure(room: TrainingRoom, qtbot) -> None:
    room.form.size_box.setCurrentText("16")
    qtbot.waitUntil(room.form.measure.isEnabled, timeout=WAIT)
    qtbot.mouseClick(room.form.measure, CLICK)
    text = room.strip.rows[0].text
    qtbot.waitUntil(
        lambda: text.text().startswith("Measuring the first steps · 8 / 32"), timeout=WAIT
    )
    assert not room.form.measure.isVisible()


def test_the_figures_come_when_it_is_done(room: TrainingRoom, process: Scripted, qtbot) -> None:
    measure(room, qtbot)
    process.says.append([FOUND, events.Done("finished", 32, 1.0, "", "")])
    qtbot.waitUntil(room.form.measured.isVisible, timeout=WAIT)
    assert room.form.measure.isVisible()
    assert room.strip.isHidden()


def test_it_is_given_up_and_leaves_nothing(room: TrainingRoom, process, studio, qtbot) -> None:
    measure(room, qtbot)
    qtbot.mouseClick(room.strip.rows[0].cancel, CLICK)
    qtbot.waitUntil(room.strip.isHidden, timeout=WAIT)
    assert events.Stop() in process.told
    assert not room.form.measured.isVisible()
    assert not [n for n in studio.notices.history if n.kind == "error"]
    assert not list((studio.project.folder / "cache").glob(".preflight-*"))


def test_a_failure_is_said_once(room: TrainingRoom, process: Scripted, studio, qtbot) -> None:
    measure(room, qtbot)
    process.says.append([events.Failed("The device has too little memory.", "the detail")])
    qtbot.waitUntil(lambda: bool(studio.notices.history), timeout=WAIT)
    notice = studio.notices.history[-1]
    assert (notice.kind, str(notice.sentence)) == ("error", "The device has too little memory.")
    assert "too little memory" in room.form.trouble.text()
