"""AVIF: the smallest, with transparency, for the web of today."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.parameters import param
from studio.engine.artwork import Pixels
from studio.engine.export.formats.base import ColourFormat, register, to_pillow
from studio.engine.export.formats.profiles import profile_of, space_param
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import written_sha256, xmp_packet

LARGEST = 16384
"""Pixels a side that the advanced profile of AVIF allows (AVIF 1.1, 8.3)."""


@register
@dataclass(frozen=True)
class Avif(ColourFormat):
    """AVIF with ICC and XMP items; lossy at every quality."""

    name = "avif"
    title = "AVIF"
    suffix = ".avif"
    summary = "The smallest, with transparency. For browsers; old programs do not open it."

    quality: int = param(
        85, label="Quality", low=1, high=100, help="Higher is finer and larger.",
    )  # fmt: skip
    full_colour: bool = param(
        True, label="Full colour", term="4:4:4 subsampling",
        help="Keep colour as sharp as light; off makes the file smaller.",
    )  # fmt: skip
    effort: int = param(
        4, label="Effort", low=0, high=10, term="10 - speed", advanced=True,
        help="Higher is smaller and slower; the quality is the same.",
    )  # fmt: skip
    profile: str = space_param()

    def write_flat(self, image: Pixels, origin: Origin, target: Path) -> None:
        """Grey becomes RGB, which is all that the encoder takes."""
        self.refuse_larger(image.shape[1], image.shape[0], LARGEST)
        picture = to_pillow(image)
        picture = picture.convert("RGB") if picture.mode == "L" else picture
        options: dict[str, Any] = {
            "format": "AVIF", "quality": self.quality, "speed": 10 - self.effort,
            "subsampling": "4:4:4" if self.full_colour else "4:2:0", "max_threads": 1,
            "icc_profile": profile_of(image.repeat(3, 2) if image.shape[2] == 1 else image,
                                      self.profile),
        }  # fmt: skip
        packet = xmp_packet(origin, written_sha256(picture, options))
        picture.save(target, **options, xmp=packet)
