"""The palette of a picture: for GIMP, Krita and Inkscape (GPL), and for Adobe's programs (ASE)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Artwork
from studio.engine.export.collections.base import Collection, Plate, Plates, Sheet, register
from studio.engine.export.formats.base import to_pillow

Colour = tuple[int, int, int]
_FILES = {"gpl": (".gpl",), "ase": (".ase",), "both": (".gpl", ".ase")}
_COLUMNS = 8
_START, _END, _ENTRY = 0xC001, 0xC002, 0x0001
_NORMAL = 2


@register
@dataclass(frozen=True)
class Palette(Collection):
    """Colours by how often they are seen, transparency left out."""

    name = "palette"
    title = "Palette"
    suffix = ".gpl"
    summary = "The colours of a picture. For Krita, GIMP, Inkscape, Photoshop, Illustrator."
    several = False

    colours: int = param(
        16, label="Colours", low=2, high=256, help="At most so many; fewer where there are fewer.",
    )  # fmt: skip
    files: str = param(
        "both", label="Files", choices=tuple(_FILES),
        names={"gpl": "only GPL", "ase": "only ASE", "both": "GPL and ASE"},
        help="GPL is read by free programs, ASE by Adobe's; Krita reads both.",
    )  # fmt: skip

    def endings(self, count: int) -> tuple[str, ...]:
        return _FILES[self.files]

    def write(self, plates: Plates, sheets: Sequence[Sheet]) -> None:
        """Both from the same colours."""
        plate = next(iter(plates))
        found = colours_of(plate.artwork, self.colours)
        for sheet in sheets:
            made = _gpl(plate, found) if sheet.name.endswith(".gpl") else _ase(plate.name, found)
            sheet.path.write_bytes(made)


def colours_of(artwork: Artwork, most: int) -> list[Colour]:
    """The colours of what is not transparent: all of them, or their clusters."""
    pixels = np.asarray(to_pillow(artwork.flat()).convert("RGBA"))
    seen = pixels[pixels[..., 3] > 127][:, :3]
    seen = seen if len(seen) else pixels.reshape(-1, 4)[:, :3]
    found, counts = np.unique(seen, axis=0, return_counts=True)
    if len(found) > most:
        reduced = to_pillow(seen[None]).quantize(most, kmeans=4)
        table = np.array(reduced.getpalette("RGB"), np.uint8).reshape(-1, 3)
        counts = np.bincount(np.asarray(reduced).ravel(), minlength=len(table))
        found, counts = table[counts > 0], counts[counts > 0]
    order = np.argsort(-counts, kind="stable")
    return [(int(r), int(g), int(b)) for r, g, b in found[order]]


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _gpl(plate: Plate, colours: Sequence[Colour]) -> bytes:
    origin = plate.origin
    creator = origin.creator if isinstance(origin.creator, str) else "; ".join(origin.creator)
    rights = origin.rights if isinstance(origin.rights, str) else "; ".join(origin.rights.values())
    said = [creator, rights, origin.source_type]
    lines = ["GIMP Palette", f"Name: {_line(plate.name)}", f"Columns: {_COLUMNS}"]
    lines += [f"# {_line(each)}" for each in said if each]
    lines += ["{:3} {:3} {:3}\t{}".format(*each, _hex(each)) for each in colours]
    return ("\n".join(lines) + "\n").encode()


def _line(text: str) -> str:
    return " ".join(text.split())


def _ase(name: str, colours: Sequence[Colour]) -> bytes:
    """Adobe Swatch Exchange 1.0: big-endian blocks, names in UTF-16 with a zero at their end."""
    blocks = [_block(_START, _text(name))]
    for each in colours:
        levels = struct.pack(">3f", *(level / 255 for level in each))
        blocks.append(
            _block(_ENTRY, _text(_hex(each)) + b"RGB " + levels + struct.pack(">H", _NORMAL))
        )
    blocks.append(_block(_END, b""))
    return b"ASEF" + struct.pack(">2HI", 1, 0, len(blocks)) + b"".join(blocks)


def _block(kind: int, content: bytes) -> bytes:
    return struct.pack(">HI", kind, len(content)) + content


def _text(text: str) -> bytes:
    data = f"{text}\0".encode("utf-16-be")
    return struct.pack(">H", len(data) // 2) + data
