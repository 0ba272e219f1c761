"""Camera RAW through LibRaw, where the optional library is installed."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
from typing import IO, Any

from PIL import Image

from studio.engine.extras import needed
from studio.engine.said import Said

SUFFIXES = frozenset(
    {
        ".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef",
        ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2", ".srf",
        ".srw", ".x3f",
    }
)  # fmt: skip
NEEDS_LIBRARY = needed(Said("A camera's RAW file"), "formats")
# Whatever its name says, such a file is another kind of picture.
_OTHERS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"8BPS", b"RIFF")
_HEADS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")
_XMP_BEGINS, _XMP_ENDS, _XMP_LARGEST = b"<x:xmpmeta", b"</x:xmpmeta>", 1 << 20
# Make, model, date, artist and copyright; then what the camera did, and where it was.
_TAGS = (0x010F, 0x0110, 0x0132, 0x013B, 0x8298)
_DIRECTORIES = (0x8769, 0x8825)
_MAKER = 0x927C
"""The maker's own notes, which may be very large."""


def claims_raw(head: bytes, suffix: str) -> bool:
    """Whether a file is camera RAW; many are TIFF inside, so the name counts as well."""
    is_canon = head[8:10] == b"CR" and head[:2] in (b"II", b"MM")
    if head.startswith(_OTHERS):
        return False
    return suffix in SUFFIXES or head.startswith(_HEADS) or is_canon or head[4:11] == b"ftypcrx"


def opened(stream: IO[bytes], most_pixels: int) -> Image.Image | int:
    """The developed picture: camera white balance, sRGB, upright; or how many pixels it has,
    where those are more than `most_pixels`. Raises whatever the library raises.

    The same file gives the same pixels: nothing is brightened by what is in it. What it states
    about camera, author and rights is in `info`, as in other pictures.
    """
    rawpy: Any = importlib.import_module("rawpy")
    data = stream.read()
    with rawpy.imread(io.BytesIO(data)) as raw:
        pixels = int(raw.sizes.width) * int(raw.sizes.height)
        if pixels > most_pixels:
            return pixels
        values = raw.postprocess(
            use_camera_wb=True, no_auto_bright=True, output_bps=8,
            output_color=rawpy.ColorSpace.sRGB,
        )  # fmt: skip
    # A camera without colours has one channel.
    picture = Image.fromarray(values[..., 0] if values.shape[2] == 1 else values)
    picture.format = "RAW"
    picture.info.update(_stated(data))
    return picture


def _stated(data: bytes) -> dict[str, bytes]:
    """The `exif` and `xmp` of a file, as far as there are any."""
    found: dict[str, bytes] = {}
    start = data.find(_XMP_BEGINS)
    end = data.find(_XMP_ENDS, start, start + _XMP_LARGEST) if start >= 0 else -1
    if end >= 0:
        found["xmp"] = data[start : end + len(_XMP_ENDS)]
    with contextlib.suppress(Exception):  # most are TIFF inside; hostile tags may raise anything
        tags, kept = Image.Exif(), Image.Exif()
        tags.load_from_fp(io.BytesIO(data))
        # Not the orientation: the library has turned the picture already.
        kept.update({tag: tags[tag] for tag in _TAGS if tag in tags})
        for directory in _DIRECTORIES:
            kept.get_ifd(directory).update(
                {tag: value for tag, value in tags.get_ifd(directory).items() if tag != _MAKER}
            )
        found["exif"] = kept.tobytes()
    return found


def is_available() -> bool:
    return importlib.util.find_spec("rawpy") is not None
