"""Marks against training and authorship are found however a file, or one beside it, says so."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from studio.engine.dataset.decoding.probe import probe

CBOR = b"cawg.training-mining\0\xa1gentries\xa1x\x1bcawg.ai_generative_training\xa1cuse"
REFUSED, GIVEN = CBOR + b"jnotAllowed", CBOR + b"gallowed"


def facts(path: Path) -> dict[str, object]:
    answer = probe(str(path), "")
    assert answer["kind"] == "picture"
    return dict(answer["facts"])


def drawn(path: Path, **options: object) -> Path:
    Image.effect_noise((40, 30), 60).convert("RGB").save(path, **options)
    return path


def with_segment(path: Path, marker: int, body: bytes) -> Path:
    data = drawn(path).read_bytes()
    segment = struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
    path.write_bytes(data[:2] + segment + data[2:])
    return path


@pytest.mark.parametrize(
    "words",
    [
        b'<a xmlns:tdm="http://www.w3.org/ns/tdmrep/"><tdm:reservation>1</tdm:reservation></a>',
        b'<a xmlns:t="http://www.w3.org/ns/tdmrep/"><t:reservation>1</t:reservation></a>',
        b"<a xmlns:no-tdm='http://www.w3.org/ns/tdmrep/' no-tdm:reservation='1'/>",
    ],
)
def test_a_reservation_counts_under_any_prefix(words: bytes, tmp_path: Path) -> None:
    assert facts(drawn(tmp_path / "a.jpg", xmp=words))["no_training"] == "tdm:reservation"


@pytest.mark.parametrize(
    "words",
    [
        b'<a xmlns:t="http://www.w3.org/ns/tdmrep/"><t:reservation>0</t:reservation></a>',
        b'<a xmlns:hotel="http://example.org/"><hotel:reservation>1</hotel:reservation></a>',
    ],
)
def test_what_reserves_nothing_is_no_mark(words: bytes, tmp_path: Path) -> None:
    assert "no_training" not in facts(drawn(tmp_path / "a.jpg", xmp=words))


def test_a_mark_in_the_rest_of_a_long_packet_counts(tmp_path: Path) -> None:
    rest = b"<plus:DataMining>DMI-PROHIBITED</plus:DataMining>"
    body = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + struct.pack(">II", len(rest), 0)
    path = with_segment(tmp_path / "a.jpg", 0xE1, body + rest)
    assert facts(path)["no_training"] == "DMI-PROHIBITED"


@pytest.mark.parametrize("name", ["a.xmp", "a.jpg.xmp"])
def test_a_mark_in_a_file_beside_it_counts(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>")
    assert facts(drawn(tmp_path / "a.jpg"))["no_training"] == "DMI-PROHIBITED"
    assert "no_training" not in facts(drawn(tmp_path / "b.jpg"))


def test_what_lies_beside_a_file_and_is_none_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.xmp").mkdir()
    (tmp_path / "a.jpg.xmp").symlink_to("/dev/zero")
    assert "no_training" not in facts(drawn(tmp_path / "a.jpg"))


@pytest.mark.parametrize(("credentials", "marked"), [(REFUSED, True), (GIVEN, False)])
def test_content_credentials_may_refuse_training(
    credentials: bytes, marked: bool, tmp_path: Path
) -> None:
    jpeg = with_segment(tmp_path / "a.jpg", 0xEB, b"JP\0\1\0\0\0\1" + credentials)
    data = drawn(tmp_path / "a.png").read_bytes()
    box = struct.pack(">I", len(credentials)) + b"caBX" + credentials
    box += struct.pack(">I", zlib.crc32(box[4:]))
    (tmp_path / "a.png").write_bytes(data[:33] + box + data[33:])
    for path in (jpeg, tmp_path / "a.png"):
        assert facts(path).get("no_training") == ("cawg.training-mining" if marked else None)


def test_several_authors_are_named_one_by_one(tmp_path: Path) -> None:
    words = (
        "<dc:creator><rdf:Seq><rdf:li>Zoë</rdf:li> <rdf:li>Ben</rdf:li></rdf:Seq></dc:creator>"
        "<dc:subject><rdf:Bag><rdf:li>vase</rdf:li></rdf:Bag></dc:subject>"
    )
    assert facts(drawn(tmp_path / "a.jpg", xmp=words.encode()))["author"] == "Zoë; Ben"


def test_authors_of_exif_keep_their_letters(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B] = "Zoë; 画家".encode()
    assert facts(drawn(tmp_path / "a.jpg", exif=exif))["author"] == "Zoë; 画家"


@pytest.mark.parametrize(
    ("words", "mark"),
    [
        (
            b'<TC260:AIGC>{"Label":"1","ContentProducer":"x"}</TC260:AIGC>',
            "TC260:AIGC",
        ),
        (b'<x TC260:AIGC="{&quot;Label&quot;: &quot;2&quot;}"/>', "TC260:AIGC"),
        (
            b"<a:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/"
            b"compositeWithTrainedAlgorithmicMedia</a:DigitalSourceType>",
            "compositeWithTrainedAlgorithmicMedia",
        ),
        (b'<TC260:AIGC>{"Label":"0"}</TC260:AIGC>', None),
        (b"<dc:title>Label: 1</dc:title> AIGCs", None),
        (b"<a:DigitalSourceType>digitalCapture</a:DigitalSourceType>", None),
    ],
)
def test_a_file_may_say_that_a_model_made_it(
    words: bytes, mark: str | None, tmp_path: Path
) -> None:
    assert facts(drawn(tmp_path / "a.jpg", xmp=words)).get("made_by_model") == mark


def test_a_mark_deep_in_a_very_long_packet_counts(tmp_path: Path) -> None:
    long = b" " * (3 << 20) + b"<plus:DataMining>DMI-PROHIBITED</plus:DataMining>"
    (tmp_path / "a.xmp").write_bytes(long)
    assert facts(drawn(tmp_path / "a.jpg"))["no_training"] == "DMI-PROHIBITED"


@pytest.mark.parametrize("cut", [11, 14, 20, 40])
@pytest.mark.parametrize("ending", ["webp", "gif", "avif", "tif"])
def test_damaged_containers_cost_nothing(ending: str, cut: int, tmp_path: Path) -> None:
    """Heads that promise more than there is, over and over."""
    data = drawn(tmp_path / f"a.{ending}").read_bytes()
    (tmp_path / f"b.{ending}").write_bytes(data + data[:cut] * 50)
    assert probe(str(tmp_path / f"b.{ending}"), "")["kind"] in ("picture", "broken")
