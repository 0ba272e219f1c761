"""TIFF: lossless, for print."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.parameters import param
from studio.engine.artwork import Artwork, Pixels, to_bytes
from studio.engine.dataset.decoding import float_tiff
from studio.engine.dataset.decoding.packets import Packets
from studio.engine.export.formats.base import (
    XMP_TAG,
    ColourFormat,
    dpi_param,
    readable,
    register,
    to_pillow,
)
from studio.engine.export.formats.profiles import in_space, profile_of, space_param
from studio.engine.export.formats.samples import deep, seen_by_most
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, xmp_packet
from studio.engine.said import Said

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

COMPRESSIONS = {"deflate": "tiff_adobe_deflate", "lzw": "tiff_lzw", "none": "raw"}
DEPTHS = {"8": "8 bit", "16": "16 bit", "32f": "32 bit float"}


@register
@dataclass(frozen=True)
class Tiff(ColourFormat):
    """TIFF with ICC, resolution, and XMP in tag 700."""

    name = "tiff"
    title = "TIFF"
    suffix = ".tif"
    also = (".tiff",)
    summary = "Lossless, with a resolution. For print and layout."

    dpi: int = dpi_param()
    compression: str = param(
        "deflate", label="Compression", choices=tuple(COMPRESSIONS),
        help="All are lossless; some old programs read only lzw or none.",
    )  # fmt: skip
    depth: str = param(
        "8", label="Depth", choices=tuple(DEPTHS), names=DEPTHS, term="bits per channel",
        help="16 bit and float keep what refining leaves between two levels.",
    )  # fmt: skip
    profile: str = space_param()

    def write(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        """In 16 bits or floats straight from the numbers, otherwise rounded to bytes once."""
        if self.depth == "8":
            super().write(artwork, origin, target)
            return
        from studio.engine.export.formats import tiff_stream

        straight = in_space(artwork.straight(), self.profile)
        image = np.ascontiguousarray(straight) if self.depth == "32f" else deep(straight)
        seen = to_bytes(straight) if self.depth == "32f" else seen_by_most(deep(straight))
        tiff_stream.write_samples(
            target, image, self.dpi, profile_of(straight, self.profile),
            xmp_packet(origin, pixels_sha256(to_pillow(seen))), packed=self.compression != "none",
        )  # fmt: skip

    def write_flat(self, image: Pixels, origin: Origin, target: Path) -> None:
        """Grey, RGB or RGBA as it comes."""
        picture = to_pillow(image)
        picture.save(
            target, format="TIFF", compression=COMPRESSIONS[self.compression],
            dpi=(self.dpi, self.dpi), icc_profile=profile_of(image, self.profile),
            tiffinfo={XMP_TAG: xmp_packet(origin, pixels_sha256(picture))},
        )  # fmt: skip

    @classmethod
    def read_beside(cls, path: Path) -> Packets:
        """Also of coloured floats, which Pillow does not open."""
        found = _floats(path)
        return Packets(xmp=(found.packet,)) if found else super().read_beside(path)

    @classmethod
    def read_packet(cls, path: Path) -> bytes:
        return next(iter(cls.read_beside(path).xmp), b"")

    @classmethod
    def read_picture(cls, path: Path) -> Picture:
        found = _floats(path)
        return _decoded(found, path) if found else super().read_picture(path)

    def conflicts(self) -> list[Said]:
        """Floats do not become smaller by LZW."""
        if self.depth != "8" and self.compression == "lzw":
            return [Said("LZW is for 8 bit only: choose deflate or none.")]
        return []


def _decoded(found: float_tiff.FloatTiff, path: Path) -> Picture:
    with readable(path):
        return found.picture()


def _floats(path: Path) -> float_tiff.FloatTiff | None:
    with readable(path):
        return float_tiff.read(path)
