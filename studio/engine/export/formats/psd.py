"""PSD: layers for Photoshop, and for whatever else reads them.

After Adobe Photoshop File Formats Specification (2019). Blending and opacity are not used: group
opacity is lost in Krita, and the rest is right everywhere only for a few modes.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from models.parameters import param
from studio.engine.artwork import Artwork, Image, Layer, to_bytes
from studio.engine.dataset.decoding import photoshop
from studio.engine.dataset.decoding.float_tiff import tags_of
from studio.engine.door import opened
from studio.engine.export.formats.base import Format, dpi_param, merged_picture, readable, register
from studio.engine.export.formats.profiles import SRGB, in_space, profile_of, space_param
from studio.engine.export.formats.samples import deep
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, xmp_packet

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Planes = np.ndarray[Any, np.dtype[np.uint8]] | np.ndarray[Any, np.dtype[np.uint16]]
LARGEST = 30_000
"""Pixels a side; beyond that the format is another one (PSB)."""
_RESOLUTION, _PROFILE, _VERSION_INFO, _XMP = 1005, 1039, 1057, 1060
_GREY, _RGB = 1, 3
_ALPHA = -1
_HIDDEN, _KNOWN = 0x02, 0x08


@register
@dataclass(frozen=True)
class Psd(Format):
    """Every layer with a number and a name in Unicode; the merged picture is our own, so that
    readers that look only at it see the same."""

    name = "psd"
    title = "PSD"
    suffix = ".psd"
    summary = "Layers: the picture, and what it was before every step. For Photoshop and Krita."
    layered = True

    depth: str = param(
        "8", label="Depth", choices=("8", "16"), names={"8": "8 bit", "16": "16 bit"},
        term="bits per channel", help="16 bit keeps what refining leaves between two levels.",
    )  # fmt: skip
    dpi: int = dpi_param()
    profile: str = space_param()

    def write(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        """Layers with straight alpha; the merged picture lies over white, as Photoshop's own."""
        height, width = artwork.layers[0].content.shape[:2]
        self.refuse_larger(width, height, LARGEST)
        mode = _RGB if any(each.content.shape[2] > 1 for each in artwork.layers) else _GREY
        seen_colours = _coloured(artwork.straight(), mode)
        merged = self._samples(over_white(in_space(seen_colours, self.profile)))
        alpha = merged.shape[2] == 4
        seen = photoshop.shown(np.moveaxis(merged, 2, 0), alpha=alpha)
        packet = xmp_packet(origin, pixels_sha256(seen))
        depth = int(self.depth)
        with target.open("wb") as file:
            channels = merged.shape[2]
            file.write(
                struct.pack(">4sH6xHIIHHI", b"8BPS", 1, channels, height, width, depth, mode, 0)
            )
            profile = profile_of(merged[..., :3] if mode == _RGB else merged[..., :1], self.profile)
            _write_resources(file, self.dpi, profile, packet)
            self._write_layers(file, artwork, mode, alpha)
            planes = [packed(plane) for plane in np.moveaxis(merged, 2, 0)]
            file.write(b"\0\1" + b"".join(sizes for sizes, _ in planes))
            file.writelines(data for _, data in planes)

    def _samples(self, straight: Image) -> Planes:
        if self.depth == "16":
            return deep(straight)
        return to_bytes(straight)

    def _flat(self, layer: Layer, mode: int) -> Planes:
        if self.depth == "8" and self.profile == SRGB:
            made: Planes = layer.pixels()
        else:
            made = self._samples(in_space(layer.straight(), self.profile))
        coloured: Planes = _coloured(made, mode)
        return coloured

    def _write_layers(self, file: IO[bytes], artwork: Artwork, mode: int, alpha: bool) -> None:
        records, pixels = [], []
        for number, layer in enumerate(artwork.layers, 1):
            planes = np.moveaxis(self._flat(layer, mode), 2, 0)
            coloured = 3 if mode == _RGB else 1
            kinds = [*range(coloured), *([_ALPHA] if len(planes) > coloured else [])]
            data = [b"\0\1" + b"".join(packed(plane)) for plane in planes]
            sizes = list(zip(kinds, map(len, data), strict=True))
            records.append(_record(layer, number, artwork, sizes))
            pixels += data
        count = -len(artwork.layers) if alpha else len(artwork.layers)
        body = struct.pack(">h", count) + b"".join((*records, *pixels))
        body += b"\0" * (-len(body) % 4)
        if self.depth == "16":  # then the layers stand in a block of their own
            block = b"8BIMLr16" + struct.pack(">I", len(body)) + body
            body, rest = b"", b"\0\0\0\0" + block
        else:
            rest = b"\0\0\0\0"
        file.write(struct.pack(">2I", 4 + len(body) + len(rest), len(body)) + body + rest)

    @classmethod
    def read_packet(cls, path: Path) -> bytes:
        with readable(path, photoshop.PhotoshopError), opened(path, links=True) as stream:
            return photoshop.packet(stream)

    @classmethod
    def read_picture(cls, path: Path) -> Picture:
        return merged_picture(path)


def _coloured(image: Any, mode: int) -> Any:
    """Grey becomes colour where any layer has some."""
    return image.repeat(3, 2) if mode == _RGB and image.shape[2] == 1 else image


def over_white(straight: Image) -> Image:
    """Colour mixed with white by alpha, which stays beside it."""
    if straight.shape[2] != 4:
        return straight
    alpha = straight[..., 3:]
    made: Image = np.concatenate([straight[..., :3] * alpha + 1 - alpha, alpha], axis=2)
    return made


def packed(plane: np.ndarray) -> tuple[bytes, bytes]:
    """The sizes of the rows, and the rows, by PackBits; libtiff packs a strip of one row alike."""
    from PIL import Image as Pillow

    rows = plane.astype(plane.dtype.newbyteorder(">")).view(np.uint8).reshape(len(plane), -1)
    made = io.BytesIO()
    Pillow.fromarray(rows).save(made, "TIFF", compression="packbits", strip_size=1)
    data = made.getvalue()
    tags = tags_of(data, "<")
    places, sizes = tags[273], tags[279]
    return np.array(sizes, ">u2").tobytes(), b"".join(_slices(data, places, sizes))


def _slices(data: bytes, places: tuple[int, ...], sizes: tuple[int, ...]) -> Iterator[bytes]:
    for place, size in zip(places, sizes, strict=True):
        yield data[place : place + size]


def _record(layer: Layer, number: int, artwork: Artwork, sizes: list[tuple[int, int]]) -> bytes:
    """A layer as large as the picture, with its name twice: for old readers and in Unicode."""
    height, width = artwork.layers[0].content.shape[:2]
    name = layer.name or "Picture"
    short = name.encode("ascii", "replace")[:255]
    unicode = name.encode("utf-16-be")
    extra = struct.pack(">2I", 0, 0)
    extra += (bytes([len(short)]) + short).ljust(-(-(len(short) + 1) // 4) * 4, b"\0")
    text = struct.pack(">I", len(unicode) // 2) + unicode
    extra += _block(b"luni", text) + _block(b"lyid", struct.pack(">I", number))
    head = struct.pack(">4iH", 0, 0, height, width, len(sizes))
    head += b"".join(struct.pack(">hI", kind, size) for kind, size in sizes)
    flags = _KNOWN | (0 if layer.visible else _HIDDEN)
    head += b"8BIMnorm" + struct.pack(">4BI", 255, 0, flags, 0, len(extra))
    return head + extra


def _block(key: bytes, content: bytes) -> bytes:
    content += b"\0" * (-len(content) % 4)
    return b"8BIM" + key + struct.pack(">I", len(content)) + content


def _write_resources(file: IO[bytes], dpi: int, profile: bytes, packet: bytes) -> None:
    inches = struct.pack(">I2HI2H", dpi << 16, 1, 1, dpi << 16, 1, 1)
    program = "Latent Studio"
    name = struct.pack(">I", len(program)) + program.encode("utf-16-be")
    version = struct.pack(">IB", 1, 1) + name + name + struct.pack(">I", 1)
    held = {_RESOLUTION: inches, _PROFILE: profile, _VERSION_INFO: version, _XMP: packet}
    data = b"".join(
        struct.pack(">4sHHI", b"8BIM", number, 0, len(content))
        + content
        + b"\0" * (len(content) % 2)
        for number, content in held.items()
    )
    file.write(struct.pack(">I", len(data)) + data)
