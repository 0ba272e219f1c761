"""TIFF: lossless, for print."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.parameters import param
from studio.engine.artwork import Pixels
from studio.engine.export.formats.base import XMP_TAG, FlatFormat, register, to_pillow
from studio.engine.export.formats.profiles import profile_of
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, xmp_packet

COMPRESSIONS = {"deflate": "tiff_adobe_deflate", "lzw": "tiff_lzw", "none": "raw"}


@register
@dataclass(frozen=True)
class Tiff(FlatFormat):
    """TIFF with ICC, resolution, and XMP in tag 700."""

    name = "tiff"
    title = "TIFF"
    suffix = ".tif"
    also = (".tiff",)
    summary = "Lossless, with a resolution. For print and layout."

    dpi: int = param(
        300, label="Resolution", low=36, high=2400, unit="dpi",
        help="Pixels on an inch of paper; the pixels themselves do not change.",
    )  # fmt: skip
    compression: str = param(
        "deflate", label="Compression", choices=tuple(COMPRESSIONS),
        help="All are lossless; some old programs read only lzw or none.",
    )  # fmt: skip

    def write_flat(self, image: Pixels, origin: Origin, target: Path) -> None:
        """Grey, RGB or RGBA as it comes."""
        picture = to_pillow(image)
        picture.save(
            target, format="TIFF", compression=COMPRESSIONS[self.compression],
            dpi=(self.dpi, self.dpi), icc_profile=profile_of(image),
            tiffinfo={XMP_TAG: xmp_packet(origin, pixels_sha256(picture))},
        )  # fmt: skip
