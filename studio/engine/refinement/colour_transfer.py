"""Colours as in another picture."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image, to_image
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.errors import StudioError, UsageError
from studio.engine.refinement.alpha import covered, straight
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.colour_spaces import from_oklab, to_oklab
from studio.engine.refinement.planes import reduced
from studio.engine.refinement.strips import in_strips
from studio.engine.said import Said

MARK = "rgb:"
"""Before colours that stand for the picture they were taken from."""
COUNT = 1024
_SIDE = 64
_SLICES = 24
_GRID = 25


@register
@dataclass(frozen=True)
class ColourTransfer(Operation):
    """Sliced optimal transport (Pitié, Kokaram & Dahyot 2007; Rabin et al. 2012) in OKLab.

    The colours of the picture are moved along three directions at a time until they are spread
    as those of the reference are. A lattice of colours goes with them, and the pixels between.
    """

    name = "colour_transfer"
    title = "Colour from a picture"
    summary = "Takes over the colours of another picture."
    group = "Colour"

    reference: str = param(
        "", label="Reference", content="picture",
        help="The picture whose colours are taken; its colours are kept here, not the file.",
    )  # fmt: skip
    strength: float = param(
        1.0, label="Strength", low=0.0, high=1.0, step=0.01, help="How far colours go."
    )
    lightness: float = param(
        0.3, label="Keep lightness", low=0.0, high=1.0, step=0.01,
        help="1 takes the colours only, and leaves light and dark alone.",
    )  # fmt: skip

    def conflicts(self) -> list[Said]:
        if self.reference.startswith(MARK) and _colours(self.reference) is None:
            return [Said("the colours of the reference are damaged: choose the picture again.")]
        return []

    def settled(self, folder: Path) -> Self:
        """With the colours of the picture in the place of its path."""
        if not self.reference or self.reference.startswith(MARK):
            return self
        return replace(self, reference=colours_of(folder / Path(self.reference).expanduser()))

    def apply(self, image: Image) -> Image:
        if self.strength == 0.0 or not self.reference or image.shape[2] == 1:
            return image
        wanted = _colours(self.settled(Path()).reference)
        if wanted is None:
            return image
        lattice = self._moved(image, wanted)

        def strip(rows: slice) -> Image:
            return covered(_between(lattice, straight(image[rows])), image[rows])

        return in_strips(image, strip, image.shape[2])

    def _moved(self, image: Image, wanted: Image) -> Image:
        """float32 [n, n, n, 3]: where the colours of an even lattice of sRGB go."""
        small = reduced(image, _SIDE)
        points = small[..., :3].reshape(-1, 3)
        if small.shape[2] == 4:
            alpha = small[..., 3].ravel()
            seen = alpha > 0.25
            points = (points[seen] / alpha[seen, None]) if seen.any() else points
        steps = np.linspace(0.0, 1.0, _GRID).astype(np.float32)
        lattice = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=3).reshape(-1, 3)
        before = to_oklab(lattice)
        after = _transported(to_oklab(np.clip(points, 0.0, 1.0)), to_oklab(wanted), before)
        share = np.array([1.0 - self.lightness, 1.0, 1.0], np.float32) * np.float32(self.strength)
        made = from_oklab(before + (after - before) * share)
        return made.reshape(_GRID, _GRID, _GRID, 3)


def colours_of(path: Path) -> str:
    """The colours of a picture as one text; raises :class:`StudioError` where there is none, or
    where it has no colour."""
    if not path.is_file():
        raise StudioError(
            "The reference picture {path} is not there: choose another one.", path=path
        )
    pixels = np.asarray(read_picture(path))
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        raise _grey(path)
    small = reduced(to_image(pixels), 128)
    colours = small[..., :3].reshape(-1, 3)
    if small.shape[2] == 4:
        alpha = small[..., 3].ravel()
        if not (alpha > 0.25).any():
            raise _grey(path)
        colours = colours[alpha > 0.25] / alpha[alpha > 0.25, None]
    lab = to_oklab(np.clip(colours, 0.0, 1.0))
    if float(np.hypot(lab[:, 1], lab[:, 2]).max()) < 0.01:
        raise _grey(path)
    # In the order of lightness, evenly: a sample that has the spread of the whole.
    order = np.argsort(lab[:, 0], kind="stable")
    chosen = order[np.linspace(0, len(order) - 1, min(COUNT, len(order))).round().astype(int)]
    levels = np.rint(np.clip(colours[chosen], 0.0, 1.0) * 255).astype(np.uint8)
    return MARK + base64.b64encode(levels.tobytes()).decode("ascii")


def _grey(path: Path) -> UsageError:
    return UsageError(
        "The reference picture {path} has no colour to take: choose a coloured one.", path=path
    )


@lru_cache(maxsize=8)
def _colours(text: str) -> Image | None:
    """sRGB [n, 3] of what :func:`colours_of` made; None for anything else."""
    try:
        levels = np.frombuffer(base64.b64decode(text.removeprefix(MARK), validate=True), np.uint8)
    except (binascii.Error, ValueError):
        return None
    if not len(levels) or len(levels) % 3 or len(levels) > 3 * COUNT:
        return None
    return levels.reshape(-1, 3).astype(np.float32) / np.float32(255.0)


def _transported(points: Image, wanted: Image, carried: Image) -> Image:
    """`carried` [m, 3], moved as `points` [n, 3] are on their way to be spread as `wanted`.

    Along every axis of a turned space the quantiles of the one become those of the other.
    """
    draw = np.random.default_rng(7)
    shares = np.linspace(0.0, 1.0, 129)
    points, carried = points.astype(np.float64), carried.astype(np.float64)
    for _ in range(_SLICES):
        axes, _triangle = np.linalg.qr(draw.standard_normal((3, 3)))
        own, goal, other = points @ axes, wanted.astype(np.float64) @ axes, carried @ axes
        for axis in range(3):
            start = np.quantile(own[:, axis], shares)
            end = np.quantile(goal[:, axis], shares)
            # A flat stretch has no way through; a hair of slope gives it one.
            start = np.maximum.accumulate(start + np.arange(len(start)) * 1e-9)
            own[:, axis] = _along(own[:, axis], start, end)
            other[:, axis] = _along(other[:, axis], start, end)
        points, carried = own @ axes.T, other @ axes.T
    made: Image = carried.astype(np.float32)
    return made


def _along(values: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """By straight lines between quantiles; beyond the last as far as that one goes."""
    inside = np.interp(values, start, end)
    beyond = values - np.clip(values, start[0], start[-1])
    return np.asarray(inside + beyond)


def _between(lattice: Image, colours: Image) -> Image:
    """Tetrahedral interpolation in an even lattice, as colour management does it."""
    last = len(lattice) - 1
    place = np.clip(colours, 0.0, 1.0).reshape(-1, 3) * np.float32(last)
    corner = np.minimum(place.astype(np.int32), last - 1)
    share = place - corner
    flat = lattice.reshape(-1, 3)
    strides = np.array([len(lattice) ** 2, len(lattice), 1], np.int32)
    at = corner @ strides
    order = np.argsort(-share, axis=1, kind="stable")
    made = flat[at]
    for step in range(3):
        axis = order[:, step]
        further = at + strides[axis]
        weight = np.take_along_axis(share, axis[:, None], axis=1)
        made = made + (flat[further] - flat[at]) * weight
        at = further
    return made.reshape(colours.shape)
