"""Numbers of a picture as the samples of 16 bits that files hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from studio.engine.artwork import Image, Pixels, to_bytes
from studio.engine.export.formats.png_stream import Deep

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


def deep(straight: Image) -> Deep:
    """uint16 of numbers from 0 to 1."""
    made: Deep = np.rint(np.clip(straight, 0.0, 1.0) * 65535.0).astype(np.uint16)
    return made


def seen_by_most(image: Deep) -> Pixels:
    """The bytes that a reader of 8 bits makes of them (Pillow): the upper half."""
    made: Pixels = (image >> 8).astype(np.uint8)
    return made


def eight_bits(picture: Picture) -> Picture:
    """A grey picture of Pillow that has more than 8 bits, as its readers of colour make them."""
    from PIL import Image as Pillow

    if picture.mode.startswith("I;16"):
        return Pillow.fromarray(seen_by_most(np.asarray(picture, np.uint16)))
    if picture.mode == "F":
        return Pillow.fromarray(to_bytes(np.asarray(picture, np.float32)))
    return picture
