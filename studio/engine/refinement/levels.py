"""Black point, white point and middle tone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import register
from studio.engine.refinement.pointwise import Pointwise
from studio.engine.said import Said


@register
@dataclass(frozen=True)
class Levels(Pointwise):
    """What lies between the input points is spread between the output points."""

    name = "levels"
    title = "Levels"
    summary = "Black point, white point and middle tone."
    group = "Light"
    by_channel = True

    black: float = param(
        0.0, label="Black point", low=0.0, high=0.99, step=0.005,
        help="What is as dark becomes black.",
    )  # fmt: skip
    white: float = param(
        1.0, label="White point", low=0.01, high=1.0, step=0.005,
        help="What is as bright becomes white.",
    )  # fmt: skip
    gamma: float = param(
        1.0, label="Middle tone", low=0.1, high=5.0, step=0.05, term="gamma",
        help="Above 1 brighter between black and white, below 1 darker.",
    )  # fmt: skip
    out_black: float = param(
        0.0, label="Darkest out", low=0.0, high=1.0, step=0.005,
        help="What black becomes: above zero a faded look.",
    )  # fmt: skip
    out_white: float = param(
        1.0, label="Brightest out", low=0.0, high=1.0, step=0.005, help="What white becomes."
    )

    def conflicts(self) -> list[Said]:
        if self.white - self.black < 0.005:
            return [Said("the white point lies above the black point.")]
        return []

    def tone(self, colours: Image) -> Image:
        made = (colours - np.float32(self.black)) / np.float32(self.white - self.black)
        np.clip(made, 0.0, 1.0, out=made)
        if self.gamma != 1.0:
            np.power(made, np.float32(1.0 / self.gamma), out=made)
        made *= np.float32(self.out_white - self.out_black)
        made += np.float32(self.out_black)
        return made
