"""Whether pictures can be told from their mirror images, and from turned ones.

A two-sample test by a classifier (Lopez-Paz 2017, arXiv:1610.06545), as visual chirality is
measured (Lin 2020, arXiv:2006.09512), on fixed random features instead of a trained network: what
a line drawn through them can tell apart, a critic can, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

MOST_PICTURES = 256
SIDE = 64
_CELLS = 4
_FOLDS = 4
_RIDGE = 0.1
CERTAIN = 2.33
"""Standard deviations of pure chance: less than one in a hundred."""
CLEARLY = 0.55
"""Below, whatever there is to tell is not worth a warning."""


@dataclass(frozen=True)
class Symmetry:
    """Parts of `pictures` told rightly from what was made of them; a half is chance."""

    pictures: int = 0
    mirrored: float = 0.5
    """From their mirror images."""
    turned: float = 0.5
    """From those turned by a quarter or by half, whichever is easier."""

    @property
    def has_sides(self) -> bool:
        """Left and right are not the same."""
        return self._is_told(self.mirrored)

    @property
    def is_upright(self) -> bool:
        """There is an up and a down."""
        return self._is_told(self.turned)

    def _is_told(self, part: float) -> bool:
        return self.pictures > 0 and part - CERTAIN * 0.5 / self.pictures**0.5 > CLEARLY


def measure(
    pictures: Sequence[np.ndarray], cancelled: Callable[[], bool] = lambda: False
) -> Symmetry:
    """Of uint8 [H, W, C] pictures, at most :data:`MOST_PICTURES` of them, evenly chosen.

    A cancelled measurement, and one of fewer than two pictures, knows nothing.
    """
    count = min(len(pictures), MOST_PICTURES)
    if count < 2:
        return Symmetry()
    chosen = [pictures[place * len(pictures) // count] for place in range(count)]
    plain = np.stack([_square(each) for each in chosen])
    found = []
    for way in (plain, plain[:, :, ::-1], np.rot90(plain, 1, (1, 2)), plain[:, ::-1, ::-1]):
        if cancelled():
            return Symmetry()
        found.append(_features(way))
    mirrored, quarter, half = (_told_apart(found[0], other) for other in found[1:])
    return Symmetry(count, mirrored, max(quarter, half))


def _square(picture: np.ndarray) -> np.ndarray:
    """RGB uint8 [SIDE, SIDE, 3]; clear parts are grey, sides are made equal, not cut."""
    from PIL import Image

    pixels = picture[..., :1].repeat(3, 2) if picture.shape[2] == 1 else picture
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if image.mode == "RGBA":
        ground = Image.new("RGBA", image.size, (128, 128, 128, 255))
        image = Image.alpha_composite(ground, image).convert("RGB")
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def _features(pictures: np.ndarray) -> np.ndarray:
    """float64 [n, d]: what is in them, wherever it is, and how they are laid out."""
    import torch

    from models.parts.features import Extractor

    x = torch.from_numpy(np.ascontiguousarray(pictures))
    layout = torch.nn.functional.adaptive_avg_pool2d(x.permute(0, 3, 1, 2).float() / 255, _CELLS)
    return torch.cat([Extractor().embed(x), layout.flatten(1)], 1).double().numpy()


def _told_apart(ones: np.ndarray, others: np.ndarray) -> float:
    """How often a line through other pairs tells which of a pair is the one: cross-validated."""
    spread = np.sqrt(np.concatenate([ones, others]).var(0)) + 1e-6
    pairs = (ones - others) / spread
    order = np.random.default_rng(0).permutation(len(pairs))
    right = 0.0
    folds = min(_FOLDS, len(pairs))
    for fold in range(folds):
        held_out = order[fold::folds]
        known = pairs[np.setdiff1d(order, held_out)]
        gram = known @ known.T
        ridge = _RIDGE * max(float(np.trace(gram)) / len(gram), 1e-9)
        weights = np.linalg.solve(gram + ridge * np.eye(len(gram)), np.ones(len(gram)))
        side = pairs[held_out] @ (known.T @ weights)
        # Of a pair that is alike either guess is as good.
        right += float((side > 1e-9).sum()) + 0.5 * float((np.abs(side) <= 1e-9).sum())
    return right / len(pairs)
