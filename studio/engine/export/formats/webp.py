"""WebP: small, with transparency, for the web."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.parameters import param
from studio.engine.artwork import Pixels
from studio.engine.export.formats.base import FlatFormat, dpi_param, register, to_pillow
from studio.engine.export.formats.profiles import srgb_profile
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, written_sha256, xmp_packet

LARGEST = 16383


@register
@dataclass(frozen=True)
class Webp(FlatFormat):
    """WebP with ICC and XMP chunks."""

    name = "webp"
    title = "WebP"
    suffix = ".webp"
    summary = "Small, with transparency. For the web."

    dpi: int = dpi_param()
    lossless: bool = param(
        False, label="Lossless", help="Every pixel as it is; the file is larger.",
    )  # fmt: skip
    quality: int = param(
        90, label="Quality", low=0, high=100,
        help="Higher is finer and larger; with lossless, higher is smaller and slower.",
    )  # fmt: skip

    def write_flat(self, image: Pixels, origin: Origin, target: Path) -> None:
        """Grey becomes RGB, which is all that WebP knows."""
        self.refuse_larger(image.shape[1], image.shape[0], LARGEST)
        picture = to_pillow(image)
        picture = picture.convert("RGB") if picture.mode == "L" else picture
        options = {
            "format": "WEBP", "method": 4, "quality": self.quality,
            "lossless": self.lossless, "exact": self.lossless,
        }  # fmt: skip
        seen = pixels_sha256(picture) if self.lossless else written_sha256(picture, options)
        # Without a profile it is sRGB (RFC 9649, 2.7.1.4), and no program asks what to do with one.
        stated = (
            {"icc_profile": srgb_profile()} if origin.as_first else {"exif": _resolution(self.dpi)}
        )
        picture.save(target, **options, **stated, xmp=xmp_packet(origin, seen))


def _resolution(dpi: int) -> bytes:
    """As EXIF, the only place that WebP has for it (EXIF 2.32, 4.6.4 A: inches)."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x011A], exif[0x011B], exif[0x0128] = dpi, dpi, 2
    return exif.tobytes()
