"""One colour for the shadows, another for the highlights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import register
from studio.engine.refinement.colour_spaces import light_of_oklab, oklab_of_light, smoothstep
from studio.engine.refinement.pointwise import Pointwise

_STRONGEST = 0.16
"""Of chroma in OKLab: about what a bright screen colour has."""


@register
@dataclass(frozen=True)
class SplitTones(Pointwise):
    """Added in OKLab by lightness; how bright a tone is does not change."""

    name = "split_tones"
    title = "Split tones"
    summary = "Tints shadows and highlights, as a toned print."
    group = "Colour"
    in_light = True

    shadow_hue: float = param(
        260.0, label="Shadow hue", low=0.0, high=360.0, step=5.0, unit="°", term="OKLCh hue",
        help="Colour of the shadows: 30 red, 70 amber, 145 green, 260 blue.",
    )  # fmt: skip
    shadows: float = param(
        0.0, label="Shadow strength", low=0.0, high=1.0, step=0.02, term="chroma",
        help="How strongly shadows are tinted.",
    )  # fmt: skip
    highlight_hue: float = param(
        70.0, label="Highlight hue", low=0.0, high=360.0, step=5.0, unit="°", term="OKLCh hue",
        help="Colour of the highlights.",
    )  # fmt: skip
    highlights: float = param(
        0.0, label="Highlight strength", low=0.0, high=1.0, step=0.02, term="chroma",
        help="How strongly highlights are tinted.",
    )  # fmt: skip
    balance: float = param(
        0.0, label="Balance", low=-1.0, high=1.0, step=0.02,
        help="Above zero more counts as highlight, below zero as shadow.",
    )  # fmt: skip

    def neutral(self) -> bool:
        return self.shadows == 0.0 and self.highlights == 0.0

    def tone(self, colours: Image) -> Image:
        lab = oklab_of_light(colours)
        light = lab[..., 0]
        bright = smoothstep(light + np.float32(0.4 * self.balance))
        # Black and white have no colour to take: a tint there would be another lightness.
        room = np.float32(4.0) * light * (np.float32(1.0) - light)
        for hue, strength, share in (
            (self.shadow_hue, self.shadows, np.float32(1.0) - bright),
            (self.highlight_hue, self.highlights, bright),
        ):
            tint = share * np.clip(room, 0.0, 1.0) * np.float32(_STRONGEST * strength)
            lab[..., 1] += tint * np.float32(math.cos(math.radians(hue)))
            lab[..., 2] += tint * np.float32(math.sin(math.radians(hue)))
        return light_of_oklab(lab)
