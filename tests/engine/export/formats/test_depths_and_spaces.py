"""More than 8 bits, and other spaces of colour than sRGB, as Qt and Little CMS read them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from PySide6.QtGui import QColorSpace, QImage

from models.parameters import ParameterError
from studio.engine.artwork import Artwork, Layer
from studio.engine.dataset.decoding import float_tiff
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.errors import StudioError
from studio.engine.export.file_origin import read_provenance
from studio.engine.export.formats.avif import Avif
from studio.engine.export.formats.base import ColourFormat, Format
from studio.engine.export.formats.jpeg import Jpeg
from studio.engine.export.formats.png import Png
from studio.engine.export.formats.profiles import in_space, profile_of, srgb_profile
from studio.engine.export.formats.tiff import Tiff
from studio.engine.pieces.origin import Origin

ORIGIN = Origin("Vase", "Ada", "© Ada", {"latent": {"seed": 7}})
DEEP = [Png(depth="16"), Png(depth="16", compression=0), Tiff(depth="16"),
        Tiff(depth="16", compression="none"), Tiff(depth="32f"),
        Tiff(depth="32f", compression="none")]  # fmt: skip
QT = {1: QImage.Format.Format_Grayscale16, 3: QImage.Format.Format_RGBX64,
      4: QImage.Format.Format_RGBA64}  # fmt: skip


def spoken(kind: Format) -> str:
    return "-".join([kind.name, *(str(each) for each in kind.as_dict().values())])


def picture(channels: int, height: int = 300, width: int = 23) -> np.ndarray:
    """Floats between the levels of 8 bits; higher than a band of rows, and of odd width."""
    made = np.random.default_rng(channels).random((height, width, channels)).astype(np.float32)
    if channels == 4:
        made[..., 3] = 0.25 + 0.75 * made[..., 3]
        made[..., :3] *= made[..., 3:]
    return made


def straight(image: np.ndarray) -> np.ndarray:
    if image.shape[2] != 4:
        return image
    return np.concatenate([image[..., :3] / image[..., 3:], image[..., 3:]], axis=2)


def deep_by_qt(path: Path, channels: int) -> np.ndarray:
    """uint16 [h, w, channels], alpha straight."""
    image = QImage(str(path))
    assert not image.isNull()
    image = image.convertToFormat(QT[channels])
    rows = np.frombuffer(image.constBits(), np.uint16).reshape(image.height(), -1)
    planes = 1 if channels == 1 else 4
    return (
        rows[:, : image.width() * planes].reshape(image.height(), -1, planes)[..., :channels].copy()
    )


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", DEEP, ids=spoken)
def test_what_lies_between_two_levels_leaves(kind: Format, channels: int, tmp_path: Path) -> None:
    image, target = picture(channels), tmp_path / f"a{kind.suffix}"
    kind.write(Artwork.of(image), ORIGIN, target)
    seen = deep_by_qt(target, channels)
    most = 5 if channels == 4 else 1  # Qt multiplies floats by alpha meanwhile
    assert np.abs(seen - straight(image) * 65535).max() <= most
    found = read_provenance(target)
    assert (found["creator"], found["verified"]) == ("Ada", True)
    known = read_picture(target)
    assert known.size == (23, 300)
    assert np.abs(np.asarray(known, float).reshape(300, 23, -1) - straight(image) * 255).max() <= 1


def test_floats_come_back_to_the_bit(tmp_path: Path) -> None:
    image = picture(3)
    for compression in ("deflate", "none"):
        target = tmp_path / f"{compression}.tif"
        Tiff(depth="32f", compression=compression).write(Artwork.of(image), ORIGIN, target)
        found = float_tiff.read(target)
        assert found is not None
        assert np.array_equal(found.planes(), image)
        assert found.profile == srgb_profile()


def test_a_cut_off_tiff_of_floats_gets_one_sentence(tmp_path: Path) -> None:
    whole, cut = tmp_path / "a.tif", tmp_path / "b.tif"
    Tiff(depth="32f").write(Artwork.of(picture(4)), ORIGIN, whole)
    data = bytearray(whole.read_bytes())
    data[2000:9000] = bytes(7000)
    cut.write_bytes(data)
    with pytest.raises(StudioError, match=r"b\.tif is no picture that can be read"):
        Tiff.read_picture(cut)
    with pytest.raises(StudioError, match=r"b\.tif cannot be read: "):
        read_picture(cut)


def test_hidden_colour_stays_in_16_bits(tmp_path: Path) -> None:
    image = np.zeros((4, 4, 4), np.uint8)
    image[..., :3] = (250, 10, 90)
    Png(depth="16").write(Artwork.of(image), ORIGIN, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as opened:
        assert np.array_equal(np.asarray(opened), image)


def test_lzw_is_for_bytes() -> None:
    with pytest.raises(ParameterError, match="LZW is for 8 bit only"):
        Tiff(depth="16", compression="lzw")


# ---------------------------------------------------------------------- spaces of colour

WIDE = [Png(profile="display-p3"), Png(depth="16", profile="display-p3"),
        Tiff(profile="adobe-rgb"), Tiff(depth="16", profile="adobe-rgb"),
        Jpeg(quality=100, profile="display-p3"),
        Avif(quality=100, profile="adobe-rgb")]  # fmt: skip


@pytest.mark.parametrize("kind", WIDE, ids=spoken)
def test_colours_are_converted_and_not_only_said_to_be(kind: ColourFormat, tmp_path: Path) -> None:
    ramp = np.linspace(10, 245, 64)
    image = np.stack([ramp[None] + 0 * ramp[:, None], ramp[:, None] + 0 * ramp[None],
                      255 - ramp[None] + 0 * ramp[:, None]], axis=2).astype(np.uint8)  # fmt: skip
    target = tmp_path / f"a{kind.suffix}"
    kind.write(Artwork.of(image), ORIGIN, target)
    with Image.open(target) as opened:
        numbers, icc = np.asarray(opened, int), opened.info["icc_profile"]
        back = ImageCms.profileToProfile(
            opened, ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB")
        )
    assert np.abs(numbers - image).max() > 12, "the numbers are those of another space"
    assert np.abs(np.asarray(back, int) - image).mean() < 1.6, "and mean the same colours"
    space = QColorSpace.fromIccProfile(icc)
    wanted = {
        "display-p3": QColorSpace.Primaries.DciP3D65, "adobe-rgb": QColorSpace.Primaries.AdobeRgb
    }[kind.profile]  # fmt: skip
    assert space.isValid()
    assert space.primaries() == wanted
    assert ImageCms.getProfileDescription(io.BytesIO(icc)).strip() in (
        "Display P3", "Adobe RGB (1998)"
    )  # fmt: skip
    assert read_provenance(target)["verified"] is True


def test_grey_needs_no_other_space(tmp_path: Path) -> None:
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8, 1) * 4
    Png(profile="adobe-rgb").write(Artwork.of(grey), ORIGIN, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as opened:
        assert np.array_equal(np.asarray(opened), grey[..., 0])
        assert "icc_profile" not in opened.info
    assert profile_of(grey, "adobe-rgb")[16:20] == b"GRAY"


def test_white_stays_white_and_nothing_is_clipped() -> None:
    corners = np.array(np.meshgrid([0, 1], [0, 1], [0, 1])).reshape(3, -1).T[None]
    for space in ("display-p3", "adobe-rgb"):
        made = in_space(corners.astype(np.float32), space)
        assert np.allclose(made[0, -1], 1, atol=2e-4)
        assert np.allclose(made[0, 0], 0, atol=1e-6)


# ---------------------------------------------------------------------- AVIF


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_avif_stays_close_and_keeps_alpha(channels: int, tmp_path: Path) -> None:
    ramp = np.linspace(20, 235, 64)
    image = np.stack([ramp[None] + 0 * ramp[:, None]] * channels, axis=2).astype(np.uint8)
    Avif().write(Artwork((Layer("a", image),)), ORIGIN, tmp_path / "a.avif")
    with Image.open(tmp_path / "a.avif") as opened:
        made = np.asarray(opened, int)
        assert opened.mode == ("RGBA" if channels == 4 else "RGB")
    gap = np.abs(made - (image.repeat(3, 2) if channels == 1 else image))
    assert gap.max() <= 8
    found = read_provenance(tmp_path / "a.avif")
    assert (found["title"], found["verified"]) == ("Vase", True)


def test_a_picture_too_wide_for_avif_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"at most 16384 pixels .* 16385 × 1: choose PNG or TIFF"):
        Avif().write(Artwork.of(np.zeros((1, 16385, 3), np.uint8)), ORIGIN, tmp_path / "a.avif")
    assert list(tmp_path.iterdir()) == []
