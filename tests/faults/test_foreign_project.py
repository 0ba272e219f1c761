"""A project that somebody else made: what it says of files stays inside it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.intake.importer import import_sources
from studio.engine.dataset.preparation.prepare import Prepared, prepare
from studio.engine.door import NotAFileError, OutsideError, inside, opened, read_bytes
from studio.engine.errors import StudioError
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.training.planning import removed_runs, runs
from studio.engine.training.record import checkpoint
from tests.verbs.support import call

RUN = "INSERT INTO run (name, family, created, status) VALUES (?, 'vae', '2026', 'finished')"
PIECE = (
    "INSERT INTO piece (name, created, run_name, checkpoint_sha256, recipe, file) "
    "VALUES (?, '2026', 'good', '', '{\"seed\": 1}', ?)"
)
NOT_NAMES = ["../../victim", "..", ".", "", "a/b", "a\\b", "/etc", "C:x", "x:stream", "nul.txt"]


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A folder outside the project, with a title and checkpoints of its own."""
    folder = tmp_path / "victim"
    for number in range(1, 9):
        (folder / "checkpoints" / f"{number:06}").mkdir(parents=True)
    (folder / "title.txt").write_text("hers", "utf-8")
    Image.new("RGB", (8, 8), "red").save(folder / "picture.png")
    return folder


@pytest.fixture
def folder(tmp_path: Path, victim: Path) -> Path:
    """A project whose index has one good run and piece, and ones that lead to the victim."""
    place = tmp_path / "in" / "project"
    with Project.open(place, create=True) as project:
        project.write(RUN, ("good",))
        project.write(RUN, ("../../../victim",))
        project.write(PIECE, ("mine", "mine.png"))
        project.write(PIECE, ("theirs", "../../../victim/picture.png"))
        (project.runs / "good").mkdir()
        Image.new("RGB", (8, 8), "blue").save(project.pieces / "mine.png")
    return place


def whole(folder: Path) -> list[tuple[str, bytes]]:
    return sorted(
        (str(path), path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*")
    )


@pytest.mark.parametrize("name", NOT_NAMES)
def test_only_a_name_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutsideError, match="is not a name"):
        inside(tmp_path, name)


def test_a_link_on_the_way_is_refused_at_every_step(tmp_path: Path, victim: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").symlink_to(victim, target_is_directory=True)
    with pytest.raises(OutsideError, match="is a link"):
        inside(tmp_path, "a", "b", "checkpoints")
    assert inside(tmp_path, "a", "not there yet").name == "not there yet"


@pytest.mark.parametrize("verb", [("remove",), ("rename", "Mine now")], ids=["remove", "rename"])
def test_a_run_that_lies_elsewhere_is_neither_removed_nor_renamed(
    folder: Path, victim: Path, verb: tuple[str, ...]
) -> None:
    before = whole(victim)
    said = call("runs", verb[0], folder, "../../../victim", *verb[1:])
    assert said.code == 1
    assert "is not a name" in said.err
    assert whole(victim) == before


def test_one_bad_run_and_piece_cost_themselves_and_are_told(folder: Path) -> None:
    with Project.open(folder) as project:
        project.write(PIECE, ("torn", "torn.png"))
        project.write("UPDATE piece SET recipe = '{' WHERE name = 'torn'")
        project.write("UPDATE piece SET stack = '3' WHERE name = 'mine'")
        assert [run.name for run in runs.runs(project)] == ["good"]
        assert [piece.name for piece in pieces.pieces(project)] == ["mine"]
        assert len(project.unreadable) == 3
        with pytest.raises(StudioError, match="damaged: torn"):
            pieces.piece(project, "torn")
        with pytest.raises(OutsideError):
            pieces.piece(project, "theirs")


@pytest.mark.parametrize("linked", ["cache", "cache/removed-runs", "cache/prepared"])
def test_a_linked_cache_leads_to_no_deletion_outside(
    folder: Path, victim: Path, linked: str
) -> None:
    (folder / linked).parent.mkdir(exist_ok=True)
    if (folder / linked).is_dir():
        (folder / linked).rmdir()
    (victim / "good").mkdir()
    (folder / linked).symlink_to(victim, target_is_directory=True)
    before = whole(victim)
    with Project.open(folder) as project:
        if linked != "cache/prepared":
            with pytest.raises(OutsideError, match="is a link"):
                removed_runs.purge(project)
            with pytest.raises(OutsideError, match="is a link"):
                removed_runs.remove(project, "good", with_pieces=True)
        with pytest.raises(StudioError):
            prepare(project, 1, (8, 8))
    assert whole(victim) == before


def test_checkpoints_of_a_linked_folder_are_none(folder: Path, victim: Path) -> None:
    run = folder / "runs" / "good"
    (run / "checkpoints").symlink_to(victim / "checkpoints", target_is_directory=True)
    before = whole(victim)
    assert checkpoint.folders(run) == []
    checkpoint.keep_last(run, 1)
    with pytest.raises(OutsideError):
        checkpoint.save(run, {}, {}, {})
    assert whole(victim) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(NotAFileError, match="ordinary"):
            opened(path)
    (tmp_path / "link").symlink_to("/dev/zero")
    for links in (False, True):
        with pytest.raises(NotAFileError):
            opened(tmp_path / "link", links=links)


def test_no_more_is_read_than_is_meant(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(bytes(11))
    assert len(read_bytes(tmp_path / "long", most=11)) == 11
    with pytest.raises(OSError, match="large"):
        read_bytes(tmp_path / "long", most=10)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A project with six noisy pictures."""
    source = tmp_path / "pictures"
    source.mkdir()
    for number in range(6):
        noise = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(noise).save(source / f"{number}.png")
    with Project.open(tmp_path / "project", create=True) as project:
        for _ in import_sources(project, [source], "set", workers=1):
            pass
    return tmp_path / "project"


def test_a_prepared_set_of_zeros_is_made_again(pictures: Path) -> None:
    with Project.open(pictures) as project:
        first = prepare(project, 1, (16, 16))
        pixels, fingerprint = np.array(first.images), first.fingerprint
        path = first.folder / "images.npy"
        del first
        data = path.read_bytes()
        path.write_bytes(data[:128] + bytes(len(data) - 128))
        with pytest.raises(StudioError, match="gone or damaged"):
            Prepared.load(path.parent)
        again = prepare(project, 1, (16, 16))
        assert again.fingerprint == fingerprint
        assert np.array_equal(again.images, pixels)
