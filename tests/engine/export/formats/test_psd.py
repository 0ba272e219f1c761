"""PSD as psd-tools and Pillow read it, which share no code with the writer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.artwork import Artwork, Layer
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.errors import StudioError
from studio.engine.export.file_origin import read_provenance
from studio.engine.export.formats.psd import LARGEST, Psd
from studio.engine.pieces.origin import Origin

ORIGIN = Origin("Vase", "Ada", "© Ada", {"latent": {"seed": 7}})
CHINESE = "之前 · Café 🏺"


def artwork(channels: int) -> Artwork:
    """A hidden layer of bytes below one of floats, of odd size."""
    below = np.random.default_rng(channels).integers(0, 256, (21, 33, channels), np.uint8)
    above = below[::-1].astype(np.float32) / 255
    if channels == 4:
        above[..., :3] *= above[..., 3:]
    return Artwork((Layer(CHINESE, below, visible=False), Layer("After", above)))


@pytest.mark.parametrize("depth", ["8", "16"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_layers_are_read_by_psd_tools(channels: int, depth: str, tmp_path: Path) -> None:
    from psd_tools import PSDImage

    art, target = artwork(channels), tmp_path / "a.psd"
    Psd(depth=depth).write(art, ORIGIN, target)
    document = PSDImage.open(target)
    assert (document.depth, document.size) == (int(depth), (33, 21))
    assert [(layer.name, layer.visible) for layer in document] == [
        (CHINESE, False),
        ("After", True),
    ]
    assert len({layer.layer_id for layer in document}) == 2
    for layer, wanted in zip(document, art.layers, strict=True):
        gap = np.abs(layer.numpy() - wanted.straight()) * wanted.straight()[..., -1:]
        assert gap.max() < (1e-4 if depth == "16" else 0.003)
    if depth == "8":
        count = document._record.layer_and_mask_information.layer_info.layer_count
        assert count == (-2 if channels == 4 else 2), "negative: the merged picture has alpha"
    assert document.image_resources.get_data(1039)[36:40] == b"acsp"


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_merged_picture_is_what_is_seen(channels: int, tmp_path: Path) -> None:
    art, target = artwork(channels), tmp_path / "a.psd"
    Psd().write(art, ORIGIN, target)
    flat = art.flat()
    with Image.open(target) as opened:
        merged = np.asarray(opened, int).reshape(21, 33, -1)
        assert opened.info["icc_profile"]
    if channels == 4:  # over white, as Photoshop has it
        share = flat[..., 3:] / 255
        mixed = flat[..., :3] * share + 255 * (1 - share)
        assert np.array_equal(merged[..., 3], flat[..., 3])
        assert np.abs(merged[..., :3] - mixed).max() <= 1
    else:
        assert np.array_equal(merged, flat)
    read = np.asarray(read_picture(target), int).reshape(21, 33, -1)
    seen = flat[..., -1:] > 64 if channels == 4 else np.ones_like(flat[..., :1], bool)
    assert (np.abs(read[..., :3] - flat[..., :3]) * seen).max() <= 3


@pytest.mark.parametrize("depth", ["8", "16"])
@pytest.mark.parametrize("profile", ["srgb", "adobe-rgb"])
def test_the_origin_is_read_back(depth: str, profile: str, tmp_path: Path) -> None:
    Psd(depth=depth, profile=profile).write(artwork(4), ORIGIN, tmp_path / "a.psd")
    found = read_provenance(tmp_path / "a.psd")
    assert (found["creator"], found["recipe"], found["verified"]) == ("Ada", ORIGIN.recipe, True)
    data = bytearray((tmp_path / "a.psd").read_bytes())
    data[-40] ^= 0x10
    (tmp_path / "b.psd").write_bytes(data)
    assert read_provenance(tmp_path / "b.psd")["verified"] is False


def test_grey_under_colour_becomes_colour(tmp_path: Path) -> None:
    from psd_tools import PSDImage

    colour = np.full((5, 7, 3), (250, 10, 90), np.uint8)
    art = Artwork((Layer("grey", colour[..., :1]), Layer("colour", colour, visible=False)))
    Psd().write(art, ORIGIN, tmp_path / "a.psd")
    document = PSDImage.open(tmp_path / "a.psd")
    assert [layer.numpy().shape for layer in document] == [(5, 7, 3)] * 2


@pytest.mark.parametrize("cut", [10, 30, 400, 3000])
def test_a_cut_off_file_gets_one_sentence(cut: int, tmp_path: Path) -> None:
    Psd().write(artwork(3), ORIGIN, tmp_path / "a.psd")
    (tmp_path / "b.psd").write_bytes((tmp_path / "a.psd").read_bytes()[:cut])
    with pytest.raises(StudioError, match=r"b\.psd is no picture that can be read") as caught:
        Psd.read_picture(tmp_path / "b.psd")
    assert "\n" not in str(caught.value)


def test_a_picture_too_wide_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"at most 30000 pixels .* 30001 × 1: choose PNG or TIFF"):
        Psd().write(Artwork.of(np.zeros((1, LARGEST + 1, 3), np.uint8)), ORIGIN, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
