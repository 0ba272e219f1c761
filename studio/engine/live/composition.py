"""The picture in a frame of another size, on black."""

from __future__ import annotations

import numpy as np
from PIL import Image

from studio.engine.artwork import Pixels
from studio.engine.generation.film.formats.base import opaque


def composed(picture: Pixels, width: int, height: int) -> Pixels:
    """uint8 [height, width, 3]: as large as it fits, in the middle, without hard pixels."""
    shown = opaque(picture)
    rows, columns = shown.shape[:2]
    share = min(width / columns, height / rows)
    across, down = max(1, round(columns * share)), max(1, round(rows * share))
    kind = Image.Resampling.BICUBIC
    scaled = np.asarray(Image.fromarray(np.ascontiguousarray(shown)).resize((across, down), kind))
    frame = np.zeros((height, width, 3), np.uint8)
    top, left = (height - down) // 2, (width - across) // 2
    frame[top : top + down, left : left + across] = scaled
    return frame
