"""What the artist keeps stays: its picture, its recipe, and every word said about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe

Play = Callable[..., Player]
RunOf = Callable[[str], str]


@pytest.fixture
def kept(trained: Project, play: Play, run_of: RunOf) -> Piece:
    """One piece of the VAE."""
    return pieces.keep(trained, run_of("vae"), play(), LatentRecipe(seed=4, truncation_psi=0.7))


def reopened(project: Project) -> Project:
    project.close()
    return Project.open(project.folder)


def stray_files(project: Project) -> set[str]:
    return {path.name for path in (project.folder / "pieces").iterdir()}


@pytest.mark.parametrize("family", ["autoencoder", "vae", "gan"])
def test_a_piece_is_rendered_again_byte_for_byte(
    family: str, trained: Project, play: Play, run_of: RunOf
) -> None:
    player = play(family)
    recipe = LatentRecipe(seed=2, seed_b=8, mix=0.3, truncation_psi=0.9, noise_seed=5)
    wanted = player.picture(recipe)
    made = pieces.keep(trained, run_of(family), player, recipe)
    with reopened(trained) as project:
        again = pieces.piece(project, made.name)
        assert again == made
        assert pieces.render(project, again).tobytes() == wanted.tobytes()
        assert pieces.stored(again).tobytes() == wanted.tobytes()
        with Image.open(again.file) as opened:
            assert np.array_equal(np.asarray(opened), wanted)


def test_edits_survive_although_their_directions_do_not(
    trained: Project, play: Play, run_of: RunOf
) -> None:
    player = play()
    vector = np.ones((player.latent.slots, player.latent.dim), np.float32)
    player.directions.number([Direction("pca", vector, 1.0)])
    recipe = LatentRecipe(seed=2, edits={"0": 1.25})
    wanted = player.picture(recipe)
    made = pieces.keep(trained, run_of("vae"), player, recipe)
    assert made.recipe.edits == {0: 1.25}
    assert pieces.render(trained, made, play()).tobytes() == wanted.tobytes()


def test_later_training_does_not_change_a_piece(
    trained: Project, kept: Piece, play: Play, run_of: RunOf
) -> None:
    wanted = pieces.stored(kept)
    run_folder = trained.runs / run_of("vae")
    first = play().folder
    for number in range(checkpoint.KEPT + 1):
        later = run_folder / "checkpoints" / f"{int(first.name) + number + 1:06d}"
        shutil.copytree(first, later)
        (later / checkpoint.PINNED).unlink()
    checkpoint.keep_last(run_folder)
    assert first in checkpoint.folders(run_folder)
    found = pieces.checkpoint_of(trained, kept)
    assert found is not None
    assert checkpoint.verify(found).sha256 == kept.checkpoint_sha256
    # A player of another model is not used for it.
    assert pieces.render(trained, kept, play("gan")).tobytes() == wanted.tobytes()


@pytest.mark.parametrize("loss", ["checkpoints", "run", "model"])
def test_without_its_model_the_stored_picture_serves(
    loss: str, trained: Project, kept: Piece, play: Play
) -> None:
    wanted = play().picture(kept.recipe)
    run_folder = trained.runs / kept.run_name
    if loss == "model":
        for folder in checkpoint.folders(run_folder):
            (folder / checkpoint.MODEL).write_bytes(b"damaged")
    else:
        shutil.rmtree(run_folder if loss == "run" else run_folder / "checkpoints")
    assert pieces.checkpoint_of(trained, kept) is None
    assert pieces.render(trained, kept).tobytes() == wanted.tobytes()


@pytest.mark.parametrize("damage", ["gone", "cut", "other", "header"])
def test_without_model_and_picture_there_is_one_sentence(
    damage: str, trained: Project, kept: Piece
) -> None:
    shutil.rmtree(trained.runs / kept.run_name)
    data = kept.file.read_bytes()
    if damage == "gone":
        kept.file.unlink()
    elif damage == "header":
        kept.file.write_bytes(data[:20] + b"\xff" + data[21:])
    else:
        kept.file.write_bytes(data[:-60] if damage == "cut" else b"no picture")
    with pytest.raises(StudioError, match=r"The piece piece-001 cannot be shown") as caught:
        pieces.render(trained, kept)
    assert str(kept.file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_said_of_a_piece_stays_said(trained: Project, kept: Piece) -> None:
    stack = [{"op": "crop", "enabled": False, "params": {"left": 0.25, "名": "花"}}]
    pieces.set_stack(trained, kept.id, stack)
    pieces.set_rating(trained, kept.id, 5)
    pieces.set_review(trained, kept.id, "approved")
    pieces.set_rights(trained, kept.id, "Ада Ж.", "© 2026")
    pieces.rename(trained, kept.id, "  Vase / 花瓶  ")
    with reopened(trained) as project:
        (again,) = pieces.pieces(project)
        assert again.stack == stack
        assert again.rating == 5
        assert again.review == "approved"
        assert again.rights == {"creator": "Ада Ж.", "rights": "© 2026"}
        assert again.name == "Vase / 花瓶"
        assert pieces.piece(project, "Vase / 花瓶") == again
        assert (again.recipe, again.file, again.created) == (kept.recipe, kept.file, kept.created)
        pieces.set_rights(project, kept.id)
        pieces.set_stack(project, kept.id, [])
        again = pieces.piece(project, kept.id)
        assert (again.rights, again.stack) == ({}, [])


def test_a_new_piece_has_nothing_said_of_it(kept: Piece) -> None:
    assert (kept.stack, kept.rating, kept.rights) == ([], 0, {})
    assert kept.review in ("new", "look")
    assert kept.recipe.point is not None


def test_a_picture_that_copies_a_training_picture_waits_for_the_eye(
    trained: Project, play: Play, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of("vae")
    prepared = runs.pictures_of(trained.folder, Recipe.load(trained.runs / run))
    copied = np.array(prepared.images[prepared.train[2]])
    player = play()
    monkeypatch.setattr(player, "picture_of", lambda w, noise_seed=0: copied)
    assert pieces.keep(trained, run, player, LatentRecipe()).review == "look"
    noise = np.random.default_rng(5).integers(0, 256, copied.shape, np.uint8)
    monkeypatch.setattr(player, "picture_of", lambda w, noise_seed=0: noise)
    assert pieces.keep(trained, run, player, LatentRecipe()).review == "new"


def test_without_training_pictures_nothing_is_compared(
    trained: Project, play: Play, run_of: RunOf
) -> None:
    run_folder = trained.runs / run_of("vae")
    Recipe.load(run_folder).model_copy(update={"fingerprint": "0" * 64}).save(run_folder)
    assert pieces.keep(trained, run_of("vae"), play(), LatentRecipe()).review == "new"


# ---------------------------------------------------------------------- names


def test_names_are_free_and_files_are_never_taken_over(
    trained: Project, play: Play, run_of: RunOf
) -> None:
    (trained.pieces / "piece-002.png").write_bytes(b"somebody's")
    made = [pieces.keep(trained, run_of("vae"), play(), LatentRecipe(seed=s)) for s in range(3)]
    assert [each.name for each in made] == ["piece-001", "piece-003", "piece-004"]
    pieces.rename(trained, made[0].id, "piece-005")
    assert pieces.keep(trained, run_of("vae"), play(), LatentRecipe()).name == "piece-006"
    assert (trained.pieces / "piece-002.png").read_bytes() == b"somebody's"


def test_a_piece_is_found_by_name_before_number(trained: Project, kept: Piece) -> None:
    assert pieces.piece(trained, kept.id).name == "piece-001"
    assert pieces.piece(trained, str(kept.id)) == kept
    with pytest.raises(StudioError, match=r"There is no piece 'vase' .* Known: piece-001\."):
        pieces.piece(trained, "vase")
    with pytest.raises(StudioError, match="There is no piece 77"):
        pieces.piece(trained, "77")


@pytest.mark.parametrize("number", [10**30, "9" * 30, "٣" * 25, "9" * 5000])
def test_a_number_that_no_index_holds_is_no_piece(number: int | str, trained: Project) -> None:
    with pytest.raises(StudioError, match="There is no piece"):
        pieces.piece(trained, number)


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\x00b", "a\x7fb", "x" * 101, "\ud800"])
def test_a_wrong_name_gets_one_sentence(name: str, trained: Project, kept: Piece) -> None:
    with pytest.raises(UsageError, match="1 to 100 characters on one line"):
        pieces.rename(trained, kept.id, name)
    assert pieces.piece(trained, kept.id).name == "piece-001"


def test_no_two_pieces_have_one_name(
    trained: Project, kept: Piece, play: Play, run_of: RunOf
) -> None:
    other = pieces.keep(trained, run_of("vae"), play(), LatentRecipe(seed=9))
    with pytest.raises(UsageError, match="There is a piece called 'piece-001' already"):
        pieces.rename(trained, other.id, "piece-001")
    pieces.rename(trained, kept.id, "piece-001")  # its own


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("change", "value", "sentence"),
    [
        (pieces.set_rating, 6, "6 stars are not possible: give 0 to 5"),
        (pieces.set_rating, -1, "-1 stars are not possible"),
        (pieces.set_review, "good", "There is no review state 'good': use new, look, approved"),
        (pieces.set_review, "", "There is no review state ''"),
    ],
)
def test_a_wrong_value_gets_one_sentence(
    change: Callable[..., None], value: Any, sentence: str, trained: Project, kept: Piece
) -> None:
    with pytest.raises(UsageError, match=sentence):
        change(trained, kept.id, value)
    assert pieces.piece(trained, kept.id) == kept


@pytest.mark.parametrize(
    ("change", "value"),
    [
        (pieces.set_rating, 3), (pieces.set_review, "approved"), (pieces.set_stack, []),
        (pieces.set_rights, "Ada"), (pieces.rename, "b"),
    ],
)  # fmt: skip
def test_a_piece_that_is_not_there_gets_one_sentence(
    change: Callable[..., None], value: Any, trained: Project
) -> None:
    with pytest.raises(StudioError, match=r"There is no piece 5 .* Known: none yet"):
        change(trained, 5, value)


def test_a_project_that_cannot_be_written_keeps_nothing(
    trained: Project, play: Play, run_of: RunOf
) -> None:
    with Project.open(trained.folder) as second:
        assert second.read_only_reason
        with pytest.raises(ReadOnlyError):
            pieces.keep(second, run_of("vae"), play(), LatentRecipe())
    assert not (trained.folder / "pieces").exists() or not stray_files(trained)


def test_a_full_disk_leaves_no_picture_that_no_piece_knows(
    trained: Project, kept: Piece, play: Play, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise StudioError("The disk is full.")

    monkeypatch.setattr(trained, "write", full)
    with pytest.raises(StudioError, match="The disk is full"):
        pieces.keep(trained, run_of("vae"), play(), LatentRecipe())
    assert stray_files(trained) == {kept.file.name}
    assert pieces.pieces(trained) == [kept]


def test_an_encoder_that_fails_leaves_nothing(
    trained: Project, kept: Piece, play: Play, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(pixels: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pieces, "save_png", half)
    with pytest.raises(StudioError, match=r"Could not write .*piece-002\.png: No space left"):
        pieces.keep(trained, run_of("vae"), play(), LatentRecipe())
    assert stray_files(trained) == {kept.file.name}


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_stored_picture_is_read_as_it_was(channels: int, kept: Piece, trained: Project) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (6, 5, channels), np.uint8)
    kept.file.unlink()
    pieces.save_png(pixels, kept.file)
    assert np.array_equal(pieces.stored(kept), pixels)
