"""A folder as it really is: what is not hers is not taken, and what is not taken is said."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from studio.engine.dataset.index import left_out, store
from studio.engine.dataset.intake import system_files
from studio.engine.dataset.papers import report

BESIDE = [
    "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", ".@__thumb/s800a.jpg", "#recycle/old.jpg",
    "@Recycle/old.jpg", "$RECYCLE.BIN/S-1-5/$RAB12.jpg", ".Trash-1000/files/old.jpg",
    ".thumbnails/1.jpg", "__MACOSX/._a.jpg", ".trashed-1774607641-IMG_9.jpg",
    ".pending-1774607641-IMG_8.jpg", "._a.jpg", "MVI_1.THM", "a.png~", "b.png.crdownload",
    ".stversions/a~2024.jpg", ".picasaoriginals/a.jpg", "AlbumArtSmall.jpg", ".hidden.jpg",
    ".cache/1.jpg",
]  # fmt: skip


def labels(project, done) -> set[str]:
    return {item.label for item in store.items(project, done.dataset.id)}


@pytest.mark.parametrize("way", ["folder", "archive"])
def test_what_programs_put_beside_her_pictures_is_not_hers(project, draw, take_in, tmp_path, way):
    root = tmp_path / "set"
    for number in range(3):
        draw(root / f"a{number}.jpg", number)
    for number, name in enumerate(BESIDE, 10):
        draw(root / name, number, format="JPEG")
    (root / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    if way == "archive":
        with zipfile.ZipFile(tmp_path / "set.zip", "w") as packed:
            for file in sorted(root.rglob("*")):
                if file.is_file():
                    packed.write(file, file.relative_to(tmp_path))
        root = tmp_path / "set.zip"
    done = take_in(root)
    assert (done.found, done.usable, done.rejected) == (3, 3, [])
    assert labels(project, done) == {""}
    counts = {kind.kind: kind.count for kind in done.left_out}
    # On the disk a folder is one thing; in an archive every file of it is.
    assert counts == {"deleted": 7, "version": 3, "hidden": 2}


def test_a_picture_that_is_chosen_by_itself_is_taken_whatever_its_name(take_in, draw, tmp_path):
    assert take_in(draw(tmp_path / ".trashed-1-a.jpg")).usable == 1


def test_every_kind_that_is_not_read_is_counted_with_its_reason(project, take_in, draw, tmp_path):
    root = tmp_path / "work"
    draw(root / "a.png")
    files = ["render.exr", "photo.jxl", "photo2.JXL", "sky.hdr", "icon.svg", "old.rar", "notes"]
    for name in files:
        (root / name).write_bytes(b"\x01 something else \x02")
    with zipfile.ZipFile(root / "cut.zip", "w") as packed:
        packed.write(root / "a.png", "a.png")
    whole = (root / "cut.zip").read_bytes()
    (root / "cut.zip").write_bytes(whole[:-40])
    done = take_in(root)
    counts = {kind.kind: (kind.count, str(kind.reason)) for kind in done.left_out}
    assert counts == {
        ".jxl": (2, "JPEG XL is not read: save it as PNG or TIFF."),
        ".exr": (1, "OpenEXR is not read: save it as PNG or TIFF."),
        ".hdr": (1, "Radiance HDR is not read: save it as PNG or TIFF."),
        ".svg": (1, "SVG is not read: save it as PNG or TIFF."),
        ".rar": (1, "An archive of this kind is not opened: unpack it and import the folder."),
        "-": (1, "No picture that can be read."),
    }
    assert [(Path(file).name, reason) for file, reason in done.rejected] == [
        ("cut.zip", "The archive is cut off before its end: copy or download it again.")
    ]
    # It is kept: the report of another day says it, and so does one of a second source.
    draw(tmp_path / "more" / "b.png", 5)
    (tmp_path / "more" / "c.exr").write_bytes(b"v/1\x01")
    take_in(tmp_path / "more", name="work")
    kept = {kind.kind: kind.count for kind in left_out.of(project, done.dataset.id)}
    assert kept == {".exr": 2, ".jxl": 2, ".hdr": 1, ".svg": 1, ".rar": 1, "-": 1}
    said = report.write(project, done.dataset, tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text())["left_out"] == said["left_out"]
    report.write(project, done.dataset, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "OpenEXR is not read: save it as PNG or TIFF." in page
    assert "render.exr" in page
    # What is gone by the next import is no longer said.
    for name in files:
        (root / name).unlink()
    assert take_in(root).left_out == []
    assert [kind.kind for kind in left_out.of(project, done.dataset.id)] == [".exr"]


def test_a_folder_without_a_picture_says_what_is_in_it(take_in, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "render.exr").write_bytes(b"v/1\x01")
    with pytest.raises(Exception, match=r"OpenEXR is not read: save it as PNG or TIFF"):
        take_in(tmp_path / "in")


def test_side_files_that_gave_words_are_not_left_out(take_in, draw, tmp_path):
    root = tmp_path / "set"
    for number, name in enumerate(["a.txt", "b.png.txt", "c.caption"]):
        draw(root / f"{name[0]}.png", number)
        (root / name).write_text("words")
    draw(root / "d.png", 9)
    (root / "d.json").write_text('{"shapes": []}')  # of an annotation tool
    (root / "alone.txt").write_text("whose?")
    shutil.copy(root / "a.txt", root / "empty.txt")
    done = take_in(root)
    assert {kind.kind: kind.count for kind in done.left_out} == {".txt": 2, ".json": 1}


def test_ordinary_names_are_taken():
    names = ["a.png", "IMG_1.JPG", "trash.png", "a b.png", "part.png", "~a.png", "$a.png", "@a.png"]
    assert not any(map(system_files.of_file, names))
    folders = ["images", "Recycled paper", "trash", "@home", "v1.0", "lost", "a.b"]
    assert not any(map(system_files.of_folder, folders))
