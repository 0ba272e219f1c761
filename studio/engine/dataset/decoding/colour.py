"""From any mode and profile of Pillow to grey, RGB or RGBA in sRGB, 8 bits a channel."""

from __future__ import annotations

import hashlib
import io
import threading

import numpy as np
from PIL import Image, ImageCms

# Larger profiles exist only to exhaust memory; the biggest real ones (CMYK presses) are near 3 MB.
LARGEST_PROFILE = 8 << 20
_DEEP = {"I", "F", "I;16", "I;16B", "I;16L", "I;16N"}
_SPACE_OF_MODE = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK", "LAB": "LAB"}
# One transform may not be used by two threads at once, and making one costs milliseconds.
_local = threading.local()


def to_srgb(image: Image.Image, bits: int = 0) -> Image.Image:
    """`image` as L, RGB or RGBA in sRGB; the result is RGBA only where alpha is really used.

    `bits` is the depth of deep grey where the file states one (12-bit scans in a
    16-bit container); 0 means the full range of the container.
    """
    profile = _profile(image)
    if image.mode in _DEEP:
        return _from_deep(image, bits)
    if image.mode == "LAB":
        return _from_lab(image)
    if image.mode == "CMYK":
        return _through_profile(image, profile) or image.convert("RGB")
    image = _eight_bit(image)
    if image.mode == "RGBA":
        image = _without_opaque_alpha(image)
    if not profile:
        return image
    if image.mode == "RGBA":
        colour = _through_profile(image.convert("RGB"), profile)
        if colour is None:
            return image
        colour.putalpha(image.getchannel("A"))
        return colour
    return _through_profile(image, profile) or image


def _eight_bit(image: Image.Image) -> Image.Image:
    """L, RGB or RGBA from the modes that need no colour science."""
    if image.mode in ("RGBA", "RGBa", "LA", "La", "PA"):
        grey = image.mode in ("LA", "La")
        image = _straight(image)
        if grey and _is_opaque(image):
            return image.getchannel("R")
        return image
    if "transparency" in image.info and image.mode in ("1", "L", "P", "RGB"):
        return image.convert("RGBA")
    if image.mode == "P":
        has_alpha = image.palette is not None and image.palette.mode in ("RGBA", "RGBa")
        return image.convert("RGBA" if has_alpha else "RGB")
    if image.mode in ("L", "RGB"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _straight(image: Image.Image) -> Image.Image:
    if image.mode == "La":
        image = image.convert("LA")
    return image if image.mode == "RGBA" else image.convert("RGBA")


def _without_opaque_alpha(image: Image.Image) -> Image.Image:
    return image.convert("RGB") if _is_opaque(image) else image


def _is_opaque(image: Image.Image) -> bool:
    return image.getchannel("A").getextrema() == (255, 255)


def _from_deep(image: Image.Image, bits: int) -> Image.Image:
    """Grey of more than 8 bits: integers by their full range, floats by the range they use."""
    values = np.asarray(image).astype(np.float32, copy=False)
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = _range(finite, image.mode, bits)
    scaled = (finite - low) * (255.0 / max(high - low, 1e-12))
    grey = Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8))
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
    transform = ImageCms.buildTransform(lab, _srgb(), "LAB", "RGB")
    result = ImageCms.applyTransform(image, transform)
    assert result is not None  # only in-place transforms return None
    return result


def _profile(image: Image.Image) -> bytes:
    profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) and len(profile) <= LARGEST_PROFILE else b""


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """`image` converted, itself when the profile is sRGB, None when the profile is no use."""
    if not profile:
        return None
    transform = _transform(profile, image.mode)
    if transform is None or isinstance(transform, str):
        return image if transform else None
    try:
        converted = ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, ValueError):
        return None
    if converted is None or image.mode != "L":
        return converted
    return converted.getchannel("G")  # grey in, grey out: the three channels are equal


def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | str | None:
    cache = _local.__dict__.setdefault("transforms", {})
    key = (hashlib.sha1(profile, usedforsecurity=False).digest(), mode)
    if key not in cache:
        if len(cache) > 32:
            cache.clear()
        cache[key] = _build(profile, mode)
    return cache[key]  # type: ignore[no-any-return]  # a thread-local cache has no type


def _build(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | str | None:
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if opened.profile.xcolor_space.strip() != _SPACE_OF_MODE.get(mode):
            return None
        description = opened.profile.profile_description or ""
        if description.startswith(("sRGB", "sRGB IEC61966")):
            return "same"
        return ImageCms.buildTransform(opened, _srgb(), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a damaged profile must not cost the picture


def _srgb() -> ImageCms.ImageCmsProfile:
    if not hasattr(_local, "srgb"):
        _local.srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return _local.srgb  # type: ignore[no-any-return]
