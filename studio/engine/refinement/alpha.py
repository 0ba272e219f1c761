"""Colours apart from their alpha, and back: for steps that look at colours as they are."""

from __future__ import annotations

import numpy as np

from studio.engine.artwork import Image

_LEAST = np.float32(1e-6)


def straight(image: Image) -> Image:
    """The colours of [h, w, c] without alpha, 1 or 3 channels in [0, 1]; black where it is clear.

    Without alpha it is the picture itself.
    """
    if image.shape[2] != 4:
        return image
    cover: Image = np.maximum(image[..., 3:], _LEAST)
    made: Image = np.clip(image[..., :3] / cover, 0.0, 1.0)
    return made


def covered(colours: Image, image: Image) -> Image:
    """`colours`, perhaps three in the place of one, under the alpha of `image`, if it has one."""
    if image.shape[2] != 4:
        return colours
    alpha = image[..., 3:]
    return np.concatenate([colours * alpha, alpha], axis=2)


def in_colour(image: Image) -> Image:
    """Three channels of one; any others as they are."""
    return np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image
