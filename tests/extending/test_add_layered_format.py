"""A format with layers in full precision is one file, and its Chinese."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from tests.extending.tree import Tree

FILE = '''
"""Layers of floating point numbers in an archive."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.parameters import param
from studio.engine.artwork import Artwork
from studio.engine.export.formats.base import Format, register, to_pillow
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, xmp_packet


@register
@dataclass(frozen=True)
class Sandwich(Format):
    """A zip with one array a layer, what is seen as a PNG, and the packet."""

    name = "sandwich"
    title = "Sandwich"
    suffix = ".sandwich"
    summary = "Layers in full precision."
    layered = True

    packed: bool = param(True, label="Packed", help="Smaller and slower.")

    def write(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        """Every layer, also those that are hidden."""
        flat, shown = to_pillow(artwork.flat()), io.BytesIO()
        flat.save(shown, "PNG")
        kind = zipfile.ZIP_DEFLATED if self.packed else zipfile.ZIP_STORED
        with zipfile.ZipFile(target, "w", kind) as file:
            names = [[layer.name, layer.visible] for layer in artwork.layers]
            file.writestr("layers.json", json.dumps(names))
            file.writestr("origin.xmp", xmp_packet(origin, pixels_sha256(flat)))
            file.writestr("seen.png", shown.getvalue())
            for place, layer in enumerate(artwork.layers):
                with file.open(f"{place}.npy", "w") as numbers:
                    np.save(numbers, layer.image())

    @classmethod
    def read_packet(cls, path: Path) -> bytes:
        """Its own file in the archive."""
        with zipfile.ZipFile(path) as file:
            return file.read("origin.xmp")

    @classmethod
    def read_picture(cls, path: Path):
        """What is seen."""
        from PIL import Image

        with zipfile.ZipFile(path) as file:
            return Image.open(io.BytesIO(file.read("seen.png")))
'''
CHINESE = {
    "Sandwich": "夹层",
    "Layers in full precision.": "全精度的图层。",
    "Packed": "压缩",
    "Smaller and slower.": "更小，更慢。",
}
STACK = """
[[steps]]
op = "exposure"
params = {exposure = 0.4}
[[steps]]
op = "resize"
params = {factor = 2.0}
"""
WINDOW = """
panel = window.room("export").formats
panel.choose("sandwich")
seen = [panel.formats.currentText(), panel.values()]
"""


def test_one_file_adds_a_layered_format(tree: Tree, tmp_path: Path) -> None:
    tree.add("studio/engine/export/formats/sandwich.py", FILE, CHINESE)
    (listed,) = (e for e in tree.command("operations")["formats"] if e["name"] == "sandwich")
    assert [each["label"] for each in listed["parameters"]] == ["Packed"]

    pixels = np.random.default_rng(0).integers(0, 256, (8, 6, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    (tmp_path / "stack.toml").write_text(STACK)
    order = ("--stack", tmp_path / "stack.toml", "--out", tmp_path / "out", "--preset")
    (made,) = tree.command("refine", tmp_path / "a.png", *order, "sandwich")["files"]
    (flat,) = tree.command("refine", tmp_path / "a.png", *order, "png")["files"]
    with zipfile.ZipFile(made) as file:
        assert json.loads(file.read("layers.json")) == [["Before", False], ["After", True]]
        before, after = (np.load(file.open(f"{place}.npy")) for place in range(2))
    assert before.shape == after.shape == (16, 12, 3)
    assert after.dtype == np.float32
    assert len(np.unique(after)) > 256, "more than 8 bits of it leave"
    assert np.array_equal(np.rint(after.clip(0, 1) * 255), np.asarray(Image.open(flat)))

    said = tree.command("inspect", made)
    assert (said["width"], said["height"]) == (12, 16)
    assert said["provenance"]["recipe"]["refined_from"] == "a.png"
    assert said["provenance"]["verified"] is True
    assert tree.window(WINDOW) == ["夹层", {"packed": True}]
