"""OpenRaster: layers for Krita, MyPaint and Drawpile.

After the draft of freedesktop.org, baseline 0.0.5. `mergedimage.png` is what most readers see.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from models.parameters import param
from studio.engine.artwork import Artwork, Layer
from studio.engine.door import opened
from studio.engine.export.formats import png_stream
from studio.engine.export.formats.base import (
    Format,
    dpi_param,
    merged_picture,
    readable,
    register,
    to_pillow,
)
from studio.engine.export.formats.profiles import SPACES, SRGB, srgb_profile
from studio.engine.export.formats.samples import deep
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import LARGEST_PACKET, pixels_sha256, xmp_packet

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_MIME = b"image/openraster"
_ORIGIN = "META-INF/origin.xmp"
_THUMBNAIL = 256
_DATED = (2026, 1, 1, 0, 0, 0)
"""Of every member, so that the same picture makes the same file."""


@register
@dataclass(frozen=True)
class OpenRaster(Format):
    """A zip of PNGs; those of 16 bits bring a profile, without which Krita asks for one."""

    name = "openraster"
    title = "OpenRaster"
    suffix = ".ora"
    summary = "Layers in an open format. For Krita and MyPaint; GIMP prefers PSD."
    layered = True

    depth: str = param(
        "8", label="Depth", choices=("8", "16"), names={"8": "8 bit", "16": "16 bit"},
        term="bits per channel", help="Krita reads 16 bit layers, and saves 8 bit ones.",
    )  # fmt: skip
    dpi: int = dpi_param()

    def write(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        """The highest layer comes first in the stack, as the draft has it."""
        merged = to_pillow(_coloured(artwork.flat()))
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file:
            _add(file, "mimetype", _MIME)
            _add(file, "stack.xml", self._stack(artwork))
            for number, layer in enumerate(artwork.layers):
                _add(file, _path(number), self._png(layer))
            small = merged.copy()
            small.thumbnail((_THUMBNAIL, _THUMBNAIL))
            _add(file, "Thumbnails/thumbnail.png", _plain(small))
            _add(file, "mergedimage.png", _plain(merged))
            _add(file, _ORIGIN, xmp_packet(origin, pixels_sha256(merged)))

    def _stack(self, artwork: Artwork) -> bytes:
        height, width = artwork.layers[0].content.shape[:2]
        lines = [
            f'<layer name={quoteattr(layer.name or "Picture")} src="{_path(number)}" x="0" y="0" '
            f'opacity="1.0" composite-op="svg:src-over" '
            f'visibility="{"visible" if layer.visible else "hidden"}"/>'
            for number, layer in enumerate(artwork.layers)
        ]
        lines[-1] = lines[-1].replace("/>", ' selected="true"/>')
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<image version="0.0.5" w="{width}" h="{height}" xres="{self.dpi}" yres="{self.dpi}">'
            f"<stack>{''.join(reversed(lines))}</stack></image>\n"
        ).encode()

    def _png(self, layer: Layer) -> bytes:
        if self.depth == "8":
            return _plain(to_pillow(_coloured(layer.pixels())))
        profile = png_stream.profile_content(SPACES[SRGB], srgb_profile())
        image = _coloured(deep(layer.straight()))
        return b"".join(png_stream.parts(image, [(b"iCCP", profile)], 6))

    @classmethod
    def read_packet(cls, path: Path) -> bytes:
        errors = ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile
        with readable(path, *errors), opened(path, links=True) as stream:
            file = zipfile.ZipFile(stream)
            if _ORIGIN not in file.namelist():
                return b""
            with file.open(_ORIGIN) as packet:
                return packet.read(LARGEST_PACKET + 1)

    @classmethod
    def read_picture(cls, path: Path) -> Picture:
        return merged_picture(path)


def _coloured(image: Any) -> Any:
    """Grey becomes colour: layers of a painting have it, whatever is drawn on them."""
    return image.repeat(3, 2) if image.shape[2] == 1 else image


def _plain(picture: Picture) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info, made = PngInfo(), io.BytesIO()
    info.add(b"sRGB", b"\0")
    picture.save(made, "PNG", compress_level=6, pnginfo=info)
    return made.getvalue()


def _path(number: int) -> str:
    return f"data/layer{number:03}.png"


def _add(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    file.writestr(zipfile.ZipInfo(name, _DATED), content)
