"""What the inspector says of a file: camera, profile and tones, and never where it was taken."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from studio.engine.dataset.decoding import icc_profile
from studio.engine.dataset.index import store
from studio.engine.dataset.papers import about


@pytest.fixture
def described(project, take_in, tmp_path):
    def describe(picture: Image.Image, name: str = "a.jpg", **options: object) -> about.About:
        folder = tmp_path / "set"
        folder.mkdir(exist_ok=True)
        picture.save(folder / name, **options)  # type: ignore[arg-type]
        items = store.items(project, take_in(folder, name="set").dataset.id)
        return about.about(next(item for item in items if item.name == name))

    return describe


def exif(**inner: object) -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F], tags[0x0110] = "NIKON CORPORATION", "NIKON D850"
    tags[0x0132] = "2020:01:01 00:00:00"
    values = {
        0x9003: "2026:11:25 14:03:59", 0xA434: "50 mm  f/1.4\0", 0x829A: 0.004, 0x829D: 2.8,
        0x8827: 400, 0x920A: 50.0,
    }  # fmt: skip
    tags.get_ifd(0x8769).update(values | {int(key[1:], 16): v for key, v in inner.items()})
    return tags


def test_camera_lens_exposure_and_moment(described) -> None:
    found = described(Image.new("RGB", (64, 48), (200, 10, 10)), exif=exif())
    assert found.camera == "NIKON D850"
    assert found.lens == "50 mm f/1.4"
    assert found.exposure == "1/250 s · f/2.8 · ISO 400 · 50 mm"
    assert found.taken == "2026-11-25 14:03"
    assert not found.has_place


def test_a_place_is_only_said_to_be_there(described) -> None:
    tags = exif()
    tags.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    found = described(Image.new("RGB", (64, 48)), exif=tags)
    assert found.has_place
    assert "52" not in repr(found.camera + found.lens + found.exposure + found.taken)


def test_a_profile_has_a_name_and_a_damaged_one_has_none(described) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    named = described(Image.new("RGB", (64, 48)), "a.png", icc_profile=profile)
    assert "sRGB" in named.profile
    assert icc_profile.name_of(b"x" * 500_000) == ""
    assert icc_profile.name_of(profile[:200]) == ""
    assert icc_profile.name_of(b"") == ""


def test_the_tones_count_what_can_be_seen(described) -> None:
    picture = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    picture.paste((10, 20, 30, 255), (0, 0, 40, 20))
    tones = described(picture, "a.png").tones
    assert tones.shape == (3, 256)
    assert [int(np.argmax(row)) for row in tones] == [10, 20, 30]
    assert tones.sum(axis=1).tolist() == [800, 800, 800]


def test_hostile_exif_costs_only_itself(described) -> None:
    tags = exif(x829A=1e-30, x829D=float("inf"), x920A=-3.0, xA434="\x1b]0;x\x07" * 200)
    found = described(Image.new("RGB", (64, 48)), exif=tags)
    assert found.exposure == "ISO 400"
    assert len(found.lens) <= 120
    assert found.lens.isprintable()
