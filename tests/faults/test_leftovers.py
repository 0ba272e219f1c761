"""What killed work leaves half-made is gone at the next start."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from studio.engine.artwork import Artwork
from studio.engine.export.collections.base import Sheet
from studio.engine.export.delivery import Delivery, Written
from studio.engine.export.file_names import Parcel, Taken
from studio.engine.export.formats.base import format_of
from studio.engine.pieces.origin import Origin
from studio.engine.project import Project

PART = ".0123456789ab.part"
PLACES = [
    f"cache/prepared/{PART}", f"runs/{PART}", f"runs/a/checkpoints/{PART}", f"pieces/{PART}.png",
    f"frames/{PART}", "cache/.preflight-x1y2", f"runs/a/samples/{PART}.png", f"{PART}.json",
]  # fmt: skip
HERS = ["pieces/piece-009.png", "runs/a/.hidden", "runs/b.part/x", "pieces/.0123.part", "notes.txt"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Project.open(tmp_path, create=True) as project:
        project.write("INSERT INTO dataset (name, created) VALUES ('d', '2026')")
    return tmp_path


@pytest.mark.parametrize("place", PLACES)
def test_unfinished_work_is_gone_at_the_next_start(folder: Path, place: str) -> None:
    part = folder / place
    if part.suffix in (".png", ".json"):
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(b"half")
    else:
        part.mkdir(parents=True)
        (part / "images.npy").write_bytes(bytes(1000))
    with Project.open(folder) as project:
        assert not part.exists()
        part.parent.mkdir(exist_ok=True)
        part.mkdir()
        with Project.open(folder) as second:
            assert second.read_only_reason
            assert part.exists(), "somebody is at work there"
        project.close()


def test_what_is_hers_stays(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / PART).mkdir()
    (folder / "runs").mkdir(exist_ok=True)
    (folder / "runs" / "linked").symlink_to(outside, target_is_directory=True)
    (folder / "cache").symlink_to(outside, target_is_directory=True)
    for name in HERS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"hers")
    Project.open(folder).close()
    assert all((folder / name).read_bytes() == b"hers" for name in HERS)
    assert (outside / PART).is_dir()


@pytest.mark.parametrize("placed", [True, False])
def test_an_export_ends_what_a_killed_one_began(tmp_path: Path, placed: bool) -> None:
    import numpy as np

    (tmp_path / ".vase.png.1f2e3d.old").write_bytes(b"old")
    (tmp_path / ".other.png.1f2e3d.old").write_bytes(b"another's")
    if placed:
        (tmp_path / "vase.png").write_bytes(b"new")
    for name, age in ((f"{PART}.png", 7200), (".abcdefabcdef.part.png", 0)):
        (tmp_path / name).write_bytes(b"half")
        then = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (then, then))
    kind = format_of("png").from_mapping({})
    delivery = Delivery(tmp_path, [Parcel.of("vase", ".png")], Taken.REPLACE)

    def make(sheets: Sequence[Sheet]) -> Written:
        kind.write(Artwork.of(np.zeros((4, 4, 3), np.uint8)), Origin("vase"), sheets[0].path)
        return Written(Origin("vase"))

    with delivery.begun():
        assert (tmp_path / "vase.png").read_bytes() == (b"new" if placed else b"old")
        delivery.write(0, make)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"vase.png", ".other.png.1f2e3d.old", ".abcdefabcdef.part.png"}
