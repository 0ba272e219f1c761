"""Camera RAW through LibRaw, where the optional library is installed."""

from __future__ import annotations

import importlib
import importlib.util
import io
from typing import IO, Any

from PIL import Image

SUFFIXES = frozenset(
    {
        ".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef",
        ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2", ".srf",
        ".srw", ".x3f",
    }
)  # fmt: skip
NEEDS_LIBRARY = "Camera RAW needs an extra library: pip install 'latent-studio[formats]'."
_HEADS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")


def claims_raw(head: bytes, suffix: str) -> bool:
    """Whether a file is camera RAW; many are TIFF inside, so the name counts as well."""
    is_canon = head[8:10] == b"CR" and head[:2] in (b"II", b"MM")
    return suffix in SUFFIXES or head.startswith(_HEADS) or is_canon or head[4:11] == b"ftypcrx"


def opened(stream: IO[bytes], most_pixels: int) -> Image.Image | int:
    """The developed picture: camera white balance, sRGB, upright; or how many pixels it has,
    where those are more than `most_pixels`. Raises whatever the library raises.

    The same file gives the same pixels: nothing is brightened by what is in it.
    """
    rawpy: Any = importlib.import_module("rawpy")
    with rawpy.imread(io.BytesIO(stream.read())) as raw:
        pixels = int(raw.sizes.width) * int(raw.sizes.height)
        if pixels > most_pixels:
            return pixels
        values = raw.postprocess(
            use_camera_wb=True, no_auto_bright=True, output_bps=8,
            output_color=rawpy.ColorSpace.sRGB,
        )  # fmt: skip
    picture = Image.fromarray(values)
    picture.format = "RAW"
    return picture


def is_available() -> bool:
    """Whether the library is there."""
    return importlib.util.find_spec("rawpy") is not None
