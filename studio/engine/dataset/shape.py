"""How a picture of any shape becomes the shape of the training set: crop, pad or stretch."""

from __future__ import annotations

import numpy as np
from PIL import Image

CROPS = ("centre", "pad", "stretch")
# Pillow first halves by whole steps down to three times the target: as good, far faster.
_GAP = 3.0


def decode_size(picture: tuple[int, int], size: tuple[int, int], crop: str) -> tuple[int, int]:
    """The smallest size at which decoding `picture` still has every pixel that `size` needs."""
    ratios = size[0] / picture[0], size[1] / picture[1]
    if crop == "stretch":
        return size
    scale = max(ratios) if crop == "centre" else min(ratios)
    return max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))


def shaped(picture: Image.Image, size: tuple[int, int], crop: str) -> Image.Image:
    """`picture` at exactly `size` (width, height).

    `centre` keeps the middle, `pad` keeps everything and adds black (transparent for
    RGBA) bars, `stretch` changes the aspect. Colour under transparent pixels never bleeds.
    """
    if crop == "stretch":
        return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=_GAP)
    if crop == "centre":
        box = _centre_box(picture.size, size)
        return picture.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=_GAP)
    scale = min(size[0] / picture.width, size[1] / picture.height)
    inner = (
        min(size[0], max(1, round(picture.width * scale))),
        min(size[1], max(1, round(picture.height * scale))),
    )
    small = picture.resize(inner, Image.Resampling.LANCZOS, reducing_gap=_GAP)
    canvas = Image.new(picture.mode, size)
    canvas.paste(small, ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
    return canvas


def _centre_box(
    picture: tuple[int, int], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    scale = min(picture[0] / size[0], picture[1] / size[1])
    width, height = size[0] * scale, size[1] * scale
    left, top = (picture[0] - width) / 2, (picture[1] - height) / 2
    return left, top, left + width, top + height


def with_channels(picture: Image.Image, channels: int) -> np.ndarray:
    """uint8 [H, W, C] with 1, 3 or 4 channels; transparency is laid over white where it must go."""
    if channels == 4:
        rgba = np.array(picture.convert("RGBA"))
        rgba[rgba[..., 3] == 0] = 0  # what cannot be seen must not be learnt
        return rgba
    if picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(ground, picture)
    values = np.asarray(picture.convert("L" if channels == 1 else "RGB"))
    return values[..., None] if channels == 1 else values
