"""Layouts of PNG, TIFF and GIF beside the plainest: previews, unstated samples, cuts."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from studio.engine.dataset.decoding import measures, pixels
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.dataset.decoding.probe import probe
from studio.engine.extras import named_in


def noise(seed, size):
    values = np.random.default_rng(seed).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    return Image.fromarray(values)


# ---------------------------------------------------------------------- PNG


def grey_png(path, depth, key, level):
    """A PNG of levels of 1 to 8 bits in uint8 [H, W], with a transparent one."""
    height, width = level.shape
    shifts = np.arange(8 // depth - 1, -1, -1) * depth
    packed = (level.reshape(height, -1, len(shifts)) << shifts).sum(axis=2).astype(np.uint8)
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)),
        (b"tRNS", struct.pack(">H", key)),
        (b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in packed))),
        (b"IEND", b""),
    ]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ))  # fmt: skip
    return path


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_one_level_of_grey_is_transparent_in_every_depth(tmp_path, depth) -> None:
    top = (1 << depth) - 1
    for key in {0, 1, top // 2, top}:
        other = 0 if key else top
        level = np.full((16, 16), key, np.uint8)
        level[4:12, 4:12] = other
        picture = read_picture(grey_png(tmp_path / "a.png", depth, key, level))
        assert picture.mode == "RGBA"
        assert picture.getpixel((0, 0))[3] == 0
        grey = other * 255 // top
        assert picture.getpixel((8, 8)) == (grey, grey, grey, 255)


# ---------------------------------------------------------------------- TIFF


def pages(path, *kept, **options):
    """A TIFF of (picture, tags) pages."""
    data = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(data) as writer:
        for picture, tags in kept:
            directory = TiffImagePlugin.ImageFileDirectory_v2()
            for tag, value in tags.items():
                directory[tag] = value
            picture.save(writer, format="TIFF", tiffinfo=directory, **options)
            writer.newFrame()
    path.write_bytes(data.getvalue())
    return path


@pytest.mark.parametrize("mark", [{254: 1}, {254: 4}, {255: 2}], ids=["preview", "mask", "old"])
def test_a_preview_before_the_picture_is_not_the_picture(tmp_path, mark) -> None:
    small, full = noise(1, (30, 40)), noise(2, (90, 120))
    path = pages(tmp_path / "a.tif", (small, mark), (full, {}))
    picture = read_picture(path)
    assert np.array_equal(np.asarray(picture), np.asarray(full))
    answer = probe(str(path), "")
    assert (answer["width"], answer["height"]) == (90, 120)
    assert "frames" not in answer["facts"]


def test_previews_do_not_count_as_pages(tmp_path) -> None:
    full, small = noise(1, (60, 80)), noise(2, (15, 20))
    path = pages(tmp_path / "a.tif", (full, {}), (small, {254: 1}), (full, {254: 2}), (full, {}))
    answer = probe(str(path), "")
    assert answer["facts"]["frames"] == 3
    assert (answer["width"], answer["height"]) == (60, 80)
    only = pages(tmp_path / "b.tif", (small, {254: 1}), (small, {254: 1}))
    assert probe(str(only), "")["width"] == 15


def unstated(path, planes, *, packed=False, order="<"):
    """A TIFF of uint8 or uint16 planes [C, H, W], the last of no stated meaning (0)."""
    count, height, width = planes.shape
    deep = planes.dtype == np.uint16
    values = planes.astype(f"{order}u2" if deep else np.uint8)
    data = values.transpose(1, 2, 0).tobytes()
    data = zlib.compress(data) if packed else data
    tags = {
        256: ("H", [width]), 257: ("H", [height]), 258: ("H", [16 if deep else 8] * count),
        259: ("H", [8 if packed else 1]), 262: ("H", [2 if count > 3 else 1]),
        273: ("I", [8]), 277: ("H", [count]), 278: ("H", [height]),
        279: ("I", [len(data)]), 284: ("H", [1]), 338: ("H", [0]),
    }  # fmt: skip
    rest = 8 + len(data) + 2 + 12 * len(tags) + 4
    entries, tail = struct.pack(f"{order}H", len(tags)), b""
    for tag, (kind, numbers) in tags.items():
        packed = struct.pack(f"{order}{len(numbers)}{kind}", *numbers)
        entries += struct.pack(f"{order}HHI", tag, {"H": 3, "I": 4}[kind], len(numbers))
        if len(packed) > 4:
            entries += struct.pack(f"{order}I", rest + len(tail))
            tail += packed
        else:
            entries += packed.ljust(4, b"\0")
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8 + len(data))
    path.write_bytes(start + data + entries + b"\0" * 4 + tail)
    return path


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("kind", "count"), [(np.uint8, 2), (np.uint8, 4), (np.uint16, 4)])
def test_a_sample_of_no_stated_meaning_is_transparency(tmp_path, order, packed, kind, count):
    scale = 257 if kind is np.uint16 else 1
    planes = np.zeros((count, 16, 16), kind)
    planes[:-1], planes[-1, 4:12, 4:12] = 200 * scale, 128 * scale
    picture = read_picture(unstated(tmp_path / "a.tif", planes, packed=packed, order=order))
    assert picture.getpixel((8, 8)) == (200, 200, 200, 128)
    assert picture.getpixel((0, 0))[3] == 0


def test_an_empty_sample_of_no_stated_meaning_is_nothing(tmp_path) -> None:
    planes = np.zeros((4, 16, 16), np.uint8)
    planes[:3] = 200
    picture = read_picture(unstated(tmp_path / "a.tif", planes))
    assert (picture.mode, picture.getpixel((0, 0))) == ("RGB", (200, 200, 200))


# ---------------------------------------------------------------------- what is damaged


def test_an_animation_cut_in_a_later_frame_has_its_first(tmp_path) -> None:
    frames = [noise(seed, (40, 40)).convert("L") for seed in range(3)]
    data = io.BytesIO()
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:], loop=0)
    whole = data.getvalue()
    first = whole.index(b"\x2c\0\0\0\0")
    second = whole.index(b"\x2c\0\0\0\0", first + 1)
    for cut in range(second - 8, len(whole), 7):
        (tmp_path / "a.gif").write_bytes(whole[:cut])
        answer = probe(str(tmp_path / "a.gif"), "")
        assert answer["kind"] == "picture", (cut, answer)
    assert read_picture(tmp_path / "a.gif").convert("L").tobytes() == frames[0].tobytes()


def test_what_nobody_foresaw_is_a_reason(tmp_path, monkeypatch) -> None:
    """The process that decodes goes on behind a file whatever it raises."""

    def fail(_picture):
        raise IndexError("out of range")

    noise(1, (20, 20)).save(tmp_path / "a.png")
    monkeypatch.setattr(measures, "measurements", fail)
    answer = probe(str(tmp_path / "a.png"), "")
    assert answer["kind"] == "broken"
    assert "out of range" in str(answer["reason"])
    assert len(answer["sha256"]) == 64


def test_a_damaged_heic_is_damaged_where_its_library_is_installed(monkeypatch) -> None:
    monkeypatch.setattr(pixels, "_known", lambda _name: True)
    head = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    with pytest.raises(pixels.BadPicture, match="damaged") as told:
        pixels.opened(io.BytesIO(head + b"\x07" * 999), head, ".heic")
    assert not named_in(told.value.said)


def test_a_jpeg_may_be_twice_as_large(tmp_path, monkeypatch) -> None:
    """Telephones take 200 million pixels, which are decoded at a fraction."""
    monkeypatch.setattr(pixels, "MAX_PIXELS", 1000)
    kept = {}
    for name, size in {"a.jpg": (40, 40), "b.jpg": (50, 50), "c.png": (40, 40)}.items():
        noise(1, size).save(tmp_path / name)
        kept[name] = probe(str(tmp_path / name), "")
    assert kept["a.jpg"]["kind"] == "picture"
    assert "more than the 0 million" in str(kept["b.jpg"]["reason"])
    assert kept["c.png"]["kind"] == "broken"


# ---------------------------------------------------------------------- XBM


def test_the_ones_of_an_x_bitmap_are_ink(tmp_path) -> None:
    """As ImageMagick, libvips and Qt have it; Pillow reads the negative."""
    path = tmp_path / "dot.xbm"
    path.write_text("#define x_width 8\n#define x_height 1\nstatic char x_bits[] = {\n   0x01 };\n")
    assert probe(str(path), "")["kind"] == "picture"
    with path.open("rb") as stream:
        head = stream.read(64)
        stream.seek(0)
        picture = pixels.upright(pixels.opened(stream, head, ".xbm"), 1)
    assert np.asarray(picture.convert("L")).tolist() == [[0, *[255] * 7]]
