"""Between the engine's arrays and Qt's pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from studio.engine.artwork import Pixels
from studio.engine.dataset.decoding.decode import own_picture

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_FORMATS = {
    1: QImage.Format.Format_Grayscale8,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGBA8888,
}


def read_qimage(path: Path, *formats: str) -> QImage:
    """A picture that the studio wrote, of one of Pillow's formats; null where it is none."""
    try:
        return to_qimage(own_picture(path, *formats))
    except OSError:
        return QImage()


def from_qimage(image: QImage) -> Pixels:
    """uint8 [h, w, c] of a QImage that :func:`to_qimage` made; a copy."""
    channels = {kind: count for count, kind in _FORMATS.items()}[image.format()]
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    cut = rows[:, : image.width() * channels]
    return cut.reshape(image.height(), image.width(), channels).copy()


def to_qimage(picture: Pixels | Picture) -> QImage:
    """A QImage over uint8 [h, w, c] without a copy; it keeps the array alive.

    Of a Pillow picture, which is no array, over a copy; what is not L or RGBA becomes RGB.
    """
    if not isinstance(picture, np.ndarray):
        picture = np.asarray(picture if picture.mode in ("L", "RGBA") else picture.convert("RGB"))
    height, width = picture.shape[:2]
    pixels = np.ascontiguousarray(picture).reshape(height, width, -1)
    channels = pixels.shape[2]
    return QImage(pixels.data, width, height, width * channels, _FORMATS[channels])
