"""SVG: a picture of few colours as shapes that can be scaled and changed.

Shapes are stacked: each lies under all that are smaller, so that no ground shows between two.
What is half transparent stands in a group with its opacity, within which nothing shows through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.parameters import param
from studio.engine.artwork import Artwork
from studio.engine.door import read_bytes
from studio.engine.errors import StudioError
from studio.engine.export.formats.base import Format, readable, register, to_pillow
from studio.engine.export.formats.outlines import Points, outlines, simplified
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import xmp_packet

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LARGEST = 2048
"""Pixels a side that are traced in reasonable time."""
_LEVELS = 8
"""Of opacity, beside none."""
_LARGEST_FILE = 64 << 20
_PACKET = re.compile(rb"<metadata>(.*?)</metadata>", re.DOTALL)
_SIZE = re.compile(rb'^<svg xmlns="http://www.w3.org/2000/svg" width="(\d+)" height="(\d+)"')
_GROUP = re.compile(rb'<g opacity="([\d.]+)">(.*?)</g>', re.DOTALL)
_SHAPE = re.compile(rb'<path fill="(#[0-9a-f]{6})" d="([^"]*)"/>')


@register
@dataclass(frozen=True)
class Svg(Format):
    """Paths of straight lines, filled by the even-odd rule, with the packet in `metadata`."""

    name = "svg"
    title = "SVG"
    suffix = ".svg"
    summary = "Traced to shapes of few colours. For Illustrator, Figma, Inkscape."

    colours: int = param(
        12, label="Colours", low=2, high=64, help="At most so many; fewer where there are fewer.",
    )  # fmt: skip
    smoothness: float = param(
        1.0, label="Smoothness", low=0.0, high=8.0, step=0.25, unit="px",
        help="How far a line may leave the edges of pixels; 0 keeps them.",
    )  # fmt: skip
    specks: int = param(
        3, label="Clear specks", low=0, high=7, unit="px",
        help="Give what is smaller the colour around it; 0 keeps everything.",
    )  # fmt: skip

    def write(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        """What is seen; the file says nothing of pixels, as it has none."""
        pixels = np.asarray(to_pillow(artwork.flat()).convert("RGBA"))
        height, width = pixels.shape[:2]
        if max(height, width) > LARGEST:
            raise StudioError(
                "A picture of {width} × {height} pixels is too large to be traced: {n} a side is "
                "the most. Make it smaller first, or choose PNG.",
                width=width, height=height, n=LARGEST,
            )  # fmt: skip
        with target.open("wb") as file:
            file.write(
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
                f'viewBox="0 0 {width} {height}" fill-rule="evenodd">\n'.encode()
            )
            file.write(b"<metadata>" + xmp_packet(origin) + b"</metadata>\n")
            file.writelines(self._groups(pixels))
            file.write(b"</svg>\n")

    def _groups(self, pixels: np.ndarray[Any, Any]) -> Iterator[bytes]:
        opacity = np.rint(pixels[..., 3] * (_LEVELS / 255)).astype(np.uint8)
        table, numbers = self._reduced(pixels[..., :3], opacity > 0)
        for level in range(1, _LEVELS + 1):
            inside = opacity == level
            if inside.any():
                yield f'<g opacity="{level / _LEVELS:g}">\n'.encode()
                yield from self._shapes(numbers, inside, table)
                yield b"</g>\n"

    def _reduced(
        self, colour: np.ndarray[Any, Any], seen: np.ndarray[Any, Any]
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """A table of colours, and its number for every pixel; hidden colours do not count."""
        from PIL import Image, ImageFilter

        palette = to_pillow(colour[seen][None] if seen.any() else colour).quantize(
            self.colours, kmeans=4
        )
        reduced = to_pillow(colour).quantize(palette=palette, dither=Image.Dither.NONE)
        numbers = Image.fromarray(np.asarray(reduced))
        if self.specks:
            numbers = numbers.filter(ImageFilter.ModeFilter(self.specks | 1))
        table = np.array(palette.getpalette("RGB"), np.uint8).reshape(-1, 3)
        return table, np.asarray(numbers)

    def _shapes(
        self, numbers: np.ndarray[Any, Any], inside: np.ndarray[Any, Any], table: Any
    ) -> Iterator[bytes]:
        counts = np.bincount(numbers[inside], minlength=256)
        order = [int(each) for each in np.argsort(-counts, kind="stable") if counts[each]]
        ranks = np.full(256, len(order))
        ranks[order] = np.arange(len(order))
        above = np.where(inside, ranks[numbers], -1)
        for rank, number in enumerate(order):
            lines = [simplified(line, self.smoothness) for line in outlines(above >= rank)]
            drawn = "".join(_path(line) for line in lines if len(line) > 2)
            if drawn:
                fill = "#{:02x}{:02x}{:02x}".format(*table[number])
                yield f'<path fill="{fill}" d="{drawn}"/>\n'.encode()

    @classmethod
    def read_packet(cls, path: Path) -> bytes:
        found = _PACKET.search(_content(path))
        return found.group(1) if found else b""

    @classmethod
    def read_picture(cls, path: Path) -> Picture:
        """A file of our own, drawn without soft edges; others are for programs that draw."""
        from PIL import Image

        content = _content(path)
        size = _SIZE.match(content)
        sides = (int(size.group(1)), int(size.group(2))) if size else (0, 0)
        if not 0 < min(sides) <= max(sides) <= LARGEST:
            raise StudioError("{path} is no picture that can be read.", path=path)
        made = Image.new("RGBA", sides)
        for opacity, shapes in _GROUP.findall(content):
            group = Image.new("RGBA", sides)
            for fill, lines in _SHAPE.findall(shapes):
                group.paste(fill.decode(), mask=_mask(lines.decode(), sides))
            group.putalpha(group.getchannel("A").point(_faded(float(opacity))))
            made.alpha_composite(group)
        return made


def _path(line: Points) -> str:
    places = " ".join(f"{x} {y}" for x, y in line.tolist())
    return f"M{places}Z"


def _faded(opacity: float) -> list[int]:
    return [round(level * min(opacity, 1.0)) for level in range(256)]


def _mask(lines: str, size: tuple[int, int]) -> Picture:
    from PIL import Image, ImageChops, ImageDraw

    mask = Image.new("1", size)
    for line in re.findall(r"M([\d ]+)Z", lines):
        numbers = [int(each) for each in line.split()]
        one = Image.new("1", mask.size)
        ImageDraw.Draw(one).polygon(list(zip(numbers[::2], numbers[1::2], strict=False)), fill=1)
        mask = ImageChops.logical_xor(mask, one)
    return mask


def _content(path: Path) -> bytes:
    with readable(path):
        return read_bytes(path, most=_LARGEST_FILE, links=True)
