"""Everything bad in one folder, and what looks at whole sets meeting hostile pictures."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.dataset.doctor import atlas, embedding, outliers
from studio.engine.dataset.index import regions, store
from studio.engine.dataset.intake import importer
from studio.engine.dataset.intake.importer import Finished, import_sources
from studio.engine.dataset.papers import about
from studio.engine.errors import StudioError
from studio.engine.project import Project
from tests.conftest import picture_sets


@pytest.fixture
def project(tmp_path: Path):
    with Project.open(tmp_path / "project", create=True) as opened:
        yield opened


def picture(path: Path, seed: int, size: tuple[int, int] = (40, 36), **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(path, **options)  # type: ignore[arg-type]
    return path


def imported(project: Project, *sources: Path, name: str | None = None) -> Finished:
    *_, done = import_sources(project, list(sources), name, workers=1)
    assert isinstance(done, Finished)
    return done


def bomb(path: Path) -> None:
    """A PNG whose header claims 30,000 by 30,000 pixels."""
    whole = picture(path, 1).read_bytes()
    header = bytearray(whole)
    header[16:24] = (30_000).to_bytes(4, "big") * 2
    header[29:33] = zlib.crc32(header[12:29]).to_bytes(4, "big")
    path.write_bytes(bytes(header))


@pytest.mark.skipif(sys.platform == "win32", reason="these are files of POSIX systems")
def test_one_folder_with_everything_bad_costs_only_the_bad(project, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    folder = tmp_path / "all"
    for number in range(6):
        picture(folder / f"good {number}.png", number)
    (folder / "loop").symlink_to(folder)
    (folder / "lost.png").symlink_to(folder / "nowhere.png")
    os.mkfifo(folder / "pipe.png")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("all/socket.png")
        (folder / "empty.png").touch()
        bomb(folder / "bomb.png")
        picture(folder / "icc.png", 7, icc_profile=os.urandom(500_000))
        (folder / "captions.csv").write_text("colour,weight\nred,3\n")
        (folder / "good 1.txt").write_bytes("ein grünes Haus".encode("utf-16"))
        picture(folder / "line\nbreak \u202egnp.png", 8)
        with zipfile.ZipFile(folder / "slip.zip", "w") as packed:
            packed.write(folder / "good 2.png", "../../outside.png")
            packed.write(folder / "icc.png", "inside.png")
        done = imported(project, folder)
    assert done.usable == 6 + 3  # with the odd profile, the odd name and the one in the archive
    told = {Path(file).name.split("/")[-1]: reason for file, reason in done.rejected}
    for name in ("loop", "lost.png", "pipe.png", "socket.png", "empty.png", "bomb.png"):
        assert told[name].endswith("."), name
    assert "captions.csv" in told
    assert any("outside.png" in file for file, _ in done.rejected)
    assert not list(tmp_path.glob("**/outside.png"))
    items = {item.name: item for item in store.items(project, done.dataset.id)}
    assert items["good 1.png"].caption == "ein grünes Haus"
    assert about.about(items["icc.png"]).profile == ""


@pytest.mark.parametrize("inner_first", [True, False])
def test_roots_that_contain_each_other_in_any_order(project, tmp_path, inner_first) -> None:
    picture(tmp_path / "set" / "inner" / "a.png", 1)
    picture(tmp_path / "set" / "b.png", 2)
    roots = [tmp_path / "set" / "inner", tmp_path / "set"]
    done = imported(project, *(roots if inner_first else roots[::-1]), name="set")
    assert (done.found, done.findings) == (2, {})
    again = imported(project, *roots, name="set")
    assert (again.found, again.findings) == (2, {})


def test_a_drive_that_fails_during_the_scan(project, tmp_path, monkeypatch) -> None:
    """As an unplugged one does: what was read stays, and nothing counts as deleted."""
    for number in range(12):
        picture(tmp_path / "drive" / f"{number // 4}" / f"{number}.png", number)
    first = imported(project, tmp_path / "drive", name="set")
    real = os.scandir

    def scan(place):
        if Path(os.fspath(place)).name == "1":
            raise OSError(5, "Input/output error")
        return real(place)

    monkeypatch.setattr(importer.Walk.__init__.__globals__["os"], "scandir", scan)
    done = imported(project, tmp_path / "drive", name="set")
    assert (done.found, done.usable) == (first.found, 12)
    assert any("Input/output error" in reason for _, reason in done.rejected)


def test_odd_shapes_have_scores_and_a_map(project, tmp_path) -> None:
    sizes = [(1, 1), (1, 300), (300, 1), (2, 2), (700, 3), (64, 64), (3, 4)]
    for number in range(28):
        picture(tmp_path / "odd" / f"{number}.png", number, sizes[number % len(sizes)])
    dataset = imported(project, tmp_path / "odd").dataset
    found = outliers.find(project, dataset.id)
    assert len(found.scores) == 28
    assert all(np.isfinite(score) for score in found.scores.values())
    assert np.isfinite(atlas.chart(project, dataset.id).places).all()


def test_a_folder_that_goes_while_its_pictures_are_compared(project, tmp_path, monkeypatch):
    folder = tmp_path / "set"
    for number in range(40):
        picture(folder / f"{number:02}.png", number)
    dataset = imported(project, folder).dataset
    monkeypatch.setattr(embedding, "_BATCH", 8)
    seen = []

    def progress(done: int, total: int) -> None:
        seen.append(done)
        if done >= 24 and folder.exists():
            shutil.rmtree(folder)

    found = outliers.find(project, dataset.id, progress=progress)
    assert 24 <= len(found.scores) < 40


@pytest.mark.needs_data
@pytest.mark.parametrize("name", ["tough_images", "exif_orientation"])
def test_hostile_pictures_tell_about_themselves_or_say_why_not(project, name) -> None:
    archive = picture_sets() / f"{name}.zip"
    if not archive.is_file():
        pytest.skip(f"the picture set {name} is not on this machine ({archive})")
    done = imported(project, archive)
    usable = [item for item in store.items(project, done.dataset.id) if item.usable]
    assert usable
    for item in usable[:: 3 if name == "tough_images" else 1]:
        try:
            found = about.about(item)
        except StudioError:
            continue  # named when it was read; a sentence is all there is to it
        assert found.tones.shape == (3, 256)
        for text in (found.camera, found.lens, found.exposure, found.taken, found.profile):
            assert text.isprintable()
        hidden = regions.covered(read_picture(item, (64, 64)), (regions.box(0.2, 0.2, 0.9, 0.8),))
        assert min(hidden.size) >= 1
