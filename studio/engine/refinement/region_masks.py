"""Masks of the bench as regions of a picture that nothing was done to yet."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.engine.artwork import Image, Pixels, to_image
from studio.engine.errors import UsageError
from studio.engine.refinement import own_files
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.stack import Stack


def weights_of(mask: Mask, pixels: Pixels, home: Path) -> Image:
    """float32 [h, w] in [0, 1] of a mask on uint8 [h, w, c]; paths in it begin at `home`."""
    return np.asarray(own_files.settled_mask(mask, home).weights(to_image(pixels)), np.float32)


def mask_of(stack: Stack, number: int) -> Mask:
    """That of a step or group, counted from 1; :class:`UsageError` where it has none that fits
    the picture as it was kept."""
    masks = {place: step.mask for place, step in enumerate(stack.steps, 1) if step.mask is not None}
    found = masks.get(number)
    if found is None:
        raise UsageError(
            "Step {number} of this piece has no mask: name one of {known}, or give a mask.",
            number=number, known=", ".join(map(str, masks)) or "-",
        )  # fmt: skip
    if any(step.enabled and step.reshapes for step in stack.steps[: number - 1]):
        raise UsageError(
            "The mask of step {number} lies on a picture that was cut or turned before: paint one.",
            number=number,
        )
    return found
