"""The canvas, driven by real keys and clicks, with a tiny model that was really trained."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QGuiApplication, QImage

from studio.desktop import i18n
from studio.desktop.base import dragged_files
from studio.desktop.base.studio import Studio
from studio.desktop.generation import worker
from studio.desktop.generation.room import GenerationRoom
from studio.desktop.generation.tools import drag_out
from studio.engine import events
from studio.engine.dataset.intake import importer
from studio.engine.errors import StudioError
from studio.engine.export.file_origin import read_provenance
from studio.engine.export.handover import export_arrays, export_pieces
from studio.engine.export.recall import recall
from studio.engine.generation.directions import direction_file, notes
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.refinement.stack import Stack
from studio.engine.seeds import LARGEST_SEED
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from studio.engine.training.session import loop
from tests.desktop.generation.small_canvas import taken_out

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 20_000
TINY = {"latent_dim": 16, "top_width": 8, "width": 16, "batch_size": 4}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one run of a few steps at 16 pixels."""
    place = tmp_path_factory.mktemp("trained")
    pictures = place / "pictures"
    pictures.mkdir()
    generator = np.random.default_rng(3)
    for number in range(12):
        pixels = np.full((24, 24, 3), generator.integers(0, 256, 3), np.uint8)
        pixels[4:16, 4:16] = generator.integers(0, 256, 3)
        Image.fromarray(pixels).save(pictures / f"{number:02}.png")
    with Project.open(place / "Project", create=True) as project:
        for _ in importer.import_sources(project, [pictures], "Squares"):
            pass
        recipe = runs.create_run(
            project, "Squares", "vae", 16, 16, images=16, overrides=TINY, device="cpu"
        )
        folder = project.runs / recipe.run
        for event in loop.train(folder, project.folder, lambda: None, resume=False):
            assert not isinstance(event, events.Failed), event
    return place / "Project"


@pytest.fixture
def studio(
    qapp: object, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(worker, "SAMPLES", 400)
    shutil.copytree(trained, tmp_path / "Project")
    made = Studio()
    made.settings.device = "cpu"
    made.set_language("en")
    assert made.open_project(tmp_path / "Project")
    yield made
    made.close_project()
    i18n.set_language("en")


@pytest.fixture
def room(studio: Studio, qtbot) -> Iterator[GenerationRoom]:
    made = GenerationRoom(studio)
    qtbot.addWidget(made)
    for entry in studio.actions.all():
        if entry.room == "generation":
            made.addAction(entry.action)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.project_opened(studio.project)
    made.entered()
    qtbot.waitUntil(lambda: not made.view.image().isNull(), timeout=WAIT)
    qtbot.waitUntil(lambda: made.controls.search_bar.isHidden(), timeout=WAIT)
    qtbot.waitUntil(lambda: made.controls.rows[0].slider.isEnabled(), timeout=WAIT)
    yield made
    made.shutdown()


def pixels(room: GenerationRoom) -> bytes:
    """What the canvas shows, byte for byte."""
    image = room.view.image().convertToFormat(QImage.Format.Format_RGB888)
    return b"".join(
        bytes(image.constScanLine(y))[: image.width() * 3] for y in range(image.height())
    )


def settle(room: GenerationRoom, qtbot) -> bytes:
    """Wait until nothing is being drawn."""
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
    return pixels(room)


def test_a_model_opens_with_its_sheet_and_at_least_eight_directions(
    room: GenerationRoom, qtbot
) -> None:
    assert len(room.controls.rows) >= 8
    qtbot.waitUntil(lambda: room.side.sheet.ready() >= 15, timeout=WAIT)
    assert room.title.text() == "Seed 0 · ψ 1.00"
    assert room.view.image().width() == 16
    target = room.view.target()
    assert target.width() > room.width() * 0.4


def test_a_checkpoint_is_loaded_and_hashed_once_for_all_that_is_done_with_it(
    room: GenerationRoom, studio, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads, hashes = [], []
    load, hash_file = checkpoint.read_tensors, checkpoint.sha256_file
    monkeypatch.setattr(checkpoint, "read_tensors", lambda p: (loads.append(p), load(p))[1])
    monkeypatch.setattr(checkpoint, "sha256_file", lambda p: (hashes.append(p), hash_file(p))[1])
    folder = checkpoint.folders(room.session.model.folder)[-1]
    for path in folder.iterdir():
        os.utime(path, ns=(1, 1))  # what was written just now is hashed each time
    found = studio.project.cache / "directions"
    qtbot.waitUntil(lambda: any(found.glob("*.safetensors")), timeout=WAIT)
    settle(room, qtbot)
    for cached in found.iterdir():
        cached.unlink()
    room.project_closed()
    settle(room, qtbot)
    room.project_opened(studio.project)
    qtbot.waitUntil(lambda: room.session.model is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: any(found.glob("*.safetensors")), timeout=WAIT)
    with qtbot.waitSignal(room.session.kept, timeout=WAIT) as kept:
        qtbot.keyClick(room.view, Qt.Key.Key_Return)
    piece = kept.args[0]
    made = Player.open(pieces.checkpoint_of(studio.project, piece), "cpu").picture(piece.recipe)
    assert np.array_equal(made, pieces.stored(piece))
    assert loads == hashes == [folder / checkpoint.MODEL]


def test_a_slider_changes_the_picture_and_undo_brings_it_back(
    room: GenerationRoom, studio, qtbot
) -> None:
    before = settle(room, qtbot)
    slider = room.controls.rows[0].slider
    middle = slider.height() // 2
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, middle))
    for part in (0.6, 0.7, 0.8):
        qtbot.mouseMove(slider, QPoint(int(slider.width() * part), middle))
    end = QPoint(int(slider.width() * 0.9), middle)
    qtbot.mouseMove(slider, end)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=end)
    moved = settle(room, qtbot)
    assert moved != before
    assert studio.undo.count() == 1
    assert studio.undo.undoText().startswith("Direction 1 +2.")
    assert room.side.history.entries()[0].text == studio.undo.undoText()
    studio.undo.undo()
    assert slider.value() == 0
    assert settle(room, qtbot) == before
    studio.undo.redo()
    assert settle(room, qtbot) == moved
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton)
    assert settle(room, qtbot) == before


def test_keys_walk_the_seeds_and_enter_keeps(room: GenerationRoom, studio, qtbot) -> None:
    first = settle(room, qtbot)
    room.view.setFocus()
    qtbot.keyClick(room.view, Qt.Key.Key_Right)
    assert settle(room, qtbot) != first
    assert room.controls.seed.text() == "1"
    qtbot.keyClick(room.view, Qt.Key.Key_Left)
    assert settle(room, qtbot) == first
    qtbot.keyClick(room.view, Qt.Key.Key_R)
    assert room.editing.recipe().seed != 0
    settle(room, qtbot)
    with qtbot.waitSignal(room.session.kept, timeout=WAIT) as kept:
        qtbot.keyClick(room.view, Qt.Key.Key_Return)
    from studio.engine.pieces import pieces

    piece = pieces.piece(studio.project, kept.args[0].id)
    assert piece.recipe.seed == room.editing.recipe().seed
    stored = np.asarray(Image.open(piece.file).convert("RGB")).tobytes()
    assert stored == pixels(room)


def test_enter_in_the_seed_box_does_not_keep(room: GenerationRoom, qtbot) -> None:
    kept: list[int] = []
    room.session.kept.connect(lambda piece: kept.append(piece.id))
    room.controls.seed.setFocus()
    room.controls.seed.selectAll()
    qtbot.keyClicks(room.controls.seed, "88")
    qtbot.keyClick(room.controls.seed, Qt.Key.Key_Return)
    settle(room, qtbot)
    assert room.editing.recipe().seed == 88
    assert room.title.text() == "Seed 88 · ψ 1.00"
    assert kept == []


@pytest.fixture
def slow_keep(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Pieces are compared with the training pictures until this is set."""
    from studio.engine.pieces import pieces

    go, keep = threading.Event(), pieces.keep

    def compare(*arguments) -> pieces.Piece:
        assert go.wait(WAIT / 1000)
        return keep(*arguments)

    monkeypatch.setattr(pieces, "keep", compare)
    yield go
    go.set()


def test_the_canvas_goes_on_while_a_piece_is_being_made(room, studio, slow_keep, qtbot) -> None:
    from studio.engine.pieces import pieces

    before = settle(room, qtbot)
    kept: list[int] = []
    room.session.kept.connect(lambda piece: kept.append(piece.id))
    qtbot.keyClick(room.view, Qt.Key.Key_Return)
    assert room.note.text() == "Keeping…"
    qtbot.keyClick(room.view, Qt.Key.Key_BracketRight)
    qtbot.waitUntil(lambda: pixels(room) != before, timeout=WAIT)
    qtbot.keyClick(room.view, Qt.Key.Key_Return)
    assert kept == []
    slow_keep.set()
    qtbot.waitUntil(lambda: len(kept) == 2, timeout=WAIT)
    assert room.note.text() == ""
    assert [pieces.piece(studio.project, key).recipe.seed for key in kept] == [0, 1]


def test_closing_makes_the_pieces_that_wait(room, studio, slow_keep, qtbot) -> None:
    from studio.engine.pieces import pieces

    for _ in range(3):
        qtbot.keyClick(room.view, Qt.Key.Key_Return)
    threading.Timer(0.2, slow_keep.set).start()
    assert str(studio.jobs.unfinished.waiting) == "Keeping…"
    room.project_closed()
    assert len(pieces.pieces(studio.project)) == 3
    assert studio.jobs.unfinished is None


def kept(room: GenerationRoom) -> list[tuple[str, str, bool]]:
    """What the run keeps of directions: identity, name and star."""
    stored = direction_file.read(room.session.model.folder / notes.FILE)
    assert stored is not None
    return [(each.direction.key, each.more["name"], each.more["pinned"]) for each in stored]


def test_names_and_stars_can_be_undone(room: GenerationRoom, studio, qtbot) -> None:
    row = room.controls.rows[2]
    qtbot.mouseDClick(row.name, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(row.editor, "Height")
    qtbot.keyClick(row.editor, Qt.Key.Key_Return)
    qtbot.mouseClick(row.star, Qt.MouseButton.LeftButton)
    assert studio.undo.undoText() == "Keep a direction on top"
    studio.undo.undo()
    assert not row.star.isChecked()
    assert room.controls.order()[0] == 0
    studio.undo.undo()
    assert row.name.text() == "Direction 3"
    settle(room, qtbot)
    assert kept(room) == []
    studio.undo.redo()
    studio.undo.redo()
    assert (row.name.text(), room.controls.order()[0]) == ("Height", 2)
    settle(room, qtbot)
    assert kept(room) == [(row.line.key, "Height", True)]


def test_names_and_stars_of_directions_stay_with_the_run(
    room: GenerationRoom, studio, qtbot
) -> None:
    row = room.controls.rows[4]
    qtbot.mouseDClick(row.name, Qt.MouseButton.LeftButton)
    assert row.editor.isVisible()
    qtbot.keyClicks(row.editor, "Storeys")
    qtbot.keyClick(row.editor, Qt.Key.Key_Return)
    assert row.name.text() == "Storeys"
    qtbot.mouseClick(row.star, Qt.MouseButton.LeftButton)
    assert room.controls.order()[0] == 4
    settle(room, qtbot)
    assert kept(room) == [(row.line.key, "Storeys", True)]
    row.slider.setFocus()
    qtbot.keyClick(row.slider, Qt.Key.Key_F2)
    assert row.editor.isVisible()
    qtbot.keyClick(row.editor, Qt.Key.Key_Escape)
    assert row.name.text() == "Storeys"
    qtbot.keyClick(row.slider, Qt.Key.Key_Right)
    assert studio.undo.undoText() == "Storeys +0.1"


def test_truncation_blend_and_reset(room: GenerationRoom, qtbot) -> None:
    first = settle(room, qtbot)
    room.controls.psi.slider.setFocus()
    for _ in range(4):
        qtbot.keyClick(room.controls.psi.slider, Qt.Key.Key_PageDown)
    assert room.editing.recipe().beginning.truncation_psi == pytest.approx(0.4)
    calmer = settle(room, qtbot)
    assert calmer != first
    room.controls.mix.slider.setFocus()
    for _ in range(5):
        qtbot.keyClick(room.controls.mix.slider, Qt.Key.Key_PageUp)
    blend = room.editing.recipe().blend
    assert blend.mix == pytest.approx(0.5)
    assert blend.seed == 1
    assert settle(room, qtbot) != calmer
    qtbot.mouseClick(room.controls.reset, Qt.MouseButton.LeftButton)
    assert settle(room, qtbot) == first
    assert room.controls.psi.value() == 1.0


def test_the_history_goes_back_to_any_step(room: GenerationRoom, studio, qtbot) -> None:
    first = settle(room, qtbot)
    for seed in (5, 6, 7):
        room.editing.set_seed(seed)
    settle(room, qtbot)
    texts = [entry.text for entry in room.side.history.entries()]
    assert texts == ["Seed 7", "Seed 6", "Seed 5", "Seed 0"]
    room.side.history.choose(0)
    assert settle(room, qtbot) == first
    studio.undo.undo()
    assert room.editing.recipe().seed == 7
    for _ in range(3):
        studio.undo.undo()
    assert room.editing.recipe().seed == 0


def test_the_contact_sheet_chooses_and_shuffles(room: GenerationRoom, qtbot) -> None:
    sheet = room.side.sheet
    qtbot.waitUntil(lambda: sheet.ready() >= 15, timeout=WAIT)
    place = sheet.visualItemRect(sheet.item(4)).center()
    qtbot.mouseClick(sheet.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert room.editing.recipe().seed == 4
    before = sheet.seeds()
    qtbot.mouseClick(room.side.shuffle, Qt.MouseButton.LeftButton)
    assert sheet.seeds() != before
    qtbot.waitUntil(lambda: sheet.ready() >= 15, timeout=WAIT)


def test_a_newer_checkpoint_keeps_every_slider(room: GenerationRoom, studio, qtbot) -> None:
    model = room.session.model
    room.editing.set_direction(room.controls.rows[2].line.key, 1.5, "Direction 3")
    room.editing.set_seed(9)
    settle(room, qtbot)
    for event in loop.train(
        model.folder, studio.project.folder, lambda: None, resume=True, total_images=32
    ):
        assert not isinstance(event, events.Failed), event
    newest = checkpoint.load_latest(model.folder).folder
    recipe = room.editing.recipe()
    room.checkpoint_landed(model.run, str(newest))
    qtbot.waitUntil(lambda: room.session.model.checkpoint == newest.name, timeout=WAIT)
    qtbot.waitUntil(lambda: room.controls.search_bar.isHidden(), timeout=WAIT)
    settle(room, qtbot)
    assert room.editing.recipe() == recipe
    assert room.controls.rows[2].value() == pytest.approx(1.5)
    assert room.side.dot.on


def test_older_requests_are_dropped(room: GenerationRoom, qtbot) -> None:
    settle(room, qtbot)
    drawn: list[object] = []
    room.session.rendered.connect(lambda _image, recipe: drawn.append(recipe))
    for value in range(1, 60):
        room.editing.set_direction(room.controls.rows[0].line.key, value / 30, "Direction 1")
    settle(room, qtbot)
    assert drawn[-1] == room.editing.recipe()
    assert len(drawn) < 30


def drafts(room: GenerationRoom, monkeypatch: pytest.MonkeyPatch) -> list[threading.Event]:
    """As if the model were slow and had drafts: mid-grey ones. Whole pictures wait for an event,
    where there is one."""
    gates: list[threading.Event] = []
    whole = Player.picture

    def picture(player: Player, recipe: object) -> object:
        if gates:
            assert gates[0].wait(WAIT / 1000)
        return whole(player, recipe)

    monkeypatch.setattr(Player, "picture", picture)
    monkeypatch.setattr(Player, "draft", lambda *_: np.full((8, 8, 3), 128, np.uint8))
    monkeypatch.setattr(worker, "LONG", -1.0)
    return gates


def test_a_slow_model_shows_a_draft_first(room: GenerationRoom, qtbot, monkeypatch) -> None:
    before = settle(room, qtbot)
    gates = drafts(room, monkeypatch)
    gates.append(threading.Event())
    where = room.view.target()
    room.editing.set_direction(0, 2.0, "Direction 1")
    qtbot.waitUntil(lambda: room.session.is_draft, timeout=WAIT)
    assert set(pixels(room)) == {128}
    assert room.view.target() == where  # nothing moves or changes size
    copied = QGuiApplication.clipboard().image()
    qtbot.keyClick(room.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().image() == copied
    with pytest.raises(StudioError, match="still being drawn"):
        room.canvas.tools["drag_out"].writing()
    gates[0].set()
    shown = settle(room, qtbot)
    assert not room.session.is_draft
    assert shown != before
    assert set(shown) != {128}
    player = room.session._worker.player()
    assert shown == player.picture(room.editing.recipe()).tobytes()
    assert room.canvas.tools["drag_out"].writing() is not None


def test_what_leaves_has_the_recipe_of_its_own_picture(room: GenerationRoom, qtbot) -> None:
    """Also where the hand has gone on, and its picture is not there yet."""
    settle(room, qtbot)
    shown, before = room.editing.recipe(), room.view.image().copy()
    room.editing.set_seed(9)
    image, _model, recipe, _steps = room.canvas.tools["drag_out"].writing().args
    assert (image, recipe) == (before, shown)
    room.canvas.tools["compare"].button.setChecked(True)
    settle(room, qtbot)
    assert room.view.image() != before
    room.canvas.tools["compare"].back()
    settle(room, qtbot)
    assert room.editing.recipe() == shown
    assert room.view.image() == before, "A is the picture that was held"


def test_a_hand_that_never_rests_sees_drafts_and_no_stale_picture(
    room: GenerationRoom, qtbot, monkeypatch
) -> None:
    settle(room, qtbot)
    drafts(room, monkeypatch)
    seen: list[tuple[bool, float]] = []

    def note(_image: QImage, recipe: object) -> None:
        seen.append((room.session.is_draft, recipe.edits[0]))
        if len(seen) < 8 and room.session.is_draft:  # the hand has gone on by then
            room.editing.set_direction(0, 0.1 * (len(seen) + 1), "Direction 1")

    room.session.rendered.connect(note)
    room.editing.set_direction(0, 0.1, "Direction 1")
    settle(room, qtbot)
    assert [draft for draft, _ in seen] == [True] * 8 + [False]
    assert [sigma for _, sigma in seen] == sorted(sigma for _, sigma in seen)
    assert seen[-1][1] == seen[-2][1] == room.editing.recipe().edits[0]


def test_what_was_begun_is_shown_though_the_hand_has_gone_on(
    room: GenerationRoom, qtbot, monkeypatch
) -> None:
    settle(room, qtbot)
    begun, go, drawn, whole = threading.Event(), threading.Event(), [], Player.picture

    def slow(player: Player, recipe: object) -> object:
        begun.set()
        assert go.wait(WAIT / 1000)
        return whole(player, recipe)

    monkeypatch.setattr(Player, "picture", slow)
    room.session.rendered.connect(lambda _, recipe: drawn.append(recipe))
    room.editing.set_direction(0, 1.0, "Direction 1")
    first = room.editing.recipe()
    assert begun.wait(WAIT / 1000)
    for sigma in (1.1, 1.2, 1.3):
        room.editing.set_direction(0, sigma, "Direction 1")
    go.set()
    settle(room, qtbot)
    assert drawn == [first, room.editing.recipe()]


def test_copy_and_drag_hand_out_the_picture(
    room: GenerationRoom, studio, qtbot, monkeypatch
) -> None:
    shown = settle(room, qtbot)
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    qtbot.keyClick(room.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not clipboard.image().isNull(), timeout=WAIT)
    copied = clipboard.image().convertToFormat(QImage.Format.Format_RGB888)
    assert copied.size() == room.view.image().size()
    dragged: list[Path] = []

    def let_go(drag: QDrag, _action: object) -> Qt.DropAction:
        dragged.extend(Path(url.toLocalFile()) for url in drag.mimeData().urls())
        assert drag.mimeData().hasImage()
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", let_go)
    monkeypatch.setattr(dragged_files, "is_held", lambda: True)
    drag_over(room, qtbot)
    qtbot.waitUntil(lambda: bool(dragged), timeout=WAIT)
    (path,) = dragged
    assert path.name.endswith("-seed-0.png")
    assert np.asarray(Image.open(path).convert("RGB")).tobytes() == shown
    assert "trainedAlgorithmicMedia" in read_provenance(path)["digital_source_type"]
    room.canvas.close_tools()
    assert path.exists()  # a program may only have linked to it
    assert studio.project.folder / "dragged" in path.parents


def drag_over(room: GenerationRoom, qtbot) -> None:
    """From the middle of the picture, farther than a click trembles."""
    view, middle = room.view, room.view.target().center().toPoint()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    for step in (4, 30, 60):
        qtbot.mouseMove(view, middle + QPoint(step, 0))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 0))


def test_a_drag_never_waits_and_one_let_go_too_soon_leaves_nothing(
    room: GenerationRoom, studio, qtbot, monkeypatch
) -> None:
    settle(room, qtbot)
    go, posted = threading.Event(), []
    studio.notices.posted.connect(lambda notice: posted.append(notice.sentence))

    def slow(*arguments: object) -> object:
        assert threading.current_thread() is not threading.main_thread()
        assert go.wait(WAIT / 1000)
        return worker.write_file(*arguments)

    monkeypatch.setattr(drag_out, "write_file", slow)
    monkeypatch.setattr(QDrag, "exec", lambda *_: pytest.fail("nobody holds it"))
    drag_over(room, qtbot)
    drag_over(room, qtbot)  # a second one while the first is written
    assert len(studio.jobs.of("generation")) == 1
    go.set()
    qtbot.waitUntil(lambda: any("let go before" in each for each in posted), timeout=WAIT)
    assert not (studio.project.folder / "dragged").exists()


def test_a_file_that_comes_back_brings_its_recipe(
    room: GenerationRoom, studio, qtbot, tmp_path: Path
) -> None:
    room.editing.set_seed(41)
    room.editing.set_direction(room.controls.rows[2].line.key, 1.5, "Storeys")
    wanted = settle(room, qtbot)
    recipe = room.editing.recipe()
    path = taken_out(room, tmp_path / "out")
    kept = shutil.copy(path, tmp_path / "back.png")
    room.editing.reset()
    room.editing.set_seed(7)
    assert settle(room, qtbot) != wanted
    found = recall(studio.project, Path(kept))
    assert found is not None
    room.recall(found)
    qtbot.waitUntil(lambda: room.editing.recipe() == recipe, timeout=WAIT)
    qtbot.waitUntil(lambda: settle(room, qtbot) == wanted, timeout=WAIT)
    studio.undo.undo()
    assert room.editing.recipe().seed == 7


SHARPER = {"op": "sharpen", "params": {"amount": 0.7}}


def exported(room: GenerationRoom, studio: Studio, qtbot, folder: Path, stack=()) -> Path:
    """The picture on the canvas, kept as a piece, refined by `stack` and handed over."""
    with qtbot.waitSignal(room.session.kept, timeout=WAIT):
        qtbot.keyClick(room.view, Qt.Key.Key_Return)
    piece = pieces.pieces(studio.project)[-1]
    pieces.set_review(studio.project, piece.id, "approved")
    pieces.set_stack(studio.project, piece.id, Stack.lenient(stack).model_dump()["steps"])
    piece = pieces.piece(studio.project, piece.id)
    return export_pieces(studio.project, [piece], "png", {}, folder)[0].path


def test_a_piece_that_comes_back_can_be_changed(
    room: GenerationRoom, studio, qtbot, tmp_path: Path
) -> None:
    room.editing.set_seed(41)
    room.editing.set_psi(0.8)
    plain = settle(room, qtbot)
    room.editing.set_direction(room.controls.rows[2].line.key, 1.5, "Storeys")
    wanted, recipe = settle(room, qtbot), room.editing.recipe()
    back = exported(room, studio, qtbot, tmp_path)
    room.editing.reset()
    room.editing.set_seed(7)
    settle(room, qtbot)
    found = recall(studio.project, back)
    assert found is not None
    room.recall(found)
    qtbot.waitUntil(lambda: room.editing.recipe() == recipe, timeout=WAIT)
    assert settle(room, qtbot) == wanted
    assert (room.controls.seed.text(), room.controls.rows[2].value()) == ("41", 1.5)
    room.controls.rows[2].slider.setFocus()
    qtbot.keyClick(room.controls.rows[2].slider, Qt.Key.Key_Right)
    assert settle(room, qtbot) != wanted
    room.editing.set_direction(room.controls.rows[2].line.key, 0.0, "Storeys")
    assert settle(room, qtbot) == plain
    qtbot.mouseClick(room.controls.reset, Qt.MouseButton.LeftButton)
    bolder = settle(room, qtbot)
    assert bolder != plain
    qtbot.keyClick(room.view, Qt.Key.Key_Right)
    assert settle(room, qtbot) != bolder
    assert room.title.text() == "Seed 42 · ψ 1.00"


def test_a_piece_that_comes_back_is_kept_with_its_steps(
    room: GenerationRoom, studio, qtbot, tmp_path: Path
) -> None:
    room.editing.set_seed(41)
    settle(room, qtbot)
    back = exported(room, studio, qtbot, tmp_path, [SHARPER])
    room.editing.set_seed(7)
    settle(room, qtbot)
    found = recall(studio.project, back)
    assert found is not None
    room.recall(found)
    qtbot.waitUntil(lambda: room.editing.recipe().seed == 41, timeout=WAIT)
    qtbot.waitUntil(
        lambda: "refined in one step" in studio.notices.history[-1].sentence, timeout=WAIT
    )
    for seed, stack in ((41, [SHARPER]), (8, [])):
        room.editing.set_seed(seed)
        settle(room, qtbot)
        with qtbot.waitSignal(room.session.kept, timeout=WAIT) as kept:
            qtbot.keyClick(room.view, Qt.Key.Key_Return)
        (piece,) = kept.args
        assert [step["op"] for step in piece.stack] == [step["op"] for step in stack]
        assert not stack or piece.stack[0]["params"]["amount"] == 0.7


def test_a_point_without_a_seed_is_played_on_too(
    room: GenerationRoom, studio, qtbot, tmp_path: Path
) -> None:
    room.editing.set_seed(5)
    wanted = settle(room, qtbot)
    back = exported(room, studio, qtbot, tmp_path)
    said = read_provenance(back)["recipe"]
    said["latent"]["beginning"]["seed"] = 99  # as version b1d9e7a kept it, once it was dropped
    pixels = np.asarray(Image.open(back))
    (odd,) = export_arrays([("odd", pixels, said)], "png", {}, tmp_path)
    found = recall(studio.project, odd.path)
    assert found is not None
    room.recall(found)
    qtbot.waitUntil(lambda: room.editing.recipe().seed is None, timeout=WAIT)
    assert settle(room, qtbot) == wanted
    assert (room.title.text(), room.controls.seed.text()) == ("Point · ψ 1.00", "")
    room.editing.set_psi(0.5)
    calmer = settle(room, qtbot)
    assert calmer != wanted
    assert taken_out(room, tmp_path / "out").name.endswith("-point.png")
    qtbot.mouseClick(room.controls.reset, Qt.MouseButton.LeftButton)
    assert settle(room, qtbot) == wanted
    qtbot.keyClick(room.view, Qt.Key.Key_Right)
    assert room.editing.recipe().seed == 0
    assert settle(room, qtbot) != wanted


def test_large_seeds_are_typed_walked_and_blended(room: GenerationRoom, qtbot) -> None:
    small = settle(room, qtbot)
    large, box = (1 << 32) * 3, room.controls.seed
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, f"{large}")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert room.editing.recipe().seed == large
    assert settle(room, qtbot) != small
    qtbot.keyClick(room.view, Qt.Key.Key_Right)
    assert room.editing.recipe().seed == large + 1
    qtbot.keyClick(room.view, Qt.Key.Key_Left)
    assert (room.editing.recipe().seed, box.text()) == (large, str(large))
    other = room.controls.second
    other.setFocus()
    other.selectAll()
    qtbot.keyClicks(other, f"{LARGEST_SEED}9")  # one digit too many is not taken
    qtbot.keyClick(other, Qt.Key.Key_Return)
    assert room.editing.recipe().blend.seed == LARGEST_SEED
    room.editing.set_seed(LARGEST_SEED)
    qtbot.keyClick(room.view, Qt.Key.Key_Right)
    assert room.editing.recipe().seed == LARGEST_SEED
    room.sheet.lay_out(large)
    qtbot.waitUntil(lambda: room.sheet.is_drawn, timeout=WAIT)
    qtbot.mouseClick(
        room.side.sheet.viewport(), Qt.MouseButton.LeftButton,
        pos=room.side.sheet.visualItemRect(room.side.sheet.item(2)).center(),
    )  # fmt: skip
    assert room.editing.recipe().seed == large + 2


@pytest.mark.parametrize(
    "said", [{}, {"run": "no such run", "checkpoint_sha256": "", "latent": {}}]
)
def test_any_other_file_is_a_picture_to_import(studio, said: dict, tmp_path: Path) -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    made = export_arrays([("plain", pixels, said)], "png", {}, tmp_path)[0].path
    assert recall(studio.project, made) is None


def test_a_damaged_checkpoint_is_one_sentence(room: GenerationRoom, studio, qtbot) -> None:
    for folder in checkpoint.folders(room.session.model.folder):
        (folder / "model.safetensors").write_bytes(b"nothing")
    room.project_closed()
    room.project_opened(studio.project)
    qtbot.waitUntil(
        lambda: any(notice.kind == "error" for notice in studio.notices.history), timeout=WAIT
    )
    assert "checkpoint" in studio.notices.history[-1].sentence
    assert "Traceback" not in studio.notices.history[-1].sentence


def test_without_a_model_the_place_says_the_next_step(studio, qtbot, tmp_path: Path) -> None:
    Project.open(tmp_path / "Empty", create=True).close()
    studio.open_project(tmp_path / "Empty")
    made = GenerationRoom(studio)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.project_opened(studio.project)
    qtbot.waitUntil(lambda: not made.session.busy, timeout=WAIT)
    assert made.empty.isVisible()
    with qtbot.waitSignal(made.trainRequested):
        qtbot.mouseClick(made.empty.button, Qt.MouseButton.LeftButton)
    made.shutdown()


def test_every_control_has_a_name_and_a_tip_in_both_languages(room: GenerationRoom, studio) -> None:
    controls, side = room.controls, room.side
    every = [
        controls.seed, controls.second, controls.reset, controls.keep_button,
        controls.psi.slider, controls.mix.slider, side.model, side.sheet, side.shuffle,
        side.history, *(row.slider for row in controls.rows), *(row.star for row in controls.rows),
    ]  # fmt: skip
    for control in every:
        assert control.toolTip()
        assert control.accessibleName()
    studio.set_language("zh_CN")
    assert controls.keep_button.text() != "Keep ↵"
    assert controls.rows[0].name.text() != "Direction 1"
    assert side.history.entries()[-1].text == "种子 0"
    studio.set_language("en")
    assert controls.rows[0].name.text() == "Direction 1"
