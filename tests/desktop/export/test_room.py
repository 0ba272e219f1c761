"""The hand-over: approval can be taken back, what is shown is what leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QGuiApplication, QImage

from studio.desktop import i18n
from studio.desktop.base import dragged_files
from studio.desktop.window.main_window import MainWindow
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.refinement.stack import Stack

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def open_export(window: MainWindow, folder: Path, qtbot):
    assert window.studio.open_project(folder)
    window.go("export")
    room = window.room("export")
    qtbot.waitUntil(lambda: room.list.count() == 2, timeout=WAIT)
    return room


def change(folder: Path, key: int, *, review: str = "", stack: str = "") -> None:
    with Project.open(folder) as project:
        if review:
            pieces.set_review(project, key, review)
        if stack:
            pieces.set_stack(project, key, Stack.from_toml(stack).model_dump()["steps"])


def test_an_approval_has_a_name_and_can_be_taken_back(window, sample_project, qtbot) -> None:
    change(sample_project, 1, review="look")
    room = open_export(window, sample_project, qtbot)
    assert room.origin.card.isVisible()
    room.origin.approve.click()
    qtbot.waitUntil(lambda: not room.origin.card.isVisible(), timeout=WAIT)
    assert window.studio.undo.undoText() == "Approve 1 piece"
    assert pieces.piece(window.studio.project, 1).review == "approved"
    window.studio.undo.undo()
    qtbot.waitUntil(room.origin.card.isVisible, timeout=WAIT)
    assert pieces.piece(window.studio.project, 1).review == "look"


def test_preview_and_clipboard_have_the_size_that_leaves(window, sample_project, qtbot) -> None:
    change(sample_project, 2, stack='[[steps]]\nop = "resize"\nparams = { longer = 200 }\n')
    room = open_export(window, sample_project, qtbot)
    room.list.choose([2])
    qtbot.waitUntil(lambda: room.preview.image().width() == 200, timeout=WAIT)
    assert room.shelf.kept[2].picture.height() == 64
    room.copy()
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: clipboard.image().width() == 200, timeout=WAIT)


def test_a_rejected_piece_is_not_chosen_by_itself(window, sample_project, qtbot) -> None:
    change(sample_project, 1, review="rejected")
    room = open_export(window, sample_project, qtbot)
    assert room.list.chosen_ids() == [2]


def test_an_existing_file_stays_unless_it_may_be_replaced(
    window, sample_project, tmp_path, qtbot
) -> None:
    room = open_export(window, sample_project, qtbot)
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "piece-001.png").write_text("precious")
    room.origin.set_folder(folder)
    room.formats.choose("png")
    said: list[str] = []
    window.studio.notices.posted.connect(lambda notice: said.append(notice.sentence))

    def export(*ids: int) -> str:
        before = len(said)
        room.list.choose(list(ids))
        room.export()
        qtbot.waitUntil(lambda: len(said) > before, timeout=WAIT)
        return said[-1]

    assert export(1) == (
        f"piece-001.png was there already: piece-001-2.png was written to {folder}."
    )
    assert export(1, 2) == (
        f"2 files were written to {folder}, 1 of them with the next free number."
    )
    assert (folder / "piece-001.png").read_text() == "precious"
    assert not QImage(str(folder / "piece-001-3.png")).isNull()
    tick = room.origin.replace
    assert not tick.isChecked()
    tick.setFocus()
    qtbot.keyClick(tick, Qt.Key.Key_Space)
    assert export(1) == f"piece-001.png was written to {folder}."
    assert not QImage(str(folder / "piece-001.png")).isNull()
    assert len(list(folder.iterdir())) == 4
    (folder / "piece-001.png").unlink()
    (folder / "piece-001.png").mkdir()
    assert "is a folder: choose another folder or name" in export(1)
    assert room.origin.export.isEnabled()
    window.studio.set_language("zh_CN")
    assert tick.text() == "替换同名文件"
    assert "是一个文件夹" in i18n.said(said[-1])
    window.studio.set_language("en")


def test_what_was_written_is_said_and_its_folder_opened(
    window, sample_project, tmp_path, qtbot, monkeypatch
) -> None:
    room = open_export(window, sample_project, qtbot)
    room.origin.set_folder(tmp_path / "out")
    room.formats.choose("png")
    said: list[str] = []
    window.studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    for many, ids in enumerate(([2], [1, 2]), 1):
        room.origin.set_folder(tmp_path / f"out-{many}")
        room.list.choose(ids)
        room.export()
        qtbot.waitUntil(lambda many=many: len(said) == many, timeout=WAIT)
    assert said == [
        f"piece-002.png was written to {tmp_path / 'out-1'}.",
        f"2 files were written to {tmp_path / 'out-2'}.",
    ]
    opened: list[str] = []
    services = "studio.desktop.export.hand_over.QDesktopServices.openUrl"
    monkeypatch.setattr(services, lambda url: opened.append(url.toLocalFile()) or False)
    action = window.studio.notices.history[-1].action
    assert action is not None
    action[1]()
    assert opened == [str(tmp_path / "out-2")]
    assert window.studio.notices.history[-1].kind == "warn"


def test_a_card_sets_format_options_and_names(window, sample_project, tmp_path, qtbot) -> None:
    room = open_export(window, sample_project, qtbot)
    room.origin.set_folder(tmp_path / "out")
    room.list.choose([1])
    room.formats.cards["unreal"].click()
    assert (room.formats.way, room.formats.name) == ("texture-set", "unreal")
    assert room.formats.values()["normal"] == "directx"
    assert room.names.template.placeholderText() == "T_{piece}"
    assert "T_piece-001_BC.png, T_piece-001_H.png" in room.names.shown.text()
    room.export()
    qtbot.waitUntil(lambda: (tmp_path / "out" / "T_piece-001_ORM.png").exists(), timeout=WAIT)
    qtbot.waitUntil(lambda: not room.leaving.is_busy, timeout=WAIT)
    assert len(list((tmp_path / "out").iterdir())) == 7
    # What is changed by hand is no longer what the destination asks for.
    editor = room.formats._forms["texture-set"].editors["normal"]
    editor.setCurrentIndex(editor.findData("opengl"))
    assert not room.formats.cards["unreal"].isChecked()
    assert room.formats.name == "texture-set"
    room.formats.choose("nothing like it")
    assert room.formats.name == "texture-set"


def test_names_follow_a_template_as_it_is_typed(window, sample_project, tmp_path, qtbot) -> None:
    room = open_export(window, sample_project, qtbot)
    room.origin.set_folder(tmp_path / "out")
    room.formats.choose("png")
    room.list.choose([1, 2])
    room.names.template.clear()
    qtbot.keyClicks(room.names.template, "{project}-{n:03}")
    assert f"{sample_project.name}-001.png" in room.names.shown.text()
    assert window.studio.settings.export_names == "{project}-{n:03}"
    room.export()
    qtbot.waitUntil(lambda: not room.leaving.is_busy, timeout=WAIT)
    made = sorted(each.name for each in (tmp_path / "out").iterdir())
    assert made == [f"{sample_project.name}-{n:03}.png" for n in (1, 2)]
    qtbot.keyClicks(room.names.template, "{oops}")
    assert "is no template of names" in room.names.shown.text()
    window.studio.set_language("zh_CN")
    assert "不是名称模板" in room.names.shown.text()
    window.studio.set_language("en")


def test_a_live_file_follows_its_piece(window, sample_project, tmp_path, qtbot) -> None:
    room = open_export(window, sample_project, qtbot)
    room.origin.set_folder(tmp_path / "out")
    room.formats.choose("png")
    room.list.choose([1])
    room.origin.live.click()
    room.export()
    file = tmp_path / "out" / "piece-001.png"
    qtbot.waitUntil(lambda: file.exists() and not room.leaving.is_busy, timeout=WAIT)
    said: list[str] = []
    window.studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    window.go("refinement")
    project, smaller = window.studio.project, [{"op": "resize", "params": {"longer": 40}}]
    pieces.set_stack(project, 1, smaller)
    qtbot.waitUntil(lambda: "Sent again: piece-001.png." in said, timeout=WAIT)
    assert QImage(str(file)).width() == 40
    file.write_bytes(b"painted on")
    pieces.set_stack(project, 1, [])
    qtbot.waitUntil(lambda: "was changed by another program" in said[-1], timeout=WAIT)
    assert file.read_bytes() == b"painted on"
    count = len(said)
    room.live.look()
    qtbot.wait(300)
    assert len(said) == count, "it is said once"


def drag_preview(room, qtbot) -> None:
    view, middle = room.preview, room.preview.rect().center()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    for step in (4, 30, 60):
        qtbot.mouseMove(view, middle + QPoint(step, 0))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 0))


@pytest.mark.parametrize("taken", [True, False])
def test_the_large_picture_is_dragged_out_as_a_file_that_stays(
    window, sample_project, monkeypatch, qtbot, taken
) -> None:
    room = open_export(window, sample_project, qtbot)
    room.formats.choose("png")
    room.list.choose([2])
    qtbot.waitUntil(lambda: not room.preview.image().isNull(), timeout=WAIT)
    files: list[Path] = []

    def let_go(drag: QDrag, _action: object) -> Qt.DropAction:
        files.extend(Path(url.toLocalFile()) for url in drag.mimeData().urls())
        assert QImage(str(files[-1])).width() == 32 * 2
        return Qt.DropAction.CopyAction if taken else Qt.DropAction.IgnoreAction

    monkeypatch.setattr(QDrag, "exec", let_go)
    monkeypatch.setattr(dragged_files, "is_held", lambda: True)
    drag_preview(room, qtbot)
    qtbot.waitUntil(lambda: bool(files), timeout=WAIT)
    assert [each.name for each in files] == ["piece-002.png"]
    assert window.studio.project.folder / "dragged" in files[0].parents
    window.studio.close_project()
    assert files[0].exists() is taken
    assert (sample_project / "dragged").exists() is taken


def test_a_picture_that_is_zoomed_in_moves_instead(window, sample_project, monkeypatch, qtbot):
    room = open_export(window, sample_project, qtbot)
    qtbot.waitUntil(lambda: not room.preview.image().isNull(), timeout=WAIT)
    room.preview.set_zoom(30)
    before = room.preview.target()
    monkeypatch.setattr(QDrag, "exec", lambda *_: pytest.fail("it was dragged out"))
    drag_preview(room, qtbot)
    assert room.preview.target().x() - before.x() == 60


def test_finished_files_go_beside_the_projects_and_not_into_one(
    window, sample_project, tmp_path, qtbot
) -> None:
    room = open_export(window, sample_project, qtbot)
    assert room.origin.folder == tmp_path / "Latent Studio Exports" / "Vases"
    assert sample_project not in room.origin.folder.parents
    room.origin.changed.emit()
    assert window.studio.settings.export_folder == ""
