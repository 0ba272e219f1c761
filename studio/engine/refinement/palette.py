"""Few colours, chosen from the picture or by hand, with or without dither."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image as Pillow

from models.parameters import param
from studio.engine.artwork import Image, to_pixels
from studio.engine.refinement.alpha import covered, in_colour, straight
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.colour_spaces import from_oklab, hex_colour, to_oklab
from studio.engine.refinement.planes import reduced
from studio.engine.refinement.strips import in_strips
from studio.engine.said import Said

_SIDE = 96
_ROUNDS = 12


@register
@dataclass(frozen=True)
class Palette(Operation):
    """k-means in OKLab (Lloyd 1982), begun at colours far apart; then every pixel takes one."""

    name = "palette"
    title = "Reduce the palette"
    summary = "A few colours only, as for screen print or pixel art."
    group = "Colour"

    colours: int = param(
        16, label="Colours", low=2, high=64, step=1, term="k", help="How many are left."
    )
    dither: str = param(
        "none", label="Dither", choices=("none", "diffusion", "blue noise"),
        names={"none": "none", "diffusion": "error diffusion", "blue noise": "blue noise"},
        term="Floyd–Steinberg / blue noise",
        help="Mixes dots of the colours where one alone would not fit.",
    )  # fmt: skip
    strength: float = param(
        1.0, label="Dither strength", low=0.0, high=1.0, step=0.05,
        help="Of blue noise: less of it, more plain areas.",
    )  # fmt: skip
    fixed: str = param(
        "", label="Own colours", content="colours",
        help="Colours to use as #rrggbb #rrggbb …; empty finds them in the picture.",
    )  # fmt: skip

    def conflicts(self) -> list[Said]:
        given = self.fixed.split()
        wrong = [each for each in given if hex_colour(each) is None]
        if wrong:
            return [Said("{colour} is no colour: write it as #rrggbb.", colour=wrong[0])]
        if given and not 2 <= len(given) <= 64:
            return [Said("a palette has 2 to {n} colours.", n=64)]
        return []

    def apply(self, image: Image) -> Image:
        """Alpha stays; a grey picture gets the nearest greys."""
        colours = straight(image)
        whole = in_colour(colours)
        chosen = self._chosen(whole, image)
        is_diffused = self.dither == "diffusion"
        made = _diffused(whole, chosen) if is_diffused else self._nearest(whole, chosen)
        stays_grey = colours.shape[2] == 1 and not self.fixed
        return covered(made[..., :1] if stays_grey else made, image)

    def _chosen(self, colours: Image, image: Image) -> Image:
        """sRGB [k, 3]."""
        if self.fixed:
            return np.array([hex_colour(each) for each in self.fixed.split()], np.float32)
        points = to_oklab(reduced(colours, _SIDE)).reshape(-1, 3)
        if image.shape[2] == 4:
            seen = reduced(image[..., 3:], _SIDE).ravel() > 0.25
            points = points[seen] if seen.any() else points
        return from_oklab(_means(points, self.colours))

    def _nearest(self, colours: Image, chosen: Image) -> Image:
        lab = to_oklab(chosen)
        length = (lab * lab).sum(axis=1)
        spread = np.float32(0.0)
        if self.dither == "blue noise":
            apart = np.sqrt(((lab[:, None] - lab[None]) ** 2).sum(axis=2))
            apart += np.eye(len(lab), dtype=np.float32) * 9
            spread = np.float32(self.strength) * np.float32(np.median(apart.min(axis=1)))
        noise = blue_noise()

        def strip(rows: slice) -> Image:
            points = to_oklab(colours[rows])
            if spread:
                tall, wide = points.shape[:2]
                y = (np.arange(tall) + rows.start) % len(noise)
                points[..., 0] += noise[y][:, np.arange(wide) % len(noise)] * spread
            # |p - c|² without |p|², which is the same for all.
            place = (length - np.float32(2) * (points @ lab.T)).argmin(axis=2)
            made: Image = chosen[place]
            return made

        return in_strips(colours, strip, 3)


def _means(points: Image, count: int) -> Image:
    """At most `count` centres [k, 3] of [n, 3]; the same points give the same ones."""
    centres = [points.mean(axis=0)]
    away = ((points - centres[0]) ** 2).sum(axis=1)
    while len(centres) < count and float(away.max()) > 1e-7:
        centres.append(points[int(away.argmax())])
        away = np.minimum(away, ((points - centres[-1]) ** 2).sum(axis=1))
    made = np.stack(centres).astype(np.float32)
    for _ in range(_ROUNDS):
        place = ((made * made).sum(axis=1) - 2 * (points @ made.T)).argmin(axis=1)
        held = np.bincount(place, minlength=len(made))
        sums = np.stack(
            [np.bincount(place, points[:, axis], len(made)) for axis in range(3)], axis=1
        )
        made = np.where(held[:, None] > 0, sums / np.maximum(held, 1)[:, None], made)
        made = made.astype(np.float32)
    return made


def _diffused(colours: Image, chosen: Image) -> Image:
    """Floyd & Steinberg (1976), by Pillow: what results are the chosen colours exactly."""
    pixels = to_pixels(colours)
    table = Pillow.new("P", (1, 1))
    levels = to_pixels(chosen[None])[0]
    # Pillow takes what is left of 256 entries for colours too: the last one stands for them.
    rest = np.repeat(levels[-1:], 256 - len(levels), axis=0)
    table.putpalette(np.concatenate([levels, rest]).ravel().tolist())
    found = Pillow.fromarray(pixels).quantize(palette=table, dither=Pillow.Dither.FLOYDSTEINBERG)
    made: Image = chosen[np.minimum(np.asarray(found), len(chosen) - 1)]
    return made


@cache
def blue_noise(side: int = 64) -> Image:
    """float32 [side, side] in (-0.5, 0.5), every level once, without low frequencies; it tiles.

    White noise from which a Gaussian is taken and whose ranks are made even, again and again: a
    quick way to what void-and-cluster (Ulichney 1993) makes.
    """
    noise = np.random.default_rng(5).random((side, side))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side)))
    high = 1 - np.exp(-0.5 * (frequency / 0.22) ** 2)
    for _ in range(24):
        rough = np.fft.ifft2(np.fft.fft2(noise - noise.mean()) * high).real
        ranks = np.empty(side * side)
        ranks[np.argsort(rough, axis=None)] = np.arange(side * side)
        noise = (ranks.reshape(side, side) + 0.5) / (side * side)
    return (noise - 0.5).astype(np.float32)
