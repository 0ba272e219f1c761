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
FLOOR = 0.25
"""Part of the median held-out distance that is always closer than ordinary: copies that lie on
both sides of the split must not make copying look ordinary."""
FALLBACK = 0.5
"""Part of the median training distance that counts as ordinary when nothing is held out."""
_BATCH = 64
_ROWS = 256

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
        gaps, places = _nearest(_embed(np.stack([image, image[:, ::-1]])), self._known)
        way = int(gaps.argmin())
        return Likeness(int(self._rows[places[way]]), float(gaps[way]), self.ordinary)


def _ordinary(known: np.ndarray, unseen: np.ndarray, mirrored: np.ndarray) -> float:
    """The distance that almost all unseen pictures keep, measured as a picture is: both ways."""
    if len(unseen):
        gaps = np.minimum(_nearest(unseen, known)[0], _nearest(mirrored, known)[0])
        return float(max(np.quantile(gaps, CLOSEST_PART), FLOOR * np.median(gaps)))
    if len(known) < 2:
        return 0.0
    return FALLBACK * float(np.median(_nearest(known, known, but_itself=True)[0]))


def _nearest(
    first: np.ndarray, second: np.ndarray, *, but_itself: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """(Euclidean distance, place) of the nearest row of `second` to each row of `first`.

    A few rows at a time: all distances of a large set do not fit in memory.
    """
    lengths = (second**2).sum(1)
    gaps, places = np.empty(len(first)), np.empty(len(first), np.int64)
    for start in range(0, len(first), _ROWS):
        part = first[start : start + _ROWS]
        square = (part**2).sum(1)[:, None] + lengths[None] - 2 * part @ second.T
        if but_itself:
            square[np.arange(len(part)), start + np.arange(len(part))] = np.inf
        rows = slice(start, start + len(part))
        places[rows] = square.argmin(1)
        gaps[rows] = np.sqrt(np.maximum(square.min(1), 0.0))
    return gaps, places


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
    from models.features import Extractor

    path: Path = prepared.folder / f"{EXTRACTOR}.npy"
    wanted = (len(prepared) + len(prepared.held_out), Extractor(EXTRACTOR).dim)
    try:
        vectors = np.load(path, allow_pickle=False)
        if vectors.shape == wanted and np.isfinite(vectors).all():
            return np.asarray(vectors, np.float64)
    except (OSError, EOFError, ValueError, TypeError):
        pass  # not there yet, or damaged: made again below
    mirrored = np.asarray(prepared.images[prepared.held_out])[:, :, ::-1]
    vectors = np.concatenate([_embed(np.asarray(prepared.images)), _embed(mirrored)])
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, vectors)
    return vectors
