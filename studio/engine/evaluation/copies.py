"""Does a picture copy a training picture? The nearest one, and what distance is ordinary.

Distances are taken among embeddings of a fixed extractor, of the picture and of its
mirror image. Ordinary is what pictures that the model never saw keep from the
training pictures: closer than they ever come is worth a look.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from studio.engine.dataset.prepare import Prepared
from studio.engine.files import atomic_path

EXTRACTOR = "random-features-v1"
CLOSEST_PART = 0.01
"""The quantile of held-out distances below which a picture is closer than ordinary."""
FALLBACK = 0.5
"""Part of the median training distance that counts as ordinary when nothing is held out."""
_BATCH = 64

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class Likeness:
    """`row` of the prepared set is nearest, at `distance`; unseen pictures keep `ordinary`."""

    row: int
    distance: float
    ordinary: float

    @property
    def too_close(self) -> bool:
        """Closer than unseen pictures are."""
        return self.distance < self.ordinary


class CopyCheck:
    """Compares pictures with the training pictures of one prepared set."""

    def __init__(self, rows: np.ndarray, known: np.ndarray, ordinary: float) -> None:
        self._rows = rows
        self._known = known
        self.ordinary = ordinary

    @classmethod
    def of(cls, prepared: Prepared) -> Self:
        """Embed the set once; the embeddings are kept beside it in the cache."""
        vectors = _cached(prepared)
        known = vectors[prepared.train]
        unseen = vectors[prepared.held_out], vectors[len(prepared) :]
        return cls(prepared.train, known, _ordinary(known, *unseen))

    def check(self, image: Pixels) -> Likeness:
        """The nearest training picture of one uint8 [h, w, c] picture of the set's size."""
        both = np.stack([image, image[:, ::-1]])
        gaps = _distances(_embed(both), self._known).min(axis=0)
        nearest = int(gaps.argmin())
        return Likeness(int(self._rows[nearest]), float(gaps[nearest]), self.ordinary)


def _ordinary(known: np.ndarray, unseen: np.ndarray, mirrored: np.ndarray) -> float:
    """The distance that almost all unseen pictures keep, measured as a picture is: both ways."""
    if len(unseen):
        upright = _distances(unseen, known).min(axis=1)
        flipped = _distances(mirrored, known).min(axis=1)
        return float(np.quantile(np.minimum(upright, flipped), CLOSEST_PART))
    if len(known) < 2:
        return 0.0
    gaps = _distances(known, known)
    np.fill_diagonal(gaps, np.inf)
    return FALLBACK * float(np.median(gaps.min(axis=1)))


def _distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Euclidean, [n, m]."""
    square = (first**2).sum(1)[:, None] + (second**2).sum(1)[None] - 2 * first @ second.T
    gaps: np.ndarray = np.sqrt(np.maximum(square, 0.0))
    return gaps


def _embed(images: Pixels) -> np.ndarray:
    """float64 [n, d] of uint8 [n, h, w, c]."""
    import torch

    from models.features import Extractor

    extractor = Extractor(EXTRACTOR)
    parts = [
        extractor.embed(torch.from_numpy(np.array(images[start : start + _BATCH])))
        for start in range(0, len(images), _BATCH)
    ]
    return torch.cat(parts).double().numpy() if parts else np.empty((0, extractor.dim))


def _cached(prepared: Prepared) -> np.ndarray:
    """All pictures of the set, then the mirror images of those held out."""
    path: Path = prepared.folder / f"{EXTRACTOR}.npy"
    try:
        vectors = np.load(path, allow_pickle=False)
        if len(vectors) == len(prepared) + len(prepared.held_out):
            return np.asarray(vectors, np.float64)
    except (OSError, ValueError):
        pass  # not there yet, or damaged: made again below
    mirrored = np.asarray(prepared.images[prepared.held_out])[:, :, ::-1]
    vectors = np.concatenate([_embed(np.asarray(prepared.images)), _embed(mirrored)])
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, vectors)
    return vectors
