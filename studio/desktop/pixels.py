"""Between the engine's arrays and Qt's pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QImage

_FORMATS = {
    1: QImage.Format.Format_Grayscale8,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGBA8888,
}


def from_qimage(image: QImage) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """uint8 [h, w, c] of a QImage that :func:`to_qimage` made; a copy."""
    channels = {kind: count for count, kind in _FORMATS.items()}[image.format()]
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    cut = rows[:, : image.width() * channels]
    return cut.reshape(image.height(), image.width(), channels).copy()


def to_qimage(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> QImage:
    """A QImage over uint8 [h, w, c] without a copy; it keeps the array alive."""
    pixels = np.ascontiguousarray(pixels)
    height, width, channels = pixels.shape
    return QImage(pixels.data, width, height, width * channels, _FORMATS[channels])
