"""A model of another program dropped on the window: a run that is played, and undone."""

from __future__ import annotations

from pathlib import Path

import torch
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from studio.desktop.notices.notice_view import NoticeCard
from studio.desktop.window.main_window import MainWindow
from tests.engine.training.foreign import reference_nvidia as theirs

WAIT = 60_000
WIDTHS = {4: 8, 8: 8, 16: 8}


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(
        QDropEvent(
            QPointF(600, 400), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )  # fmt: skip


def said(window: MainWindow) -> list[str]:
    return [notice.sentence for notice in window.studio.notices.history]


def test_a_dropped_model_is_played_and_undone(
    window: MainWindow, tmp_path: Path, qtbot, monkeypatch
) -> None:
    torch.manual_seed(5)
    path = theirs.pickled(tmp_path / "Roses.pkl", theirs.Generator(WIDTHS))
    drop(window, path)  # no project is open: one is made for it
    qtbot.waitUntil(lambda: window.place == "training", timeout=WAIT)
    training = window.room("training")
    qtbot.waitUntil(lambda: training.session.viewed is not None, timeout=WAIT)
    assert training.session.viewed.run.title == "Roses"
    assert any("made with StyleGAN2-ADA (NVIDIA)" in text for text in said(window))
    assert any("not commercial use" in text for text in said(window))
    card = next(c for c in window.findChildren(NoticeCard) if "Roses.pkl" in c.notice.sentence)
    card.act_button.click()
    generation = window.room("generation")
    qtbot.waitUntil(lambda: window.place == "generation", timeout=WAIT)
    qtbot.waitUntil(lambda: not generation.view.image().isNull(), timeout=WAIT)
    qtbot.waitUntil(lambda: not generation.session.busy, timeout=WAIT)
    assert generation.view.image().width() == 16

    window.go("training")
    window.studio.undo.undo()
    qtbot.waitUntil(lambda: training.side.runs.count() == 0, timeout=WAIT)
    window.studio.undo.redo()
    qtbot.waitUntil(lambda: training.side.runs.count() == 1, timeout=WAIT)

    bad = tmp_path / "bad.pkl"
    bad.write_bytes(path.read_bytes()[:100])
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(bad)], ""))
    training.side.foreign.click()
    qtbot.waitUntil(
        lambda: any("damaged or cut off" in text for text in said(window)), timeout=WAIT
    )
    assert training.side.runs.count() == 1
