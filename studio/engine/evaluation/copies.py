"""Does a picture copy a training picture? The nearest one, and what nearness is ordinary.

A picture and its mirror image are compared in two ways: by embeddings of a fixed extractor, which
find what was moved or cut, and by what lies where (:mod:`layout`), which finds what came out soft
or in other tones. Ordinary is what pictures that the model never saw keep from the training
pictures: closer than they ever come is worth a look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.dataset.doctor import near_duplicates
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.door import ordinary
from studio.engine.evaluation import layout
from studio.engine.files import atomic_path

EXTRACTOR = "random-features-v1"
LAYOUT = "layout-v1"
CLOSEST_PART = 0.01
"""Part of the held-out pictures that may come as close as what is called too close."""
FLOOR = 0.25
"""Part of the median held-out distance that is always closer than ordinary: copies that lie on
both sides of the split must not make copying look ordinary."""
FALLBACK = 0.5
"""Part of that median that is never called close, as few held-out pictures say little of the
closest; and part of the median training distance that is ordinary when nothing is held out."""
LEAST_ALIKE, MOST_ALIKE = near_duplicates.LOWEST_ALIKE, near_duplicates.DEFAULT_ALIKE
"""Percent between which the limit of :mod:`layout` lies: from the likeness at which duplicates
are looked for to that at which the dataset calls pictures near duplicates."""
_MEASURED = 1000
"""Held-out pictures that are measured at most, evenly spaced."""
_BATCH = 64
_ROWS = 256


@dataclass(frozen=True)
class Likeness:
    """The training picture that is nearest: `row` of the prepared set."""

    row: int
    distance: float
    """Between embeddings, 0 to a few; unseen pictures keep `ordinary`."""
    ordinary: float
    alike: float = 0.0
    """Percent, as :mod:`layout` says; unseen pictures stay below `usual`."""
    usual: float = MOST_ALIKE
    mirrored: bool = False
    """The picture is like the mirror image of the training picture."""

    @property
    def closeness(self) -> float:
        """1 for the same picture, 0 at the limit of what is ordinary, below for what is new."""
        by_layout = (self.alike - self.usual) / (100.0 - self.usual)
        if self.ordinary <= 0:
            return by_layout
        return max(by_layout, 1.0 - self.distance / self.ordinary)

    @property
    def too_close(self) -> bool:
        return self.closeness >= 0

    @property
    def in_place(self) -> bool:
        """What lies where is the same: not only moved or cut."""
        return self.alike >= self.usual


class CopyCheck:
    """Compares pictures with the training pictures of one prepared set."""

    def __init__(self, prepared: Prepared, vectors: np.ndarray, layouts: np.ndarray) -> None:
        """All embeddings of the set and those of the mirrored held-out ones; all layouts."""
        self._images, self._rows = prepared.images, prepared.train
        self._known = vectors[prepared.train]
        self._placed = layout.Known(layouts[prepared.train])
        chosen = _spread(len(prepared.held_out))
        rows = prepared.held_out[chosen]
        both = vectors[rows], vectors[len(prepared) + chosen]
        gaps = self._gaps(*both)
        alike = self._percents(layouts[rows], layouts[prepared.train])
        self.ordinary = _ordinary(gaps, self._known)
        self.usual = _usual(alike)
        self.unseen = len(rows)
        """Held-out pictures that were measured."""
        self.unseen_close = int(
            ((gaps < self.ordinary) | (alike >= self.usual)).sum() if len(rows) else 0
        )
        """Those of them that are too close as well: how far the measure can be trusted."""

    @classmethod
    def of(cls, prepared: Prepared) -> Self:
        """Embed the set once; the embeddings are kept beside it in the cache."""
        return cls(prepared, vectors_of(prepared), _layouts(prepared))

    @property
    def known(self) -> np.ndarray:
        """Embeddings [n, d] of the training pictures."""
        found: np.ndarray = self._known
        return found

    def check(self, image: Pixels) -> Likeness:
        """The nearest training picture of one uint8 [h, w, c] picture of the set's size."""
        return self.check_all(image[None])[0]

    def check_all(self, images: Pixels) -> list[Likeness]:
        """As :meth:`check`, of uint8 [n, h, w, c]."""
        count = len(images)
        vectors = embed(np.concatenate([images, images[:, :, ::-1]]))
        straight = layout.layouts(images)
        placed = np.concatenate([straight, layout.mirrored(straight)])
        by_feature = _nearest(vectors, self._known)[::-1]
        by_layout = self._placed.best(placed)[::-1]
        found = []
        for number, image in enumerate(images):
            ways = [
                self._between(image, vectors[way], placed[way], int(places[way]), way >= count)
                for places, _ in (by_feature, by_layout)
                for way in (number, count + number)
            ]
            found.append(max(ways, key=lambda each: each.closeness))
        return found

    def _between(
        self, image: Pixels, vector: np.ndarray, placed: np.ndarray, place: int, mirrored: bool
    ) -> Likeness:
        distance = float(np.linalg.norm(vector - self._known[place]))
        alike = float(self._placed.alike(placed, np.array([place]))[0])
        row = int(self._rows[place])
        # What is flat has nothing to correlate, and may be the same picture all the same.
        if np.array_equal(image[:, ::-1] if mirrored else image, self._images[row]):
            distance, alike = 0.0, 100.0
        return Likeness(row, distance, self.ordinary, alike, self.usual, mirrored)

    def _gaps(self, unseen: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
        """Distances of unseen pictures, measured as a picture is: both ways."""
        ways = [_nearest(each, self._known)[0] for each in (unseen, mirrored)]
        return np.asarray(np.minimum(*ways))

    def _percents(self, unseen: np.ndarray, known: np.ndarray) -> np.ndarray:
        """How alike unseen pictures are, or training pictures among themselves without such."""
        if len(unseen):
            ways = [self._placed.best(each)[0] for each in (unseen, layout.mirrored(unseen))]
            return np.asarray(np.maximum(*ways))
        some = known[_spread(len(known))]
        return layout.Known(some).best(some, but_itself=True)[0] if len(some) > 1 else np.empty(0)


def _ordinary(gaps: np.ndarray, known: np.ndarray) -> float:
    """The distance that almost all unseen pictures keep."""
    if len(gaps):
        middle = np.median(gaps)
        return float(np.clip(np.quantile(gaps, CLOSEST_PART), FLOOR * middle, FALLBACK * middle))
    if len(known) < 2:
        return 0.0
    return FALLBACK * float(np.median(_nearest(known, known, but_itself=True)[0]))


def _usual(alike: np.ndarray) -> float:
    """The likeness that almost all unseen pictures stay below, in percent."""
    if not len(alike):
        return MOST_ALIKE
    return float(np.clip(np.quantile(alike, 1 - CLOSEST_PART), LEAST_ALIKE, MOST_ALIKE))


def _spread(count: int) -> np.ndarray:
    """Places of at most :data:`_MEASURED` of `count`, evenly spaced."""
    few = min(count, _MEASURED)
    return np.arange(few, dtype=np.int64) * count // max(1, few)


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


def embed(images: Pixels) -> np.ndarray:
    """What pictures are compared by: float64 [n, d] of uint8 [n, h, w, c]."""
    import torch

    from models.parts.features import Extractor

    extractor = Extractor(EXTRACTOR)
    parts = [
        extractor.embed(torch.from_numpy(np.array(images[start : start + _BATCH])))
        for start in range(0, len(images), _BATCH)
    ]
    return torch.cat(parts).double().numpy() if parts else np.empty((0, extractor.dim))


def vectors_of(prepared: Prepared) -> np.ndarray:
    """As :func:`embed`: all pictures of the set, then the mirror images of those held out; they
    are kept beside it."""
    from models.parts.features import Extractor

    def make() -> np.ndarray:
        mirrored = np.asarray(prepared.images[prepared.held_out])[:, :, ::-1]
        return np.concatenate([embed(np.asarray(prepared.images)), embed(mirrored)])

    wanted = (len(prepared) + len(prepared.held_out), Extractor(EXTRACTOR).dim)
    return np.asarray(_cached(prepared, EXTRACTOR, wanted, make), np.float64)


def _layouts(prepared: Prepared) -> np.ndarray:
    """Of all pictures of the set."""
    wanted = (len(prepared), layout.CELLS)
    return _cached(prepared, LAYOUT, wanted, lambda: layout.layouts(prepared.images))


def _cached(
    prepared: Prepared, name: str, wanted: tuple[int, int], make: Callable[[], np.ndarray]
) -> np.ndarray:
    """What was made of the set before, or makes it; it lies beside the set."""
    path = prepared.folder / f"{name}.npy"
    try:
        found: np.ndarray = np.load(ordinary(path), allow_pickle=False)
        if found.shape == wanted and np.isfinite(found).all():
            return found
    except (OSError, EOFError, ValueError, TypeError):
        pass  # not there yet, or damaged: made again below
    found = make()
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, found)
    return found
