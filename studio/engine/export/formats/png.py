"""PNG: lossless, with transparency; opens everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.parameters import param
from studio.engine.artwork import Artwork, Pixels
from studio.engine.export.formats.base import ColourFormat, dpi_param, register, to_pillow
from studio.engine.export.formats.profiles import SPACES, SRGB, in_space, profile_of, space_param
from studio.engine.export.formats.samples import deep, seen_by_most
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, xmp_packet

PACKET = "XML:com.adobe.xmp"
"""Keyword of the text that holds XMP (XMP specification part 3, 1.1.5)."""


@register
@dataclass(frozen=True)
class Png(ColourFormat):
    """PNG with sRGB and the XMP packet in an iTXt chunk (PNG 3rd edition, 11.3.2.5).

    A profile instead of the chunk would mean the same, and other programs ask what to do with it.
    """

    name = "png"
    title = "PNG"
    suffix = ".png"
    summary = "Lossless, with transparency. For Photoshop, Krita, Blender, game engines."

    dpi: int = dpi_param()
    compression: int = param(
        6, label="Compression", low=0, high=9, term="zlib level",
        help="Higher is smaller and slower; the pixels are the same.",
    )  # fmt: skip
    depth: str = param(
        "8", label="Depth", choices=("8", "16"), names={"8": "8 bit", "16": "16 bit"},
        term="bits per channel", help="16 bit keeps what refining leaves between two levels.",
    )  # fmt: skip
    profile: str = space_param()

    def write(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        """In 16 bits straight from the numbers, otherwise rounded to bytes once."""
        if self.depth == "16":
            self._write_deep(artwork, origin, target)
        else:
            super().write(artwork, origin, target)

    def write_flat(self, image: Pixels, origin: Origin, target: Path) -> None:
        """Grey, RGB or RGBA as it comes."""
        from PIL.PngImagePlugin import PngInfo

        picture = to_pillow(image)
        packet = xmp_packet(origin, pixels_sha256(picture))
        info = PngInfo()
        info.add_itxt(PACKET, packet.decode("utf-8"))
        if origin.as_first or self._is_stated(image):
            stated: dict[str, Any] = {"icc_profile": profile_of(image, self.profile)}
        else:
            info.add(b"sRGB", b"\0")  # perceptual
            stated = {}
        if not origin.as_first:
            stated["dpi"] = (self.dpi, self.dpi)
        picture.save(target, format="PNG", compress_level=self.compression, pnginfo=info, **stated)

    def _is_stated(self, image: Any) -> bool:
        return self.profile != SRGB and image.shape[2] != 1

    def _write_deep(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        from studio.engine.export.formats import png_stream

        image = deep(in_space(artwork.straight(), self.profile))
        packet = xmp_packet(origin, pixels_sha256(to_pillow(seen_by_most(image))))
        profile = profile_of(image, self.profile)
        stated = (
            (b"iCCP", png_stream.profile_content(SPACES[self.profile], profile))
            if self._is_stated(image) else (b"sRGB", b"\0")
        )  # fmt: skip
        beside = [
            stated, (b"pHYs", png_stream.resolution_content(self.dpi)),
            (b"iTXt", png_stream.international_text(PACKET, packet)),
        ]  # fmt: skip
        png_stream.write_samples(target, image, beside, self.compression)
