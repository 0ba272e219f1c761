"""A flat format is one file, and its Chinese."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.extending.tree import Tree

FILE = '''
"""PPM: plain bytes behind a line of text, with the packet as a comment."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from models.parameters import param
from studio.engine.artwork import Pixels
from studio.engine.export.formats.base import FlatFormat, register, to_pillow
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, xmp_packet


@register
@dataclass(frozen=True)
class Ppm(FlatFormat):
    """Netpbm P6."""

    name = "ppm"
    title = "PPM"
    suffix = ".ppm"
    summary = "Plain bytes, for small programs."

    note: bool = param(True, label="With a note", help="Says which program wrote it.")

    def write_flat(self, image: Pixels, origin: Origin, target: Path) -> None:
        """Always RGB."""
        picture = to_pillow(image).convert("RGB")
        packet = base64.b64encode(xmp_packet(origin, pixels_sha256(picture))).decode()
        head = f"P6\\n#{packet}\\n{picture.width} {picture.height}\\n255\\n"
        target.write_bytes(head.encode() + picture.tobytes())

    @classmethod
    def read_packet(cls, path: Path) -> bytes:
        """The first comment."""
        with path.open("rb") as file:
            file.readline()
            return base64.b64decode(file.readline()[1:])
'''
CHINESE = {
    "PPM": "PPM",
    "Plain bytes, for small programs.": "纯字节，供小程序使用。",
    "With a note": "附注",
    "Says which program wrote it.": "注明由哪个程序写入。",
}
WINDOW = """
panel = window.room("export").formats
panel.choose("ppm")
seen = {"card": [panel.formats.currentText(), panel.summary.text()], "options": panel.values()}
"""


def test_one_file_adds_a_flat_format(tree: Tree, tmp_path: Path) -> None:
    tree.add("studio/engine/export/formats/ppm.py", FILE, CHINESE)
    (listed,) = (each for each in tree.command("operations")["formats"] if each["name"] == "ppm")
    assert (listed["suffix"], listed["parameters"][0]["label"]) == (".ppm", "With a note")
    assert "ppm" in [each["name"] for each in tree.command("presets")["export_presets"]]

    pixels = np.random.default_rng(0).integers(0, 256, (8, 6, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    (tmp_path / "stack.toml").write_text("steps = []\n")
    order = ("--stack", tmp_path / "stack.toml", "--preset", "ppm", "--out", tmp_path / "out")
    (made,) = tree.command("refine", tmp_path / "a.png", *order)["files"]
    assert made.endswith("a.ppm")
    assert np.array_equal(np.asarray(Image.open(made)), pixels)
    said = tree.command("inspect", made)["provenance"]
    assert said["recipe"]["refined_from"] == "a.png"
    assert said["verified"] is True

    seen = tree.window(WINDOW)
    assert seen["card"] == ["PPM", "纯字节，供小程序使用。"]
    assert seen["options"] == {"note": True}
