"""Runs that are there: named, removed, compared, gone on with; by clicks and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from studio.desktop.training.room import TrainingRoom
from studio.engine import events
from studio.engine.dataset.intake import importer
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.process.driver import run_training
from studio.engine.training.record.recipe import Recipe
from tests.desktop.training.support import WAIT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
CLICK = Qt.MouseButton.LeftButton
TINY = {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4}


@pytest.fixture
def trained(studio) -> Iterator[list[str]]:
    """Two short runs, made without the window."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    names = []
    for seed in (1, 2):
        recipe = runs.create_run(
            studio.project, "Squares", "vae", 16, 16, images=8, overrides=TINY, seed=seed
        )
        names.append(recipe.run)
        assert isinstance(run_training(studio.project, recipe.run, resume=False), events.Done)
    yield names
    torch.set_num_threads(threads)


@pytest.fixture
def shown(trained: list[str], room: TrainingRoom, qtbot) -> TrainingRoom:
    """The room with the first run in view."""
    qtbot.waitUntil(lambda: room.side.runs.count() == 2, timeout=WAIT)
    show(room, trained[0], qtbot)
    return room


def show(room: TrainingRoom, name: str, qtbot) -> None:
    room.session.view(name)
    qtbot.waitUntil(
        lambda: room.session.viewed is not None and room.session.viewed.run.name == name,
        timeout=WAIT,
    )


def calm(room: TrainingRoom, qtbot) -> None:
    qtbot.waitUntil(lambda: not room.session.thread_.busy, timeout=WAIT)
    qtbot.wait(10)


def first_words(room: TrainingRoom, row: int) -> str:
    return room.side.runs.item(row).text()


def test_a_run_is_named_and_the_name_is_undone(
    shown: TrainingRoom, trained: list[str], studio, qtbot
) -> None:
    room, editor = shown, shown.panel.name
    room.setFocus()
    qtbot.keyClick(room, Qt.Key.Key_F2)
    assert editor.hasFocus()
    qtbot.keyClicks(editor, "Night  squares")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: first_words(room, 1).startswith("Night squares ·"), timeout=WAIT)
    assert runs.run(studio.project, trained[0]).title == "Night squares"
    assert studio.undo.undoText() == "Rename a run"
    calm(room, qtbot)
    studio.undo.undo()
    qtbot.waitUntil(lambda: first_words(room, 1).startswith("VAE 16 ·"), timeout=WAIT)
    studio.undo.redo()
    qtbot.waitUntil(lambda: first_words(room, 1).startswith("Night squares ·"), timeout=WAIT)
    # Where a new run is set up it has the same name.
    qtbot.mouseClick(room.side.new, CLICK)
    calm(room, qtbot)
    begin = room.form.beginning.run
    assert "Night squares" in {begin.itemText(row) for row in range(begin.count())}


def test_a_run_is_removed_and_comes_back(
    shown: TrainingRoom, trained: list[str], studio, qtbot
) -> None:
    room, folder = shown, studio.project.runs / trained[0]
    room.side.runs.setFocus()
    qtbot.keyClick(room.side.runs, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: room.side.runs.count() == 1, timeout=WAIT)
    assert not folder.exists()
    assert room.right.currentWidget() is room.form
    notice = studio.notices.history[-1]
    assert trained[0] in notice.sentence
    calm(room, qtbot)
    notice.action[1]()
    qtbot.waitUntil(lambda: room.side.runs.count() == 2, timeout=WAIT)
    assert (folder / "recipe.toml").is_file()
    calm(room, qtbot)
    studio.undo.redo()
    qtbot.waitUntil(lambda: room.side.runs.count() == 1, timeout=WAIT)
    assert not folder.exists()
    calm(room, qtbot)
    studio.undo.undo()
    qtbot.waitUntil(lambda: room.side.runs.count() == 2, timeout=WAIT)
    calm(room, qtbot)


def test_a_run_with_pieces_asks_first(
    shown: TrainingRoom, trained: list[str], studio, qtbot
) -> None:
    studio.project.write(
        "INSERT INTO piece (name, created, run_name, checkpoint_sha256, recipe) "
        "VALUES ('p', '', ?, '', '{}')",
        (trained[0],),
    )
    qtbot.mouseClick(shown.panel.remove, CLICK)
    qtbot.waitUntil(lambda: bool(studio.notices.history), timeout=WAIT)
    notice = studio.notices.history[-1]
    assert "Pieces are rendered from the run" in notice.sentence
    assert (studio.project.runs / trained[0]).is_dir()
    assert studio.undo.count() == 0
    notice.action[1]()
    qtbot.waitUntil(lambda: shown.side.runs.count() == 1, timeout=WAIT)


def test_what_was_removed_is_gone_when_the_project_is_opened_again(
    shown: TrainingRoom, trained: list[str], studio, qtbot
) -> None:
    shown.commands.remove()
    qtbot.waitUntil(lambda: shown.side.runs.count() == 1, timeout=WAIT)
    aside = studio.project.cache / "removed-runs"
    assert (aside / trained[0]).is_dir()
    calm(shown, qtbot)
    shown.session.open(studio.project)
    qtbot.waitUntil(lambda: not aside.exists(), timeout=WAIT)


def test_curves_have_the_words_of_their_family(shown: TrainingRoom) -> None:
    keys = shown.centre._keys
    assert {name: box.text() for name, box in keys.items() if name in ("loss", "mse", "kl")} == {
        "loss": "loss", "mse": "error (MSE)", "kl": "KL divergence",
    }  # fmt: skip
    # Of another scale than the losses.
    assert {name: keys[name].isChecked() for name in ("loss", "mse", "kl", "gradient")} == {
        "loss": True, "mse": True, "kl": False, "gradient": False,
    }  # fmt: skip


def test_curves_of_another_run_lie_behind(shown: TrainingRoom, trained: list[str], qtbot) -> None:
    other, curves = shown.centre.other, shown.centre.curves
    assert [other.itemData(row) for row in range(other.count())] == ["", trained[1]]
    qtbot.waitUntil(lambda: bool(curves._lines), timeout=WAIT)
    own = set(curves._lines)
    other.setFocus()
    qtbot.keyClick(other, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: len(curves._lines) == 2 * len(own), timeout=WAIT)
    name = next(iter(own))
    box = shown.centre._keys[name]
    qtbot.mouseClick(box, CLICK, pos=box.rect().center() * 0.2)
    qtbot.waitUntil(lambda: len(curves._lines) == 2 * len(own) - 2, timeout=WAIT)
    qtbot.keyClick(other, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: len(curves._lines) == len(own) - 1, timeout=WAIT)
    qtbot.keyClick(other, Qt.Key.Key_Down)
    show(shown, trained[1], qtbot)
    qtbot.waitUntil(lambda: other.key() == "", timeout=WAIT)
    assert [other.itemData(row) for row in range(other.count())] == ["", trained[0]]


def test_a_new_run_begins_with_this_one(shown: TrainingRoom, trained: list[str], qtbot) -> None:
    shown.form.length.unit.choose("images")
    shown.form.length.number.setValue(8)
    qtbot.mouseClick(shown.panel.learn, CLICK)
    assert shown.right.currentWidget() is shown.form
    qtbot.waitUntil(lambda: shown.form.beginning.run.key() == trained[0], timeout=WAIT)
    assert shown.form.size_box.currentText() == "16"
    qtbot.waitUntil(lambda: shown.form.forms.family == "vae", timeout=WAIT)
    calm(shown, qtbot)
    assert shown.form.wanted().options.start_from == trained[0]
    assert "begins with" in shown.form.summary.text()


@pytest.fixture
def more(studio, tmp_path: Path) -> Project:
    folder = tmp_path / "more"
    folder.mkdir()
    for number in range(6):
        pixels = np.full((24, 24, 3), 40 * number, np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    for _ in importer.import_sources(studio.project, [folder], "Greys"):
        pass
    return studio.project


def test_a_run_goes_on_with_other_pictures(
    more: Project, shown: TrainingRoom, trained: list[str], qtbot
) -> None:
    panel, name = shown.panel, trained[0]
    shown.entered()
    qtbot.waitUntil(panel.pictures_field.isVisible, timeout=WAIT)
    assert panel.pictures.key() == "Squares"
    panel.pictures.choose("Greys")
    qtbot.mouseClick(panel.go_on, CLICK)
    qtbot.waitUntil(lambda: shown.session.training == name, timeout=WAIT)
    qtbot.waitUntil(lambda: not shown.session.training, timeout=WAIT)
    run = runs.run(more, name)
    assert (run.status, run.images_seen) == ("finished", 16)
    assert Recipe.load(run.folder).dataset == "Greys"
    qtbot.waitUntil(lambda: panel.facts.values["dataset"].text() == "Greys", timeout=WAIT)
    assert any(mark.about == "pictures" for mark in shown.session.viewed.record.health)


def test_pictures_that_cannot_be_read_leave_the_run_as_it_was(
    more: Project, shown: TrainingRoom, trained: list[str], studio, tmp_path: Path, qtbot
) -> None:
    shown.entered()
    qtbot.waitUntil(shown.panel.pictures_field.isVisible, timeout=WAIT)
    shown.panel.pictures.choose("Greys")
    (tmp_path / "more" / "3.png").unlink()
    qtbot.mouseClick(shown.panel.go_on, CLICK)
    qtbot.waitUntil(lambda: any(n.kind == "error" for n in studio.notices.history), timeout=WAIT)
    assert not shown.session.training
    assert not shown.strip.isVisible()
    assert Recipe.load(more.runs / trained[0]).dataset == "Squares"


def test_marks_stand_on_the_curves_and_a_click_goes_to_their_moment(
    shown: TrainingRoom, qtbot
) -> None:
    centre, curves = shown.centre, shown.centre.curves
    record = shown.session.viewed.record
    qtbot.waitUntil(lambda: bool(curves._lines), timeout=WAIT)
    saved = {(mark.images_seen, False) for mark in record.marks}
    qtbot.waitUntil(lambda: set(curves._marks) == saved, timeout=WAIT)
    record.take(events.Health("plateau", "No better for a while.", "", 4))
    record.take(events.Health("changed", "lr is now 1.", "", 5))
    centre.show_record(record, fresh=False)
    qtbot.waitUntil(lambda: set(curves._marks) == saved | {(4, True)}, timeout=WAIT)
    moments: list[int] = []
    curves.momentChosen.connect(moments.append)
    view = curves._plot
    qtbot.mouseClick(view.viewport(), CLICK, pos=view.viewport().rect().center())
    qtbot.waitUntil(lambda: bool(moments), timeout=WAIT)
    assert 1 <= moments[0] <= 7
    shown._show_form()
    assert curves._wanted == set()
