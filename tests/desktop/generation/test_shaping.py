"""Styles, noise, labels and bends on the canvas, by mouse and keys, with a style generator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

from models.base import family
from models.image_spec import ImageSpec
from studio.desktop import i18n
from studio.desktop.base.studio import Studio
from studio.desktop.generation.moves.move_panels import Shaping
from studio.desktop.generation.room import GenerationRoom
from studio.desktop.widgets.cell_strip import CellStrip
from studio.engine.dataset.intake import importer
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.bend import Bend
from studio.engine.generation.moves.dragged import Dragged
from studio.engine.generation.moves.iterated import Iterated, Towards
from studio.engine.generation.moves.label_mix import LabelMix
from studio.engine.generation.moves.mix import Mix
from studio.engine.generation.moves.model_mix import ModelMix
from studio.engine.generation.moves.noise import NoiseStrength
from studio.engine.generation.moves.region import Region
from studio.engine.generation.moves.residual import Residual
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from tests.desktop.generation.small_canvas import room_of, studio_on

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 20_000
TINY = {
    "stylegan2": {"latent_dim": 8, "top_width": 8, "width": 8, "mapping_layers": 1},
    "vae": {"latent_dim": 16, "top_width": 8, "width": 8},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a VAE, and a newer style generator that knows `bright` and `dark`; nobody
    trained them."""
    place = tmp_path_factory.mktemp("shaping")
    for number in range(8):
        folder = place / "pictures" / ("dark", "bright")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    with Project.open(place / "Project", create=True) as project:
        for _ in importer.import_sources(project, [place / "pictures"], "Tones"):
            pass
        for kind, labels in (("vae", []), ("stylegan2", ["bright", "dark"])):
            run = runs.create_run(project, "Tones", kind, 16, 16, images=16, overrides=TINY[kind],
                                  device="cpu", labels=bool(labels))  # fmt: skip
            # Of the style generator the first is another one, and the second of other weights.
            for seed, width in ((3, 16), (2, 8), (1, 8))[0 if labels else 2 :]:
                wide = {"width": width, "top_width": width}
                save(project.runs / run.run, kind, {**run.config, **wide}, labels, seed)
    return place / "Project"


def save(folder: Path, kind: str, config: dict[str, object], labels: list[str], seed: int) -> None:
    """A checkpoint with weights by chance."""
    torch.manual_seed(seed)
    spec = ImageSpec(3, 16, 16, len(labels))
    model = family(kind)(family(kind).Config.from_mapping(config), spec)
    tensors = model.state_dict()
    for name, tensor in tensors.items():
        if name.endswith("noise_strength"):
            tensor.fill_(0.3)
    shape = {"channels": 3, "height": 16, "width": 16, "classes": len(labels)}
    checkpoint.save(folder, tensors, {}, {
        "family": kind, "config": model.config.as_dict(), "images_seen": 16,
        "image_spec": shape, "labels": labels,
    })  # fmt: skip


@pytest.fixture
def studio(
    qapp: object, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "home"))
    with studio_on(made, tmp_path, monkeypatch) as studio:
        yield studio


@pytest.fixture
def room(studio: Studio, qtbot) -> Iterator[GenerationRoom]:
    with room_of(studio, qtbot) as room:
        opened(room, qtbot)
        yield room


@pytest.fixture
def shaping(room: GenerationRoom, qtbot) -> Shaping:
    for fold in room.shaping.folds.values():
        qtbot.mouseClick(fold.head, Qt.MouseButton.LeftButton)
    return room.shaping


def opened(room: GenerationRoom, qtbot) -> None:
    qtbot.waitUntil(lambda: not room.view.image().isNull(), timeout=WAIT)
    qtbot.waitUntil(lambda: room.controls.search_bar.isHidden(), timeout=WAIT)
    qtbot.waitUntil(lambda: room.controls.rows[0].slider.isEnabled(), timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)


def shown(room: GenerationRoom, qtbot) -> bytes:
    """What the canvas shows, once nothing is being drawn any more."""
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
    image = room.view.image().convertToFormat(QImage.Format.Format_RGB888)
    return b"".join(
        bytes(image.constScanLine(y))[: image.width() * 3] for y in range(image.height())
    )


def click(widget: QWidget, qtbot, place: QPoint | None = None) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place or QPoint())


def cell(strip: CellStrip, number: int) -> QPoint:
    return strip.rect_of(number).center().toPoint()


def test_slots_are_painted_from_another_seed_and_taken_back(
    room: GenerationRoom, shaping: Shaping, studio, qtbot
) -> None:
    plain, strip = shown(room, qtbot), shaping.mix.strip
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=cell(strip, 1))
    qtbot.mouseMove(strip, cell(strip, 3))  # over 2 without stopping there
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=cell(strip, 3))
    assert room.editing.recipe().only(Mix) == Mix(slots={1: 1, 2: 1, 3: 1})
    mixed = shown(room, qtbot)
    assert mixed != plain
    assert [step.text for step in room.editing.history.steps][1:] == ["Style mixing: 3 slots"]
    shaping.mix.seed.setText("9")
    qtbot.keyClick(shaping.mix.seed, Qt.Key.Key_Return)
    assert room.editing.recipe().only(Mix) == Mix(slots={1: 9, 2: 9, 3: 9})
    assert shown(room, qtbot) not in (plain, mixed)
    studio.undo.undo()
    assert shown(room, qtbot) == mixed
    click(strip, qtbot, cell(strip, 2))
    assert room.editing.recipe().only(Mix).slots.keys() == {1, 2, 3}  # of the seed that is chosen
    click(shaping.folds["mix"].back, qtbot)
    assert room.editing.recipe().only(Mix) is None
    assert shown(room, qtbot) == plain
    assert shaping.folds["mix"].back.isHidden()


def test_a_group_of_slots_is_taken_by_its_picture_or_by_keys(
    room: GenerationRoom, shaping: Shaping, qtbot
) -> None:
    buttons = shaping.mix.previews
    assert list(buttons) == ["coarse", "middle", "fine"]
    qtbot.waitUntil(lambda: not any(b.icon().isNull() for b in buttons.values()), timeout=WAIT)
    click(buttons["coarse"], qtbot)
    assert room.editing.recipe().only(Mix) == Mix(slots={0: 1})
    assert buttons["coarse"].isChecked()
    strip = shaping.mix.strip
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Space):
        qtbot.keyClick(strip, key)
    assert room.editing.recipe().only(Mix) == Mix(slots={0: 1, 2: 1})
    assert strip.accessibleDescription() == "Slot 2: of this picture"
    click(buttons["coarse"], qtbot)
    assert room.editing.recipe().only(Mix) == Mix(slots={2: 1})


def test_noise_has_a_seed_a_strength_and_layers(
    room: GenerationRoom, shaping: Shaping, studio, qtbot
) -> None:
    plain, noise = shown(room, qtbot), shaping.noise
    noise.seed.setText("7")
    qtbot.keyClick(noise.seed, Qt.Key.Key_Return)
    assert shown(room, qtbot) != plain
    for _ in range(20):
        qtbot.keyClick(noise.strength.slider, Qt.Key.Key_Left)
    silent = shown(room, qtbot)
    assert room.editing.recipe().only(NoiseStrength) == NoiseStrength(strength=0.0)
    assert {slider.value() for slider in noise.layers.values()} == {0.0}
    click(noise.more, qtbot)
    qtbot.keyClick(noise.layers[4].slider, Qt.Key.Key_PageUp)
    assert room.editing.recipe().only(NoiseStrength).layers == {4: 0.4}
    assert shown(room, qtbot) != silent
    click(shaping.folds["noise"].back, qtbot)
    assert (shown(room, qtbot), room.editing.recipe().noise_seed) == (plain, 0)
    studio.undo.undo()
    assert room.editing.recipe().noise_seed == 7


def test_a_picture_is_led_from_its_label_to_another(
    room: GenerationRoom, shaping: Shaping, qtbot
) -> None:
    plain, panel = shown(room, qtbot), shaping.label_mix
    assert [panel.box.itemText(row) for row in range(2)] == ["bright", "dark"]
    room.editing.set_label(0, "bright")
    bright = shown(room, qtbot)
    qtbot.keyClick(panel.box, Qt.Key.Key_Down)
    qtbot.keyClick(panel.share.slider, Qt.Key.Key_End)
    assert room.editing.recipe().only(LabelMix) == LabelMix(label=1, share=1.0)
    dark = shown(room, qtbot)
    room.editing.set_label(1, "dark")
    click(shaping.folds["label_mix"].back, qtbot)
    assert shown(room, qtbot) == dark != bright
    assert plain in (bright, dark)


def test_a_layer_is_bent_in_part_and_the_piece_is_what_is_seen(
    room: GenerationRoom, shaping: Shaping, studio, qtbot
) -> None:
    plain, panel = shown(room, qtbot), shaping.bend
    click(panel.map, qtbot, cell(panel.map, 3))
    assert panel.name.text() == "Layer 3 · 16 × 16 · 8 channels"
    panel.transform.setCurrentIndex(panel.transform.findData("rotate"))
    click(panel.add, qtbot)
    assert room.editing.recipe().only(Bend) == Bend(layer=3, transform="rotate")
    turned = shown(room, qtbot)
    assert turned != plain
    row = panel.rows[0]
    qtbot.keyClick(row.sliders["degrees"].slider, Qt.Key.Key_PageUp)
    assert room.editing.recipe().only(Bend).values == {"degrees": 56.0}
    qtbot.keyClick(row.group, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: room.editing.recipe().only(Bend).group == (1, 4), timeout=WAIT)
    assert len(room.editing.recipe().only(Bend).channels) < 8
    part = shown(room, qtbot)
    assert part not in (plain, turned)
    qtbot.keyClick(room, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(pieces.pieces(studio.project)) == 1, timeout=WAIT)
    (piece,) = pieces.pieces(studio.project)
    assert pieces.stored(piece).tobytes() == part
    assert pieces.render(studio.project, piece).tobytes() == part
    click(row.cross, qtbot)
    assert shown(room, qtbot) == plain
    assert not panel.rows
    studio.undo.undo()
    assert shown(room, qtbot) == part
    assert panel.rows[0].group.currentText() == "group 1 of 4"


def test_bends_stand_side_by_side_and_go_together(
    room: GenerationRoom, shaping: Shaping, qtbot
) -> None:
    plain, panel = shown(room, qtbot), shaping.bend
    for name, layer in (("flip", 1), ("noise", 2)):
        click(panel.map, qtbot, cell(panel.map, layer))
        panel.transform.setCurrentIndex(panel.transform.findData(name))
        click(panel.add, qtbot)
    panel.rows[0].form.editors["axis"].setCurrentIndex(1)
    panel.rows[1].form.editors["seed"].setValue(5)
    bends = [move for move in room.editing.recipe().moves if isinstance(move, Bend)]
    assert [bend.values for bend in bends] == [{"axis": "vertical"}, {"seed": 5}]
    assert shown(room, qtbot) != plain
    click(room.controls.reset, qtbot)
    assert not room.editing.recipe().moves
    assert shown(room, qtbot) == plain


def test_what_tools_did_is_weakened_and_taken_away(
    room: GenerationRoom, shaping: Shaping, studio, qtbot
) -> None:
    player, (plain, fold) = room.session.player(), (shown(room, qtbot), shaping.further.fold)
    assert fold.isHidden()
    slots, dim = player.latent.slots, player.latent.dim
    w, layer = player.latent_of(LatentRecipe()), player.layers()[0]
    weights = np.zeros((16, 16), np.float32)
    weights[2:6, 3:11] = 1
    far = np.full((slots, dim), 2, np.float32)
    moves = (
        Dragged.by(far[:2], ()), Iterated.by(far, (Towards(way="palette", strength=0.3),) * 2),
        Region.between(0, weights, w, w - far),
        Residual.of(np.ones((layer.channels, layer.height, layer.width), np.float16)),
    )  # fmt: skip
    room.editing.recall(LatentRecipe(moves=moves))
    rows, whole = shaping.further.rows, shown(room, qtbot)
    assert QApplication.activeWindow() is room  # no part of a row was a window for a moment
    said = [(each.title.text(), each.facts.text()) for each in rows.values()]
    assert said[1:3] == [
        ("Iterated", "Towards a palette · latent offset"),
        ("Part laid in", "8 × 4 pixels at 3, 2 · masked blend"),
    ]
    seen = [whole]
    for each in rows.values():  # at no strength a row stays, to be pulled up again
        qtbot.keyClick(each.share.slider, Qt.Key.Key_Home)
        seen.append(shown(room, qtbot))
    assert len(rows) == 4
    assert (len(set(seen)), seen[-1]) == (5, plain)
    qtbot.mouseDClick(rows["region", 0].share.slider, Qt.MouseButton.LeftButton)
    assert shown(room, qtbot) not in seen
    for _ in range(5):
        studio.undo.undo()
    assert shown(room, qtbot) == whole
    rows["dragged", 0].cross.setFocus()
    qtbot.keyClick(rows["dragged", 0].cross, Qt.Key.Key_Delete)
    assert ("dragged", 0) not in rows
    assert not isinstance(room.window().focusWidget(), QAbstractSpinBox)
    click(rows["iterated", 0].cross, qtbot)
    assert [move.name for move in room.editing.recipe().moves] == ["region", "residual"]
    click(fold.back, qtbot)
    assert shown(room, qtbot) == plain
    assert fold.isHidden()
    studio.undo.undo()
    assert list(rows) == [("region", 0), ("residual", 0)]


def test_a_model_has_sections_only_for_what_it_can_do(
    room: GenerationRoom, shaping: Shaping, studio, qtbot
) -> None:
    assert not any(fold.isHidden() for fold in shaping.folds.values())
    room.open_run(next(run.name for run in runs.runs(studio.project) if run.family == "vae"))
    qtbot.waitUntil(lambda: room.session.model.labels == (), timeout=WAIT)
    opened(room, qtbot)
    there = [name for name, fold in shaping.folds.items() if not fold.isHidden()]
    assert there == ["bend", "model_mix"]
    plain = shown(room, qtbot)
    click(shaping.bend.add, qtbot)
    assert shown(room, qtbot) != plain


def test_another_model_draws_the_fine_layers(
    room: GenerationRoom, shaping: Shaping, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, panel = shown(room, qtbot), shaping.model_mix
    qtbot.waitUntil(lambda: panel.model.count() == 3, timeout=WAIT)
    assert not panel.cut.isEnabled()
    qtbot.keyClick(panel.model, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: room.editing.recipe().only(ModelMix) is not None, timeout=WAIT)
    assert (panel.cut.slider.minimum(), panel.cut.number.maximum()) == (0, 16)
    mixed = shown(room, qtbot)
    assert mixed != plain
    assert panel.bars.shares[0] < panel.bars.shares[-1]
    qtbot.keyClick(panel.share.slider, Qt.Key.Key_Home)
    assert shown(room, qtbot) == plain
    assert not any(panel.bars.shares)
    qtbot.keyClick(panel.share.slider, Qt.Key.Key_End)
    kept = room.editing.recipe()
    qtbot.keyClick(panel.model, Qt.Key.Key_Down)  # the one that is built otherwise
    said = room.studio.notices.history
    qtbot.waitUntil(lambda: any("built otherwise" in each.sentence for each in said), timeout=WAIT)
    assert room.editing.recipe() == kept
    assert panel.model.currentIndex() == 1
    click(shaping.folds["model_mix"].back, qtbot)
    assert shown(room, qtbot) == plain
    assert panel.model.currentText() == "none"


def test_the_words_follow_the_language(room: GenerationRoom, shaping: Shaping) -> None:
    i18n.set_language("zh_CN")
    room.retranslate()
    assert shaping.folds["bend"].head.text() == "弯曲层"
    assert shaping.bend.name.text().startswith("第 0 层 · 4 × 4")
