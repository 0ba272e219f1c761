"""Decoding to upright sRGB, and thumbnails."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from studio.engine.dataset.decoding import decode, pixels
from studio.engine.dataset.decoding.decode import read_picture, read_thumbnail, read_thumbnails
from studio.engine.dataset.index import store
from studio.engine.errors import StudioError

TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def saved(image, path, **options):
    image.save(path, **options)
    return path


def corners():
    """Four quarters of different colours, wider than high."""
    values = np.zeros((32, 64, 3), np.uint8)
    values[:16, :32], values[:16, 32:] = (255, 0, 0), (0, 255, 0)
    values[16:, :32], values[16:, 32:] = (0, 0, 255), (255, 255, 0)
    return Image.fromarray(values)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
def test_every_orientation_comes_upright(tmp_path, orientation, suffix):
    exif = Image.Exif()
    exif[0x0112] = orientation
    # Stored turned the opposite way, so that the tag brings it upright.
    undo = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    turn = undo.get(orientation, TURNS[orientation])
    stored = corners() if turn is None else corners().transpose(turn)
    options = {"quality": 100} if suffix == "jpg" else {}
    options |= {"lossless": True} if suffix == "webp" else {}
    path = saved(stored, tmp_path / f"a.{suffix}", exif=exif, **options)
    picture = read_picture(path)
    difference = np.asarray(picture, np.int16) - np.asarray(corners(), np.int16)
    assert picture.size == (64, 32)
    assert np.abs(difference[4:12, 4:28]).max() < 40
    assert np.abs(difference[20:28, 36:60]).max() < 40


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("1", "L"), ("L", "L"), ("RGB", "RGB"), ("P", "RGB"), ("CMYK", "RGB"), ("LAB", "RGB")],
)
def test_opaque_modes(tmp_path, mode, expected):
    source = Image.linear_gradient("L").convert("RGB")
    if mode == "LAB":
        transform = ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
        )
        image = ImageCms.applyTransform(source, transform)
    else:
        image = source.quantize(256) if mode == "P" else source.convert(mode)
    picture = read_picture(saved(image, tmp_path / "a.tif"))
    assert picture.mode == expected
    middle = np.asarray(picture.convert("L"), np.int16)[:, 100]
    if mode != "1":
        assert np.abs(middle - np.asarray(source.convert("L"), np.int16)[:, 100]).max() <= 6


@pytest.mark.parametrize(("alpha", "expected"), [(255, "RGB"), (100, "RGBA")])
def test_alpha_counts_only_where_it_is_used(tmp_path, alpha, expected):
    image = corners()
    image.putalpha(alpha)
    assert read_picture(saved(image, tmp_path / "a.png")).mode == expected
    grey = image.convert("LA")
    assert read_picture(saved(grey, tmp_path / "b.png")).mode == ("L" if alpha == 255 else "RGBA")


def test_transparent_palettes_and_key_colours_become_alpha(tmp_path):
    palette = corners().quantize(4)
    path = saved(palette, tmp_path / "a.png", transparency=palette.getpixel((0, 0)))
    picture = read_picture(path)
    assert picture.mode == "RGBA"
    assert picture.getpixel((0, 0))[3] == 0
    assert picture.getpixel((63, 0)) == (0, 255, 0, 255)
    keyed = read_picture(saved(corners(), tmp_path / "b.png", transparency=(255, 0, 0)))
    assert [keyed.getpixel(at)[3] for at in ((0, 0), (63, 0))] == [0, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 32768, 65535]], np.uint16), [0, 128, 255]),
        (np.array([[0, 32768, 65535]], np.int32), [0, 128, 255]),
        (np.array([[0, 128, 255]], np.int32), [0, 128, 255]),
        (np.array([[-1000, 0, 1000]], np.int32), [0, 128, 255]),
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 128, 255]),
        (np.array([[0.0, 128.0, 255.0]], np.float32), [0, 128, 255]),
        (np.array([[0.0, np.nan, 1.0]], np.float32), [0, 0, 255]),
    ],
)
def test_deep_grey_keeps_its_tones(tmp_path, values, expected):
    picture = read_picture(saved(Image.fromarray(values), tmp_path / "a.tif"))
    assert picture.mode == "L"
    assert np.asarray(picture)[0].tolist() == expected


def test_an_icc_profile_is_applied_and_srgb_left_alone(tmp_path):
    same = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = saved(corners(), tmp_path / "a.png", icc_profile=same)
    assert np.array_equal(np.asarray(read_picture(plain)), np.asarray(corners()))
    swapped = read_picture(saved(corners(), tmp_path / "b.png", icc_profile=_linear_profile()))
    grey = Image.new("RGB", (8, 8), (128, 128, 128))
    lighter = read_picture(saved(grey, tmp_path / "c.png", icc_profile=_linear_profile()))
    assert swapped.mode == "RGB"
    assert lighter.getpixel((0, 0))[1] > 170  # linear 0.5 is 188 in sRGB
    grey.putalpha(77)
    kept = read_picture(saved(grey, tmp_path / "d.png", icc_profile=_linear_profile()))
    assert kept.getpixel((0, 0))[1] > 170
    assert kept.getpixel((0, 0))[3] == 77


def _linear_profile() -> bytes:
    """The sRGB profile with its three tone curves replaced by straight lines (gamma 1)."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(data[128:132], "big")
    for index in range(count):
        entry = 132 + 12 * index
        if data[entry : entry + 4] in (b"rTRC", b"gTRC", b"bTRC"):
            offset = int.from_bytes(data[entry + 4 : entry + 8], "big")
            data[offset : offset + 12] = b"curv\0\0\0\0\0\0\0\0"
            data[entry + 8 : entry + 12] = (12).to_bytes(4, "big")
        if data[entry : entry + 4] == b"desc":
            offset = int.from_bytes(data[entry + 4 : entry + 8], "big")
            size = int.from_bytes(data[entry + 8 : entry + 12], "big")
            text = data[offset : offset + size]
            data[offset : offset + size] = text.replace(b"\0s\0R\0G\0B", b"\0L\0i\0n\0e").replace(
                b"sRGB", b"Line"
            )
    return bytes(data)


@pytest.mark.parametrize("profile", [b"nonsense", b"\0" * 500_000, b"x" * (9 << 20)])
def test_a_bad_profile_does_not_cost_the_picture(tmp_path, profile):
    path = saved(corners(), tmp_path / "a.tif", icc_profile=profile)
    assert np.array_equal(np.asarray(read_picture(path)), np.asarray(corners()))


def test_a_grey_profile_on_a_colour_picture_is_ignored(tmp_path):
    path = saved(corners().convert("CMYK"), tmp_path / "a.jpg", icc_profile=_linear_profile())
    assert read_picture(path).mode == "RGB"


def test_a_path_is_not_trusted(tmp_path):
    (tmp_path / "a.png").touch()
    with pytest.raises(StudioError, match="empty"):
        read_picture(tmp_path / "a.png")
    with pytest.raises(StudioError, match="no picture at"):
        read_picture(tmp_path / "gone.png")
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(StudioError, match="not a picture"):
        read_picture(tmp_path / "a.txt")


def test_formats_that_run_programs_are_not_opened(tmp_path):
    path = tmp_path / "a.eps"
    corners().save(path)
    for suffix, said in ((".eps", "EPS is not read"), (".png", "not a picture")):
        renamed = path.rename(tmp_path / f"b{suffix}")
        with pytest.raises(StudioError, match=said):
            read_picture(renamed)
        renamed.rename(path)
    assert not set(pixels._BY_CONTENT) & {"EPS", "WMF", "PDF", "MPEG", "GRIB", "HDF5", "BUFR"}


# ---------------------------------------------------------------------- thumbnails


@pytest.fixture
def items(project, draw, take_in, tmp_path):
    draw(tmp_path / "in" / "a.jpg", 0, (600, 300))
    draw(tmp_path / "in" / "b.png", 1, (40, 80))
    image = corners()
    image.putalpha(90)
    image.save(tmp_path / "in" / "c.png")
    return store.items(project, take_in(tmp_path / "in").dataset.id)


def test_thumbnails_have_the_asked_size_and_are_never_enlarged(project, items):
    paths = [read_thumbnail(project, item, 128) for item in items]
    sizes = []
    for path in paths:
        with Image.open(path) as image:
            sizes.append((image.format, image.mode, image.size))
    assert sizes == [
        ("JPEG", "RGB", (128, 64)),
        ("JPEG", "RGB", (40, 80)),
        ("WEBP", "RGBA", (64, 32)),
    ]
    for path in paths:
        assert path.parent.parent == project.cache / "thumbnails"
        assert len(path.parent.name) == 2


def test_a_thumbnail_is_made_once_and_again_when_the_file_changed(
    project, items, draw, take_in, tmp_path
):
    path = read_thumbnail(project, items[1], 64)
    os.utime(path, ns=(1, 1))
    assert read_thumbnail(project, items[1], 64).stat().st_mtime_ns == 1
    assert read_thumbnail(project, items[1], 32) != path
    draw(tmp_path / "in" / "b.png", 7, (60, 60))
    changed = store.items(project, take_in(tmp_path / "in").dataset.id)[1]
    assert read_thumbnail(project, changed, 64) != path


def test_thumbnails_from_many_threads_are_whole(project, items):
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda _: read_thumbnail(project, items[0], 96), range(40)))
    (path,) = paths
    with Image.open(path) as image:
        image.load()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_thumbnails_of_a_picture_that_went_are_one_sentence(project, items):
    items[0].path.unlink()
    with pytest.raises(StudioError, match=r"a\.jpg cannot be read: It is gone"):
        read_thumbnail(project, items[0], 64)
    items[1].path.write_bytes(b"\x89PNG and then nothing")
    results = list(read_thumbnails(project, items, 64))
    assert [item for item, _ in results] == items
    assert isinstance(results[0][1], StudioError)
    assert isinstance(results[1][1], StudioError)
    assert isinstance(results[2][1], Path)


def test_many_thumbnails_can_be_stopped(project, items):
    assert list(read_thumbnails(project, items, 64, cancelled=lambda: True)) == []


def test_a_cache_that_cannot_be_written_is_one_sentence(project, items):
    (project.folder / "cache").write_text("a file where the folder should be")
    with pytest.raises(StudioError, match="cannot be written"):
        read_thumbnail(project, items[0], 64)
    assert decode.make_thumbnail(items[0], 64).size == (64, 32)


def test_a_jpeg_is_decoded_small_for_a_small_use(tmp_path):
    data = io.BytesIO()
    corners().resize((1600, 800)).save(data, "JPEG")
    (tmp_path / "a.jpg").write_bytes(data.getvalue())
    assert read_picture(tmp_path / "a.jpg").size == (1600, 800)
    small = read_picture(tmp_path / "a.jpg", (150, 75))
    assert small.size == (200, 100)
