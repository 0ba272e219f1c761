"""The network that enlarges: what bicubic resampling lacks, learnt as a residual."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.errors import ParameterError

FACTORS = (2, 4, 8)
WIDTH, BLOCKS = 32, 8
_LARGEST = 256


class Block(nn.Module):
    """Two convolutions beside a straight way, without normalisation (Lim 2017, arXiv:1707.02921,
    section 3.1): enlarging must not change how bright a picture is."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """[N, width, h, w] to the same."""
        return x + self.second(F.relu(self.first(x)))


class Enlarger(nn.Module):
    """RGB in [0, 1] to `factor` times the sides. Without training it is bicubic resampling.

    All of it works on the small picture; a pixel shuffle makes the large one (Shi 2016,
    arXiv:1609.05158).
    """

    def __init__(self, factor: int, width: int = WIDTH, blocks: int = BLOCKS) -> None:
        super().__init__()
        if factor not in FACTORS or not 1 <= width <= _LARGEST or not 1 <= blocks <= _LARGEST:
            raise ParameterError(
                "An enlarger of factor {factor}, width {width} and {blocks} blocks is impossible.",
                factor=factor, width=width, blocks=blocks,
            )  # fmt: skip
        self.factor, self.width, self.blocks = factor, width, blocks
        self.head = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.Sequential(*(Block(width) for _ in range(blocks)))
        self.tail = nn.Conv2d(width, 3 * factor * factor, 3, padding=1)
        nn.init.zeros_(self.tail.weight)
        nn.init.zeros_(self.tail.bias)  # type: ignore[arg-type]  # there is one
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def reach(self) -> int:
        """How many pixels of the small picture a pixel can see on each side."""
        return 2 * self.blocks + 2

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, h, w] to [N, 3, h * factor, w * factor], a little beyond [0, 1] at edges."""
        plain = F.interpolate(x.float(), scale_factor=self.factor, mode="bicubic")
        head = self.head(x)
        lacking = self.tail(head + self.body(head))
        return plain + F.pixel_shuffle(lacking.float(), self.factor)


def blended(
    faithful: dict[str, Tensor], sharp: dict[str, Tensor], share: float
) -> dict[str, Tensor]:
    """Weights between two networks of one descent: what they draw lies between too (Wang 2018,
    arXiv:1809.00219, section 3.4, network interpolation)."""
    return {name: torch.lerp(value, sharp[name], share) for name, value in faithful.items()}
