"""Pieces become files: their pixels, their stack, their recipe, and only with the artist's word."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from studio.engine.artwork import to_pixels
from studio.engine.errors import StudioError, UsageError
from studio.engine.evaluation.nearest_picture import Nearest, NearestPicture
from studio.engine.export import ledger
from studio.engine.export.file_origin import read_provenance
from studio.engine.export.handover import Taken, export_pieces
from studio.engine.export.recall import _steps, recall
from studio.engine.files import sha256_file
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.pieces.review import Review
from studio.engine.project import Project
from studio.engine.refinement.enlarger import card as cards
from studio.engine.refinement.masks import picture
from studio.engine.refinement.proxy import Proxy
from studio.engine.refinement.stack import Stack, apply
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from tests.engine.export.readers import by_qt
from tests.engine.refinement.enlarger.test_enlarged import about, network

Keep = Callable[..., Piece]


@pytest.fixture
def run_name(trained: Project) -> str:
    return next(run.name for run in runs.runs(trained) if run.family == "vae")


@pytest.fixture
def player(trained: Project, run_name: str) -> Player:
    newest = checkpoint.load_latest(trained.runs / run_name)
    assert newest is not None
    return Player.open(newest.folder, "cpu")


@pytest.fixture
def keep(trained: Project, run_name: str, player: Player) -> Keep:
    """Make an approved piece of a seed."""

    def make(seed: int = 0, **values: Any) -> Piece:
        made = pieces.keep(trained, run_name, player, LatentRecipe(seed=seed, **values))
        pieces.set_review(trained, made.id, "approved")
        return pieces.piece(trained, made.id)

    return make


@pytest.mark.parametrize("format_name", ["png", "tiff"])
def test_a_piece_leaves_with_its_pixels_and_its_recipe(
    format_name: str, trained: Project, player: Player, keep: Keep, tmp_path: Path
) -> None:
    piece = keep(5, truncation_psi=0.8)
    (made,) = export_pieces(
        trained, [piece], format_name, {}, tmp_path / "out", creator="Ada", rights="CC BY"
    )
    wanted = player.picture(piece.recipe)
    assert np.array_equal(by_qt(made.path, 3), wanted)
    assert made.sha256 == sha256_file(made.path)
    assert made.piece_id == piece.id
    found = read_provenance(made.path)
    assert (found["creator"], found["rights"], found["title"]) == ("Ada", "CC BY", piece.name)
    assert found["verified"] is True
    assert found["recipe"]["checkpoint_sha256"] == piece.checkpoint_sha256
    assert found["recipe"] == made.provenance["recipe"]
    again = LatentRecipe.model_validate(found["recipe"]["latent"])
    assert player.picture(again).tobytes() == wanted.tobytes()


def test_the_refine_stack_is_applied(trained: Project, keep: Keep, tmp_path: Path) -> None:
    piece = keep()
    steps = [{"op": "crop", "enabled": True, "params": {"left": 0.5}}]
    pieces.set_stack(trained, piece.id, steps)
    piece = pieces.piece(trained, piece.id)
    (made,) = export_pieces(trained, [piece], "png", {}, tmp_path)
    wanted = apply(Stack.checked({"steps": steps}), pieces.render(trained, piece))
    assert np.array_equal(by_qt(made.path, 3), wanted)
    assert read_provenance(made.path)["recipe"]["stack"] == steps


def test_exports_are_remembered(trained: Project, keep: Keep, tmp_path: Path) -> None:
    wanted = [keep(0), keep(1)]
    made = export_pieces(trained, wanted, "webp", {"lossless": True}, tmp_path / "out")
    noted = ledger.entries(trained)
    assert [(e.piece_id, e.path, e.format, e.sha256) for e in noted] == [
        (each.piece_id, each.path, "webp", each.sha256) for each in made
    ]


def test_the_same_again_is_another_file_and_both_are_remembered(
    trained: Project, keep: Keep, tmp_path: Path
) -> None:
    piece = keep()
    first, second = (export_pieces(trained, [piece], "png", {}, tmp_path)[0] for _ in range(2))
    assert second.path == first.path.with_name(f"{piece.name}-2.png")
    assert (first.renamed, second.renamed) == (False, True)
    assert np.array_equal(by_qt(first.path, 3), by_qt(second.path, 3))
    assert [entry.path for entry in ledger.entries(trained)] == [first.path, second.path]


def test_a_file_is_replaced_by_its_piece_when_that_is_asked_for(
    trained: Project, keep: Keep, tmp_path: Path
) -> None:
    pieces_ = [keep(0), keep(1)]
    target = tmp_path / f"{pieces_[1].name}.png"
    target.write_bytes(b"of last week")
    made = export_pieces(trained, pieces_, "png", {}, tmp_path, taken=Taken.REPLACE)
    assert made[1].path == target
    assert np.array_equal(by_qt(target, 3), pieces.render(trained, pieces_[1]))
    assert ledger.entries(trained)[-1].sha256 == sha256_file(target)


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("breaks", ["second file", "ledger", "folder"])
def test_all_files_are_replaced_or_none(
    breaks: str,
    links: bool,
    trained: Project,
    keep: Keep,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = keep(), keep()
    old = [tmp_path / f"{piece.name}.png" for piece in (first, second)]
    old[1].write_bytes(b"hers")
    if breaks != "second file":
        old[0].write_bytes(b"hers too")
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.png")}
    if not links:
        monkeypatch.setattr(os, "link", lambda *_, **__: refuse())

    def refuse(*_: object) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    if breaks == "second file":
        real = Path.replace
        monkeypatch.setattr(
            Path,
            "replace",
            lambda path, to: (
                refuse() if to == old[1] and path.stat().st_size > 9 else real(path, to)
            ),
        )
    elif breaks == "folder":
        monkeypatch.setattr("studio.engine.export.delivery.fsync_folder", refuse)
    else:
        monkeypatch.setattr(ledger, "record", lambda *_: fail())

    def fail() -> None:
        raise StudioError("Could not write to project.sqlite: the disk is full.")

    with pytest.raises(StudioError, match="Could not write"):
        export_pieces(trained, [first, second], "png", {}, tmp_path, taken=Taken.REPLACE)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before


def test_what_the_project_needs_is_never_replaced(
    trained: Project, keep: Keep, tmp_path: Path
) -> None:
    piece = keep()
    original = tmp_path / f"{piece.name}.png"
    original.write_bytes(b"the only copy")
    trained.write("UPDATE item SET path = ? WHERE id = 1", (os.fsencode(original),))
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    before = piece.file.read_bytes()
    for folder in (tmp_path, tmp_path / "link", trained.pieces):
        with pytest.raises(StudioError, match="needs, and is not replaced: choose another folder"):
            export_pieces(trained, [piece], "png", {}, folder, taken=Taken.REPLACE)
    assert original.read_bytes() == b"the only copy"
    assert piece.file.read_bytes() == before
    assert ledger.entries(trained) == []
    made = export_pieces(trained, [piece], "png", {}, tmp_path, taken=Taken.NEXT)
    assert made[0].path.name == f"{piece.name}-2.png"


@pytest.mark.parametrize("way", ["folder link", "file link", "hard link", "link to it"])
def test_an_original_is_known_by_whatever_path_it_is_reached(
    way: str, trained: Project, keep: Keep, tmp_path: Path
) -> None:
    piece = keep()
    real, out = tmp_path / "real", tmp_path / "out"
    real.mkdir()
    out.mkdir()
    name = f"{piece.name}.png"
    original = real / (name if way in ("folder link", "file link") else "other.png")
    original.write_bytes(b"the only copy")
    item, folder = original, out
    if way == "folder link":
        (tmp_path / "link").symlink_to(real, target_is_directory=True)
        item, folder = tmp_path / "link" / name, real
    elif way == "file link":
        item, folder = tmp_path / "another.png", real
        item.symlink_to(original)
    elif way == "hard link":
        os.link(original, out / name)
    else:
        (out / name).symlink_to(original)
    trained.write("UPDATE item SET path = ? WHERE id = 1", (os.fsencode(item),))
    with pytest.raises(StudioError, match="needs, and is not replaced"):
        export_pieces(trained, [piece], "png", {}, folder, taken=Taken.REPLACE)
    assert original.read_bytes() == (folder / name).read_bytes() == b"the only copy"
    assert ledger.entries(trained) == []


def test_a_hard_link_to_a_kept_piece_is_not_replaced(
    trained: Project, keep: Keep, tmp_path: Path
) -> None:
    piece = keep()
    os.link(piece.file, tmp_path / f"{piece.name}.png")
    with pytest.raises(StudioError, match="needs, and is not replaced"):
        export_pieces(trained, [piece], "png", {}, tmp_path, taken=Taken.REPLACE)


def test_without_its_model_a_piece_leaves_as_it_was_kept(
    trained: Project, run_name: str, player: Player, keep: Keep, tmp_path: Path
) -> None:
    piece = keep(3)
    before = player.picture(piece.recipe)
    for folder in checkpoint.folders(trained.runs / run_name):
        (folder / checkpoint.MODEL).unlink()
    (made,) = export_pieces(trained, [piece], "png", {}, tmp_path)
    assert np.array_equal(by_qt(made.path, 3), before)


@pytest.mark.parametrize(
    ("review", "sentence"),
    [("look", "look at it and approve it first"), ("rejected", "was rejected: it is not exported")],
)
def test_only_what_the_artist_lets_pass_leaves(
    review: str, sentence: str, trained: Project, keep: Keep, tmp_path: Path
) -> None:
    good, other = keep(0), keep(1)
    pieces.set_review(trained, other.id, review)
    with pytest.raises(StudioError, match=sentence):
        export_pieces(trained, [good, pieces.piece(trained, other.id)], "png", {}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_stack_that_cannot_be_used_is_found_before_anything_is_written(
    trained: Project, keep: Keep, tmp_path: Path
) -> None:
    good, other = keep(0), keep(1)
    pieces.set_stack(trained, other.id, [{"op": "of-a-later-version"}])
    with pytest.raises(UsageError, match="of-a-later-version"):
        export_pieces(trained, [good, pieces.piece(trained, other.id)], "png", {}, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert ledger.entries(trained) == []


def test_what_was_written_stays_when_the_project_is_closed_meanwhile(
    trained: Project, keep: Keep, tmp_path: Path
) -> None:
    wanted = [keep(0), keep(1)]

    def close(done: int, _total: int) -> None:
        if done == 2:
            trained.close()

    made = export_pieces(trained, wanted, "png", {}, tmp_path / "out", progress=close)
    assert [each.path.is_file() for each in made] == [True, True]


def test_an_export_that_is_given_up_leaves_nothing(
    trained: Project, keep: Keep, tmp_path: Path
) -> None:
    wanted, written = [keep(0), keep(1)], tmp_path / "out"

    with pytest.raises(StudioError, match="stopped; nothing was written"):
        export_pieces(
            trained, wanted, "png", {}, written,
            cancelled=lambda: written.exists() and any(written.iterdir()),
        )  # fmt: skip
    assert not written.exists()
    assert ledger.entries(trained) == []


def test_a_piece_is_known_again_where_another_program_dropped_its_recipe(
    trained: Project, run_name: str, keep: Keep, tmp_path: Path
) -> None:
    piece, other = keep(5), keep(6)
    made = export_pieces(trained, [other, piece], "png", {}, tmp_path)[1]
    with Image.open(made.path) as opened:
        packet = opened.info["XML:com.adobe.xmp"]
        packet = re.sub("<latentstudio:.*</latentstudio:[A-Za-z0-9]+>", "", packet)  # as GIMP does
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet)
        opened.save(tmp_path / "back.png", pnginfo=info)
    assert "recipe" not in read_provenance(tmp_path / "back.png")
    found = recall(trained, tmp_path / "back.png")
    assert found is not None
    assert (found.run, found.recipe) == (run_name, piece.recipe)
    assert found.folder is not None
    trained.write("DELETE FROM piece WHERE id = ?", (piece.id,))
    assert recall(trained, tmp_path / "back.png") is None


def test_steps_come_back_with_a_file_but_none_that_names_a_file(
    trained: Project, keep: Keep, tmp_path: Path
) -> None:
    piece = keep(5)
    mine = Stack.checked({"steps": [{"op": "sharpen", "params": {"amount": 0.7}}]})
    pieces.set_stack(trained, piece.id, mine.model_dump(mode="json")["steps"])
    wanted = pieces.piece(trained, piece.id)
    path = export_pieces(trained, [wanted], "png", {}, tmp_path)[0].path
    found = recall(trained, path)
    assert found is not None
    assert list(found.stack) == wanted.stack

    secret = tmp_path / "secret.png"
    Image.new("RGB", (8, 8), "red").save(secret)
    named = {"op": "colour_transfer", "params": {"reference": str(secret)}}
    gone = {"op": "colour_transfer", "params": {"reference": str(tmp_path / "gone.png")}}
    odd: list[object] = [named, gone, {"op": "no such"}, 7, *wanted.stack]
    assert _steps(odd, trained) == (mine, 2)
    assert _steps({"steps": 1}, trained) == _steps(None, trained) == (Stack(), 0)


def test_a_mask_from_a_file_leaves_and_comes_back_with_its_group(
    trained: Project, keep: Keep, tmp_path: Path
) -> None:
    piece = keep(5)
    grey = np.zeros((8, 8), np.uint8)
    grey[:, :4] = 255
    Image.fromarray(grey).save(tmp_path / "left.png")
    name = picture.keep(trained.folder, tmp_path / "left.png")
    inner = {"op": "exposure", "params": {"exposure": -2.0}}
    mask: dict[str, Any] = {"kind": "picture", "params": {"picture": name}}
    group, last = {"name": "Dusk", "steps": [inner], "mask": mask}, {"op": "sharpen"}
    pieces.set_stack(trained, piece.id, [group, last])
    wanted = pieces.piece(trained, piece.id)
    made = export_pieces(trained, [wanted], "png", {}, tmp_path)[0].path
    stack, plain = Stack.lenient(wanted.stack), pieces.render(trained, piece)
    settled = stack.settled(trained.folder)
    bench = to_pixels(Proxy(plain, 4096).render(settled).image)
    assert np.array_equal(by_qt(made, 3), bench)
    assert np.array_equal(by_qt(made, 3), apply(settled, plain))
    found = recall(trained, made)
    assert found is not None
    assert (Stack.lenient(found.stack), found.steps, found.left_out) == (stack, 2, 0)
    for strange in (str(tmp_path / "left.png"), "../left.png", f"masks/../{name}"):
        mask["params"]["picture"] = strange
        assert _steps([group, last], trained) == (Stack.lenient([last]), 1)
    (trained.folder / name).unlink()
    found = recall(trained, made)
    assert found is not None
    assert (found.steps, found.left_out) == (1, 1)


def test_what_was_enlarged_is_compared_again_before_it_leaves(
    trained: Project, keep: Keep, run_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensors = {cards.FAITHFUL + n: v for n, v in network(seed=1).state_dict().items()}
    own = cards.keep(trained.runs / run_name, about(run=run_name, has_sharp=False), tensors)
    seen: list[tuple[int, ...]] = []

    def near(_: NearestPicture, pixels: Any) -> Nearest:
        seen.append(pixels.shape)
        return Nearest("vase.png", True)

    monkeypatch.setattr(NearestPicture, "of", near)
    piece = keep(5)
    pieces.set_review(trained, piece.id, Review.NEW)
    plain = pieces.piece(trained, piece.id)
    export_pieces(trained, [plain], "png", {}, tmp_path / "plain")
    assert not seen, "as it was kept it was compared then"
    with pytest.raises(StudioError) as caught:
        export_pieces(trained, [plain], "print-size", {}, tmp_path / "large")
    assert f"{piece.name} is, enlarged, nearer to the training picture vase.png" in str(
        caught.value
    )
    assert not list((tmp_path / "large").glob("*"))
    height, width = pieces.render(trained, piece).shape[:2]
    assert seen[0][:2] == (16 * height, 16 * width)
    pieces.set_review(trained, piece.id, Review.APPROVED)
    approved = pieces.piece(trained, piece.id)
    (made,) = export_pieces(trained, [approved], "print-size", {"dpi": 72}, tmp_path / "large")
    assert f"at {72} dpi" in str(made.finished.remarks[0])
    step = made.provenance["recipe"]["stack"][-1]["params"]
    assert step["enlarger"] == cards.in_project(run_name, own)
    assert max(by_qt(made.path, 3).shape) == min(round(20 / 2.54 * 72), 16 * max(height, width))
