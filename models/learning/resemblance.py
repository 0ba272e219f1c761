"""How far pictures are from a given one, for coming nearer by gradients."""

from __future__ import annotations

import torch
from torch import Tensor

from models.learning.similarity import multiscale_ssim
from models.parts.features import Extractor

PIXELS, STRUCTURE, FEATURES = 20.0, 0.3, 0.1
"""Weights of the mean squared error (pictures from 0 to 1), of 1 - MS-SSIM, and of the relative
error of features: about the same share each where a picture is as near as models come."""


class Resemblance:
    """The distance of network pictures to one target [1, c, h, w], float in [-1, 1].

    Pixels, structure at several scales, and the features of the fixed extractor at four
    resolutions. Transparent pictures are premultiplied here, so colour that cannot be seen
    does not count.
    """

    def __init__(self, target: Tensor) -> None:
        self._target = target
        self._seen = _unit(target)
        self._extractor = Extractor(device=str(target.device))
        with torch.no_grad():
            self._levels = self._extractor.levels(target[:, :3])
        self._energy = [level.square().mean().clamp_min(1e-6) for level in self._levels]

    def error(self, x: Tensor) -> Tensor:
        """Mean squared error of each picture [N], as if they ran from 0 to 1."""
        return (_unit(x) - self._seen).square().mean((1, 2, 3))

    def distance(self, x: Tensor) -> Tensor:
        """The weighted sum of each picture, [N], differentiable."""
        target = self._seen.expand(len(x), -1, -1, -1)
        structure = 1 - multiscale_ssim(_unit(x), target)
        return PIXELS * self.error(x) + STRUCTURE * structure + FEATURES * self._features(x)

    def _features(self, x: Tensor) -> Tensor:
        levels = self._extractor.levels(x[:, :3])
        errors = [
            (level - wanted).square().mean((1, 2, 3)) / energy
            for level, wanted, energy in zip(levels, self._levels, self._energy, strict=True)
        ]
        return torch.stack(errors).mean(0)


def _unit(x: Tensor) -> Tensor:
    """[-1, 1] to [0, 1]. Not cut off: beyond it a gradient has to lead back."""
    return (x.float() + 1) / 2
