"""A contact sheet: small pictures in rows, each with a name below it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.engine.artwork import Pixels

GAP = 8
LETTERS = 13
"""Pixels: between pictures, and of a line of text."""
_GROUND, _INK = (22, 22, 22), (230, 230, 230)


def contact_sheet(pictures: Sequence[tuple[str, Pixels]], columns: int, scale: int = 1) -> Pixels:
    """uint8 [h, w, 3] of (name, picture), row by row; `scale` repeats pixels.

    Cells are as large as the largest picture; transparency is laid over the ground.
    """
    from PIL import Image, ImageDraw, ImageFont

    shown = [(name, Image.fromarray(_opaque(each.repeat(scale, 0).repeat(scale, 1))))
             for name, each in pictures]  # fmt: skip
    words = LETTERS + GAP // 2 if any(name for name, _ in shown) else 0
    width = max(each.width for _, each in shown) + GAP
    height = max(each.height for _, each in shown) + words + GAP
    rows = -(-len(shown) // columns)
    page = Image.new("RGB", (columns * width + GAP, rows * height + GAP), _GROUND)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(LETTERS)
    for place, (name, picture) in enumerate(shown):
        x, y = GAP + place % columns * width, GAP + place // columns * height
        page.paste(picture, (x, y))
        pen.text((x, y + picture.height + 1), name, _INK, font)
    return np.asarray(page)


def _opaque(pixels: Pixels) -> Pixels:
    colour = pixels[..., :3] if pixels.shape[2] > 1 else pixels.repeat(3, 2)
    if pixels.shape[2] != 4:
        return colour
    alpha = pixels[..., 3:].astype(np.float32) / 255
    mixed: Pixels = np.rint(colour * alpha + np.array(_GROUND) * (1 - alpha)).astype(np.uint8)
    return mixed
