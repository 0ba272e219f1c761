"""Pieces that go and come back, and copies: nothing of the first is touched."""

from __future__ import annotations

import pytest

from studio.engine.errors import StudioError
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.pieces import pieces, removed_pieces
from studio.engine.project import Project


@pytest.fixture
def project(tmp_path):
    from PIL import Image

    with Project.open(tmp_path / "P", create=True) as made:
        Image.new("RGB", (8, 8), (10, 200, 90)).save(made.pieces / "piece-001.png")
        made.write(
            "INSERT INTO piece (name, created, run_name, checkpoint_sha256, recipe, stack, rating, "
            "file) VALUES ('One', '2026', 'run', 'abc', ?, '[{\"op\": \"sharpen\"}]', 4, "
            "'piece-001.png')",
            (LatentRecipe(seed=1).model_dump_json(exclude_none=True),),
        )
        made.write(
            "INSERT INTO export (piece_id, created, path, format, sha256) "
            "VALUES (1, '2026', '/x.png', 'png', 'def')"
        )
        yield made


def test_a_piece_comes_back_as_it_was(project) -> None:
    before = pieces.piece(project, 1)
    removed = removed_pieces.remove(project, 1)
    assert pieces.pieces(project) == []
    assert not before.file.exists()
    removed_pieces.restore(project, removed)
    assert pieces.piece(project, 1) == before
    assert before.file.is_file()
    assert project.query("SELECT piece_id FROM export")[0][0] == 1


def test_a_copy_is_another_piece_with_its_own_picture(project) -> None:
    made = removed_pieces.copy(project, 1)
    first = pieces.piece(project, 1)
    assert (made.name, made.stack, made.rating) == ("One (2)", first.stack, first.rating)
    assert made.file != first.file
    assert made.file.read_bytes() == first.file.read_bytes()
    assert removed_pieces.copy(project, 1).name == "One (3)"
    removed_pieces.remove(project, made.id)
    assert first.file.is_file()


def test_what_cannot_come_back_or_be_copied_is_one_sentence(project) -> None:
    removed = removed_pieces.remove(project, 1)
    removed_pieces.purge(project)
    with pytest.raises(StudioError, match="The piece One cannot come back"):
        removed_pieces.restore(project, removed)
    assert pieces.pieces(project) == []


def test_a_piece_without_its_picture_cannot_be_copied(project) -> None:
    pieces.piece(project, 1).file.unlink()
    with pytest.raises(StudioError, match="The piece One cannot be copied"):
        removed_pieces.copy(project, 1)
    assert len(pieces.pieces(project)) == 1
    removed_pieces.remove(project, 1)
    assert pieces.pieces(project) == []
