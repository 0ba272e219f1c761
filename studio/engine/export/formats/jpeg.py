"""JPEG: small and lossy, without transparency."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.parameters import param
from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError
from studio.engine.export.formats.base import ColourFormat, dpi_param, register, to_pillow
from studio.engine.export.formats.profiles import profile_of, space_param
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import written_sha256, xmp_packet
from studio.engine.said import Said

LONGEST_PACKET = 60_000
"""Bytes of XMP. One APP1 segment holds 65502 (XMP specification part 3, 1.1.3), but the encoder
has to hold all segments at once, the profile too, and for a small picture it has 64 KB for them."""
GROUNDS = {"white": 255, "grey": 128, "black": 0}


@register
@dataclass(frozen=True)
class Jpeg(ColourFormat):
    """JPEG with ICC and XMP in APP segments."""

    name = "jpeg"
    title = "JPEG"
    suffix = ".jpg"
    also = (".jpeg",)
    summary = "Small, for mail and the web. Transparency is laid over one colour."

    dpi: int = dpi_param()
    quality: int = param(
        95, label="Quality", low=1, high=100, help="Higher is finer and larger.",
    )  # fmt: skip
    full_colour: bool = param(
        True, label="Full colour", term="4:4:4 subsampling",
        help="Keep colour as sharp as light; off makes the file smaller.",
    )  # fmt: skip
    ground: str = param(
        "white", label="Ground", choices=tuple(GROUNDS),
        help="What shows through transparent parts, which a JPEG cannot have.",
    )  # fmt: skip
    profile: str = space_param()

    def write_flat(self, image: Pixels, origin: Origin, target: Path) -> None:
        """RGBA is laid over the ground first."""
        picture = to_pillow(over(image, GROUNDS[self.ground]))
        options = {
            "format": "JPEG", "quality": self.quality, "subsampling": 0 if self.full_colour else 2,
            "optimize": True, "icc_profile": profile_of(image[..., :3], self.profile),
        }  # fmt: skip
        if not origin.as_first:
            options["dpi"] = (self.dpi, self.dpi)
        packet = xmp_packet(origin, written_sha256(picture, options))
        if len(packet) > LONGEST_PACKET:
            raise StudioError(
                "The recipe of {what} is too long for a JPEG: choose PNG, TIFF or WebP.",
                what=origin.title or Said("this picture"),
            )
        picture.save(target, **options, xmp=packet)


def over(image: Pixels, ground: int) -> Pixels:
    """uint8 [h, w, 4] laid over a grey of 0 to 255; other pictures as they are."""
    if image.shape[2] != 4:
        return image
    alpha = image[..., 3:].astype(np.float32) / 255.0
    mixed: Pixels = np.rint(image[..., :3] * alpha + ground * (1.0 - alpha)).astype(np.uint8)
    return mixed
