"""The spaces of colour that pictures leave in, and the ICC profiles that say which it is.

A colour profile in a grey file is against the rules of PNG (3rd edition, 11.3.2.3) and
readers drop it, so a grey picture gets a grey profile with the curve and white of sRGB, and
stays as it is whatever space is asked for.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from models.parameters import param
from studio.engine.artwork import Artwork, Image, Pixels, to_bytes

if TYPE_CHECKING:
    from studio.engine.dataset.decoding.icc_profile import Point

SRGB, DISPLAY_P3, ADOBE_RGB = "srgb", "display-p3", "adobe-rgb"
SPACES = {SRGB: "sRGB", DISPLAY_P3: "Display P3", ADOBE_RGB: "Adobe RGB (1998)"}

# Of the profiles themselves: fixed, so that the same picture makes the same file.
_WRITTEN = (2026, 1, 1, 0, 0, 0)
_WHITE = (0.9642, 1.0, 0.8249)
# Exponent, then a, b, c, d of IEC 61966-2-1 (ICC.1:2022, 10.18, function type 3).
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


_POINTS = 1024
"""Of the curve of a profile: 2 kB, and less than 1/65535 off anywhere that eyes can tell."""


def space_param() -> Any:
    """The option of a format that knows more spaces than one."""
    return param(
        SRGB, label="Colour space", choices=tuple(SPACES), names=SPACES, term="ICC profile",
        help="Colours are converted, and the file says so; sRGB is understood everywhere.",
    )  # fmt: skip


def profile_of(image: np.ndarray[Any, Any], space: str = SRGB) -> bytes:
    """The profile that belongs to [h, w, c] in a space."""
    if image.shape[2] == 1:
        return grey_profile()
    return srgb_profile() if space == SRGB else _wide_profile(space)


def flat_in(artwork: Artwork, space: str) -> Pixels:
    """What is seen, in 8 bits of a space, rounded once."""
    return artwork.flat() if space == SRGB else to_bytes(in_space(artwork.straight(), space))


def in_space(straight: Image, space: str) -> Image:
    """float32 [h, w, c] of sRGB in another space; colour is not multiplied by alpha.

    Both spaces hold all of sRGB, so nothing is clipped.
    """
    if space == SRGB or straight.shape[2] == 1:
        return straight
    light = linear(straight[..., :3]) @ _from_srgb(space).T
    colour = _bent(np.clip(light, 0.0, 1.0), space)
    made: Image = np.concatenate([colour, straight[..., 3:]], axis=2).astype(np.float32)
    return made


def linear(levels: Image) -> Image:
    """Light from 0 to 1 of levels of sRGB (IEC 61966-2-1)."""
    levels = np.clip(levels, 0.0, 1.0)
    made: Image = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return made.astype(np.float32)


def _bent(light: Image, space: str) -> Image:
    from studio.engine.dataset.decoding.transfer import GAMMA_OF_ADOBE_RGB

    if space == ADOBE_RGB:
        return np.asarray(light ** (1 / GAMMA_OF_ADOBE_RGB), np.float32)
    return encoded(light)


def encoded(light: Image) -> Image:
    """Levels of sRGB of light from 0 to 1."""
    light = np.clip(light, 0.0, 1.0)
    made: Image = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return made.astype(np.float32)


def _primaries(space: str) -> tuple[Point, Point, Point]:
    from studio.engine.dataset.decoding import transfer

    return {
        SRGB: transfer.SRGB_PRIMARIES, DISPLAY_P3: transfer.PRIMARIES[12][2],
        ADOBE_RGB: transfer.ADOBE_RGB,
    }[space]  # fmt: skip


@cache
def _from_srgb(space: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    """float32 [3, 3]: light of sRGB to light of a space of the same white."""
    turned = np.linalg.solve(_to_xyz(_primaries(space)), _to_xyz(_primaries(SRGB)))
    return np.asarray(turned, np.float32)


def _to_xyz(primaries: tuple[Point, Point, Point]) -> np.ndarray[Any, np.dtype[np.float64]]:
    from studio.engine.dataset.decoding.transfer import D65

    red, green, blue, white = (
        np.array([x / y, 1.0, (1 - x - y) / y]) for x, y in (*primaries, D65)
    )
    columns = np.array([red, green, blue]).T
    return np.asarray(columns * np.linalg.solve(columns, white))


@cache
def _wide_profile(space: str) -> bytes:
    from studio.engine.dataset.decoding.icc_profile import matrix_profile
    from studio.engine.dataset.decoding.transfer import D65, GAMMA_OF_ADOBE_RGB

    levels = np.linspace(0.0, 1.0, _POINTS)
    light = levels**GAMMA_OF_ADOBE_RGB if space == ADOBE_RGB else linear(levels.astype(np.float32))
    made = matrix_profile(D65, _primaries(space), light, SPACES[space])
    return made[:24] + struct.pack(">6H", *_WRITTEN) + made[36:]


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
