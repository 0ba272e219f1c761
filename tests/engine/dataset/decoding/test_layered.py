"""Documents with layers come in by their merged picture, of whatever mode and layout."""

from __future__ import annotations

import importlib.util
import io
import struct
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.decoding import decode
from studio.engine.dataset.index import store
from studio.engine.errors import StudioError

BITMAP, GREY, INDEXED, RGB, CMYK, INKS, DUOTONE, LAB = 0, 1, 2, 3, 4, 7, 8, 9
SIDE = 16
Y, X = np.mgrid[0:SIDE, 0:SIDE]
DISC = (X - 8) ** 2 + (Y - 8) ** 2 < 25
CLEAR = np.where(DISC, 255, 0).astype(np.uint8)
SELECTION = np.where(X < 8, 255, 0).astype(np.uint8)
FULL = np.full((SIDE, SIDE), 255, np.uint8)


def disc(*colour):
    """The colour in a disc on white."""
    return [np.where(DISC, value, 255).astype(np.uint8) for value in colour]


def resource(number, data, name=b""):
    named = bytes([len(name)]) + name + b"\0" * (1 - len(name) % 2)
    return (
        b"8BIM"
        + struct.pack(">H", number)
        + named
        + struct.pack(">I", len(data))
        + data
        + (b"\0" * (len(data) % 2))
    )


def deep(plane, depth):
    """A channel of levels 0 to 255 in another depth; 32 bits are linear light."""
    if depth == 1:
        return np.packbits(plane > 127, axis=1).tobytes()
    if depth == 16:
        return (plane.astype(np.uint32) * 257).astype(">u2").tobytes()
    if depth == 32:
        share = plane / 255.0
        light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
        return light.astype(">f4").tobytes()
    return plane.tobytes()


def packbits(row):
    """Literal runs of up to 128 bytes, each row by itself."""
    parts = [row[start : start + 128] for start in range(0, len(row), 128)]
    return b"".join(bytes([len(part) - 1]) + part for part in parts)


def photoshop(
    path, planes, mode=RGB, depth=8, *, large=False, packed=False, merged=True, count=0, block=b"",
    palette=b"",
):  # fmt: skip
    wide = ">Q" if large else ">I"
    data = struct.pack(">4sH6xHIIHH", b"8BPS", 1 + large, len(planes), SIDE, SIDE, depth, mode)
    data += struct.pack(">I", len(palette)) + palette
    resources = resource(1005, b"\0" * 16, b"odd") + resource(
        1057, struct.pack(">IB", 1, merged) + b"\0" * 12
    )
    data += struct.pack(">I", len(resources)) + resources
    info = b"" if block else struct.pack(">h", count)
    section = struct.pack(wide, len(info)) + info + struct.pack(">I", 0)
    if block:
        inner = struct.pack(">h", count) + b"\0\0"
        long = large and block in (b"Lr16", b"Mtrn")
        section += b"8BIM" + block + struct.pack(">Q" if long else ">I", len(inner)) + inner
    data += struct.pack(wide, len(section)) + section
    row = SIDE * depth // 8
    raw = [deep(plane, depth) for plane in planes]
    if packed:
        rows = [packbits(each[i : i + row]) for each in raw for i in range(0, len(each), row)]
        data += struct.pack(">H", 1)
        data += b"".join(struct.pack(">I" if large else ">H", len(each)) for each in rows)
        data += b"".join(rows)
    else:
        data += struct.pack(">H", 0) + b"".join(raw)
    path.write_bytes(data)
    return path


def corners(path):
    """The middle and a corner of what is made of a file."""
    picture = decode.read_picture(path)
    return picture.mode, picture.getpixel((8, 8)), picture.getpixel((0, 0))


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("depth", [8, 16, 32])
def test_every_depth_of_photoshop_plain_and_large(tmp_path, depth, packed, large):
    path = photoshop(tmp_path / "a.psb", disc(200, 40, 30), depth=depth, packed=packed, large=large)
    assert corners(path) == ("RGB", (200, 40, 30), (255, 255, 255))


@pytest.mark.parametrize(
    ("mode", "planes", "depth", "found"),
    [
        (BITMAP, [CLEAR], 1, ("L", 0, 255)),  # a bit that is set is ink
        (GREY, disc(70), 16, ("L", 70, 255)),
        (DUOTONE, disc(70), 8, ("L", 70, 255)),
        (INKS, disc(200, 40, 30), 8, ("RGB", (200, 40, 30), (255, 255, 255))),
        (INKS, disc(70), 8, ("L", 70, 255)),
    ],
)
def test_every_mode_of_photoshop(tmp_path, mode, planes, depth, found):
    assert corners(photoshop(tmp_path / "a.psd", planes, mode, depth)) == found


def test_indexed_and_lab_and_deep_inks(tmp_path):
    table = np.zeros((3, 256), np.uint8)
    table[:, 5] = (200, 40, 30)
    plane = np.where(DISC, 5, 0).astype(np.uint8)
    path = photoshop(tmp_path / "p.psd", [plane], INDEXED, palette=table.tobytes())
    assert corners(path) == ("RGB", (200, 40, 30), (0, 0, 0))
    lab = [np.full((SIDE, SIDE), value, np.uint8) for value in (128, 128, 128)]
    for depth in (8, 16):
        _, grey, _ = corners(photoshop(tmp_path / "l.psd", lab, LAB, depth))
        assert max(grey) - min(grey) <= 2
        assert 110 <= grey[0] <= 130
        white = photoshop(tmp_path / "c.psd", [FULL] * 4, CMYK, depth)
        assert corners(white)[1] == (255, 255, 255)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("block", [b"", b"Lr16", b"Mtrn"])
def test_a_saved_selection_takes_no_transparency_away(tmp_path, block, large):
    planes = [*disc(200, 40, 30), CLEAR, SELECTION]
    path = photoshop(tmp_path / "a.psd", planes, count=-1, block=block, large=large)
    assert corners(path) == ("RGBA", (200, 40, 30, 255), (0, 0, 0, 0))
    path = photoshop(tmp_path / "b.psd", [*planes[:4], SELECTION], count=1, large=large)
    assert corners(path)[0] == "RGB"


def test_grey_with_transparency(tmp_path):
    path = photoshop(tmp_path / "a.psd", [*disc(70), CLEAR], GREY, count=-1)
    assert corners(path) == ("RGBA", (70, 70, 70, 255), (0, 0, 0, 0))


@pytest.mark.usefixtures("read_here")
def test_without_a_merged_picture_no_white_blank_trains(
    project, draw, take_in, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "psd_tools", None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (tmp_path / "in").mkdir()
    path = photoshop(tmp_path / "in" / "a.psd", [FULL] * 3, count=1, merged=False)
    with pytest.raises(StudioError, match="extras install layered"):
        decode.decoded(path, "", None)
    # Nothing is missing where there are no layers.
    flat = photoshop(tmp_path / "b.psd", disc(9, 9, 9), count=0, merged=False)
    assert corners(flat)[1] == (9, 9, 9)


@pytest.mark.skipif(not importlib.util.find_spec("psd_tools"), reason="psd-tools is not installed")
def test_layers_are_put_together(tmp_path):
    from psd_tools import PSDImage

    document = PSDImage.new("RGBA", (SIDE, SIDE))
    document.create_pixel_layer(Image.new("RGBA", (8, 8), (200, 40, 30, 255)), top=4, left=4)
    document.save(tmp_path / "a.psd")
    data = bytearray((tmp_path / "a.psd").read_bytes())
    place = data.find(struct.pack(">H", 1057))
    assert place > 0
    data[place + 12] = 0
    (tmp_path / "a.psd").write_bytes(data)
    picture = decode.read_picture(tmp_path / "a.psd").convert("RGBA")
    assert picture.getpixel((8, 8)) == (200, 40, 30, 255)
    assert picture.getpixel((0, 0))[3] == 0


PAINTINGS = {".kra": "mergedimage.png", ".ora": "mergedimage.png",
             ".procreate": "QuickLook/Thumbnail.png"}  # fmt: skip


def painting(path, inner, data=None):
    if data is None:
        stream = io.BytesIO()
        Image.fromarray(np.stack(disc(200, 40, 30), axis=2)).save(stream, "PNG")
        data = stream.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/x-krita")
        packed.writestr("preview.png", b"small")
        packed.writestr(inner, data)
    return path


@pytest.mark.parametrize(("ending", "inner"), PAINTINGS.items())
def test_paintings_come_in_by_their_merged_picture(project, take_in, tmp_path, ending, inner):
    path = painting(tmp_path / "in" / f"a{ending}", inner)
    assert corners(path) == ("RGB", (200, 40, 30), (255, 255, 255))
    painting(tmp_path / "in" / f"no{ending}", "other.png")
    painting(tmp_path / "in" / f"bad{ending}", inner, b"not a picture")
    (tmp_path / "in" / f"cut{ending}").write_bytes(path.read_bytes()[:-30])
    done = take_in(tmp_path / "in")
    assert (done.usable, done.kinds) == (1, {ending: 4})
    (found,) = [item for item in store.items(project, done.dataset.id) if item.usable]
    assert found.format == ending[1:].upper()
    reasons = sorted(str(reason) for _, reason in done.rejected)
    assert reasons[0] == "It holds no merged picture: open it in its program and save it as PNG."
    assert reasons[1] == "It is not a picture that can be read."
    assert reasons[2].startswith("The archive is damaged")


def test_a_painting_that_is_chosen_by_itself_or_packed_is_a_picture(take_in, tmp_path):
    path = painting(tmp_path / "a.kra", "mergedimage.png")
    assert take_in(path, name="one").usable == 1
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as packed:
        packed.write(path, "set/a.kra")
    assert take_in(tmp_path / "set.zip", name="two").usable == 1
