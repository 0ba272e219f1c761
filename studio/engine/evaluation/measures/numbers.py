"""What is kept of pictures to measure them: features, spectrum and patches, not the pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.evaluation import copies

if TYPE_CHECKING:
    from torch import Tensor

PATCH, PATCHES = 7, 16
"""Side of a patch in pixels, and patches kept of a picture on each level."""
COARSEST = 16
"""Pixels of the shorter side at which the pyramid ends."""
_BATCH = 64
_WEIGHTS = (0.299, 0.587, 0.114)
"""Luminance of R'G'B': ITU-R BT.601."""
_FLOOR = 1e-3
"""Power below which a ring is silent: about one level in one pixel of a picture of 64."""


@dataclass(frozen=True)
class Numbers:
    """Of n pictures, whose pixels are not kept."""

    features: np.ndarray
    """float64 [n, d] by the fixed extractor."""
    spectra: np.ndarray
    """float64 [n, rings]: power of luminance in each ring of spatial frequencies, in dB."""
    patches: tuple[np.ndarray, ...]
    """A level of the Laplacian pyramid each, fine to coarse: float16 [n, PATCHES, 7 * 7 * c]."""

    def __len__(self) -> int:
        return len(self.features)

    def take(self, rows: np.ndarray | slice) -> Numbers:
        return Numbers(
            self.features[rows], self.spectra[rows], tuple(each[rows] for each in self.patches)
        )

    def relative_to(self, real: Numbers) -> Numbers:
        """With features in units of the spread of `real`, so that each of them counts."""
        mean, scale = real.features.mean(0), real.features.std(0)
        # A feature that never varies would turn rounding into distance.
        scale = np.maximum(scale, 1e-3 * max(float(scale.max(initial=0.0)), 1e-3))
        return Numbers((self.features - mean) / scale, self.spectra, self.patches)


def of_pictures(images: Pixels, first: int = 0) -> Numbers:
    """Of uint8 [n, h, w, c] with n >= 1; `first` is the place of the first one among all, which
    decides where its patches lie."""
    return joined(
        [_numbers(np.array(images[n : n + _BATCH]), first + n)
         for n in range(0, len(images), _BATCH)]
    )  # fmt: skip


def joined(parts: Sequence[Numbers]) -> Numbers:
    """One after the other."""
    return Numbers(
        np.concatenate([each.features for each in parts]),
        np.concatenate([each.spectra for each in parts]),
        tuple(map(np.concatenate, zip(*(each.patches for each in parts), strict=True))),
    )


def _numbers(images: Pixels, first: int) -> Numbers:
    import torch

    from studio.engine.training.health import fidelity

    x = fidelity.seen(torch.from_numpy(images)) * 255.0
    chances = [np.random.default_rng(first + n) for n in range(len(images))]
    levels = tuple(_patches(level, chances) for level in laplacian(x[:, :3]))
    return Numbers(copies.embed(images), spectra(x), levels)


def spectra(x: Tensor) -> np.ndarray:
    """Power in dB of each ring of frequencies, float64 [n, rings], of pictures [n, c, h, w].

    Luminance 0 to 255 under a Hann window, as edges that do not meet would add a cross. Rings are
    one cycle a picture wide along the shorter side, up to half its pixels; the first is left out.
    """
    import torch

    weights = torch.tensor(_WEIGHTS if x.shape[1] >= 3 else (1.0,), dtype=torch.float64)
    luma = (x[:, : len(weights)].double() * weights[None, :, None, None]).sum(1)
    height, width = luma.shape[1:]
    short = min(height, width)
    window = torch.outer(
        *(torch.hann_window(n, periodic=False, dtype=torch.float64) for n in (height, width))
    )
    luma = (luma - luma.mean((1, 2), keepdim=True)) * window
    power = torch.fft.fft2(luma).abs().square() / window.square().sum()
    rows, columns = (torch.fft.fftfreq(n, 1.0 / short).double() for n in (height, width))
    ring = torch.hypot(rows[:, None], columns[None]).round().long().flatten()
    last = short // 2
    inside = (ring >= 1) & (ring <= last)
    sums = torch.zeros(len(luma), last + 1, dtype=torch.float64)
    sums.index_add_(1, ring[inside], power.flatten(1)[:, inside])
    means = sums[:, 1:] / torch.bincount(ring[inside], minlength=last + 1)[1:]
    return np.asarray((10.0 * (means + _FLOOR).log10()).numpy())


def laplacian(x: Tensor) -> list[Tensor]:
    """The levels of a Laplacian pyramid (Burt & Adelson 1983) of [n, c, h, w], fine to coarse.

    As Karras 2018 (arXiv:1710.10196), Sec. 5: each half as large, to about 16 pixels, where the
    last is what remains. Sides that are odd lose their last row or column.
    """
    found = []
    while min(x.shape[2:]) >= 2 * COARSEST:
        x = x[:, :, : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2]
        smaller = _blurred(x)[:, :, ::2, ::2]
        found.append(x - _enlarged(smaller))
        x = smaller
    return [*found, x]


def _blurred(x: Tensor, gain: float = 1.0) -> Tensor:
    """By the binomial filter of 5 x 5, mirrored at the border."""
    import torch
    import torch.nn.functional as F

    line = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0], dtype=x.dtype) / 16.0
    kernel = (gain * torch.outer(line, line)).expand(x.shape[1], 1, 5, 5)
    return F.conv2d(F.pad(x, (2, 2, 2, 2), mode="reflect"), kernel, groups=x.shape[1])


def _enlarged(x: Tensor) -> Tensor:
    spread = x.new_zeros(*x.shape[:2], 2 * x.shape[2], 2 * x.shape[3])
    spread[:, :, ::2, ::2] = x
    return _blurred(spread, 4.0)


def _patches(level: Tensor, chances: Sequence[np.random.Generator]) -> np.ndarray:
    """float16 [n, PATCHES, 7 * 7 * c], channel by channel, from places by chance."""
    pixels = level.numpy()
    high, wide = (side - PATCH + 1 for side in pixels.shape[2:])
    found = np.empty((len(pixels), PATCHES, pixels.shape[1] * PATCH * PATCH), np.float16)
    for row, (picture, chance) in enumerate(zip(pixels, chances, strict=True)):
        places = np.lib.stride_tricks.sliding_window_view(picture, (PATCH, PATCH), (1, 2))
        tops, lefts = chance.integers(0, high, PATCHES), chance.integers(0, wide, PATCHES)
        found[row] = places[:, tops, lefts].transpose(1, 0, 2, 3).reshape(PATCHES, -1)
    return found
