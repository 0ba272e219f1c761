"""What a picture is to a network, and which sizes are possible."""

from __future__ import annotations

from dataclasses import dataclass

from models.errors import either
from models.parameters import ParameterError

SMALLEST_SIDE = 16
LARGEST_SIDE = 1024


@dataclass(frozen=True)
class ImageSpec:
    """What a picture is to a network: `channels` 1 (grey), 3 (RGB) or 4 (RGBA); sides in pixels.

    `classes` is 0 for a set without labels, or one whose labels are left out. Each side must
    be a small number (3 to 7 for the shorter one) doubled any number of times: see
    :meth:`base_grid`.
    """

    channels: int
    height: int
    width: int
    classes: int = 0
    classes_apart: bool = False
    """Whether the class that a seed draws says nothing of its latent. In runs that were begun
    before this was known it does, and goes on to: their seeds are known by their pictures."""

    def __post_init__(self) -> None:
        if self.channels not in (1, 3, 4):
            raise ParameterError(
                "{channels} channels are not possible: use 1, 3 or 4.", channels=self.channels
            )
        self.base_grid()

    def base_grid(self) -> tuple[int, int, int]:
        """(height, width, doublings) of the coarsest grid; 48x64 is 6x8 doubled 3 times.

        The shorter side of the grid is 3 to 7 cells, and never fewer than 4 where
        one doubling less still divides the picture.
        """
        if not SMALLEST_SIDE <= min(self.height, self.width) <= self._longer() <= LARGEST_SIDE:
            raise ParameterError(
                "{width} × {height} pixels are not possible: each side must be between "
                "{low} and {high}.",
                width=self.width,
                height=self.height,
                low=SMALLEST_SIDE,
                high=LARGEST_SIDE,
            )
        height, width, doublings = self.height, self.width, 0
        while height % 2 == 0 and width % 2 == 0 and min(height, width) >= 8:
            height, width, doublings = height // 2, width // 2, doublings + 1
        if min(height, width) > 7 or max(height, width) > 16:
            nearest = either(map(str, nearest_sides(self._longer())))
            raise ParameterError(
                "{width} × {height} pixels are not possible: each side has to be a small "
                "number doubled several times; try {nearest}.",
                width=self.width,
                height=self.height,
                nearest=nearest,
            )
        return height, width, doublings

    def _longer(self) -> int:
        return max(self.height, self.width)


def nearest_sides(side: int) -> list[int]:
    """The closest possible sides at or around `side`, for messages and size pickers."""
    possible = sorted(
        {base << k for base in (4, 5, 6, 7) for k in range(2, 9)}
        & set(range(SMALLEST_SIDE, LARGEST_SIDE + 1))
    )
    below = [p for p in possible if p <= side][-1:]
    above = [p for p in possible if p > side][:1]
    return below + above
