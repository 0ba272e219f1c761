"""What a picture says of its origin is read back, also when others have had it in their hands."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from studio.engine.errors import StudioError
from studio.engine.export.file_origin import read_provenance, read_words
from studio.engine.export.formats.base import FlatFormat
from studio.engine.export.formats.jpeg import Jpeg
from studio.engine.export.formats.png import Png
from studio.engine.export.formats.tiff import Tiff
from studio.engine.export.formats.webp import Webp
from studio.engine.pieces.origin import TRAINED, Origin
from studio.engine.pieces.provenance import LARGEST_PACKET, xmp_packet
from studio.verbs import inspect
from tests.engine.export.readers import Pixels, described

ORIGIN = Origin("Vase", "Ada", "All rights", {"latent": {"seed": 3}})
EVERY = [Png(), Jpeg(), Tiff(), Webp(), Webp(lossless=True)]


def picture(channels: int = 3) -> Pixels:
    return np.random.default_rng(1).integers(0, 256, (24, 20, channels), np.uint8)


def written(kind: FlatFormat, place: Path, image: Pixels | None = None) -> Path:
    kind.write_flat(picture() if image is None else image, ORIGIN, place / f"a{kind.suffix}")
    return place / f"a{kind.suffix}"


def with_packet(packet: bytes | str, place: Path) -> Path:
    info = PngInfo()
    text = packet.decode("utf-8") if isinstance(packet, bytes) else packet
    info.add_itxt("XML:com.adobe.xmp", text)
    Image.fromarray(picture()).save(place / "b.png", pnginfo=info)
    return place / "b.png"


def inspected(path: Path) -> dict[str, Any]:
    return inspect.run(argparse.Namespace(thing=path, project=None), None).facts["provenance"]  # type: ignore[arg-type]


def saved_again(path: Path, change: bool) -> None:
    """As a program that keeps the metadata saves a file: with one pixel changed, or none."""
    with Image.open(path) as opened:
        opened.load()
        pixels = np.array(opened)
        if change:
            pixels[0, 0] = 255 - pixels[0, 0]
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", opened.info["XML:com.adobe.xmp"])
    Image.fromarray(pixels).save(path, compress_level=1, pnginfo=info)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_inspect_verifies_an_untouched_picture(
    kind: FlatFormat, channels: int, tmp_path: Path
) -> None:
    facts = inspected(written(kind, tmp_path, picture(channels)))
    assert facts["verified"] is True
    assert facts["digital_source_type"] == TRAINED
    assert facts["recipe"] == ORIGIN.recipe


def test_an_opaque_alpha_that_webp_drops_is_no_change(tmp_path: Path) -> None:
    image = picture(4)
    image[..., 3] = 255
    for kind in EVERY:
        assert inspected(written(kind, tmp_path, image))["verified"] is True


def test_saving_the_same_pixels_again_is_no_change(tmp_path: Path) -> None:
    path = written(Png(), tmp_path)
    saved_again(path, change=False)
    assert inspected(path)["verified"] is True


def test_inspect_finds_one_changed_pixel(tmp_path: Path) -> None:
    path = written(Png(), tmp_path)
    saved_again(path, change=True)
    facts = inspected(path)
    assert facts["verified"] is False
    assert facts["creator"] == "Ada"


@pytest.mark.parametrize("kind", [Jpeg(), Webp()], ids=lambda kind: kind.name)
def test_inspect_finds_a_picture_that_took_the_packet_of_another(
    kind: FlatFormat, tmp_path: Path
) -> None:
    with Image.open(written(kind, tmp_path)) as opened:
        packet = opened.info["xmp"]
    stolen = tmp_path / f"stolen{kind.suffix}"
    Image.fromarray(255 - picture()).save(stolen, xmp=packet)
    assert inspected(stolen)["verified"] is False


def test_inspect_finds_a_turned_picture(tmp_path: Path) -> None:
    path = written(Tiff(), tmp_path)
    with Image.open(path) as opened:
        packet = opened.tag_v2[700]
        turned = opened.transpose(Image.Transpose.ROTATE_90)
    turned.save(path, tiffinfo={700: packet})
    assert inspected(path)["verified"] is False


def test_a_file_that_ends_too_early_is_not_verified(tmp_path: Path) -> None:
    path = written(Jpeg(quality=100), tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    assert read_provenance(path)["verified"] is False


def test_words_are_read_without_decoding_what_may_be_hostile(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = written(Tiff(), tmp_path)
    said = read_provenance(path)
    assert said.pop("verified") is True
    data = bytearray(path.read_bytes())
    data[8:40] = bytes(32)  # where the deflated pixels begin
    path.write_bytes(data)
    capfd.readouterr()
    assert read_words(path) == said
    assert capfd.readouterr() == ("", ""), "libtiff would tell the console of its trouble"
    assert read_provenance(path)["verified"] is False
    capfd.readouterr()


def test_a_picture_without_a_word_says_nothing(tmp_path: Path) -> None:
    Image.fromarray(picture()).save(tmp_path / "plain.png")
    assert read_provenance(tmp_path / "plain.png") == {}
    assert inspected(tmp_path / "plain.png") == {}


def test_what_xml_cannot_hold_is_replaced(tmp_path: Path) -> None:
    odd = Origin("a\x00b\ud800c", "<x>&\x1b", "quote \" and '", {"name": "\x07 tab\tend"})
    facts = described(xmp_packet(odd))
    assert "a\ufffdb\ufffdc" in facts.values()
    assert "<x>&\ufffd" in facts.values()
    Png().write_flat(picture(), odd, tmp_path / "a.png")
    found = read_provenance(tmp_path / "a.png")
    assert found["rights"] == odd.rights
    assert found["recipe"] == {"name": "\x07 tab\tend"}  # JSON escapes it before XML sees it


def test_nothing_but_the_source_is_said_when_nothing_else_is_known(tmp_path: Path) -> None:
    Png().write_flat(picture(), Origin(), tmp_path / "a.png")
    assert set(read_provenance(tmp_path / "a.png")) == {"digital_source_type", "tool", "verified"}


def test_plain_properties_may_come_back_as_attributes(tmp_path: Path) -> None:
    path = with_packet(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'e:DigitalSourceType="{TRAINED}"/></rdf:RDF></x:xmpmeta>',
        tmp_path,
    )
    assert read_provenance(path) == {"digital_source_type": TRAINED}


@pytest.mark.parametrize("recipe", ["{", "7", "[]", '"text"', "[" * 3000])
def test_a_recipe_that_is_none_is_left_out(recipe: str, tmp_path: Path) -> None:
    packet = xmp_packet(ORIGIN).decode().replace('{"latent": {"seed": 3}}', recipe)
    found = read_provenance(with_packet(packet, tmp_path))
    assert "recipe" not in found
    assert found["creator"] == "Ada"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.parametrize("packet", ["<x", "no xml", "<x></y>", BOMB, OUTSIDE, "<?xml?>", "\ufeff"])
def test_a_damaged_packet_gets_one_sentence(packet: str, tmp_path: Path) -> None:
    path = with_packet(packet, tmp_path)
    with pytest.raises(StudioError, match=r"The metadata of .*b\.png is damaged") as caught:
        read_provenance(path)
    assert "\n" not in str(caught.value)


def test_a_huge_packet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.tif"
    Image.fromarray(picture()).save(path, tiffinfo={700: b" " * (LARGEST_PACKET + 1)})
    with pytest.raises(StudioError, match="is larger than 4 MB"):
        read_provenance(path)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
def test_what_is_no_picture_gets_one_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(StudioError, match="is no picture that can be read"):
        read_provenance(tmp_path / "a.png")
    with pytest.raises(StudioError, match="There is no file"):
        read_provenance(tmp_path / "gone.png")


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow's own words about damage
@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_random_damage_never_breaks_the_reader(kind: FlatFormat, tmp_path: Path) -> None:
    whole = written(kind, tmp_path).read_bytes()
    chance = np.random.default_rng(9)
    for _ in range(60):
        data = bytearray(whole)
        for place in chance.integers(0, len(data), 4):
            data[place] = chance.integers(0, 256)
        path = tmp_path / "damaged"
        path.write_bytes(bytes(data[: chance.integers(len(data) // 2, len(data) + 1)]))
        with contextlib.suppress(StudioError):
            assert isinstance(read_provenance(path), dict)
