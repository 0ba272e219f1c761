"""OpenEXR: light in floating point numbers, for compositing and rendering.

Linear light of the primaries of sRGB, multiplied by alpha, in the layer without a name, as
compositors expect it (OpenEXR, Technical Introduction).
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.parameters import param
from studio.engine.artwork import Artwork, Image, Pixels, to_bytes, unmultiplied
from studio.engine.door import ordinary
from studio.engine.errors import StudioError
from studio.engine.export.formats.base import Format, readable, register, to_pillow
from studio.engine.export.formats.profiles import encoded, linear
from studio.engine.extras import needed
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, xmp_packet

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_PACKET = "xmp"
_PACKINGS = {"zip": "ZIP_COMPRESSION", "piz": "PIZ_COMPRESSION", "none": "NO_COMPRESSION"}
_NUMBERS = {"half": np.float16, "float": np.float32}


@register
@dataclass(frozen=True)
class OpenExr(Format):
    """RGB or RGBA without a name; other layers only where they are asked for."""

    name = "openexr"
    title = "OpenEXR"
    suffix = ".exr"
    summary = "Linear light in floating point numbers. For Blender, Nuke, Resolve."
    layered = True

    numbers: str = param(
        "half", label="Numbers", choices=tuple(_NUMBERS), term="pixel type",
        names={"half": "16 bit float", "float": "32 bit float"},
        help="Half is what compositors use; float keeps every number.",
    )  # fmt: skip
    compression: str = param(
        "zip", label="Compression", choices=tuple(_PACKINGS),
        help="All are lossless; piz packs grain better.",
    )  # fmt: skip
    layers: bool = param(
        False, label="Hidden layers too", term="multi-layer",
        help="Under names of their own; Blender then opens the file only in its compositor.",
    )  # fmt: skip

    def write(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        """Names of layers are plain words: a bare number would not be shown by Nuke."""
        library = _library()
        seen = self._light(artwork.straight())
        channels: dict[str, Any] = {"RGBA" if seen.shape[2] == 4 else "RGB": seen}
        for number, layer in enumerate(artwork.layers if self.layers else ()):
            if not layer.visible:
                name = re.sub(r"[^A-Za-z0-9]+", "_", layer.name).strip("_")
                channels[f"layer{number}_{name}"] = self._light(layer.straight())
        packet = xmp_packet(origin, pixels_sha256(to_pillow(_shown(seen))))
        header = {
            "compression": getattr(library, _PACKINGS[self.compression]),
            "type": library.scanlineimage, _PACKET: packet.decode(),
        }  # fmt: skip
        try:
            with library.File(header, channels) as file:
                file.write(str(target))
        except RuntimeError as error:  # what the system refuses comes as one
            raise OSError(str(error)) from error

    def _light(self, straight: Image) -> np.ndarray[Any, Any]:
        colour = linear(straight[..., :3] if straight.shape[2] > 1 else straight.repeat(3, 2))
        if straight.shape[2] == 4:
            colour = np.concatenate([colour * straight[..., 3:], straight[..., 3:]], axis=2)
        made: np.ndarray[Any, Any] = np.asarray(colour, _NUMBERS[self.numbers], order="C")
        return made

    @classmethod
    def read_packet(cls, path: Path) -> bytes:
        return str(_read(path)[0].get(_PACKET, "")).encode()

    @classmethod
    def read_picture(cls, path: Path) -> Picture:
        planes = _read(path)[1]
        if not {"R", "G", "B"} <= set(planes):
            raise StudioError("{path} is no picture that can be read.", path=path)
        names = "RGBA" if "A" in planes else "RGB"
        made: Picture = to_pillow(_shown(np.stack([planes[name] for name in names], axis=2)))
        return made


def _shown(light: np.ndarray[Any, Any]) -> Pixels:
    """In bytes of sRGB, with straight alpha."""
    straight = unmultiplied(np.nan_to_num(light.astype(np.float32)))
    return to_bytes(np.concatenate([encoded(straight[..., :3]), straight[..., 3:]], axis=2))


def _read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """The header, and the channels of the first part by their names."""
    library = _library()
    with readable(path, RuntimeError, ValueError, TypeError):
        ordinary(path, links=True)
        with library.File(str(path), separate_channels=True) as file:
            planes = {name: each.pixels for name, each in file.channels().items()}
            return dict(file.header()), planes


def _library() -> Any:
    if importlib.util.find_spec("OpenEXR") is None:
        raise StudioError(needed("OpenEXR", "formats"))
    import OpenEXR

    return OpenEXR
