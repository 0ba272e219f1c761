"""Every format keeps its pixels, its profile and its origin, as seen by readers of others."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QColorSpace, QImageReader

from models.parameters import ParameterError
from studio.engine.errors import StudioError, UsageError
from studio.engine.export.file_origin import read_provenance
from studio.engine.export.formats.base import FlatFormat, format_of, formats
from studio.engine.export.formats.jpeg import Jpeg, over
from studio.engine.export.formats.png import Png
from studio.engine.export.formats.tiff import Tiff
from studio.engine.export.formats.webp import LARGEST, Webp
from studio.engine.pieces.origin import FIRST, TRAINED, Origin
from tests.engine.export.readers import DC, IPTC, OURS, Pixels, beside, by_qt, described

ORIGIN = Origin(
    title="Vase 7 <draft> & more",
    creator='Ж. Künstler 画家 & "Co"',
    rights="© 2026 <all> rights",
    recipe={"piece": "Vase 7", "latent": {"seed": 7}, "stack": [{"op": "crop"}], "名": "花瓶 ]]>"},
)
LOSSLESS = [
    Png(), Png(compression=0), Png(compression=9), Tiff(), Tiff(compression="lzw"),
    Tiff(compression="none"), Webp(lossless=True), Webp(lossless=True, quality=0),
]  # fmt: skip
EVERY = [Png(), Jpeg(), Tiff(), Webp()]


def spoken(kind: FlatFormat) -> str:
    return "-".join([kind.name, *(str(value) for value in kind.as_dict().values())])


def picture(channels: int, height: int = 29, width: int = 37) -> Pixels:
    """Every pixel different in all channels; an odd size catches rows that are padded."""
    return np.random.default_rng(channels).integers(0, 256, (height, width, channels), np.uint8)


def soft(channels: int, side: int = 64) -> Pixels:
    """A gradient, which a lossy format keeps well."""
    ramp = np.linspace(20, 235, side)
    planes = [ramp[None, :] + 0 * ramp[:, None], ramp[:, None] + 0 * ramp[None, :]]
    image = np.stack([planes[each % 2] for each in range(channels)], axis=2)
    return np.ascontiguousarray(image.astype(np.uint8))


def seen(image: Pixels) -> np.ndarray:
    """Colour as far as alpha lets it through."""
    return image[..., :3].astype(float) * image[..., 3:] / 255


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", LOSSLESS, ids=spoken)
def test_lossless_pixels_are_read_back_equal(
    kind: FlatFormat, channels: int, tmp_path: Path
) -> None:
    image, target = picture(channels), tmp_path / f"a{kind.suffix}"
    kind.write_flat(image, ORIGIN, target)
    wanted = image.repeat(3, 2) if channels == 1 and kind.name == "webp" else image
    if kind.name == "tiff" and channels == 4:
        # Qt premultiplies a TIFF while it reads, so only what is seen can be compared.
        gap = seen(by_qt(target, 4)) - seen(wanted)
        assert np.abs(gap).max() <= 1
    else:
        assert np.array_equal(by_qt(target, wanted.shape[2]), wanted)
    with Image.open(target) as opened:
        opened.load()
        assert np.array_equal(np.asarray(opened).reshape(wanted.shape), wanted)


@pytest.mark.parametrize("kind", [Png(), Tiff(), Webp(lossless=True)], ids=spoken)
def test_alpha_is_straight_and_hidden_colour_stays(kind: FlatFormat, tmp_path: Path) -> None:
    image = np.zeros((8, 8, 4), np.uint8)
    image[..., :3] = (250, 10, 90)
    image[..., 3] = np.arange(64).reshape(8, 8)
    kind.write_flat(image, ORIGIN, tmp_path / "a")
    with Image.open(tmp_path / "a") as opened:
        assert np.array_equal(np.asarray(opened), image)
    if kind.name == "tiff":
        assert beside(tmp_path / "a").tags[338] == (2,)  # unassociated alpha, TIFF 6.0 section 18


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_stays_close(channels: int, tmp_path: Path) -> None:
    image = soft(channels)
    Jpeg().write_flat(image, ORIGIN, tmp_path / "a.jpg")
    gap = by_qt(tmp_path / "a.jpg", channels).astype(int) - image
    assert np.abs(gap).max() <= 6
    assert np.abs(gap).mean() < 1


@pytest.mark.parametrize("channels", [3, 4])
def test_lossy_webp_stays_close(channels: int, tmp_path: Path) -> None:
    image = soft(channels)
    if channels == 4:
        image[..., 3] = 255
        image[:8, :8, 3] = 128
    Webp().write_flat(image, ORIGIN, tmp_path / "a.webp")
    made = by_qt(tmp_path / "a.webp", channels).astype(int)
    assert np.abs(made[..., :3] - image[..., :3]).mean() < 4
    assert np.array_equal(made[..., 3:], image[..., 3:])


def test_jpeg_lays_transparency_over_its_ground(tmp_path: Path) -> None:
    image = np.zeros((16, 16, 4), np.uint8)
    image[..., :3] = (200, 40, 0)
    image[:, 8:, 3] = 255
    for ground, shade in (("white", 255), ("grey", 128), ("black", 0)):
        Jpeg(ground=ground).write_flat(image, ORIGIN, tmp_path / f"{ground}.jpg")
        made = by_qt(tmp_path / f"{ground}.jpg", 3).astype(int)
        assert np.abs(made[:, :6] - shade).max() <= 8
        assert np.abs(made[:, 10:] - (200, 40, 0)).max() <= 8


def test_half_transparent_is_mixed_by_its_alpha() -> None:
    image = np.array([[[100, 0, 255, 51]]], np.uint8)  # a fifth
    assert over(image, 255)[0, 0].tolist() == [224, 204, 255]
    assert over(image, 0)[0, 0].tolist() == [20, 0, 51]


def test_colour_is_as_fine_as_light_unless_told_otherwise(tmp_path: Path) -> None:
    for full, wanted in ((True, 0x11), (False, 0x22)):
        Jpeg(full_colour=full).write_flat(picture(3), ORIGIN, tmp_path / f"{full}.jpg")
        data = (tmp_path / f"{full}.jpg").read_bytes()
        frame = data.index(b"\xff\xc0")
        assert data[frame + 11] == wanted  # sampling factors of the first component


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", EVERY, ids=spoken)
def test_the_profile_is_srgb(kind: FlatFormat, channels: int, tmp_path: Path) -> None:
    # A PNG says so in a word and a WebP by saying nothing: GIMP asks what to do with every profile
    # that it does not know.
    origin = replace(ORIGIN, version=FIRST) if kind.name in ("png", "webp") else ORIGIN
    kind.write_flat(picture(channels), origin, tmp_path / "a")
    icc = beside(tmp_path / "a").icc
    assert struct.unpack(">I", icc[:4])[0] == len(icc)
    assert icc[36:40] == b"acsp"
    grey = channels == 1 and kind.name != "webp"
    assert icc[16:20] == (b"GRAY" if grey else b"RGB ")
    space = QColorSpace.fromIccProfile(icc)
    assert space.isValid()
    if not grey:
        assert space.primaries() == QColorSpace.Primaries.SRgb
        assert space.transferFunction() == QColorSpace.TransferFunction.SRgb
    assert QImageReader(str(tmp_path / "a")).read().colorSpace().isValid()


def test_a_webp_is_srgb_without_a_profile(tmp_path: Path) -> None:
    Webp().write_flat(picture(3), ORIGIN, tmp_path / "a.webp")
    assert beside(tmp_path / "a.webp").icc == b""


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_png_is_srgb_without_a_profile(channels: int, tmp_path: Path) -> None:
    Png().write_flat(picture(channels), ORIGIN, tmp_path / "a.png")
    assert beside(tmp_path / "a.png").icc == b""
    assert b"sRGB\0" in (tmp_path / "a.png").read_bytes()
    space = QImageReader(str(tmp_path / "a.png")).read().colorSpace()
    assert space == QColorSpace(QColorSpace.NamedColorSpace.SRgb)


@pytest.mark.parametrize("kind", EVERY, ids=spoken)
@pytest.mark.parametrize("dpi", [None, 150])
def test_every_format_states_a_resolution(
    dpi: int | None, kind: FlatFormat, tmp_path: Path
) -> None:
    kind = type(kind).from_mapping({} if dpi is None else {"dpi": dpi})
    kind.write_flat(picture(3), ORIGIN, tmp_path / "a")
    with Image.open(tmp_path / "a") as opened:
        tags = opened.getexif()
        stated = opened.info.get("dpi") or (tags[0x011A], tags[0x011B])
        assert [round(float(each), 1) for each in stated] == [dpi or 300] * 2
        assert kind.name != "webp" or tags[0x0128] == 2  # inches


def test_the_grey_profile_has_the_curve_of_srgb(tmp_path: Path) -> None:
    from PIL import ImageCms

    from studio.engine.export.formats.profiles import grey_profile, srgb_profile

    ramp = np.arange(256, dtype=np.uint8)[None]
    opened = [ImageCms.ImageCmsProfile(_stream(each)) for each in (grey_profile(), srgb_profile())]
    turned = ImageCms.profileToProfile(Image.fromarray(ramp), *opened, outputMode="RGB")
    assert turned is not None
    assert np.abs(np.asarray(turned).astype(int) - ramp[..., None]).max() <= 1


def _stream(data: bytes):  # type: ignore[no-untyped-def]
    import io

    return io.BytesIO(data)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", EVERY, ids=spoken)
def test_the_packet_says_where_the_picture_comes_from(
    kind: FlatFormat, channels: int, tmp_path: Path
) -> None:
    kind.write_flat(picture(channels), ORIGIN, tmp_path / "a")
    facts = described(beside(tmp_path / "a").xmp)
    assert facts[f"{IPTC}DigitalSourceType"] == TRAINED
    assert TRAINED.endswith("/trainedAlgorithmicMedia")
    assert facts[f"{DC}creator"] == ORIGIN.creator
    assert facts[f"{DC}rights"] == ORIGIN.rights
    assert facts[f"{DC}title"] == ORIGIN.title
    assert json.loads(facts[f"{OURS}Recipe"]) == ORIGIN.recipe
    found = read_provenance(tmp_path / "a")
    assert found.pop("tool").startswith("Latent Studio ")
    assert found == {
        "digital_source_type": TRAINED, "creator": ORIGIN.creator, "rights": ORIGIN.rights,
        "title": ORIGIN.title, "recipe": ORIGIN.recipe, "verified": True,
    }  # fmt: skip


@pytest.mark.parametrize("kind", EVERY, ids=spoken)
def test_the_same_picture_makes_the_same_file(kind: FlatFormat, tmp_path: Path) -> None:
    for name in "ab":
        kind.write_flat(picture(4), ORIGIN, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_plain_tiff_holds_the_bytes_themselves(channels: int, tmp_path: Path) -> None:
    image = picture(channels)
    Tiff(compression="none").write_flat(image, ORIGIN, tmp_path / "a.tif")
    data, tags = (tmp_path / "a.tif").read_bytes(), beside(tmp_path / "a.tif").tags
    strips = zip(tags[273], tags[279], strict=True)
    assert b"".join(data[at : at + length] for at, length in strips) == image.tobytes()
    assert tags.get(277, (1,)) == (channels,)
    assert tags[258] == (8,) * channels


def test_the_resolution_of_a_tiff(tmp_path: Path) -> None:
    Tiff(dpi=240).write_flat(picture(3), ORIGIN, tmp_path / "a.tif")
    tags = beside(tmp_path / "a.tif").tags
    assert tags[282][0] / tags[282][1] == tags[283][0] / tags[283][1] == 240
    assert tags[296] == (2,)  # inches


def test_compression_changes_the_size_and_nothing_else(tmp_path: Path) -> None:
    for level in (0, 9):
        Png(compression=level).write_flat(soft(3, 128), ORIGIN, tmp_path / f"{level}.png")
    assert (tmp_path / "9.png").stat().st_size < (tmp_path / "0.png").stat().st_size / 4


def test_a_recipe_too_long_for_a_jpeg_is_said(tmp_path: Path) -> None:
    long = Origin(title="Long", recipe={"latent": "A" * 70_000})
    with pytest.raises(StudioError, match="recipe of Long is too long for a JPEG: choose PNG"):
        Jpeg().write_flat(picture(3), long, tmp_path / "a.jpg")
    assert list(tmp_path.iterdir()) == []
    for kind in (Png(), Tiff(), Webp()):
        kind.write_flat(picture(3), long, tmp_path / "a")
        assert read_provenance(tmp_path / "a")["recipe"] == long.recipe


def test_the_longest_recipe_that_a_jpeg_holds(tmp_path: Path) -> None:
    from studio.engine.export.formats.jpeg import LONGEST_PACKET
    from studio.engine.pieces.provenance import xmp_packet

    spare = LONGEST_PACKET - len(xmp_packet(Origin(recipe={"latent": ""}), "0" * 64))
    longest = Origin(recipe={"latent": "A" * spare})
    # One pixel: the smaller the picture, the less room the encoder takes for the segments.
    for number, image in enumerate((picture(3, 1, 1), picture(1, 1, 1), picture(4, 300, 300))):
        target = tmp_path / f"{number}.jpg"
        Jpeg().write_flat(image, longest, target)
        assert read_provenance(target)["recipe"] == longest.recipe
    with pytest.raises(StudioError, match="recipe of this picture is too long"):
        Jpeg().write_flat(
            picture(3), Origin(recipe={"latent": "A" * (spare + 1)}), tmp_path / "b.jpg"
        )


def test_a_picture_too_wide_for_webp_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"at most 16383 pixels .* 16384 × 1: choose PNG or TIFF"):
        Webp().write_flat(np.zeros((1, LARGEST + 1, 3), np.uint8), ORIGIN, tmp_path / "a.webp")
    assert list(tmp_path.iterdir()) == []


def test_every_format_is_found_and_declares_itself() -> None:
    assert {"avif", "jpeg", "png", "tiff", "webp"} <= set(formats())
    for name, kind in formats().items():
        assert format_of(name) is kind
        assert kind.suffix.startswith(".")
        assert kind.summary.endswith(".")
        assert all(each.help for each in kind.params().values())


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no export format 'gif'\. Known: avif, jpeg, .*png"):
        format_of("gif")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("png", {"compression": 10}), ("png", {"compression": -1}), ("png", {"compression": "x"}),
        ("png", {"dpi": 35}), ("jpeg", {"quality": 0}), ("jpeg", {"quality": float("nan")}),
        ("jpeg", {"ground": "pink"}), ("tiff", {"dpi": 0}), ("tiff", {"compression": "zip"}),
        ("webp", {"quality": 101}), ("webp", {"lossless": "perhaps"}),
    ],
)  # fmt: skip
def test_a_wrong_option_gets_one_sentence(name: str, options: dict[str, object]) -> None:
    with pytest.raises(ParameterError) as caught:
        format_of(name).from_mapping(options)
    assert "\n" not in str(caught.value)
    assert next(iter(options)) in str(caught.value)
