"""Photoshop, AVIF, HEIC and camera RAW: right pixels, or one sentence with the command."""

from __future__ import annotations

import io
import struct
import sys
import types

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from studio.engine.dataset.decoding import camera_raw, decode, pixels
from studio.engine.errors import StudioError
from tests.engine.dataset.camera_file import scene, write_dng

RGB, CMYK, GREY, LAB = 3, 4, 1, 9


def photoshop(path, planes, mode=RGB, layers=None, depth=8, version=1, profile=b"", packed=False):
    """Write a Photoshop file with one composite of uint8 planes [C, H, W]."""
    planes = np.asarray(planes, np.uint8)
    channels, height, width = planes.shape
    data = struct.pack(">4sH6xHIIHH", b"8BPS", version, channels, height, width, depth, mode)
    data += struct.pack(">I", 0)
    resources = b""
    if profile:
        resources = b"8BIM" + struct.pack(">H2xI", 1039, len(profile)) + profile
        resources += b"\0" * (len(profile) % 2)
    data += struct.pack(">I", len(resources)) + resources
    section = b"" if layers is None else struct.pack(">Ih", 2, layers) + b"\0" * 4
    data += struct.pack(">I", len(section)) + section
    if packed:
        rows = []
        for plane in planes:
            rows += [bytes([257 - width, row[0]]) if np.ptp(row) == 0 and width > 1
                     else bytes([width - 1]) + row.tobytes() for row in plane]  # fmt: skip
        data += struct.pack(">H", 1) + b"".join(struct.pack(">H", len(r)) for r in rows)
        data += b"".join(rows)
    else:
        data += struct.pack(">H", 0) + planes.tobytes()
    path.write_bytes(data)
    return path


def plane(*values, side=16):
    return [np.full((side, side), value, np.uint8) for value in values]


@pytest.mark.parametrize("packed", [False, True])
def test_a_photoshop_composite_is_read(tmp_path, packed) -> None:
    picture = decode.read_picture(photoshop(tmp_path / "a.psd", plane(10, 120, 240), packed=packed))
    assert (picture.mode, picture.getpixel((3, 3))) == ("RGB", (10, 120, 240))


def test_photoshop_in_cmyk_is_as_light_as_it_was_printed(tmp_path) -> None:
    # Photoshop stores ink inverted: 255 is none. No ink is white, all black is black.
    white = decode.read_picture(photoshop(tmp_path / "w.psd", plane(255, 255, 255, 255), CMYK))
    black = decode.read_picture(photoshop(tmp_path / "k.psd", plane(255, 255, 255, 0), CMYK))
    cyan = decode.read_picture(photoshop(tmp_path / "c.psd", plane(0, 255, 255, 255), CMYK))
    assert white.getpixel((0, 0)) == (255, 255, 255)
    assert max(black.getpixel((0, 0))) < 10
    red, green, blue = cyan.getpixel((0, 0))
    assert red < 60 < green <= blue or red == 0


def test_photoshop_in_grey(tmp_path) -> None:
    grey = decode.read_picture(photoshop(tmp_path / "g.psd", plane(77), GREY))
    assert (grey.mode, grey.getpixel((0, 0))) == ("L", 77)


def test_transparency_of_photoshop_is_freed_of_its_white(tmp_path) -> None:
    # Half transparent pure red over white is stored as (255, 127, 127).
    path = photoshop(tmp_path / "t.psd", plane(255, 127, 127, 128), layers=-1)
    picture = decode.read_picture(path)
    assert picture.mode == "RGBA"
    red, green, blue, alpha = picture.getpixel((4, 4))
    assert (red, alpha) == (255, 128)
    assert max(green, blue) <= 2


def test_a_saved_selection_of_photoshop_is_no_transparency(tmp_path) -> None:
    for layers in (None, 1):
        path = photoshop(tmp_path / "s.psd", plane(200, 100, 50, 0), layers=layers)
        picture = decode.read_picture(path)
        assert (picture.mode, picture.getpixel((0, 0))) == ("RGB", (200, 100, 50))


def test_the_profile_of_photoshop_counts(tmp_path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = photoshop(tmp_path / "p.psd", plane(10, 120, 240), profile=profile)
    assert decode.read_picture(path).getpixel((0, 0)) == (10, 120, 240)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"depth": 4}, "of a kind that cannot be read"),
        ({"version": 3}, "of a kind that cannot be read"),
        ({"mode": 5}, "of a kind that cannot be read"),
    ],
)
def test_photoshop_files_that_cannot_be_read_say_what_to_do(tmp_path, options, words) -> None:
    path = photoshop(tmp_path / "x.psd", plane(1, 2, 3), **options)
    with pytest.raises(StudioError, match=words):
        decode.read_picture(path)


def test_a_photoshop_file_cut_anywhere_is_one_sentence(tmp_path) -> None:
    whole = photoshop(tmp_path / "x.psd", plane(1, 2, 3, 4), layers=-1).read_bytes()
    for length in (3, 12, 25, 30, 40, len(whole) - 100):
        (tmp_path / "x.psd").write_bytes(whole[:length])
        with pytest.raises(StudioError):
            decode.read_picture(tmp_path / "x.psd")


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow was built without AVIF")
def test_avif_is_known_by_its_content(tmp_path) -> None:
    Image.new("RGB", (40, 30), (200, 40, 30)).save(tmp_path / "a.avif", quality=95)
    (tmp_path / "a.avif").rename(tmp_path / "a.jpg")
    picture = decode.read_picture(tmp_path / "a.jpg")
    assert picture.size == (40, 30)
    assert np.abs(np.subtract(picture.getpixel((5, 5)), (200, 40, 30))).max() < 6


@pytest.mark.parametrize("suffix", [".heic", ".jpg"])
def test_heic_without_its_library_names_the_command(suffix, monkeypatch) -> None:
    monkeypatch.setattr(pixels, "formats", lambda by_name="": ("JPEG", "PNG"))
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    head = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64
    with pytest.raises(pixels.BadPicture) as caught:
        pixels.opened(io.BytesIO(head), head, suffix)
    assert "latent-studio extras install formats" in str(caught.value)


@pytest.mark.parametrize("name", ["a.nef", "b.CR3", "c.dng"])
def test_raw_without_its_library_names_the_command(tmp_path, name, monkeypatch) -> None:
    monkeypatch.setattr(camera_raw, "is_available", lambda: False)
    (tmp_path / name).write_bytes(b"II*\0" + b"\0" * 64)
    with (tmp_path / name).open("rb") as stream, pytest.raises(pixels.BadPicture) as told:
        pixels.opened(stream, b"II*\0" + b"\0" * 60, name[1:])
    assert "latent-studio extras install formats" in str(told.value)


def test_raw_is_developed_by_the_library(monkeypatch, tmp_path) -> None:
    class Raw:
        sizes = types.SimpleNamespace(width=6, height=4)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def postprocess(self, **options):
            assert options["use_camera_wb"]
            assert options["no_auto_bright"]
            return np.full((4, 6, 3), 90, np.uint8)

    def read(stream):
        if stream.read() != b"good":
            raise ValueError("data corrupted")
        return Raw()

    fake = types.SimpleNamespace(imread=read, ColorSpace=types.SimpleNamespace(sRGB=1))
    monkeypatch.setitem(sys.modules, "rawpy", fake)
    monkeypatch.setattr(camera_raw, "is_available", lambda: True)
    (tmp_path / "a.nef").write_bytes(b"good")
    with (tmp_path / "a.nef").open("rb") as stream:
        picture = pixels.opened(stream, b"good", ".nef")
        assert pixels.header_of(picture).format == "RAW"
        assert pixels.upright(picture, 1).getpixel((0, 0)) == (90, 90, 90)
    (tmp_path / "a.nef").write_bytes(b"bad")
    with (
        (tmp_path / "a.nef").open("rb") as stream,
        pytest.raises(pixels.BadPicture, match="camera"),
    ):
        pixels.opened(stream, b"bad", ".nef")
    monkeypatch.setattr(pixels, "MAX_PIXELS", 10)
    (tmp_path / "a.nef").write_bytes(b"good")
    with (
        (tmp_path / "a.nef").open("rb") as stream,
        pytest.raises(pixels.BadPicture, match="claims"),
    ):
        pixels.opened(stream, b"good", ".nef")


def test_the_words_of_the_camera_library_come_as_bytes(monkeypatch) -> None:
    def refuse(stream):
        raise ValueError(b"Input/output error")

    monkeypatch.setitem(sys.modules, "rawpy", types.SimpleNamespace(imread=refuse))
    monkeypatch.setattr(camera_raw, "is_available", lambda: True)
    with pytest.raises(pixels.BadPicture) as told:
        pixels.opened(io.BytesIO(b"II*\0"), b"II*\0", ".nef")
    assert str(told.value) == "Its camera data cannot be read (Input/output error)."


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.dng"), ("PNG", "b.nef"), ("GIF", "c.raf")])
def test_another_picture_that_is_called_a_camera_file(tmp_path, kind, name, monkeypatch) -> None:
    monkeypatch.setattr(camera_raw, "is_available", lambda: False)
    Image.new("RGB", (9, 7), (200, 10, 10)).save(tmp_path / name, kind)
    assert decode.read_picture(tmp_path / name).size == (9, 7)


def test_what_a_camera_file_states_is_read_without_the_library(tmp_path) -> None:
    xmp = b"<x:xmpmeta>dc:creator</x:xmpmeta>"
    data = write_dng(tmp_path / "a.dng", scene(16, 8), orientation=6, xmp=xmp).read_bytes()
    found = camera_raw._stated(data)
    tags = Image.Exif()
    tags.load(found["exif"])
    assert found["xmp"] == xmp
    assert (tags[0x010F], tags[0x8298]) == ("Test", "CC0-1.0")
    assert tags.get_ifd(0x8769)[34855] == 400
    assert 0x0112 not in tags  # the library turns the picture itself
    assert camera_raw._stated(b"FUJIFILMCCD-RAW" + xmp) == {"xmp": xmp}
    assert camera_raw._stated(b"<x:xmpmeta>" + b" " * (2 << 20) + b"</x:xmpmeta>") == {}
    assert camera_raw._stated(data[:-40]).get("xmp", b"") in (b"", xmp)
    assert camera_raw._stated(b"") == {}


@pytest.mark.skipif(not features.check("jpg_2000"), reason="this Pillow has no JPEG 2000")
@pytest.mark.parametrize("levels", [1, 3, 6])
def test_a_large_jpeg_2000_is_decoded_at_the_size_that_is_wanted(tmp_path, levels) -> None:
    small = np.random.default_rng(1).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    whole = Image.fromarray(small).resize((900, 700), Image.Resampling.BICUBIC)
    whole.save(tmp_path / "a.jp2", num_resolutions=levels)
    with (tmp_path / "a.jp2").open("rb") as stream, pixels.opened(stream, b"", ".jp2") as image:
        found = pixels.upright(image, 1, 0, (200, 150))
    halvings = min(levels - 1, 2)
    assert found.size == (-(-900 // 2**halvings), -(-700 // 2**halvings))
    wanted = whole.resize(found.size, Image.Resampling.BOX)
    apart = np.abs(np.asarray(found, np.int16) - np.asarray(wanted, np.int16)).mean()
    assert apart < 2
    assert decode.read_picture(tmp_path / "a.jp2").size == (900, 700)


def test_a_side_that_no_picture_has_is_refused_by_the_header(tmp_path) -> None:
    (tmp_path / "a.pgm").write_bytes(b"P5 1 1048577 255\n" + bytes(1048577))
    with pytest.raises(StudioError, match="longer than the 1048576 pixels"):
        decode.read_picture(tmp_path / "a.pgm")
