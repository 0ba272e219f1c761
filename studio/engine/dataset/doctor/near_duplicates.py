"""Pictures that are nearly the same: found by their hashes, verified on their likenesses.

A group is a best picture (the largest, then the sharpest) and everything that is directly
like it, so what a fix leaves out is always like what it keeps.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from studio.engine.dataset.decoding.measures import LUMA_SIDE, SMALL_BYTES
from studio.engine.dataset.index import store, whole_set_pass
from studio.engine.dataset.index.facts import Likeness
from studio.engine.project import Project

DEFAULT_ALIKE, LOWEST_ALIKE = 97.0, 90.0
"""Percent. Below the lowest nothing is compared: the hashes are too far apart."""
RADIUS = 10
"""Bits of 64 by which hashes of candidates may differ."""
CANDIDATES = 512
"""Verified at once, the nearest first; when none of so many is alike, no more are tried."""

_LUMA = LUMA_SIDE * LUMA_SIDE
_SAME_SHAPE = 1.12
_COLOUR_LEVELS = 255.0 * 0.6
_DRAWN = 0.3
"""Part of the neighbouring cells of one level from which on a picture is drawn, not taken."""
_PART_LEVELS, _ORDINARY = 64.0, 3.0
"""Of a part that differs, in levels beyond so many times what cells differ by on average."""
_ASKED_EVERY = 256
_BLOCK = 4096

_LIKENESSES = (
    "SELECT item.id, width, height, hash, small, "
    "coalesce(json_extract(facts, '$.sharpness'), -1) AS sharp "
    "FROM item JOIN likeness ON item_id = item.id "
    "WHERE dataset_id = ? AND item.id > ? AND usable AND height > 0 AND NOT EXISTS "
    "(SELECT 1 FROM finding WHERE item_id = item.id AND kind IN ('duplicate', 'flat')) "
    "ORDER BY item.id LIMIT ?"
)


@dataclass(frozen=True)
class Likenesses:
    """What the search works on, best picture first; rows of all arrays belong together."""

    item_ids: np.ndarray
    """int64 [N]."""
    hashes: np.ndarray
    """uint64 [N]."""
    small: np.ndarray
    """uint8 [N, SMALL_BYTES]."""
    aspects: np.ndarray
    """float64 [N], width by height."""


@dataclass(frozen=True)
class Match:
    """`item_id` is `alike` percent like the better picture `of`."""

    item_id: int
    of: int
    alike: float


def put(connection: sqlite3.Connection, item_id: int, likeness: Likeness) -> None:
    """Store what `measures.measurements` made of a picture, inside a transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO likeness (item_id, hash, small) VALUES (?, ?, ?)",
        (item_id, _number(likeness["hash"]), base64.b64decode(likeness["small"])),
    )


def _number(digits: str) -> int:
    """A hash as its column holds it."""
    return int.from_bytes(bytes.fromhex(digits), "big", signed=True)


def concerned(project: Project, dataset_id: int, hashes: Mapping[int, str]) -> bool:
    """Whether other hashes may change what is alike in a dataset.

    `hashes` are 16 hex digits by item id, empty for a picture that has none any more. False
    only when none of these pictures is or will be compared with another: far quicker to say
    than to search the whole set again.
    """
    ids = json.dumps(list(hashes))
    related = project.query(
        "SELECT 1 FROM finding JOIN item ON item.id = item_id WHERE dataset_id = ?1 "
        "AND kind = 'near_duplicate' AND (item_id IN (SELECT value FROM json_each(?2)) "
        "OR json_extract(data, '$.of') IN (SELECT value FROM json_each(?2))) LIMIT 1",
        (dataset_id, ids),
    )
    if related:
        return True
    rows = project.query(
        "SELECT hash FROM likeness JOIN item ON item.id = item_id WHERE dataset_id = ? "
        "AND item_id NOT IN (SELECT value FROM json_each(?))",
        (dataset_id, ids),
    )
    numbers = [_number(text) for text in hashes.values() if text]
    fresh = np.array(numbers, np.int64).view(np.uint64)
    every = np.array([row["hash"] for row in rows], np.int64).view(np.uint64)
    every = np.concatenate([every, fresh])
    # Of its own hash each is 0 bits away: once is not yet another picture.
    return any(int((np.bitwise_count(every ^ one) <= RADIUS).sum()) > 1 for one in fresh)


def load(
    project: Project, dataset_id: int, cancelled: Callable[[], bool] = whole_set_pass.never
) -> Likenesses:
    """The likenesses of all usable pictures of a dataset, without further copies and blanks.

    Raises :class:`whole_set_pass.Stopped` when `cancelled`.
    """
    rows: list[sqlite3.Row] = []
    last = 0 if store.has_table(project, "likeness") else None
    while last is not None:
        whole_set_pass.go_on(cancelled)
        part = project.query(_LIKENESSES, (dataset_id, last, whole_set_pass.PART))
        rows += [row for row in part if len(row["small"]) == SMALL_BYTES]
        last = part[-1]["id"] if len(part) == whole_set_pass.PART else None
    sharp = np.array([row["sharp"] for row in rows], np.float64)
    ids = np.array([row["id"] for row in rows], np.int64)
    best = np.lexsort((ids, -sharp, [-row["width"] * row["height"] for row in rows]))
    small = np.frombuffer(b"".join(row["small"] for row in rows), np.uint8)
    return Likenesses(
        ids[best],
        np.array([row["hash"] for row in rows], np.int64).view(np.uint64)[best],
        small.reshape(-1, SMALL_BYTES)[best],
        np.array([row["width"] / row["height"] for row in rows], np.float64)[best],
    )


def matches(
    likenesses: Likenesses,
    alike: float = DEFAULT_ALIKE,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Match]:
    """Every picture that is at least `alike` percent like a better one, with the best such.

    Exact for a radius of :data:`RADIUS` bits: each best picture is compared with all that
    follow, by the population count of the exclusive or. Empty when `cancelled`.
    """
    hashes, ids = likenesses.hashes, likenesses.item_ids
    compare = _Comparison(likenesses)
    found: list[Match] = []
    taken = np.zeros(len(hashes), np.bool_)
    bits, counts = np.empty(len(hashes), np.uint64), np.empty(len(hashes), np.uint8)
    for row in range(len(hashes) - 1):
        if row % _ASKED_EVERY == 0 and cancelled():
            return []
        if taken[row]:
            continue
        rest = len(hashes) - row - 1
        np.bitwise_xor(hashes[row + 1 :], hashes[row], out=bits[:rest])
        distance = np.bitwise_count(bits[:rest], out=counts[:rest])
        if distance.min() > RADIUS:
            continue
        close = np.flatnonzero(distance <= RADIUS)
        if len(close) > CANDIDATES:
            close = close[np.argsort(distance[close], kind="stable")]
        close += row + 1
        close = close[~taken[close]]
        for start in range(0, len(close), CANDIDATES):
            others, percents = compare(row, close[start : start + CANDIDATES], alike)
            if not len(others):
                break
            taken[others] = True
            found += [
                Match(int(ids[other]), int(ids[row]), round(float(percent), 1))
                for other, percent in zip(others, percents, strict=True)
            ]
    return found


class _Comparison:
    """How alike two likenesses are, in percent.

    Correlation of the luminance is blind to exposure and contrast, which editing changes,
    and strict about where things are; differences of colour and of shape are taken off.
    A mirrored or a squeezed picture is another picture. So is a drawing of which one part
    differs: the hands of a clock are little of its luminance and all of its meaning, where a
    copy that was packed, enlarged or cut anew differs a little at every edge.
    """

    def __init__(self, likenesses: Likenesses) -> None:
        self._small, self._aspects = likenesses.small, likenesses.aspects
        # Sums once for all: most of what is compared is found different by them.
        self._means = np.empty(len(self._small))
        self._norms = np.empty(len(self._small))
        for start in range(0, len(self._small), _BLOCK):
            luma = self._small[start : start + _BLOCK, :_LUMA].astype(np.float64)
            self._means[start : start + _BLOCK] = luma.mean(axis=1)
            self._norms[start : start + _BLOCK] = luma.std(axis=1) + 1e-6

    def __call__(self, row: int, others: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray]:
        """Those of `others` that are at least `least` percent like `row`, and how much."""
        ratio = self._aspects[others] / self._aspects[row]
        others = others[(ratio < _SAME_SHAPE) & (ratio > 1 / _SAME_SHAPE)]
        lumas = self._small[others, :_LUMA].astype(np.float64)
        products = lumas @ self._small[row, :_LUMA].astype(np.float64) / _LUMA
        percents = products - self._means[others] * self._means[row]
        percents *= 100 / (self._norms[others] * self._norms[row])
        others, percents = others[percents >= least], percents[percents >= least]
        if len(others):
            own, colours = (chroma(self._small[rows, _LUMA:]) for rows in ([row], others))
            percents -= 100 * colours_apart(own, colours) ** 2
            percents -= 100 * parts_apart(self._small[[row], :_LUMA], self._small[others, :_LUMA])
            others, percents = others[percents >= least], percents[percents >= least]
        return others, np.minimum(percents, 100.0)


def parts_apart(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How far the cell that differs most of drawings does so, squared, 0 to about 4.

    Of luminance [1, cells] and [n, cells], whatever exposure and contrast: [n]; 0 unless both
    are drawings.
    """
    lumas = np.concatenate([one, others]).astype(np.float64)
    square = lumas.reshape(-1, LUMA_SIDE, LUMA_SIDE)
    plain = (np.abs(np.diff(square, axis=1)) <= 1).mean((1, 2))
    plain += (np.abs(np.diff(square, axis=2)) <= 1).mean((1, 2))
    lumas -= lumas.mean(axis=1, keepdims=True)
    deviations = lumas.std(axis=1, keepdims=True) + 1e-6
    apart = np.abs(lumas[1:] / deviations[1:] - lumas[0] / deviations[0])
    apart *= (deviations[1:] + deviations[0]) / 2
    most = apart.max(axis=1) - _ORDINARY * np.sqrt(np.square(apart).mean(axis=1))
    drawn = np.minimum(plain[1:], plain[0]) / 2 >= _DRAWN
    return np.asarray(np.where(drawn, np.square(np.maximum(most, 0) / _PART_LEVELS), 0.0))


def colours_apart(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The greatest difference of a cell's colour without its brightness, 0 to about 1.

    Of what :func:`chroma` gives, [1, cells, 3] and [n, cells, 3]: [n].
    """
    apart = np.square(others - one).sum(axis=2).max(axis=1)
    return np.asarray(np.sqrt(apart) / _COLOUR_LEVELS)


def chroma(cells: np.ndarray) -> np.ndarray:
    """Colour without brightness of levels [n, cells * 3]: float32 [n, cells, 3]."""
    colours = cells.reshape(len(cells), -1, 3).astype(np.float32)
    return np.asarray(colours - colours.mean(axis=2, keepdims=True))
