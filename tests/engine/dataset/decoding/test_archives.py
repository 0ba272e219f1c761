"""Archives as other systems write them: every name comes out as it was meant."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from studio.engine.dataset.decoding import archives
from studio.engine.dataset.decoding.archives import Member, Refused


def packed(place: Path, names: list[bytes], system: int = 3) -> Path:
    """An archive with these names, none of which is said to be UTF-8."""
    with zipfile.ZipFile(place, "w") as archive:
        for number, name in enumerate(names):
            info = zipfile.ZipInfo(f"{number:02d}" + "x" * (len(name) - 2))
            info.create_system = system
            archive.writestr(info, b"content %d" % number)
    data = place.read_bytes()
    for number, name in enumerate(names):
        data = data.replace((f"{number:02d}" + "x" * (len(name) - 2)).encode(), name)
    place.write_bytes(data)
    return place


def names_of(place: Path) -> list[str]:
    found = list(archives.members(place))
    assert all(isinstance(each, Member) for each in found), found
    for number, each in enumerate(found):
        assert archives.read_member(place, each.name) == b"content %d" % number
        assert archives.read_member(place, each.stored) == b"content %d" % number  # as of old
    return [each.name for each in found]


@pytest.mark.parametrize(
    ("names", "codec"),
    [
        (["写真/表_1.png", "写真/能面.png"], "cp932"),  # 0x5C is the second byte of 表 and 能
        (["照片/立面.png", "照片/门窗.png"], "gbk"),
        (["façades/bögen/été.png", "façades/türen/1.png"], "utf-8"),
        (["Häuser/Tür.png", "Häuser/Bögen.png"], "cp850"),
        (["1:50 facade.png", "a: front.png", "12:30/x.png"], "ascii"),
    ],
)
def test_names_in_any_code_page_come_out_as_they_were_written(tmp_path, names, codec):
    assert names_of(packed(tmp_path / "a.zip", [name.encode(codec) for name in names])) == names


def test_backslashes_part_folders_but_only_where_a_program_of_windows_wrote_them(tmp_path):
    old = [b"set\\cats\\0.png", b"set\\dogs\\1.png"]
    assert names_of(packed(tmp_path / "a.zip", old)) == ["set/cats/0.png", "set/dogs/1.png"]
    shown = [name.decode("cp932") for name in (b"\x95\x5c.png", b"\x94\x5c.png")]
    inner = [f"set\\{name}".encode("cp932") for name in shown]
    assert names_of(packed(tmp_path / "b.zip", inner)) == [f"set/{name}" for name in shown]
    mixed = [b"set/a\\b.png", b"set/c.png"]
    assert names_of(packed(tmp_path / "c.zip", mixed)) == ["set/a\\b.png", "set/c.png"]
    assert names_of(packed(tmp_path / "d.zip", mixed, 0)) == ["set/a/b.png", "set/c.png"]


def test_the_unicode_name_beside_one_in_a_code_page_is_believed(tmp_path):
    place = tmp_path / "a.zip"
    right, plain = "桥/1.png", b"bridge.png"
    value = b"\1" + zlib.crc32(plain).to_bytes(4, "little") + right.encode()
    with zipfile.ZipFile(place, "w") as archive:
        info = zipfile.ZipInfo(plain.decode())
        info.extra = struct.pack("<HH", 0x7075, len(value)) + value
        archive.writestr(info, b"content 0")
    assert [each.name for each in archives.members(place)] == [right]
    assert archives.read_member(place, right) == b"content 0"


@pytest.mark.parametrize(
    ("method", "called"),
    [(9, "Deflate64"), (93, "Zstandard"), (95, "XZ"), (98, "PPMd"), (77, "77")],
)
def test_a_method_that_is_not_read_is_named(tmp_path, method, called):
    place = tmp_path / "a.zip"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", b"0" * 100)
    data = bytearray(place.read_bytes())
    struct.pack_into("<H", data, data.find(b"PK\3\4") + 8, method)
    struct.pack_into("<H", data, data.find(b"PK\1\2") + 10, method)
    place.write_bytes(data)
    (found,) = archives.members(place)
    assert isinstance(found, Refused)
    assert found.reason == (
        f"It is packed by a method that is not read ({called}): unpack the archive and import "
        "the folder."
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_other_methods_are_read_and_their_damage_is_said(tmp_path, method):
    place = tmp_path / "a.zip"
    with zipfile.ZipFile(place, "w", method) as archive:
        archive.writestr("bögen/a.png", bytes(range(256)) * 40)
    assert archives.read_member(place, "bögen/a.png") == bytes(range(256)) * 40
    data = bytearray(place.read_bytes())
    data[60:90] = bytes(30)
    place.write_bytes(data)
    with pytest.raises(archives.ArchiveError, match="damaged"):
        archives.read_member(place, "bögen/a.png")
