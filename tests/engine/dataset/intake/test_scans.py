"""Every page of a scan as a picture, where it is asked for; what is none is said."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from studio.engine.dataset.decoding import decode, tiff_pages
from studio.engine.dataset.decoding.tiff_pages import Page
from studio.engine.dataset.index import store
from studio.engine.dataset.intake import relink
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.project import Project
from tests.engine.dataset.conftest import noise
from tests.verbs.support import done


def scan(path: Path, kinds: tuple[int, ...] = (0, 1, 0, 4, 0), **options: object) -> Path:
    """A page for each NewSubfileType, page n of the noise n."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pages = [noise(number, (64, 48)) for number in range(1, len(kinds) + 1)]
    for page, kind in zip(pages, kinds, strict=True):
        tags = ImageFileDirectory_v2()
        tags[254] = kind
        page.encoderinfo = {"tiffinfo": tags}
    pages[0].save(path, save_all=True, append_images=pages[1:], **options)
    return path


def taken(project: Project, *sources: Path, pages: bool | None = None):
    *_, last = import_sources(project, list(sources), workers=1, pages=pages)
    return last


@pytest.mark.parametrize("options", [{}, {"big_tiff": True}])
def test_pages_are_told_from_smaller_copies_and_masks(tmp_path: Path, options: dict) -> None:
    with scan(tmp_path / "a.tif", **options).open("rb") as stream:
        found = tiff_pages.pages_in(stream)
    assert found == [
        Page(1), Page(2, is_reduced=True), Page(3), Page(4, is_mask=True), Page(5),
    ]  # fmt: skip


def test_pages_become_pictures_and_what_was_decided_stays(project: Project, tmp_path: Path) -> None:
    folder = scan(tmp_path / "in" / "scan.tif").parent
    before = taken(project, folder)
    assert (before.found, before.findings) == (1, {"animated": 1})
    (first,) = store.items(project, before.dataset.id)
    store.set_rating(project, [first.id], 4)
    done = taken(project, folder, pages=True)
    assert (done.found, done.usable, done.findings) == (3, 3, {})
    assert {(one.kind, one.count) for one in done.left_out} == {("reduced", 1), ("mask", 1)}
    items = store.items(project, done.dataset.id)
    assert [item.name for item in items] == ["scan.tif", "scan-p003.tif", "scan-p005.tif"]
    assert (items[0].id, items[0].rating) == (first.id, 4)
    for item, number in zip(items, (1, 3, 5), strict=True):
        shown = np.asarray(decode.read_picture(item))
        assert np.array_equal(shown, np.asarray(noise(number, (64, 48))))
        assert decode.read_thumbnail(project, item, 32).is_file()
    again = taken(project, folder)  # what a dataset takes it goes on taking
    assert [item.id for item in store.items(project, again.dataset.id)] == [i.id for i in items]
    moved = folder.rename(tmp_path / "elsewhere")
    assert relink.relink(project, moved) == 1
    items = store.items(project, done.dataset.id)
    assert {item.path for item in items} == {moved / "scan.tif"}
    assert all(item.usable for item in items)


def test_a_scan_that_is_cut_gives_the_pages_it_has(project: Project, tmp_path: Path) -> None:
    whole = scan(tmp_path / "in" / "cut.tif", (0, 0, 0)).read_bytes()
    (tmp_path / "in" / "cut.tif").write_bytes(whole[: len(whole) * 2 // 3])
    (tmp_path / "in" / "text.tif").write_text("no picture at all")
    # A list of pages that leads back to its beginning.
    ring = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<HI", 0, 8)
    (tmp_path / "in" / "ring.tif").write_bytes(ring)
    scan(tmp_path / "in" / "good.tif", (0, 0))
    done = taken(project, tmp_path / "in", pages=True)
    assert done.usable >= 3
    assert {Path(file).name for file, _ in done.rejected} >= {"text.tif", "ring.tif"}


def test_the_command_takes_pages(tmp_path: Path) -> None:
    scan(tmp_path / "in" / "scan.tif", (0, 0))
    Image.new("RGB", (8, 8), "red").save(tmp_path / "in" / "a.png")
    said = done("import", tmp_path / "P", tmp_path / "in", "--pages")
    assert (said["found"], said["kinds"]) == (3, {".png": 1, ".tif": 2})


def test_pages_of_a_scan_in_an_archive_are_those_of_one_in_a_folder(
    project: Project, tmp_path: Path
) -> None:
    file = scan(tmp_path / "in" / "deep" / "scan.TIF")
    with zipfile.ZipFile(tmp_path / "scans.zip", "w") as packed:
        packed.write(file, "deep/scan.TIF")
        packed.writestr("torn.tif", file.read_bytes()[:100])
    first = taken(project, tmp_path / "scans.zip")
    assert (first.found, first.usable) == (2, 1)
    done = taken(project, tmp_path / "scans.zip", pages=True)
    assert {(one.kind, one.count) for one in done.left_out} == {("reduced", 1), ("mask", 1)}
    assert done.usable == 3
    items = [item for item in store.items(project, done.dataset.id) if item.usable]
    assert [item.member for item in items] == [
        "deep/scan.TIF", "deep/scan.TIF/page 3", "deep/scan.TIF/page 5",
    ]  # fmt: skip
    for item, number in zip(items, (1, 3, 5), strict=True):
        shown = np.asarray(decode.read_picture(item))
        assert np.array_equal(shown, np.asarray(noise(number, (64, 48))))
    # Moved, they are known again, each with what was decided of it.
    store.set_rating(project, [items[1].id], 5)
    (tmp_path / "scans.zip").rename(tmp_path / "moved.zip")
    moved = [tmp_path / "moved.zip"]
    *_, again = import_sources(project, moved, done.dataset.name, workers=1)
    rated = [item for item in store.items(project, again.dataset.id) if item.rating == 5]
    assert [(item.id, item.path.name) for item in rated] == [(items[1].id, "moved.zip")]
