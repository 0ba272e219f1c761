"""The canvas with a model that knows labels and makes seamless pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from studio.desktop.base.studio import Studio
from studio.desktop.generation.room import GenerationRoom
from studio.engine.dataset.intake import importer
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.training.planning import runs
from tests.desktop.generation.small_canvas import room_of, studio_on, train_small

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 20_000
TINY = {"latent_dim": 16, "top_width": 8, "width": 16, "batch_size": 4}
LEARNT = {**TINY, "lr": 1e-2, "ema_half_life": 0.1, "seamless": True}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a plain run, and a newer one that knows `bright` and `dark`."""
    place = tmp_path_factory.mktemp("labelled")
    generator = np.random.default_rng(3)
    for number in range(16):
        name, low = ("bright", 190) if number % 2 else ("dark", 10)
        folder = place / "pictures" / name
        folder.mkdir(parents=True, exist_ok=True)
        pixels = generator.integers(low, low + 50, (24, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    with Project.open(place / "Project", create=True) as project:
        for _ in importer.import_sources(project, [place / "pictures"], "Tones"):
            pass
        for images, overrides, labels in ((16, TINY, False), (240, LEARNT, True)):
            train_small(project, "Tones", "vae", images=images, overrides=overrides, labels=labels)
    return place / "Project"


@pytest.fixture
def studio(
    qapp: object, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "home"))
    with studio_on(trained, tmp_path, monkeypatch, samples=400) as studio:
        yield studio


@pytest.fixture
def room(studio: Studio, qtbot) -> Iterator[GenerationRoom]:
    with room_of(studio, qtbot) as room:
        opened(room, qtbot)
        yield room


def opened(room: GenerationRoom, qtbot) -> None:
    qtbot.waitUntil(lambda: not room.view.image().isNull(), timeout=WAIT)
    qtbot.waitUntil(lambda: room.controls.search_bar.isHidden(), timeout=WAIT)
    qtbot.waitUntil(lambda: room.controls.rows[0].slider.isEnabled(), timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)


def light(room: GenerationRoom, qtbot) -> float:
    """How bright the canvas is, once nothing is being drawn any more."""
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
    image = room.view.image().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = [bytes(image.constScanLine(y))[: image.width()] for y in range(image.height())]
    return float(np.mean([np.frombuffer(row, np.uint8) for row in rows]))


def sheet_lights(room: GenerationRoom, qtbot) -> list[float]:
    qtbot.waitUntil(lambda: room.sheet.is_drawn, timeout=WAIT)
    sheet, found = room.side.sheet, []
    for seed in sheet.in_sight():
        small = (
            sheet.picture(seed)
            .toImage()
            .scaled(1, 1, mode=Qt.TransformationMode.SmoothTransformation)
        )
        found.append(float(small.pixelColor(0, 0).lightness()))
    return found


def pick(room: GenerationRoom, qtbot, row: int) -> None:
    """By the keyboard, as from a list that is closed."""
    box = room.controls.label.box
    box.setFocus()
    key = Qt.Key.Key_Down if row > box.currentIndex() else Qt.Key.Key_Up
    for _ in range(abs(row - box.currentIndex())):
        qtbot.keyClick(box, key)
    assert box.currentIndex() == row


def open_run(room: GenerationRoom, qtbot, name: str) -> None:
    room.open_run(name)
    qtbot.waitUntil(
        lambda: room.session.model is not None and room.session.model.run == name, timeout=WAIT
    )
    opened(room, qtbot)


def test_a_label_is_chosen_taken_back_and_shown(room: GenerationRoom, studio, qtbot) -> None:
    box = room.controls.label.box
    assert box.isVisible()
    assert [box.itemText(row) for row in (1, 2)] == ["bright", "dark"]
    drawn = "bright" if light(room, qtbot) > 128 else "dark"
    assert box.itemText(0) == f"any · {drawn}"
    pick(room, qtbot, 1)
    assert light(room, qtbot) > 128
    assert room.title.text() == "Seed 0 · ψ 1.00 · bright"
    assert min(sheet_lights(room, qtbot)) > 110
    pick(room, qtbot, 2)
    assert light(room, qtbot) < 128
    assert max(sheet_lights(room, qtbot)) < 145
    assert studio.undo.undoText() == "Label dark"
    studio.undo.undo()
    assert box.currentText() == "bright"
    assert light(room, qtbot) > 128
    assert min(sheet_lights(room, qtbot)) > 110
    studio.undo.undo()
    assert (box.currentText(), room.title.text()) == ("any", "Seed 0 · ψ 1.00")
    light(room, qtbot)
    assert box.currentText() == f"any · {drawn}"
    assert len({each > 128 for each in sheet_lights(room, qtbot)}) == 2
    studio.undo.redo()
    assert box.currentText() == "bright"


def test_a_key_takes_the_next_label(room: GenerationRoom, qtbot) -> None:
    room.view.setFocus()
    seen = []
    for _ in range(3):
        qtbot.keyClick(room.view, Qt.Key.Key_L)
        seen.append(room.controls.label.box.currentText())
    assert seen == ["bright", "dark", "any"]


def test_the_wheel_over_the_chooser_changes_nothing(room: GenerationRoom, qtbot) -> None:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    box = room.controls.label.box
    box.setFocus()
    where = QPointF(box.rect().center())
    event = QWheelEvent(
        where, QPointF(box.mapToGlobal(box.rect().center())), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(box, event)
    assert box.currentIndex() == 0


def test_every_seed_says_which_label_it_drew(room: GenerationRoom, qtbot) -> None:
    seen = set()
    for seed in range(6):
        room.editing.set_seed(seed)
        bright = light(room, qtbot) > 128
        text = room.controls.label.box.currentText()
        assert text == f"any · {'bright' if bright else 'dark'}"
        seen.add(text)
    assert len(seen) == 2


def test_a_label_goes_into_the_piece_and_comes_back(room: GenerationRoom, studio, qtbot) -> None:
    pick(room, qtbot, 2)
    room.editing.set_seed(7)
    assert light(room, qtbot) < 128
    with qtbot.waitSignal(room.session.kept, timeout=WAIT):
        qtbot.keyClick(room.view, Qt.Key.Key_Return)
    (piece,) = pieces.pieces(studio.project)
    assert (piece.recipe.beginning.label, piece.recipe.seed) == (1, 7)
    again = pieces.render(studio.project, piece)
    assert np.array_equal(again, pieces.stored(piece))
    assert again.mean() < 128
    pick(room, qtbot, 0)
    room.editing.recall(piece.recipe)
    assert room.controls.label.box.currentText() == "dark"


def test_a_model_without_labels_has_no_chooser(room: GenerationRoom, studio, qtbot) -> None:
    labelled, plain = (run.name for run in reversed(runs.runs(studio.project)))
    pick(room, qtbot, 2)
    open_run(room, qtbot, plain)
    assert not room.controls.label.isVisible()
    assert not room.canvas.tools["tile_preview"].button.isVisible()
    assert room.editing.recipe().beginning.label is None
    said = studio.notices.history
    for key, why in (
        (Qt.Key.Key_L, "trained with labels"), (Qt.Key.Key_T, "seamless"),
        (Qt.Key.Key_A, "a grid"), (Qt.Key.Key_Space, "no original"),
    ):  # fmt: skip
        qtbot.keyClick(room.view, key)
        assert why in said[-1].sentence, "a key that can do nothing says why"
    assert room.editing.recipe().beginning.label is None
    open_run(room, qtbot, labelled)
    assert room.controls.label.isVisible()
    assert room.controls.label.box.currentIndex() == 0


def test_it_speaks_chinese(room: GenerationRoom, studio, qtbot) -> None:
    pick(room, qtbot, 1)
    studio.set_language("zh_CN")
    room.retranslate()
    box = room.controls.label.box
    assert [box.itemText(row) for row in range(box.count())] == ["任意", "bright", "dark"]
    assert box.currentText() == "bright"
    assert room.controls.label.word.text() == "标签"
    assert room.canvas.tools["tile_preview"].button.text() == "平铺预览"


def test_a_seamless_picture_is_shown_beside_itself(room: GenerationRoom, qtbot) -> None:
    button = room.canvas.tools["tile_preview"].button
    assert button.isVisible()
    single, zoom = room.view.image(), room.view.zoom()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.isChecked()
    assert room.view.zoom() == pytest.approx(zoom / 3)
    assert room.view.image() == single  # what leaves the canvas is one picture
    shown = room.view.grab().toImage()
    where = room.view.target().toRect()
    step = (where.width() // 3, where.height() // 3)
    for x, y in ((5, 5), (40, 30), (step[0] - 8, step[1] - 8)):
        one = shown.pixelColor(where.left() + x, where.top() + y)
        two = shown.pixelColor(where.left() + x + step[0], where.top() + y + step[1])
        assert abs(one.red() - two.red()) <= 6
    room.editing.set_seed(3)
    light(room, qtbot)
    assert room.view.zoom() == pytest.approx(zoom / 3)
    qtbot.keyClick(room.view, Qt.Key.Key_T)
    assert not button.isChecked()
    assert room.view.zoom() == pytest.approx(zoom)
