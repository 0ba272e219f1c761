"""Folders dropped while a project is open: into it or beside it, with a way back, and in sight."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from studio.desktop.notices.notice_view import NoticeCard
from studio.desktop.window.main_window import MainWindow
from studio.engine.dataset.index import store
from studio.engine.project import Project

pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
    pytest.mark.usefixtures("read_here"),
]
WAIT = 60_000
INTO, BESIDE = 400, 1300
"""Across a window of 1440: the zone of the open project, and that of a new one."""


def drop(window: MainWindow, folder: Path, x: int) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
           Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(x, 400), *how))
    assert window.overlay.words()[0] == f"Add to {window.studio.project.name}"
    QApplication.sendEvent(window, QDropEvent(QPointF(x, 400), *how))


def names(window: MainWindow, count: int, qtbot) -> set[str]:
    """Of all pictures, once there are `count` and nothing is on its way."""
    room = window.room("dataset")
    qtbot.waitUntil(lambda: len(room.model.ids) == count, timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.imports.running, timeout=WAIT)
    qtbot.waitUntil(lambda: not room.gallery.arranging, timeout=WAIT)
    return {item.name for item in store.items(window.studio.project, room.session.dataset.id)}


def test_a_folder_goes_where_it_is_dropped_and_comes_out_again(
    window, few_pictures, tmp_path, qtbot
) -> None:
    assert window.studio.new_project(tmp_path / "Hers")
    hers = window.studio.project.folder
    said = window.studio.notices.history
    drop(window, few_pictures, INTO)
    qtbot.waitUntil(lambda: any(each.action for each in said), timeout=WAIT)
    assert said[-1].action[0] == "Undo"
    first = names(window, 16, qtbot)

    more = tmp_path / "zebras"
    more.mkdir()
    shutil.copy(next(few_pictures.iterdir()), more / "zebra.png")
    (more / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    drop(window, more, INTO)
    qtbot.waitUntil(lambda: any(each.other for each in said), timeout=WAIT)
    names(window, 18, qtbot)
    card = next(card for card in window.findChildren(NoticeCard) if card.notice is said[-1])
    assert (card.act_button.text(), card.other_button.text()) == ("Undo", "Show them")
    card.act_button.click()
    assert names(window, 16, qtbot) == first

    drop(window, more, BESIDE)
    qtbot.waitUntil(lambda: window.studio.project.folder != hers, timeout=WAIT)
    assert window.studio.project.name == "zebras"
    assert names(window, 2, qtbot) == {"zebra.png", "cut.png"}
    with Project.open(hers) as project:
        assert {item.name for item in store.items(project, store.datasets(project)[0].id)} == first


def test_the_grid_scrolls_to_what_came(window, few_pictures, tmp_path, qtbot) -> None:
    assert window.studio.new_project(tmp_path / "Hers")
    drop(window, few_pictures, INTO)
    names(window, 16, qtbot)
    room = window.room("dataset")
    room.grid.setFixedHeight(200)
    qtbot.waitUntil(lambda: room.grid.verticalScrollBar().maximum() > 0, timeout=WAIT)
    assert room.grid.verticalScrollBar().value() == 0
    more = tmp_path / "zebras"
    more.mkdir()
    shutil.copy(next(few_pictures.iterdir()), more / "zebra.png")
    drop(window, more, INTO)
    names(window, 17, qtbot)

    def is_in_sight() -> bool:
        came = room.grid.visualRect(room.model.place(max(room.model.ids)))
        return room.grid.viewport().rect().contains(came)

    qtbot.waitUntil(is_in_sight, timeout=WAIT)
