"""A map of a dataset: like pictures lie close to each other on a plane.

The first two principal components of the features give the large arrangement. A stochastic
neighbour embedding of landmarks (van der Maaten and Hinton 2008, t-SNE) then pulls apart
what a plane of components lays on top of each other, and every other picture is placed
among the landmarks it is most like. Nothing is drawn by lot: the same set gives the same map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.engine.dataset.doctor.embedding import EmbeddingCancelled, embed
from studio.engine.dataset.index import store
from studio.engine.project import Project

LANDMARKS = 800
PERPLEXITY = 30.0
_ROUNDS, _EARLY = 350, 80
_EXAGGERATION = 8.0
_NEAREST = 5
_BLOCK = 2048


@dataclass(frozen=True)
class Atlas:
    """Where pictures lie. Rows belong together."""

    item_ids: np.ndarray
    """int64 [N], ascending."""
    places: np.ndarray
    """float32 [N, 2] within −1 to 1."""


def chart(
    project: Project,
    dataset_id: int,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Atlas:
    """The map of all usable pictures of a dataset; only new ones are decoded.

    Works for read-only projects too. Raises :class:`EmbeddingCancelled`.
    """
    items = [item for item in store.items(project, dataset_id) if item.usable and item.sha256]
    embedded = embed(project, items, cancelled, progress)
    if not len(embedded.item_ids):
        return Atlas(embedded.item_ids, np.empty((0, 2), np.float32))
    _, first, back = np.unique(np.array(embedded.contents), return_index=True, return_inverse=True)
    return Atlas(embedded.item_ids, placed(embedded.places[first], cancelled)[back])


def placed(points: np.ndarray, cancelled: Callable[[], bool] = lambda: False) -> np.ndarray:
    """float32 [N, 2] within −1 to 1 for float32 [N, D], principal components first.

    The order of the rows decides which of them are landmarks. Raises
    :class:`EmbeddingCancelled`.
    """
    if len(points) < 4:
        return _within(points[:, :2].astype(np.float64))
    step = max(1.0, len(points) / LANDMARKS)
    rows = np.unique((np.arange(min(len(points), LANDMARKS)) * step).astype(np.int64))
    marks = _embedded(points[rows].astype(np.float32), cancelled)
    found = marks if len(rows) == len(points) else among(points, points[rows], marks, cancelled)
    return _within(found)


def _within(places: np.ndarray) -> np.ndarray:
    """Centred, and scaled so that all but a few stray places fill the square."""
    if not len(places):
        return np.empty((0, 2), np.float32)
    middle = np.median(places, axis=0)
    away = np.abs(places - middle)
    extent = max(float(np.quantile(away, 0.995)), 1e-12)
    inside = np.clip((places - middle) / (1.05 * extent), -1.0, 1.0)
    return np.asarray(inside, np.float32)


def _embedded(points: np.ndarray, cancelled: Callable[[], bool]) -> np.ndarray:
    """float32 [M, 2] by t-SNE from the first two components on."""
    joint = _affinities(_squares(points, points))
    places: np.ndarray = points[:, :2] / max(float(points[:, :2].std()), 1e-12) * 1e-2
    speed = np.zeros_like(places)
    gains = np.ones_like(places)
    rate = max(len(points) / _EXAGGERATION / 4, 50.0)
    for number in range(_ROUNDS):
        if cancelled():
            raise EmbeddingCancelled("Drawing the map was stopped.")
        weight = _EXAGGERATION if number < _EARLY else 1.0
        near = 1.0 / (1.0 + _squares(places, places))
        np.fill_diagonal(near, 0.0)
        pull = (weight * joint - near / near.sum()) * near
        slope = 4.0 * (pull.sum(axis=1)[:, None] * places - pull @ places)
        same = np.sign(slope) == np.sign(speed)
        gains = np.maximum(np.where(same, gains * 0.8, gains + 0.2), 0.01)
        speed = (0.5 if number < _EARLY else 0.8) * speed - rate * gains * slope
        places = places + speed
        places -= places.mean(axis=0)
    return np.asarray(places)


def _squares(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Squared distances [n, m]."""
    found = (first**2).sum(1)[:, None] + (second**2).sum(1) - 2 * first @ second.T
    return np.asarray(np.maximum(found, 0.0))


def _affinities(squares: np.ndarray) -> np.ndarray:
    """Joint probabilities [M, M]; each row's width gives it the wanted perplexity."""
    count = len(squares)
    wanted = np.log(min(PERPLEXITY, (count - 1) / 3))
    low, high = np.zeros(count), np.full(count, np.inf)
    width = 1.0 / np.maximum(np.median(squares, axis=1), 1e-12)
    off = ~np.eye(count, dtype=bool)
    # Measured from the nearest on: what is far from everything must not come to nothing.
    gaps = np.where(off, squares - np.where(off, squares, np.inf).min(axis=1)[:, None], 0.0)
    for _ in range(40):
        weights = np.exp(-gaps * width[:, None]) * off
        sums = weights.sum(axis=1)
        entropy = np.log(sums) + width * (weights * gaps).sum(1) / sums
        wide = entropy > wanted
        low, high = np.where(wide, width, low), np.where(wide, high, width)
        width = np.where(np.isinf(high), width * 2, (low + np.where(np.isinf(high), 0, high)) / 2)
    shares = weights / sums[:, None]
    return np.asarray(np.maximum((shares + shares.T) / (2 * count), 1e-12))


def among(
    points: np.ndarray, landmarks: np.ndarray, marks: np.ndarray, cancelled: Callable[[], bool]
) -> np.ndarray:
    """Every point at the weighted mean of the places of its nearest landmarks."""
    found = np.empty((len(points), 2))
    for start in range(0, len(points), _BLOCK):
        if cancelled():
            raise EmbeddingCancelled("Drawing the map was stopped.")
        squares = _squares(points[start : start + _BLOCK], landmarks)
        nearest = np.argpartition(squares, _NEAREST - 1, axis=1)[:, :_NEAREST]
        close = np.take_along_axis(squares, nearest, axis=1)
        weights = 1.0 / (close + 0.05 * close.mean(axis=1, keepdims=True) + 1e-9)
        weights /= weights.sum(axis=1, keepdims=True)
        found[start : start + _BLOCK] = (marks[nearest] * weights[..., None]).sum(axis=1)
    return found
