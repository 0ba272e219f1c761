"""A user's day in the real window: drop a folder, train, pull a slider, keep, refine, export.

Everything happens through real Qt events. The same file runs on the offscreen platform and,
started by `test_window_on_x11.py`, under an X server. Screenshots go to `tests/screenshots/`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from studio.desktop.base import dragged_files
from studio.desktop.base.studio import Studio
from studio.desktop.window.main_window import MainWindow

pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", "XDG_RUNTIME_DIR", extend=True),
    pytest.mark.slow,
]
WAIT = 60_000
SHOTS = Path(__file__).resolve().parent.parent / "screenshots"


@pytest.fixture
def window(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(
        "studio.desktop.window.project_opener.pictures_folder", lambda: tmp_path / "Pictures"
    )
    monkeypatch.setattr("studio.desktop.export.room.pictures_folder", lambda: tmp_path / "Out")
    studio = Studio()
    studio.set_language("en")
    made = MainWindow(studio)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    if not made.close():
        qtbot.waitUntil(lambda: not made.isVisible(), timeout=WAIT)
    made.deleteLater()
    studio.deleteLater()


def shoot(window: MainWindow, name: str) -> None:
    """Leave a picture of the window behind for whoever wants to look."""
    SHOTS.mkdir(exist_ok=True)
    window.grab().save(str(SHOTS / f"{QGuiApplication.platformName()}-{name}.png"))


def press(qtbot, window: MainWindow, action: str, widget, key, modifier=None) -> None:
    """A shortcut by its key; without a window manager none works."""
    if window.isActiveWindow():
        qtbot.keyClick(widget, key, modifier or Qt.KeyboardModifier.NoModifier)
    else:
        window.studio.actions.get(action).trigger()


def drop(window: MainWindow, path: Path) -> None:
    """A genuine drag of a folder onto the middle of the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    middle = QPoint(window.width() // 2, window.height() // 2)
    actions, left, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(middle, actions, data, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    assert window.overlay.isVisible()
    QApplication.sendEvent(window, QDropEvent(QPointF(middle), actions, data, left, none))
    assert not window.overlay.isVisible()


def test_a_folder_becomes_a_model_becomes_a_finished_picture(
    window: MainWindow, few_pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    click = qtbot.mouseClick
    left = Qt.MouseButton.LeftButton
    before = {path.name: path.read_bytes() for path in few_pictures.iterdir()}
    shoot(window, "1-welcome")

    drop(window, few_pictures)
    qtbot.waitUntil(lambda: window.studio.project is not None, timeout=WAIT)
    dataset = window.room("dataset")
    qtbot.waitUntil(lambda: len(dataset.model.ids) == 16, timeout=WAIT)
    qtbot.waitUntil(dataset.inspector.train.isEnabled, timeout=WAIT)
    qtbot.waitUntil(lambda: "14" in dataset.inspector.train.text(), timeout=WAIT)  # 2 are held out
    dataset.grid.setFocus()
    trains = [
        place
        for place, item_id in enumerate(dataset.model.ids)
        if item_id not in dataset.model.collection.held_out
    ]
    dataset.grid.setCurrentIndex(dataset.model.index(trains[0]))
    press(qtbot, window, "dataset.exclude", dataset.grid, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: "13" in dataset.inspector.train.text(), timeout=WAIT)
    control = Qt.KeyboardModifier.ControlModifier
    press(qtbot, window, "window.undo", window, Qt.Key.Key_Z, control)
    qtbot.waitUntil(lambda: "14" in dataset.inspector.train.text(), timeout=WAIT)
    shoot(window, "2-dataset")

    click(dataset.inspector.train, left)
    training = window.room("training")
    # Only once what was decided last is kept.
    qtbot.waitUntil(lambda: window.place == "training", timeout=WAIT)
    form = training.form
    qtbot.waitUntil(lambda: form.basics is not None and bool(form.dataset.key()), timeout=WAIT)
    form.family.choose("vae")
    form.size_box.setCurrentText("16")
    form.length.unit.choose("images")
    form.length.number.setValue(160)
    qtbot.waitUntil(form.start.isEnabled, timeout=WAIT)
    click(form.start, left)
    qtbot.waitUntil(lambda: bool(training.session.training), timeout=WAIT)
    qtbot.waitUntil(lambda: not training.session.training, timeout=WAIT)
    shoot(window, "3-training")
    qtbot.waitUntil(training.panel.play.isEnabled, timeout=WAIT)
    click(training.panel.play, left)

    generation = window.room("generation")
    assert window.place == "generation"
    qtbot.waitUntil(lambda: not generation.view.image().isNull(), timeout=WAIT)
    qtbot.waitUntil(lambda: generation.controls.rows[0].slider.isEnabled(), timeout=WAIT)
    qtbot.waitUntil(lambda: not generation.session.busy, timeout=WAIT)
    plain = generation.view.image().copy()
    slider = generation.controls.rows[0].slider
    slider.setFocus()
    for _ in range(4):
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: generation.view.image() != plain, timeout=WAIT)
    kept: list[int] = []
    generation.session.kept.connect(lambda piece: kept.append(piece.id))
    qtbot.waitUntil(lambda: not generation.session.busy, timeout=WAIT)
    shoot(window, "4-generation")
    click(generation.controls.keep_button, left)
    qtbot.waitUntil(lambda: bool(kept), timeout=WAIT)

    window.go("refinement")
    refinement = window.room("refinement")
    qtbot.waitUntil(lambda: refinement.list.chosen_ids() == kept, timeout=WAIT)
    refinement.panel.editor.add_step("resize")
    qtbot.waitUntil(lambda: refinement.view.image().width() == 32, timeout=WAIT)
    press(qtbot, window, "refinement.compare", window, Qt.Key.Key_Space)
    shoot(window, "5-refinement")
    click(refinement.panel.export, left)

    export = window.room("export")
    assert window.place == "export"
    qtbot.waitUntil(lambda: export.list.chosen_ids() == kept, timeout=WAIT)
    if export.origin.card.isVisible():
        click(export.origin.approve, left)
        qtbot.waitUntil(lambda: not export.origin.card.isVisible(), timeout=WAIT)
    export.origin.set_folder(tmp_path / "finished")
    export.formats.choose("png")
    shoot(window, "6-export")
    click(export.origin.export, left)
    target = tmp_path / "finished" / "piece-001.png"
    qtbot.waitUntil(target.is_file, timeout=WAIT)
    image = QImage(str(target))
    assert (image.width(), image.height()) == (32, 32)
    dragged: list[bool] = []

    def let_go(drag: QDrag, _action: object) -> Qt.DropAction:
        dragged.extend(Path(url.toLocalFile()).is_file() for url in drag.mimeData().urls())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", let_go)
    monkeypatch.setattr(dragged_files, "is_held", lambda: True)
    export.list.startDrag(Qt.DropAction.CopyAction)
    qtbot.waitUntil(lambda: dragged == [True], timeout=WAIT)
    after = {path.name: path.read_bytes() for path in few_pictures.iterdir()}
    assert after == before


def test_the_language_changes_everywhere_at_once(window: MainWindow, few_pictures: Path, qtbot):
    drop(window, few_pictures)
    qtbot.waitUntil(lambda: window.studio.project is not None, timeout=WAIT)
    assert window.top.places["dataset"].text().startswith("Dataset")
    window.studio.set_language("zh_CN")
    assert window.top.places["dataset"].text().startswith("数据")
    assert window.room("training").form.start.text() != "Start training"
    window.studio.set_language("en")
    assert window.top.places["dataset"].text().startswith("Dataset")


def test_a_folder_without_pictures_is_one_notice_and_no_harm(
    window: MainWindow, tmp_path: Path, qtbot
) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("Dear reader")
    drop(window, folder)
    qtbot.waitUntil(
        lambda: any(each.kind != "info" for each in window.studio.notices.history), timeout=WAIT
    )
    sentence = next(n.sentence for n in window.studio.notices.history if n.kind != "info")
    assert "letters" in sentence
    assert window.isVisible()


def test_the_sample_opens_on_the_canvas(window: MainWindow, qtbot) -> None:
    click = qtbot.mouseClick
    click(window.welcome.ways[0].button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.place == "generation", timeout=WAIT)
    generation = window.room("generation")
    qtbot.waitUntil(lambda: not generation.view.image().isNull(), timeout=WAIT)
    qtbot.waitUntil(lambda: generation.controls.rows[0].slider.isEnabled(), timeout=WAIT)
    shoot(window, "7-sample")
    assert len(window.room("dataset").model.ids) == 64


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_closing_while_a_run_trains_saves_it(window: MainWindow, few_pictures: Path, qtbot) -> None:
    drop(window, few_pictures)
    dataset = window.room("dataset")
    qtbot.waitUntil(dataset.inspector.train.isEnabled, timeout=WAIT)
    project = window.studio.project
    assert project is not None
    folder = project.folder
    window.go("training")
    training = window.room("training")
    form = training.form
    training.start_for(dataset.session.dataset.name)
    qtbot.waitUntil(lambda: form.basics is not None and bool(form.dataset.key()), timeout=WAIT)
    form.size_box.setCurrentText("16")
    form.length.unit.choose("images")
    form.length.number.setValue(10_000_000)
    qtbot.waitUntil(form.start.isEnabled, timeout=WAIT)
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: training.session.live is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: training.session.live.record.images_seen > 0, timeout=WAIT)
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)
    from studio.engine.project import Project
    from studio.engine.training.planning import runs
    from studio.engine.training.record import checkpoint

    with Project.open(folder) as again:
        assert not again.read_only_reason
        run = runs.runs(again)[-1]
        newest = checkpoint.load_latest(run.folder)
        assert newest is not None
        assert newest.images_seen > 0
        assert run.status == "stopped"
