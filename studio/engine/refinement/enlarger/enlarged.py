"""A picture, larger: tile by tile, with its alpha, held to what it was."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.errors import ParameterError
from studio.engine.artwork import Image
from studio.engine.errors import StudioError
from studio.engine.refinement.enlarger import card as cards
from studio.engine.refinement.planes import blurred, reduced, resized
from studio.engine.refinement.resize import allowed

if TYPE_CHECKING:
    from torch import Tensor

    from models.enlarger.network import Enlarger

TILE = 128
"""Pixels of the small picture that are worked on at once, without what they see around them."""
LITTLE = 1.5
"""What is then still to be gained is left to Lanczos."""
LOW, HIGH = 0.1, 0.2
"""How far the result, made small again, may be off until Lanczos takes its place."""


def enlarged(
    image: Image, path: Path, factor: float, sharpness: float = 0.0, *, seamless: bool = False
) -> Image:
    """float32 [h, w, c] (1, 3, or 4 premultiplied) to `factor` times the sides, by the enlarger
    whose card is `path`.

    In as many steps as it takes; what is too large then is made smaller. `sharpness` is from 0,
    the nearest to the truth, to 1, as much detail as originals have. Raises :class:`StudioError`.
    """
    height, width = image.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if size == (width, height):
        return image
    network, made = opened(path, round(sharpness, 2)), image
    while size[0] > made.shape[1] * LITTLE or made is image:
        allowed((made.shape[1] * network.factor, made.shape[0] * network.factor))
        made = _step(network, made, seamless)
    return made if made.shape[1::-1] == size else resized(made, size)


@lru_cache(maxsize=4)
def _opened(path: Path, sharpness: float, changed: int) -> Enlarger:
    from models.enlarger.network import Enlarger, blended

    card = cards.read(path)
    tensors = cards.weights(path, card)
    weights = _named(tensors, cards.FAITHFUL)
    if card.has_sharp and sharpness > 0:
        weights = blended(weights, _named(tensors, cards.SHARP), sharpness)
    network = Enlarger(card.scale, card.width, card.blocks)
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise StudioError(cards.damaged(path), repr(error)) from error
    return network.eval().requires_grad_(False)


def opened(path: Path, sharpness: float = 0.0) -> Enlarger:
    """The network of a card, between its two ends; :class:`StudioError` where it cannot be."""
    try:
        return _opened(path, sharpness, path.stat().st_mtime_ns)
    except (OSError, KeyError, ValueError, ParameterError) as error:
        raise StudioError(cards.damaged(path), repr(error)) from error


def _named(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }


def _step(network: Enlarger, image: Image, seamless: bool) -> Image:
    """Once through the network: [h, w, c] to `factor` times the sides."""
    channels, factor = image.shape[2], network.factor
    colours = image if channels == 3 else np.repeat(image[..., :1], 3, axis=2)
    if channels == 4:
        colours = image[..., :3]
    made = by_tiles(network, colours, seamless)
    if channels == 1:
        made = made.mean(axis=2, keepdims=True)
    if channels == 4:
        # Alpha is a picture too; premultiplied colour cannot be brighter than it.
        cover = by_tiles(network, np.repeat(image[..., 3:], 3, axis=2), seamless)
        alpha = cover.mean(axis=2, keepdims=True)
        made = np.concatenate([np.minimum(made, alpha), alpha], axis=2)
    return held(image, made, factor)


def by_tiles(network: Enlarger, colours: Image, seamless: bool = False, tile: int = TILE) -> Image:
    """RGB [h, w, 3] through the network, in [0, 1]: the same numbers however it is cut, as every
    tile comes with all that it can see. Beyond the edge lies a mirror, or the opposite edge."""
    import torch

    height, width = colours.shape[:2]
    factor, reach = network.factor, network.reach
    margin = [(reach, reach), (reach, reach), (0, 0)]
    around = np.pad(colours, margin, mode="wrap" if seamless else "symmetric")
    made = np.empty((height * factor, width * factor, 3), np.float32)
    edge = reach * factor
    with torch.inference_mode():
        for top in range(0, height, tile):
            for left in range(0, width, tile):
                bottom, right = min(height, top + tile), min(width, left + tile)
                part = around[top : bottom + 2 * reach, left : right + 2 * reach]
                batch = torch.from_numpy(np.ascontiguousarray(part.transpose(2, 0, 1)))[None]
                drawn = network(batch.contiguous(memory_format=torch.channels_last))
                inner = drawn[0, :, edge:-edge, edge:-edge].clamp_(0, 1).permute(1, 2, 0)
                made[top * factor : bottom * factor, left * factor : right * factor] = inner.numpy()
    return made


def held(small: Image, made: Image, factor: int) -> Image:
    """`made`, but Lanczos of `small` where it no longer looks like `small` when made small again:
    there the network has invented something."""
    height, width = small.shape[:2]
    again = made.reshape(height, factor, width, factor, -1).mean(axis=(1, 3), dtype=np.float32)
    off = np.abs(again - small).max(axis=2, keepdims=True)
    if float(off.max()) <= LOW:
        return made
    size = made.shape[1], made.shape[0]
    share = resized(np.clip((blurred(off, 1.0) - LOW) / (HIGH - LOW), 0.0, 1.0), size)
    plain = resized(small, size)
    kept: Image = made + (plain - made) * share
    return kept


def small_again(made: Image, small: Image) -> float:
    """PSNR in dB of a result that was made as small as it was: how much of it was there before."""
    side = max(small.shape[:2])
    error = float(np.mean((reduced(made, side) - small) ** 2, dtype=np.float64))
    return float(-10 * np.log10(max(error, 1e-10)))
