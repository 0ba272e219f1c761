"""Hostile zip archives: nothing is written outside the project, nothing swells without bound."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.decoding import archives
from studio.engine.dataset.decoding.archives import ArchiveError
from studio.engine.dataset.decoding.decode import read_picture, read_thumbnails
from studio.engine.dataset.index import store
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.errors import StudioError
from studio.engine.project import Project


@pytest.fixture
def project(tmp_path):
    with Project.open(tmp_path / "project", create=True) as opened:
        yield opened


def png(seed=0):
    values = np.random.default_rng(seed).integers(0, 256, (36, 40, 3), dtype=np.uint8)
    data = io.BytesIO()
    Image.fromarray(values).save(data, "PNG")
    return data.getvalue()


def packed(path, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def imported(project, *sources):
    *_, done = import_sources(project, list(sources), workers=1)
    return done


def everything_under(folder):
    return {str(path) for path in folder.rglob("*") if not path.is_dir()}


def test_names_that_climb_out_are_refused_and_write_nothing(project, tmp_path):
    names = ["../up.png", "/abs.png", "a/../../b.png", "C:\\win.png", "..\\back.png"]
    archive = packed(tmp_path / "slip.zip", [("good.png", png()), *((n, png(1)) for n in names)])
    before = everything_under(tmp_path)
    done = imported(project, archive)
    assert (done.found, done.usable) == (1, 1)
    assert [reason for _, reason in done.rejected] == [
        "Its name points outside the archive; it was not read."
    ] * len(names)
    new = everything_under(tmp_path) - before
    assert all(path.startswith(str(project.folder / "project.sqlite")) for path in new)


def test_links_and_encrypted_members_are_refused(project, tmp_path):
    path = packed(tmp_path / "a.zip", [("good.png", png()), ("locked.png", png(1))])
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag "encrypted" of the last entry in the directory
    path.write_bytes(data)
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("link.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    done = imported(project, path)
    reasons = {file.rpartition("/")[2]: reason for file, reason in done.rejected}
    assert done.usable == 1
    assert "encrypted" in reasons["locked.png"]
    assert "link" in reasons["link.png"]


def test_a_member_that_swells_is_not_inflated(project, tmp_path):
    archive = packed(tmp_path / "bomb.zip", [("good.png", png()), ("zero.bmp", bytes(64 << 20))])
    done = imported(project, archive)
    ((_, reason),) = done.rejected
    assert "zip bomb" in reason


def test_an_archive_that_swells_as_a_whole_is_not_opened(project, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_FREE_BYTES", 1 << 14)
    members = [(f"{number}.bmp", bytes(1 << 16)) for number in range(200)]
    packed(tmp_path / "in.zip", [("good.png", png()), *members])
    with pytest.raises(StudioError, match="zip bomb"):
        imported(project, tmp_path / "in.zip")


def test_a_header_that_lies_about_the_size_is_found_out(project, tmp_path):
    path = packed(tmp_path / "a.zip", [("good.png", png()), ("liar.png", png(1) + bytes(9000))])
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 50)  # claims to inflate to 50 bytes
    path.write_bytes(data)
    done = imported(project, path)
    ((_, reason),) = done.rejected
    assert "checksum" in reason
    with pytest.raises(ArchiveError, match="no longer holds"):
        archives.read_member(path, "nothing.png")


def test_counts_and_sizes_have_a_limit(project, tmp_path, monkeypatch):
    path = packed(tmp_path / "a.zip", [(f"{n}.png", png(n)) for n in range(4)])
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 100)
    with pytest.raises(StudioError, match="unpacks to more than"):
        imported(project, path)
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    with pytest.raises(StudioError, match="more than 3 files"):
        imported(project, path)


def test_the_same_name_twice_is_one_picture(project, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = packed(tmp_path / "a.zip", [("a.png", png(1)), ("a.png", png(2))])
    done = imported(project, path)
    assert done.found == 1
    assert "twice" in done.rejected[0][1]
    item = store.items(project, done.dataset.id)[0]
    with Image.open(io.BytesIO(png(2))) as second:
        assert np.array_equal(np.asarray(read_picture(item)), np.asarray(second))


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_cut_archive_is_one_sentence(project, tmp_path, cut):
    path = packed(tmp_path / "a.zip", [(f"{n}.png", png(n)) for n in range(5)])
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(StudioError, match=r"picture in .*a\.zip"):
        imported(project, path)
    assert store.datasets(project) == []


def test_damage_inside_an_archive_costs_one_picture(project, tmp_path):
    path = packed(tmp_path / "a.zip", [(f"{n}.png", png(n)) for n in range(5)])
    data = bytearray(path.read_bytes())
    at = data.index(b"2.png") + 200
    data[at : at + 20] = bytes(20)
    path.write_bytes(data)
    done = imported(project, path)
    assert (done.found, done.usable) == (5, 4)
    assert done.rejected[0][0].endswith("a.zip/2.png")


def test_archives_in_folders_are_opened_and_archives_in_archives_are_not(project, tmp_path):
    inner = packed(tmp_path / "inner.zip", [("x.png", png(1))])
    folder = tmp_path / "in"
    folder.mkdir()
    packed(folder / "outer.zip", [("y.png", png(2)), ("inner.zip", inner.read_bytes())])
    (folder / "letter.docx").write_bytes(inner.read_bytes())
    done = imported(project, folder)
    assert [item.name for item in store.items(project, done.dataset.id)] == ["y.png"]
    assert [reason for _, reason in done.rejected] == [
        "An archive inside an archive is not opened."
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_way_of_packing_is_read_from_many_threads(project, tmp_path, method):
    path = packed(tmp_path / "a.zip", [(f"{n}.png", png(n)) for n in range(20)], method)
    done = imported(project, path)
    items = store.items(project, done.dataset.id)
    assert len(items) == 20
    results = list(read_thumbnails(project, items, 32, threads=8))
    assert all(not isinstance(result, StudioError) for _, result in results)


def test_a_png_text_bomb_is_refused(project, tmp_path):
    """A compressed text chunk that inflates to 256 MB."""
    body = b"key\0\0" + zlib.compress(bytes(256 << 20), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + body))
    data = png()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bomb.png").write_bytes(data[:33] + chunk + data[33:])
    (tmp_path / "in" / "good.png").write_bytes(data)
    done = imported(project, tmp_path / "in")
    assert done.usable == 1
    assert done.rejected[0][0].endswith("bomb.png")
