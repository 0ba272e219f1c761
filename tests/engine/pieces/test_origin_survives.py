"""What a picture came with goes out with it, wherever and however its file says so."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.decoding.packets import packets_of
from studio.engine.export.file_origin import read_words
from studio.engine.export.formats.png import Png
from studio.engine.export.refined_origin import origin_of
from studio.engine.pieces.origin import TRAINED, Origin
from studio.engine.pieces.provenance import xmp_packet
from tests.engine.export.readers import beside

MADE = Origin("Vase", "Zoë 画家", "© Zoë", {"latent": {"seed": 3}})
HEAD = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
    '"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:r="http://ns.adobe.com/xap/1.0/rights/" xmlns:t="http://www.w3.org/ns/tdmrep/" '
    'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" '
    'xmlns:place="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" r:Marked="True">'
)
TAIL = "</rdf:Description></rdf:RDF></x:xmpmeta>"
SHARED = (
    HEAD + "<dc:creator><rdf:Seq><rdf:li>Zoë</rdf:li><rdf:li>Ben; Co</rdf:li></rdf:Seq>"
    '</dc:creator><dc:rights><rdf:Alt><rdf:li xml:lang="de">Alle Rechte</rdf:li>'
    '<rdf:li xml:lang="x-default">All rights</rdf:li></rdf:Alt></dc:rights>'
    "<plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED</plus:DataMining>"
    "<t:reservation>1</t:reservation><place:LocationCreated>Home</place:LocationCreated>" + TAIL
)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_profile(name: str, data: bytes) -> bytes:
    """As ImageMagick puts a block into a text."""
    return f"\n{name}\n{len(data):8}\n{data.hex()}\n".encode()


def texts(packet: bytes) -> dict[str, bytes]:
    """The chunks in which programs are known to put a packet into a PNG."""
    key = b"XML:com.adobe.xmp\0"
    profile = b"Raw profile type xmp\0"
    return {
        "iTXt": chunk(b"iTXt", key + b"\0\0\0\0" + packet),
        "packed iTXt": chunk(b"iTXt", key + b"\1\0\0\0" + zlib.compress(packet)),
        "tEXt in UTF-8": chunk(b"tEXt", key + packet),  # Blender, libvips
        "zTXt": chunk(b"zTXt", key + b"\0" + zlib.compress(packet)),
        "profile": chunk(b"tEXt", profile + raw_profile("xmp", packet)),
        "packed profile": chunk(
            b"zTXt", profile + b"\0" + zlib.compress(raw_profile("xmp", packet))
        ),
    }


def png_with(extra: bytes, place: Path, late: bool = False) -> Path:
    Image.fromarray(np.full((9, 7, 3), 80, np.uint8)).save(place / "a.png")
    data = (place / "a.png").read_bytes()
    at = len(data) - 12 if late else data.index(b"IDAT") - 4
    (place / "a.png").write_bytes(data[:at] + extra + data[at:])
    return place / "a.png"


def refined_again(path: Path, place: Path) -> Path:
    """The file that `refine` writes of another."""
    Png().write_flat(np.zeros((9, 7, 3), np.uint8), origin_of(path, []), place / "out.png")
    return place / "out.png"


@pytest.mark.parametrize("late", [False, True], ids=["before the pixels", "after the pixels"])
@pytest.mark.parametrize("way", texts(b""))
def test_a_packet_is_found_wherever_a_png_has_it(way: str, late: bool, tmp_path: Path) -> None:
    path = png_with(texts(xmp_packet(MADE))[way], tmp_path, late)
    for said in (read_words(path), read_words(refined_again(path, tmp_path))):
        assert said["digital_source_type"] == TRAINED
        assert (said["title"], said["creator"], said["rights"]) == ("Vase", "Zoë 画家", "© Zoë")
        assert said["recipe"]["latent"] == {"seed": 3}


def test_a_packet_in_latin_letters_is_read_as_the_format_has_it(tmp_path: Path) -> None:
    packet = xmp_packet(Origin(creator="Zoë")).decode().replace("\ufeff", "").encode("latin-1")
    path = png_with(chunk(b"tEXt", b"XML:com.adobe.xmp\0" + packet), tmp_path)
    assert read_words(path)["creator"] == "Zoë"


def test_several_creators_and_languages_stay_apart_and_marks_go_on(tmp_path: Path) -> None:
    path = png_with(texts(SHARED.encode())["iTXt"], tmp_path)
    again = refined_again(path, tmp_path)
    for each in (path, again):
        said = read_words(each)
        assert said["creators"] == ["Zoë", "Ben; Co"]
        assert said["creator"] == "Zoë; Ben; Co"
        assert said["rights"] == "All rights"
        assert said["rights_by_language"] == {"de": "Alle Rechte", "x-default": "All rights"}
    packet = beside(again).xmp.decode()
    assert packet.count("<rdf:li>") == 2
    assert "DMI-PROHIBITED" in packet
    assert ":reservation" in packet
    assert ":Marked" in packet
    assert "Home" not in packet


def test_a_packet_too_long_for_one_segment_is_read_whole(tmp_path: Path) -> None:
    Image.fromarray(np.full((9, 7, 3), 80, np.uint8)).save(tmp_path / "a.jpg")
    rest, parts = SHARED.encode(), b""
    for place in range(0, len(rest), 400):
        part = rest[place : place + 400]
        body = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32
        body += struct.pack(">II", len(rest), place) + part
        parts = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + parts  # the last one first
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(data[:2] + parts + data[2:])
    assert read_words(tmp_path / "a.jpg")["creators"] == ["Zoë", "Ben; Co"]


def iim(**fields: str) -> bytes:
    """IPTC-IIM in UTF-8."""
    block = b"\x1c\x01\x5a\x00\x03\x1b%G"
    for name, text in fields.items():
        number = {"by_line": 80, "also": 80, "notice": 116}[name]
        block += struct.pack(">BBBH", 0x1C, 2, number, len(text.encode())) + text.encode()
    return block


def resources(block: bytes) -> bytes:
    padded = block + b"\0" * (len(block) % 2)
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(block)) + padded


IIM = iim(by_line="Zoë", also="Ben", notice="© Zoë")


def saved_with_iptc(kind: str, place: Path) -> Path:
    picture = Image.fromarray(np.full((9, 7, 3), 80, np.uint8))
    if kind == "png":
        text = b"Raw profile type iptc\0" + raw_profile("iptc", resources(IIM))
        return png_with(chunk(b"tEXt", text), place, late=True)
    if kind == "tif":
        picture.save(place / "a.tif", tiffinfo={33723: IIM})
        return place / "a.tif"
    body = b"Photoshop 3.0\0" + resources(IIM)
    picture.save(place / "a.jpg")
    data = (place / "a.jpg").read_bytes()
    segment = b"\xff\xed" + struct.pack(">H", len(body) + 2) + body
    (place / "a.jpg").write_bytes(data[:2] + segment + data[2:])
    return place / "a.jpg"


@pytest.mark.parametrize("kind", ["jpg", "tif", "png"])
def test_authorship_of_iptc_goes_on(kind: str, tmp_path: Path) -> None:
    path = saved_with_iptc(kind, tmp_path)
    for said in (read_words(path), read_words(refined_again(path, tmp_path))):
        assert (said["creators"], said["rights"]) == (["Zoë", "Ben"], "© Zoë")
        assert "digital_source_type" not in said


@pytest.mark.parametrize("kind", ["jpg", "tif", "webp", "png", "late png"])
def test_authorship_of_exif_goes_on_and_the_place_does_not(kind: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "Zoë; Ben".encode(), "(c) Zoë\0(c) Ed".encode()
    exif.get_ifd(0x8825)[0x001D] = "2026:11:30"
    picture, path = Image.fromarray(np.full((9, 7, 3), 80, np.uint8)), tmp_path / f"b.{kind}"
    if kind == "late png":
        path = png_with(chunk(b"eXIf", exif.tobytes()[6:]), tmp_path, late=True)
    else:
        picture.save(path, exif=exif)
    again = refined_again(path, tmp_path)
    for said in (read_words(path), read_words(again)):
        assert said["creators"] == ["Zoë", "Ben"]
        assert said["rights"] == "(c) Zoë, (c) Ed"
    assert b"2026:11:30" not in again.read_bytes()


def test_words_beside_a_file_count_after_those_in_it(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((9, 7, 3), np.uint8)).save(tmp_path / "a.jpg")
    (tmp_path / "a.xmp").write_text(SHARED, "utf-8")
    assert read_words(tmp_path / "a.jpg")["creators"] == ["Zoë", "Ben; Co"]
    Png().write_flat(np.zeros((9, 7, 3), np.uint8), MADE, tmp_path / "a.png")
    assert read_words(tmp_path / "a.png")["creator"] == "Zoë 画家"


@pytest.mark.parametrize("size", [0, 7, 11, 60, 200])
def test_a_block_that_ends_early_costs_itself(size: int, tmp_path: Path) -> None:
    path = png_with(b"", tmp_path)
    whole = texts(SHARED.encode())["profile"] + chunk(b"eXIf", b"II*\0")
    path.write_bytes(path.read_bytes()[:-12] + whole[:size])
    with path.open("rb") as stream, Image.open(stream) as image:
        assert packets_of(image, stream).authors == ()


def test_a_text_that_swells_is_cut(tmp_path: Path) -> None:
    swollen = zlib.compress(b" " * (60 << 20))
    path = png_with(chunk(b"zTXt", b"XML:com.adobe.xmp\0\0" + swollen), tmp_path, late=True)
    with path.open("rb") as stream, Image.open(stream) as image:
        assert len(packets_of(image, stream).xmp[0]) == (4 << 20) + 1


def test_no_step_says_where_on_this_machine_a_file_lies(tmp_path: Path) -> None:
    Png().write_flat(np.zeros((9, 7, 3), np.uint8), Origin("photo"), tmp_path / "photo.png")
    steps = [
        {"op": "enlarge", "params": {"enlarger": "/home/alma/x4.enlarger", "factor": 4}},
        {"op": "exposure", "params": {"stops": 0.5}},
        {"op": "enlarge", "params": {"enlarger": ""}},
    ]
    made = origin_of(tmp_path / "photo.png", steps)
    assert made.recipe["stack"] == list(made.steps)
    assert made.steps[0]["params"] == {"enlarger": "x4.enlarger", "factor": 4}
    assert list(made.steps[1:]) == steps[1:]
    assert steps[0]["params"]["enlarger"] == "/home/alma/x4.enlarger", "what is drawn by stays"
