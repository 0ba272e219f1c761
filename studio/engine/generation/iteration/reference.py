"""What a picture can be led towards in another one: its colours, and where light and dark lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

CELLS = 8
"""Along the shorter side: what is finer is no composition."""
_SIDE = 64
_SLICES, _QUANTILES = 32, 256
_SEEN = 0.25
"""Alpha from which on a colour counts."""
_GREY = 4.0
"""Levels between the channels up to which a picture has no colour."""


def wanted(path: Path | None) -> Path:
    """The reference, which must have been given."""
    if path is None:
        raise UsageError("There is no reference picture: choose one to go towards.")
    return path


class Palette:
    """The colours of a reference, wherever they lie.

    Sliced Wasserstein distance (Rabin et al. 2012; Bonneel et al. 2015): colours are sorted along
    many directions, and compared in that order.
    """

    def __init__(self, path: Path, device: str) -> None:
        """Raises :class:`StudioError` that names the file where it has no colours."""
        import torch

        picture = read_picture(path, (_SIDE, _SIDE)).convert("RGBA")
        picture.thumbnail((2 * _SIDE, 2 * _SIDE))
        pixels = np.asarray(picture, np.float32).reshape(-1, 4)
        colours = pixels[pixels[:, 3] >= 255 * _SEEN, :3]
        if not len(colours) or float(np.ptp(colours, axis=1).max()) <= _GREY:
            raise UsageError(
                "The reference picture {path} has no colour to take: choose a coloured one.",
                path=path,
            )
        chance = torch.Generator().manual_seed(0)
        slices = torch.randn(3, _SLICES, generator=chance)
        self._slices = (slices / slices.norm(dim=0)).to(device)
        self._sorted = self._along(torch.from_numpy(colours / 255).to(device))

    def _along(self, colours: Tensor) -> Tensor:
        """Colours [n, 3] from 0 to 1, sorted along each direction: [quantiles, directions]."""
        import torch

        order = (colours @ self._slices).sort(0).values
        places = torch.linspace(0, len(order) - 1, _QUANTILES, device=order.device)
        below = places.floor().long()
        above = (below + 1).clamp_max(len(order) - 1)
        found: Tensor = order[below].lerp(order[above], (places - below)[:, None])
        return found

    def distance(self, x: Tensor) -> Tensor:
        """Of one network picture [1, c, h, w] to these colours, [1]: levels of 255, the root of
        the mean square of a channel. Differentiable."""
        import torch

        colours = ((x[0, :3] + 1) / 2).flatten(1).T
        if x.shape[1] == 4:
            alpha = ((x[0, 3] + 1) / 2).flatten()
            seen = alpha >= _SEEN
            if bool(seen.any()):
                colours = colours[seen] / alpha[seen, None]
        gaps = (self._along(colours.float()) - self._sorted).square().mean()
        found: Tensor = torch.sqrt(gaps + 1e-12)[None] * 255
        return found


class Composition:
    """Where light and dark lie in a reference, network picture [1, c, h, w]."""

    def __init__(self, reference: Tensor) -> None:
        self._wanted = _lightness(reference)

    def distance(self, x: Tensor) -> Tensor:
        """Of network pictures [n, c, h, w], [n]: levels of 255, the root of the mean square over
        the cells. Differentiable."""
        gaps = (_lightness(x) - self._wanted).square().mean((1, 2, 3))
        return 127.5 * (gaps + 1e-12).sqrt()


def _lightness(x: Tensor) -> Tensor:
    """Luma (BT.601) of a few large cells, [n, 1, rows, columns]."""
    from torch.nn import functional as F

    if x.shape[1] > 1:
        weights = x.new_tensor([0.299, 0.587, 0.114])[:, None, None]
        x = (x[:, :3] * weights).sum(1, keepdim=True)
    height, width = x.shape[2:]
    shorter = min(height, width)
    return F.adaptive_avg_pool2d(x, (CELLS * height // shorter, CELLS * width // shorter))
