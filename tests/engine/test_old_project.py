"""A project that version b1d9e7a made opens, plays, trains on and leaves as it did then."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from studio.engine.dataset.index import store
from studio.engine.events import Done
from studio.engine.export.handover import export_pieces
from studio.engine.export.recall import recall
from studio.engine.files import sha256_file
from studio.engine.generation.beginnings import unpack_latent
from studio.engine.generation.directions import catalogue
from studio.engine.generation.directions.principal_components import PrincipalComponents
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from studio.engine.training.session.loop import train
from tests.fixtures.old_project import OldProject, unpack

# Elsewhere the last bits of a float may fall otherwise; then pictures differ by a step or two.
NEARLY = 2
NEAR = 1e-3


@pytest.fixture
def old(tmp_path: Path) -> Iterator[OldProject]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield unpack(tmp_path / "old")
    torch.set_num_threads(before)


@pytest.fixture
def project(old: OldProject) -> Iterator[Project]:
    with Project.open(old.folder) as opened:
        yield opened


def player_of(project: Project, run: str) -> Player:
    saved = checkpoint.load_latest(project.runs / run)
    assert saved is not None
    player = Player.open(saved.folder, "cpu")
    catalogue.find(player, PrincipalComponents())
    return player


def test_everything_in_it_is_there(project: Project, old: OldProject) -> None:
    (patterns,) = store.datasets(project)
    counts = store.counts(project, patterns.id)
    assert (counts["found"], counts["usable"], counts["included"]) == (18, 17, 15)
    assert counts["findings"] == {
        "broken": 1, "duplicate": 1, "flat": 1, "no_training": 1, "tiny": 17,
    }  # fmt: skip
    items = {item.name: item for item in store.items(project, patterns.id)}
    assert items["05.png"].crop == (0.1, 0.1, 0.9, 0.9)
    assert items["07.png"].hidden
    assert items["02.png"].caption == "a dark pattern, squares"
    assert items["03.png"].caption == "a bright pattern"
    assert items["04.png"].rights == {"author": "Somebody else"}
    assert {item.label for item in items.values()} == {"bright", "dark"}
    assert [run.name for run in runs.runs(project)] == [
        old.expected["run"], old.expected["labelled"],
    ]  # fmt: skip
    kept = {piece.name: piece for piece in pieces.pieces(project)}
    assert len(kept) == 15
    assert [step["op"] for step in kept["truncated"].stack] == ["exposure", "sharpen", "resize"]
    assert kept["truncated"].rights == {"creator": "Ada", "rights": "CC BY 4.0"}
    assert {piece.review for piece in kept.values()} == {"approved", "look", "rejected"}


def test_every_piece_is_rendered_to_the_picture_that_was_kept(project: Project) -> None:
    for piece in pieces.pieces(project):
        stored = pieces.stored(piece)
        assert np.array_equal(pieces.render(project, piece), stored), piece.name
        other = 255 - stored
        pieces.save_png(other, piece.file)  # by another hand
        made = pieces.render(project, piece)
        assert np.abs(made.astype(int) - stored.astype(int)).max() <= NEARLY, piece.name
        piece.file.unlink()
        assert np.array_equal(pieces.render(project, piece), made), piece.name


def test_a_run_goes_on_as_it_would_have_gone_on_then(project: Project, old: OldProject) -> None:
    if not old.same_build:
        pytest.skip("the tensors of the fixture were made with another build of PyTorch or a CPU")
    run = project.runs / old.expected["run"]
    *_, last = train(
        run, project.folder, lambda: None, resume=True, total_images=old.expected["images"]
    )
    assert isinstance(last, Done), last
    saved = checkpoint.load_latest(run)
    assert saved is not None
    found = {
        f"{file}/{name}": hashlib.sha256(
            tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes()
        ).hexdigest()
        for file in (checkpoint.MODEL, checkpoint.TRAINING)
        for name, tensor in load_file(saved.folder / file).items()
    }
    assert found == old.expected["resumed"]


@pytest.mark.parametrize("format_name", ["png", "jpeg", "tiff", "webp"])
def test_it_exports_the_same_bytes(
    format_name: str, project: Project, old: OldProject, tmp_path: Path
) -> None:
    if not old.same_libraries:
        pytest.skip("the files of the fixture were made with other builds of the libraries")
    wanted = [piece for piece in pieces.pieces(project) if piece.review == "approved"]
    made = export_pieces(project, wanted, format_name, {}, tmp_path / "out")
    found = {f"{format_name}/{each.path.name}": sha256_file(each.path) for each in made}
    stored = old.expected["exports"]
    assert found == {name: sha for name, sha in stored.items() if name.startswith(format_name)}


def test_every_file_that_was_exported_is_known_again(project: Project, old: OldProject) -> None:
    files = sorted(path for path in old.exports.rglob("*") if path.is_file())
    assert len(files) == len(old.expected["exports"]) == 4 * 13
    kept = {piece.name: piece for piece in pieces.pieces(project)}
    for file in files:
        found = recall(project, file)
        assert found is not None, file
        assert found.folder is not None, file
        assert found.recipe == kept[file.stem].recipe, file


def test_every_recipe_of_it_leads_where_it_led(project: Project, old: OldProject) -> None:
    players = {name: player_of(project, old.expected[name]) for name in ("run", "labelled")}
    for piece in pieces.pieces(project):
        player = next(p for p in players.values() if p.sha256 == piece.checkpoint_sha256)
        shape = (player.latent.slots, player.latent.dim)
        assert piece.recipe.point is not None
        led = unpack_latent(piece.recipe.point, shape)
        settled = player.settled(piece.recipe)
        assert np.abs(player.latent_of(settled) - led).max() <= NEAR, piece.name
        # It was dropped, its seed was changed in vain, and it was kept: only its point is true.
        assert (settled.seed is None) == (piece.name == "came back")
        assert settled.moves == (() if settled.seed is None else piece.recipe.moves)
