"""OpenRaster as a zip of PNGs, OpenEXR as its own library reads it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image
from PySide6.QtGui import QImage

from studio.engine.artwork import Artwork, Layer
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.errors import StudioError
from studio.engine.export.file_origin import read_provenance
from studio.engine.export.formats.base import Format
from studio.engine.export.formats.openexr import OpenExr
from studio.engine.export.formats.openraster import OpenRaster
from studio.engine.pieces.origin import Origin
from studio.engine.refinement.stack import Stack, Step, refined

ORIGIN = Origin("Vase", "Ada", "© Ada", {"latent": {"seed": 7}})
NAME = 'Before "<&>" 花'


def artwork(channels: int) -> Artwork:
    below = np.random.default_rng(channels).integers(0, 256, (300, 33, channels), np.uint8)
    above = below[::-1].astype(np.float32) / 255
    if channels == 4:
        above[..., :3] *= above[..., 3:]
    return Artwork((Layer(NAME, below, visible=False), Layer("After", above)))


@pytest.mark.parametrize("depth", ["8", "16"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_an_open_raster_is_a_zip_of_its_layers(channels: int, depth: str, tmp_path: Path) -> None:
    art, target = artwork(channels), tmp_path / "a.ora"
    OpenRaster(depth=depth).write(art, ORIGIN, target)
    assert target.read_bytes()[30:54] == b"mimetypeimage/openraster", "first, and not packed"
    with zipfile.ZipFile(target) as file:
        assert file.testzip() is None
        root = fromstring(file.read("stack.xml"))
        thumbnail = Image.open(io.BytesIO(file.read("Thumbnails/thumbnail.png")))
        merged = QImage.fromData(file.read("mergedimage.png"))
        layers = {each.get("name"): file.read(each.get("src")) for each in root.iter("layer")}
        visible = [each.get("visibility") for each in root.iter("layer")]
    assert (root.get("w"), root.get("h"), root.get("xres")) == ("33", "300", "300")
    assert list(layers) == ["After", NAME], "the highest first"
    assert visible == ["visible", "hidden"]
    assert max(thumbnail.size) == 256
    assert (merged.width(), merged.height()) == (33, 300)
    for layer in art.layers:
        data = layers[layer.name]
        assert data[24] == int(depth)
        assert (b"iCCP" in data, b"\0\0\0\1sRGB" in data) == (depth == "16", depth == "8")
        wanted = layer.pixels() if channels > 1 else layer.pixels().repeat(3, 2)
        with Image.open(io.BytesIO(data)) as opened:
            seen = np.asarray(opened, int)
        gap = np.abs(seen - wanted) * (wanted[..., 3:] > 40 if channels == 4 else 1)
        assert gap.max() <= 1
    assert np.asarray(read_picture(target)).shape == (300, 33, max(channels, 3))
    assert read_provenance(target)["verified"] is True


@pytest.mark.parametrize("numbers", ["half", "float"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_an_exr_is_linear_and_multiplied_by_alpha(
    channels: int, numbers: str, tmp_path: Path
) -> None:
    library = pytest.importorskip("OpenEXR")
    art, target = artwork(channels), tmp_path / "a.exr"
    OpenExr(numbers=numbers, layers=True).write(art, ORIGIN, target)
    with library.File(str(target), separate_channels=True) as file:
        planes = {name: each.pixels for name, each in file.channels().items()}
    plain = {name for name in planes if "." not in name}
    assert plain == set("RGBA" if channels == 4 else "RGB"), "without the name of a layer"
    assert {name.rsplit(".")[0] for name in planes if "." in name} == {"layer0_Before"}
    flat = art.flat().astype(float) / 255
    colour = flat[..., :3] if channels > 1 else flat.repeat(3, 2)
    light = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    alpha = flat[..., 3:] if channels == 4 else 1.0
    for number, name in enumerate("RGB"):
        wanted = light[..., number] * (alpha[..., 0] if channels == 4 else 1)
        assert planes[name].dtype == (np.float16 if numbers == "half" else np.float32)
        assert np.abs(planes[name] - wanted).max() < 0.006  # the wanted ones were bytes
    found = read_provenance(target)
    assert (found["creator"], found["verified"]) == ("Ada", True)


def test_only_what_is_seen_unless_asked(tmp_path: Path) -> None:
    library = pytest.importorskip("OpenEXR")
    OpenExr().write(artwork(4), ORIGIN, tmp_path / "a.exr")
    with library.File(str(tmp_path / "a.exr"), separate_channels=True) as file:
        assert sorted(file.channels()) == ["A", "B", "G", "R"]


@pytest.mark.parametrize("kind", [OpenRaster(), OpenExr()], ids=["openraster", "openexr"])
@pytest.mark.parametrize("cut", [0, 40, 700])
def test_a_cut_off_file_gets_one_sentence(kind: Format, cut: int, tmp_path: Path) -> None:
    kind.write(artwork(3), ORIGIN, tmp_path / "whole")
    target = tmp_path / f"b{kind.suffix}"
    target.write_bytes((tmp_path / "whole").read_bytes()[:cut])
    for read in (read_provenance, kind.read_picture):
        with pytest.raises(StudioError, match=r"is no picture that can be read|cannot be read"):
            read(target)


def test_without_the_library_one_sentence_says_how_to_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(StudioError, match="extras install formats"):
        OpenExr().write(artwork(3), ORIGIN, tmp_path / "a.exr")


def test_every_step_becomes_a_layer() -> None:
    steps = [Step(op="exposure", params={"exposure": 0.4}), Step(op="sharpen"),
             Step(op="exposure", params={"exposure": -0.1})]  # fmt: skip
    picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    art = refined(Stack(steps), picture, layered=True)
    names = ["Before", "1 Exposure and contrast", "2 Sharpen", "After"]
    assert [each.name for each in art.layers] == names
    assert [each.visible for each in art.layers] == [False, False, False, True]
    assert np.array_equal(art.flat(), refined(Stack(steps), picture).flat())
