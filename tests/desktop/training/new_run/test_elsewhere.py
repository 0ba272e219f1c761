"""A run for another machine: the command to carry there, and the way back, by mouse and by key."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from studio.desktop import i18n
from studio.desktop.training.room import TrainingRoom
from tests.desktop.training.support import WAIT
from tests.verbs.support import done, tiny

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", extend=True)


@pytest.fixture
def opened(room: TrainingRoom, qtbot):
    """Its window, as the key opens it."""
    room.form.size_box.setCurrentText("16")
    room.form.length.unit.choose("images")
    room.form.length.number.setValue(8)
    qtbot.waitUntil(room.form.foot.elsewhere.isEnabled, timeout=WAIT)
    qtbot.keyClick(
        room, Qt.Key.Key_Return,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier,
    )  # fmt: skip
    window = room.elsewhere.window
    qtbot.waitUntil(window.isVisible, timeout=WAIT)
    return window


def test_the_command_is_that_of_the_form_and_is_copied(
    room: TrainingRoom, opened, qtbot, monkeypatch
) -> None:
    assert room.session.project is not None
    assert list((room.session.project.cache / "prepared").iterdir())  # they travel along
    assert not room.side.runs.count()
    words = shlex.split(opened.command.toPlainText())
    assert words[:4] == ["python3", "-m", "studio", "train"]
    assert words[words.index("--size") + 1] == "16x16"
    opened.count.setValue(4)
    qtbot.mouseClick(opened.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("torchrun --standalone --nproc-per-node 4 -m studio train Project ")

    i18n.set_language("zh_CN")
    opened.retranslate()
    assert opened.windowTitle() == "在别处训练"
    room.project_closed()
    assert not opened.isVisible()


def test_a_run_is_taken_back_and_undone(
    room: TrainingRoom, opened, tmp_path: Path, qtbot, monkeypatch
) -> None:
    there = tmp_path / "there"
    shutil.copytree(room.session.project.folder, there)
    made = done("train", there, "--dataset", "Squares", *tiny("vae"))["run"]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(there / "runs" / made))
    qtbot.mouseClick(opened.folder, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: room.session.viewed is not None, timeout=WAIT)
    assert room.session.viewed.run.name == made
    assert room.centre.samples.scrubber.current() is not None
    assert any("has come back" in notice.sentence for notice in room.studio.notices.history)
    room.studio.undo.undo()
    qtbot.waitUntil(lambda: room.side.runs.count() == 0, timeout=WAIT)
    room.studio.undo.redo()
    qtbot.waitUntil(lambda: room.side.runs.count() == 1, timeout=WAIT)

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(there / "none.zip"), ""))
    qtbot.mouseClick(opened.archive, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: any("cannot be read" in each.sentence for each in room.studio.notices.history),
        timeout=WAIT,
    )
    assert room.side.runs.count() == 1
