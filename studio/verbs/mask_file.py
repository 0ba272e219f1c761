"""A mask that is given as a picture file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import UsageError

if TYPE_CHECKING:
    from studio.engine.artwork import Pixels
    from studio.engine.generation.moves.dragged import Mask


def read_mask(path: Path, width: int, height: int) -> Mask:
    """True where a picture is bright, at the size of what is dragged."""
    return read_levels(path, width, height) >= 128


def read_levels(path: Path, width: int, height: int) -> Pixels:
    """uint8 [h, w]: how bright a picture is."""
    import numpy as np
    from PIL import Image

    from studio.engine.dataset.decoding.decode import read_picture

    picture = read_picture(path).convert("L")
    if picture.width * height != picture.height * width:
        raise UsageError(
            "The mask {path} has {mask_width} × {mask_height} pixels, the picture {width} × "
            "{height}: give it the same shape.",
            path=path, mask_width=picture.width, mask_height=picture.height, width=width,
            height=height,
        )  # fmt: skip
    small = picture.resize((width, height), Image.Resampling.BOX)
    return np.asarray(small)
