"""PNG: lossless, with transparency; opens everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.parameters import param
from studio.engine.artwork import Pixels
from studio.engine.export.formats.base import FlatFormat, register, to_pillow
from studio.engine.export.formats.profiles import profile_of
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, xmp_packet


@register
@dataclass(frozen=True)
class Png(FlatFormat):
    """PNG with sRGB and the XMP packet in an iTXt chunk (PNG 3rd edition, 11.3.2.5).

    A profile instead of the chunk would mean the same, and other programs ask what to do with it.
    """

    name = "png"
    title = "PNG"
    suffix = ".png"
    summary = "Lossless, with transparency. For Photoshop, Krita, Blender, game engines."

    dpi: int = param(
        300, label="Resolution", low=36, high=2400, unit="dpi",
        help="Pixels on an inch of paper; the pixels themselves do not change.",
    )  # fmt: skip
    compression: int = param(
        6, label="Compression", low=0, high=9, term="zlib level",
        help="Higher is smaller and slower; the pixels are the same.",
    )  # fmt: skip

    def write_flat(self, image: Pixels, origin: Origin, target: Path) -> None:
        """Grey, RGB or RGBA as it comes."""
        from PIL.PngImagePlugin import PngInfo

        picture = to_pillow(image)
        packet = xmp_packet(origin, pixels_sha256(picture))
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet.decode("utf-8"))
        if origin.as_first:
            stated: dict[str, Any] = {"icc_profile": profile_of(image)}
        else:
            info.add(b"sRGB", b"\0")  # perceptual
            stated = {"dpi": (self.dpi, self.dpi)}
        picture.save(target, format="PNG", compress_level=self.compression, pnginfo=info, **stated)
