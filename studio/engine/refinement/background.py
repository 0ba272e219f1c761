"""A plain background becomes clear, and its colour leaves the edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.alpha import in_colour, straight
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.colour_spaces import smoothstep, to_oklab
from studio.engine.refinement.planes import reduced, resized
from studio.engine.refinement.strips import in_strips

_SIDE = 256
"""At which it is found out what hangs together with the edge of the picture."""


@register
@dataclass(frozen=True)
class Background(Operation):
    """What has the colour of the edge, and hangs together with it, becomes transparent.

    The colour of half-clear pixels is what remains without the background's part, after the
    equation of compositing (Porter & Duff 1984): c = (i - (1 - alpha) b) / alpha.
    """

    name = "background"
    title = "Background to transparent"
    summary = "Clears a plain background and frees the edges of its colour."
    group = "Effects"

    tolerance: float = param(
        0.06, label="Tolerance", low=0.0, high=0.4, step=0.005, term="OKLab distance",
        help="How far a colour may be from that of the edge and still be background.",
    )  # fmt: skip
    softness: float = param(
        0.08, label="Softness", low=0.005, high=0.4, step=0.005,
        help="How far beyond it pixels are half clear.",
    )  # fmt: skip
    connected: bool = param(
        True, label="Only from the edge", term="contiguous",
        help="Leaves parts of the same colour inside alone.",
    )  # fmt: skip
    defringe: float = param(
        1.0, label="Free the edges", low=0.0, high=1.0, step=0.05, term="de-fringe",
        help="How much of the background's colour is taken out of half-clear edges.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        colours = _shown(image)
        small = reduced(colours, _SIDE)
        rim = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
        back = np.median(rim, axis=0).astype(np.float32)
        lab = to_oklab(back.reshape(1, 1, 3))
        reach = self._reach(small, lab, colours.shape[:2]) if self.connected else None

        def strip(rows: slice) -> Image:
            part = colours[rows]
            clear = self._clear(part, lab)
            if reach is not None:
                clear = clear * reach[rows][..., None]
            alpha = np.float32(1.0) - clear
            # Straight colours, without what shines through of the background.
            own = (part - clear * back) / np.maximum(alpha, np.float32(1e-3))
            freed = part + (np.clip(own, 0.0, 1.0) - part) * np.float32(self.defringe)
            if image.shape[2] == 4:
                alpha = np.minimum(alpha, image[rows][..., 3:])
            return np.concatenate([freed * alpha, alpha], axis=2)

        return in_strips(image, strip, 4)

    def _clear(self, part: Image, lab: Image) -> Image:
        """[h, w, 1]: 1 where a colour is that of the background."""
        apart = to_oklab(part) - lab
        away = np.sqrt((apart * apart).sum(axis=2, keepdims=True))
        return smoothstep(
            (np.float32(self.tolerance) - away) / np.float32(self.softness) + np.float32(1.0)
        )

    def _reach(self, small: Image, lab: Image, size: tuple[int, int]) -> Image:
        """[h, w]: what hangs together with the edge, a little widened, in [0, 1]."""
        open_ = self._clear(small, lab)[..., 0] > 0.3
        found = np.zeros_like(open_)
        found[[0, -1]], found[:, [0, -1]] = open_[[0, -1]], open_[:, [0, -1]]
        count = -1
        while int(found.sum()) != count:
            count = int(found.sum())
            for _ in range(8):
                found = _grown(found) & open_
        wide = _grown(_grown(found)).astype(np.float32)[..., None]
        return resized(wide, size[::-1])[..., 0]


def _grown(mask: np.ndarray) -> np.ndarray:
    """One pixel more on every side."""
    made = mask.copy()
    made[1:] |= mask[:-1]
    made[:-1] |= mask[1:]
    made[:, 1:] |= mask[:, :-1]
    made[:, :-1] |= mask[:, 1:]
    return made


def _shown(image: Image) -> Image:
    """Straight colours; clear pixels as white, which is what a page shows there."""
    colours = in_colour(straight(image))
    if image.shape[2] == 4:
        colours[image[..., 3] == 0] = 1.0
    return colours
