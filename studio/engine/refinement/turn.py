"""Quarter turns and mirror images: every pixel stays what it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register


@register
@dataclass(frozen=True)
class Turn(Operation):
    """First turned, then mirrored."""

    name = "turn"
    title = "Turn and mirror"
    summary = "Quarter turns and mirror images."
    group = "Shape"
    reshapes = True

    turn: str = param(
        "none", label="Turn", choices=("none", "right", "half", "left"),
        names={"none": "not turned", "right": "to the right", "half": "upside down",
               "left": "to the left"},
        help="By a quarter or a half.",
    )  # fmt: skip
    mirror: str = param(
        "none", label="Mirror", choices=("none", "across", "down"),
        names={"none": "not mirrored", "across": "left and right", "down": "top and bottom"},
        term="flip", help="Which sides change places.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        turns = {"none": 0, "right": 3, "half": 2, "left": 1}[self.turn]
        made = np.rot90(image, turns)
        if self.mirror == "across":
            made = made[:, ::-1]
        elif self.mirror == "down":
            made = made[::-1]
        return np.ascontiguousarray(made)
