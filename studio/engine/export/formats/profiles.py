"""The ICC profiles that say what the numbers of a picture mean: sRGB, and its grey axis.

A colour profile in a grey file is against the rules of PNG (3rd edition, 11.3.2.3) and
readers drop it, so a grey picture gets a grey profile with the same curve and white.
"""

from __future__ import annotations

import struct
from functools import cache

from studio.engine.artwork import Pixels

# Of the profiles themselves: fixed, so that the same picture makes the same file.
_WRITTEN = (2026, 1, 1, 0, 0, 0)
_WHITE = (0.9642, 1.0, 0.8249)
# Exponent, then a, b, c, d of IEC 61966-2-1 (ICC.1:2022, 10.18, function type 3).
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def profile_of(image: Pixels) -> bytes:
    """The profile that belongs to uint8 [h, w, c]."""
    return grey_profile() if image.shape[2] == 1 else srgb_profile()


@cache
def srgb_profile() -> bytes:
    from PIL import ImageCms

    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:24] + struct.pack(">6H", *_WRITTEN) + made[36:]


@cache
def grey_profile() -> bytes:
    """A grey display profile with the curve of sRGB (ICC.1:2022, 8.4.3: monochrome displays)."""
    tags = {
        b"desc": _text("sRGB grey"),
        b"cprt": _text("CC0"),
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(*_WHITE),
        b"kTRC": b"para\0\0\0\0" + struct.pack(">2H", 3, 0) + _fixed(*_CURVE),
    }
    place = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += struct.pack(">4s2I", name, place + len(data), len(content))
        data += content + b"\0" * (-len(content) % 4)
    header = struct.pack(
        ">I4xI4s4s4s6H4s4x4x8x8xI", place + len(data), 0x04400000, b"mntr", b"GRAY", b"XYZ ",
        *_WRITTEN, b"acsp", 0,
    )  # fmt: skip
    return (header + _fixed(*_WHITE)).ljust(128, b"\0") + table + data


def _fixed(*numbers: float) -> bytes:
    """s15Fixed16Number."""
    return struct.pack(f">{len(numbers)}i", *(round(each * 65536) for each in numbers))


def _text(words: str) -> bytes:
    content = words.encode("utf-16-be")
    head = struct.pack(">4s4x2I2s2s2I", b"mluc", 1, 12, b"en", b"US", len(content), 28)
    return head + content
