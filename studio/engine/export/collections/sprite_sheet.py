"""A sprite sheet: all pieces on one picture, and a list of where each lies.

The list is that of TexturePacker (JSON, as a hash or as an array), with the durations and tags of
Aseprite; Phaser, PixiJS, Godot and Unity read it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from models.parameters import param
from studio import __version__
from studio.engine.artwork import Artwork, Pixels
from studio.engine.errors import StudioError, UsageError
from studio.engine.export.collections.base import (
    Collection,
    Plates,
    Sheet,
    register,
    summary_of,
)
from studio.engine.export.formats.base import to_pillow
from studio.engine.export.formats.png import PACKET, Png
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, xmp_packet

LARGEST = 16384
"""Pixels a side: what graphics cards take as a texture."""
MOST_COLOURS = 256
_NUMBERED = re.compile(r"(.*?)[-_ .]*\d+")
Box = tuple[int, int, int, int]
"""x, y, width, height."""


@dataclass(frozen=True)
class Sprite:
    """What is drawn of a piece, where it was on it, and how large that is."""

    name: str
    pixels: Pixels
    left: int
    top: int
    width: int
    height: int


@register
@dataclass(frozen=True)
class SpriteSheet(Collection):
    """A true-colour or indexed PNG with its JSON beside it."""

    name = "sprite-sheet"
    title = "Sprite sheet"
    suffix = ".png"
    summary = "All pieces on one PNG, with a JSON of where each lies. For games."

    data: str = param(
        "hash", label="List", choices=("hash", "array"), term="TexturePacker JSON",
        names={"hash": "by name", "array": "in order"},
        help="Frames by their names, or in their order.",
    )  # fmt: skip
    trim: bool = param(
        True, label="Trim", help="Leave out transparent edges; the list says what was there.",
    )  # fmt: skip
    extrude: int = param(
        2, label="Extrude", low=0, high=16, unit="px",
        help="Repeat the edge of every sprite, so that none bleeds into its neighbour.",
    )  # fmt: skip
    padding: int = param(
        2, label="Padding", low=0, high=64, unit="px", help="Room between two sprites.",
    )  # fmt: skip
    power_of_two: bool = param(
        False, label="Power of two", term="POT",
        help="Sides of 256, 512, 1024 … pixels, for old hardware.",
    )  # fmt: skip
    indexed: bool = param(
        False, label="Indexed", term="palette",
        help="A palette of at most 256 colours with their transparency; nothing is changed.",
    )  # fmt: skip
    frame_rate: int = param(
        12, label="Frame rate", low=1, high=120, unit="fps",
        help="How long a frame of an animation is shown.",
    )  # fmt: skip

    def endings(self, count: int) -> tuple[str, ...]:
        return ".png", ".json"

    def write(self, plates: Plates, sheets: Sequence[Sheet]) -> None:
        """Sprites lie in shelves, the highest first; the list keeps the order of the pieces."""
        names = [unicodedata.normalize("NFC", name) for name in plates.names]
        refuse_doubles(names)
        sprites: list[Sprite] = []
        origins: list[Origin] = []
        for name, plate in zip(names, plates, strict=True):
            sprites.append(self._sprite(name, plate.artwork))
            origins.append(plate.origin)
        sizes = [self._outer(each) for each in sprites]
        places, width, height = shelves(sizes)
        if self.power_of_two:
            width, height = (1 << (side - 1).bit_length() for side in (width, height))
        if max(width, height) > LARGEST:
            raise StudioError(
                "The sheet would have {width} × {height} pixels, and {n} a side is the most that "
                "graphics cards take: export fewer pieces, or smaller ones.",
                width=width, height=height, n=LARGEST,
            )  # fmt: skip
        canvas = np.zeros((height, width, 4), np.uint8)
        boxes = [
            self._draw(canvas, sprite, place) for sprite, place in zip(sprites, places, strict=True)
        ]
        origin = summary_of(origins, sheets[0].name)
        if self.indexed:
            write_indexed(canvas, origin, sheets[0].path)
        else:
            Png().write(Artwork.of(canvas), origin, sheets[0].path)
        listed = self._list(sprites, boxes, (width, height), sheets[0].name)
        sheets[1].path.write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", "utf-8")

    def _sprite(self, name: str, artwork: Artwork) -> Sprite:
        pixels = np.asarray(to_pillow(artwork.flat()).convert("RGBA"))
        height, width = pixels.shape[:2]
        left, top, right, bottom = seen_box(pixels) if self.trim else (0, 0, width, height)
        return Sprite(name, pixels[top:bottom, left:right], left, top, width, height)

    def _outer(self, sprite: Sprite) -> tuple[int, int]:
        height, width = sprite.pixels.shape[:2]
        more = 2 * self.extrude + self.padding
        return width + more, height + more

    def _draw(self, canvas: Pixels, sprite: Sprite, place: tuple[int, int]) -> Box:
        edge = self.extrude
        spread = np.pad(sprite.pixels, ((edge, edge), (edge, edge), (0, 0)), mode="edge")
        x, y = place
        canvas[y : y + spread.shape[0], x : x + spread.shape[1]] = spread
        height, width = sprite.pixels.shape[:2]
        return x + edge, y + edge, width, height

    def _list(
        self, sprites: Sequence[Sprite], boxes: Sequence[Box], size: tuple[int, int], image: str
    ) -> dict[str, Any]:
        frames = [
            {"filename": sprite.name, **self._frame(sprite, box)}
            for sprite, box in zip(sprites, boxes, strict=True)
        ]
        listed: Any = frames
        if self.data == "hash":
            listed = {frame.pop("filename"): frame for frame in frames}
        kind = "I8" if self.indexed else "RGBA8888"
        meta = {
            "app": "Latent Studio", "version": __version__, "image": image, "format": kind,
            "size": {"w": size[0], "h": size[1]}, "scale": "1",
            "frameTags": list(tags([sprite.name for sprite in sprites])),
        }  # fmt: skip
        return {"frames": listed, "meta": meta}

    def _frame(self, sprite: Sprite, box: Box) -> dict[str, Any]:
        x, y, width, height = box
        return {
            "frame": {"x": x, "y": y, "w": width, "h": height},
            "rotated": False,
            "trimmed": (width, height) != (sprite.width, sprite.height),
            "spriteSourceSize": {"x": sprite.left, "y": sprite.top, "w": width, "h": height},
            "sourceSize": {"w": sprite.width, "h": sprite.height},
            "duration": round(1000 / self.frame_rate),
        }


def refuse_doubles(names: Iterable[str]) -> None:
    """:class:`UsageError` for two pieces of one name: one of them would be lost in a list."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UsageError(
                "Two pieces are called {name}, and a sheet finds them by their names: rename one.",
                name=name,
            )
        seen.add(name)


def seen_box(pixels: Pixels) -> Box:
    """left, top, right, bottom of what is not transparent; one pixel where nothing is."""
    rows, columns = (np.flatnonzero(pixels[..., 3].any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def shelves(sizes: Sequence[tuple[int, int]]) -> tuple[list[tuple[int, int]], int, int]:
    """Where boxes of (width, height) lie on a picture that is about square, and its size."""
    area = sum(width * height for width, height in sizes)
    most = max(max(width for width, _ in sizes), int(area**0.5 * 1.05))
    places = [(0, 0)] * len(sizes)
    x = y = shelf = wide = 0
    for number in sorted(range(len(sizes)), key=lambda n: (-sizes[n][1], n)):
        width, height = sizes[number]
        if x + width > most:
            x, y, shelf = 0, y + shelf, 0
        places[number] = (x, y)
        x, shelf = x + width, max(shelf, height)
        wide = max(wide, x)
    return places, wide, y + shelf


def tags(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Frames that follow one another and differ only by a number are an animation."""
    place = 0
    for name, group in groupby(names, key=_without_number):
        count = len(list(group))
        if name and count > 1:
            yield {"name": name, "from": place, "to": place + count - 1, "direction": "forward"}
        place += count


def _without_number(name: str) -> str:
    found = _NUMBERED.fullmatch(name)
    return found.group(1) if found else ""


def write_indexed(canvas: Pixels, origin: Origin, target: Path) -> None:
    """As a palette of what is there; :class:`StudioError` where that is too much."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    values = np.ascontiguousarray(canvas).view(np.uint32)[..., 0]
    found, numbers = np.unique(values, return_inverse=True)
    if len(found) > MOST_COLOURS:
        raise StudioError(
            "The sheet has {n} colours, and a palette holds {most}: reduce them first, or "
            "leave “Indexed” off.",
            n=len(found), most=MOST_COLOURS,
        )  # fmt: skip
    palette = found.view(np.uint8).reshape(-1, 4)
    picture = Image.fromarray(numbers.reshape(values.shape).astype(np.uint8), "P")
    picture.putpalette(palette[:, :3].tobytes())
    info = PngInfo()
    info.add(b"sRGB", b"\0")
    packet = xmp_packet(origin, pixels_sha256(to_pillow(canvas)))
    info.add_itxt(PACKET, packet.decode("utf-8"))
    picture.save(target, "PNG", transparency=palette[:, 3].tobytes(), pnginfo=info)
