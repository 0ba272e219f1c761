"""What is known about the real sets comes out of an import of them."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
import pytest

from studio.engine.dataset.decoding import pixels
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.dataset.index import store

pytestmark = [
    pytest.mark.needs_data,
    pytest.mark.filterwarnings("ignore::UserWarning"),  # Pillow about its own test files
]


def manifest(archive):
    with zipfile.ZipFile(archive) as packed, packed.open("manifest.csv") as stream:
        return {row["file"]: row for row in csv.DictReader(io.TextIOWrapper(stream, "utf-8"))}


@pytest.mark.parametrize(
    ("name", "pictures", "copies", "captions"),
    [("openmoji_128", 1907, 34, 1907), ("country_flags_1000", 255, 16, 255)],
)
def test_copies_and_captions(project, data, take_in, name, pictures, copies, captions):
    done = take_in(data / f"{name}.zip")
    assert (done.found, done.usable, done.rejected) == (pictures, pictures, [])
    assert done.findings["duplicate"] == copies
    items = store.items(project, done.dataset.id)
    assert sum(bool(item.caption) for item in items) == captions
    assert {item.label for item in items} == {""}
    # 6 icons and 5 flags (one of them is written on) are taken for lettering.
    assert done.findings.get("text_heavy", 0) <= 8


def test_facades_are_not_taken_for_lettering(data, take_in):
    assert "text_heavy" not in take_in(data / "cmp_facades_photos.zip").findings


def test_all_orientations_are_upright(project, data, take_in):
    done = take_in(data / "exif_orientation.zip")
    items = {item.name: item for item in store.items(project, done.dataset.id)}
    assert len(items) == 18
    for shape in ("Landscape", "Portrait"):
        plain = items[f"{shape}_1.jpg"]
        expected = np.asarray(read_picture(plain).resize((48, 48)), np.int16)
        for number in range(9):
            item = items[f"{shape}_{number}.jpg"]
            picture = read_picture(item)
            assert picture.size == (item.width, item.height) == (plain.width, plain.height)
            # The pictures carry their number as a caption, so they differ in a few cells.
            found = np.asarray(picture.resize((48, 48)), np.int16)
            assert np.abs(found - expected).mean() < 12


@pytest.mark.parametrize(("name", "files"), [("pngsuite", 175), ("tough_images", 345)])
def test_manifests(project, data, take_in, name, files):
    archive = data / f"{name}.zip"
    rows = manifest(archive)
    assert len(rows) == files
    done = take_in(archive)
    items = {item.member: item for item in store.items(project, done.dataset.id)}
    rejected = {file.removeprefix(f"{archive}/") for file, _ in done.rejected}
    # The manifest says what Pillow alone reads; a HEIC picture needs the extra `formats` as well.
    more = {"avif/hopper.heif"} if "HEIF" in pixels.formats() else set()
    wrong = [
        file
        for file, row in rows.items()
        if (file in items and items[file].usable) != (row["result"] == "ok" or file in more)
    ]
    assert wrong == []
    assert rejected == {file for file, item in items.items() if not item.usable}
    assert not any("ended the decoding process" in reason for _, reason in done.rejected)
    for file, item in items.items():
        row = rows[file]
        if not item.usable or file in more:
            continue
        size = [int(row["width"]), int(row["height"])]
        turned = item.facts.get("orientation", 1) >= 5 and item.format != "TIFF"
        size = size[::-1] if turned else size  # the manifest has TIFF upright already
        assert (item.format, item.mode) == (row["format"], row["mode"]), file
        assert [item.width, item.height] == size, file
        if row["frames"].isdigit() and item.format not in ("MPO", "PSD"):
            pages = 1 if "with_overviews" in file else int(row["frames"])  # the rest are previews
            assert item.facts.get("frames", 1) == pages, file
        picture = read_picture(item)
        assert picture.size == (item.width, item.height), file
        assert {"L": 1, "RGB": 3, "RGBA": 4}[picture.mode] == item.channels, file
