"""A file follows its piece, unless somebody has painted on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.errors import StudioError
from studio.engine.export import live_links
from studio.engine.export.handover import export_pieces
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint

BRIGHTER = [{"op": "exposure", "params": {"exposure": 1.0}}]


@pytest.fixture
def kept(trained: Project) -> list[Piece]:
    run = next(each.name for each in runs.runs(trained) if each.family == "vae")
    newest = checkpoint.load_latest(trained.runs / run)
    assert newest is not None
    player = Player.open(newest.folder, "cpu")
    for seed in (1, 2):
        made = pieces.keep(trained, run, player, LatentRecipe(seed=seed))
        pieces.set_review(trained, made.id, "approved")
    return pieces.pieces(trained)


def send(project: Project, wanted: list[Piece], way: str, out: Path) -> list[Path]:
    made = export_pieces(project, wanted, way, {}, out)
    live_links.keep(project, wanted, way, {}, made)
    return [each.path for each in made]


def again(project: Project) -> list[Path]:
    return [
        each.path for number, change in live_links.changed(project).items()
        for each in live_links.send_again(project, number, change.link)
    ]  # fmt: skip


def test_a_file_follows_its_piece_in_its_place(
    trained: Project, kept: list[Piece], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "piece-001.png").write_bytes(b"of somebody else")
    (file,) = send(trained, kept[:1], "png", out)
    assert file.name == "piece-001-2.png"
    assert live_links.changed(trained) == {}
    with Image.open(file) as opened:
        before = np.asarray(opened, int)
    pieces.set_stack(trained, kept[0].id, BRIGHTER)
    pieces.set_stack(trained, kept[1].id, BRIGHTER)  # which was not sent
    assert again(trained) == [file]
    with Image.open(file) as opened:
        assert np.asarray(opened, int).mean() > before.mean() + 5
    assert (out / "piece-001.png").read_bytes() == b"of somebody else"
    assert again(trained) == []
    assert sorted(each.name for each in out.iterdir()) == ["piece-001-2.png", "piece-001.png"]


def test_collections_follow_too(trained: Project, kept: list[Piece], tmp_path: Path) -> None:
    files = send(trained, kept, "sprite-sheet", tmp_path / "out")
    pieces.set_stack(trained, kept[1].id, BRIGHTER)
    assert again(trained) == files
    send(trained, kept, "sprite-sheet", tmp_path / "out")
    assert len(live_links.links(trained)) == 2
    for number in live_links.links(trained):
        live_links.end(trained, number)
    pieces.set_stack(trained, kept[0].id, BRIGHTER)
    assert again(trained) == []


def test_what_was_painted_on_is_never_replaced(
    trained: Project, kept: list[Piece], tmp_path: Path
) -> None:
    (file,) = send(trained, kept[:1], "png", tmp_path / "out")
    pieces.set_stack(trained, kept[0].id, BRIGHTER)
    file.write_bytes(b"painted on")
    with pytest.raises(StudioError, match=r"was changed by another program since it was sent"):
        again(trained)
    assert file.read_bytes() == b"painted on"
    file.unlink()
    assert again(trained) == [file], "one that was deleted comes back"
    pieces.set_stack(trained, kept[0].id, [])
    shutil.rmtree(tmp_path / "out")
    with pytest.raises(StudioError, match=r"The folder .* is gone"):
        again(trained)
    assert not (tmp_path / "out").exists()


def test_links_that_another_machine_made_are_told_and_not_followed(
    trained: Project, kept: list[Piece], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project of a stranger could have any file of this machine written."""
    (file,) = send(trained, kept[:1], "png", tmp_path / "out")
    pieces.set_stack(trained, kept[0].id, BRIGHTER)
    file.unlink()
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("LATENT_STUDIO_HOME", str(tmp_path / "another machine"))
        assert (again(trained), live_links.strange(trained)) == ([], 1)
    sent = trained.query("SELECT sent FROM link")[0]["sent"]
    trained.write("UPDATE link SET sent = ?", (sent.replace("out", "in"),))
    assert (again(trained), live_links.strange(trained)) == ([], 1)
    trained.write("UPDATE link SET sent = ?", (sent,))
    assert (again(trained), live_links.strange(trained)) == ([file], 0)


def test_a_damaged_link_is_none(trained: Project, kept: list[Piece], tmp_path: Path) -> None:
    send(trained, kept[:1], "png", tmp_path / "out")
    trained.write("UPDATE link SET sent = ?", ('{"piece_ids": "x"}',))
    assert live_links.changed(trained) == {}
