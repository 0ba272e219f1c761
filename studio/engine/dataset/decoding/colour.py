"""From any mode and stated colours of Pillow to grey, RGB or RGBA in sRGB, 8 bits a channel."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms

from studio.engine.dataset.decoding import icc_profile, transfer
from studio.engine.dataset.decoding.colour_statement import STATED, Statement, embedded

# A profile whose colours are nowhere further from sRGB than this, in levels of 255, is sRGB.
NEAR = 2
_DEEP = {"I", "F", "I;16", "I;16B", "I;16L", "I;16N"}
_SPACE_OF_MODE = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}
Info = Mapping[str | tuple[int, int], object]
_STEPS = np.linspace(0, 255, 16).astype(np.uint8)


@dataclass(frozen=True)
class _Way:
    """From stated colours to sRGB: by a table of grey, or by a transform; by neither for sRGB."""

    table: np.ndarray | None = None
    """uint8 of 256 or 65,536 levels."""
    transform: ImageCms.ImageCmsTransform | None = None


_SAME = _Way()


class _Ways(threading.local):
    """One transform may not be used by two threads at once, and making one costs milliseconds."""

    def __init__(self) -> None:
        self.known: dict[tuple[bytes, str], _Way | None] = {}
        self.srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


_ways = _Ways()


def to_srgb(image: Image.Image, bits: int = 0) -> Image.Image:
    """`image` as L, RGB or RGBA in sRGB; the result is RGBA only where alpha is really used.

    `bits` is the depth of deep grey where the file states one (12-bit scans in a
    16-bit container); 0 means the full range of the container.
    """
    if image.mode in _DEEP:
        return _from_deep(image, bits)
    if image.mode == "LAB":
        return _from_lab(image)
    if image.mode == "CMYK":
        return _converted(image, image.info) or image.convert("RGB")
    colour, alpha = _eight_bit(image)
    colour = _converted(colour, image.info) or colour
    if alpha is None:
        return colour
    if colour.mode == "L":
        return Image.merge("RGBA", (colour, colour, colour, alpha))
    colour.putalpha(alpha)
    return colour


def space_of(image: Image.Image) -> tuple[str, bool]:
    """What the stated colours of an opened picture are called that it is converted from, and
    whether they are of high dynamic range; an empty name for sRGB or nothing stated.
    """
    mode = image.mode if image.mode in ("CMYK", "LAB") else "RGB"
    if image.mode in _DEEP or image.mode in ("1", "L", "LA", "La"):
        mode = "L"
    found = _first_usable(image.info, mode)
    if found is None or found[1] is _SAME:
        return "", False
    return _name(found[0]), found[0].high_range


def stated_name(image: Image.Image) -> str:
    """What the colours of an opened picture are stated as; empty where nothing is."""
    stated = _stated(image.info)
    return _name(stated[0]) if stated else ""


def _name(statement: Statement) -> str:
    return statement.name or icc_profile.name_of(statement.profile) or "ICC"


def _stated(info: Info) -> tuple[Statement, ...]:
    found = info.get(STATED)
    if isinstance(found, tuple):
        return found
    return tuple(embedded(info.get("icc_profile")))  # a picture that was not opened by `pixels`


def _eight_bit(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """L or RGB from the modes that need no colour science, and alpha where it is used."""
    has_key = "transparency" in image.info and image.mode in ("1", "L", "P", "RGB")
    has_alpha = image.mode in ("RGBA", "RGBa", "LA", "La", "PA") or (
        image.mode == "P" and image.palette is not None and image.palette.mode in ("RGBA", "RGBa")
    )
    if not has_key and not has_alpha:
        mode = "L" if image.mode in ("1", "L") else "RGB"
        return (image if image.mode == mode else image.convert(mode)), None
    is_grey = image.mode in ("1", "L", "LA", "La")
    if image.mode == "La":
        image = image.convert("LA")
    if image.mode != "RGBA":
        image = image.convert("RGBA")
    alpha = image.getchannel("A")
    colour = image.getchannel("R") if is_grey else image.convert("RGB")
    return colour, None if alpha.getextrema() == (255, 255) else alpha


def _from_deep(image: Image.Image, bits: int) -> Image.Image:
    """Grey of more than 8 bits: integers by their full range, floats by the range they use."""
    values = np.asarray(image).astype(np.float32, copy=False)
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = _range(finite, image.mode, bits)
    scale = 1.0 / max(high - low, 1e-12)
    found = _first_usable(image.info, "I;16")
    if found is not None and found[1].table is not None:
        places = np.clip((finite - low) * (65535.0 * scale) + 0.5, 0, 65535).astype(np.uint16)
        grey = Image.fromarray(found[1].table[places])
    else:
        levels = (finite - low) * (255.0 * scale)
        grey = Image.fromarray(np.clip(levels + 0.5, 0, 255).astype(np.uint8))
    hole = image.info.get("transparency")
    if isinstance(hole, int):
        alpha = Image.fromarray(np.where(values == hole, 0, 255).astype(np.uint8))
        if alpha.getextrema() != (255, 255):
            return Image.merge("RGBA", (grey, grey, grey, alpha))
    return grey


def _range(values: np.ndarray, mode: str, bits: int) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    if mode.startswith("I;16"):
        return 0.0, float((1 << bits) - 1) if 8 < bits < 16 else 65535.0
    if mode == "I" and low >= 0 and high <= 65535:
        return 0.0, 65535.0 if high > 255 else 255.0
    if mode == "F" and low >= 0 and high <= 255:
        return 0.0, 1.0 if high <= 1 else 255.0
    return low, high


def _from_lab(image: Image.Image) -> Image.Image:
    lab = ImageCms.createProfile("LAB")
    transform = ImageCms.buildTransform(lab, _ways.srgb, "LAB", "RGB")
    result = ImageCms.applyTransform(image, transform)
    assert result is not None  # only in-place transforms return None
    return result


def _converted(image: Image.Image, info: Info) -> Image.Image | None:
    """`image` (L, RGB, CMYK) by the first statement that is of use, None when none is."""
    found = _first_usable(info, image.mode)
    if found is None or found[1] is _SAME:
        return image if found else None
    way = found[1]
    if way.table is not None:
        return image.point(way.table.tolist())
    assert way.transform is not None
    converted = ImageCms.applyTransform(image, way.transform)
    if converted is None or image.mode != "L":
        return converted
    return converted.getchannel("G")  # grey in, grey out: the three channels are equal


def _first_usable(info: Info, mode: str) -> tuple[Statement, _Way] | None:
    """The first statement that fits the mode of the colours, and the way from it to sRGB."""
    for each in _stated(info):
        way = _way(each.profile, mode)
        if way is not None:
            return each, way
    return None


def _way(profile: bytes, mode: str) -> _Way | None:
    if not profile:
        return None if mode == "CMYK" else _SAME  # inks have no place in sRGB, whatever EXIF says
    key = (hashlib.sha1(profile, usedforsecurity=False).digest(), mode)
    if key not in _ways.known:
        if len(_ways.known) > 32:
            _ways.known.clear()
        _ways.known[key] = _of_grey(profile, mode) or _by_transform(profile, mode)
    return _ways.known[key]


def _of_grey(profile: bytes, mode: str) -> _Way | None:
    """A profile of RGB tells the curve of grey, too, and some programs leave it in grey files."""
    if mode not in ("L", "I;16"):
        return None
    levels = np.linspace(0, 1, 256 if mode == "L" else 65536)
    light = icc_profile.light_of_grey(profile, levels)
    if light is None:
        return None
    shown = transfer.encoded(light)
    if np.abs(shown - levels).max() * 255 <= NEAR:
        return _SAME
    return _Way(table=(shown * 255 + 0.5).astype(np.uint8))


def _by_transform(profile: bytes, mode: str) -> _Way | None:
    space = _SPACE_OF_MODE.get(mode)
    if space is None or icc_profile.space_of(profile) != space:
        return None
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(opened, _ways.srgb, mode, "RGB")
        if mode == "RGB" and _is_srgb(transform):
            return _SAME
        return _Way(transform=transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a damaged profile must not cost the picture


def _is_srgb(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a cube of colours stays where it is."""
    cube = np.stack(np.meshgrid(_STEPS, _STEPS, _STEPS), -1).reshape(-1, 16, 3)
    moved = ImageCms.applyTransform(Image.fromarray(cube), transform)
    assert moved is not None
    return int(np.abs(np.asarray(moved, np.int16) - cube).max()) <= NEAR
