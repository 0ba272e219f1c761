"""Outlines of areas of a mask, and how they become simpler.

Simplified after Ramer (1972) and Douglas and Peucker (1973).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Points = np.ndarray[Any, np.dtype[np.int32]]
"""int32 [n, 2]: x and y of the corners of a closed line."""


def outlines(mask: Mask) -> Iterator[Points]:
    """Closed lines along the edges of pixels; holes are lines too, for an even-odd fill."""
    after = _edges(mask)
    while after:
        start = next(iter(after))
        line, here, heading = [start], start, (0, 0)
        while True:
            ends = after[here]
            to = ends.pop()
            if not ends:
                del after[here]
            turned = (to[0] - here[0], to[1] - here[1])
            if turned == heading:
                line[-1] = to
            else:
                line.append(to)
            here, heading = to, turned
            if here == start:
                break
        yield np.array(line[:-1], np.int32)


def _edges(mask: Mask) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """From where edges of pixels start to where they end, the inside on their right."""
    wide = np.pad(mask, 1)
    inside = wide[1:-1, 1:-1]
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    sides = (
        (inside & ~wide[:-2, 1:-1], (0, 0), (1, 0)), (inside & ~wide[2:, 1:-1], (1, 1), (0, 1)),
        (inside & ~wide[1:-1, :-2], (0, 1), (0, 0)), (inside & ~wide[1:-1, 2:], (1, 0), (1, 1)),
    )  # fmt: skip
    for side, begin, end in sides:
        rows, columns = np.nonzero(side)
        for x, y in zip(columns.tolist(), rows.tolist(), strict=True):
            start = (x + begin[0], y + begin[1])
            found.setdefault(start, []).append((x + end[0], y + end[1]))
    return found


def simplified(line: Points, tolerance: float) -> Points:
    """The corners that matter: no left-out one is further than `tolerance` pixels away."""
    if tolerance <= 0 or len(line) < 5:
        return line
    far = int(np.argmax(((line - line[0]) ** 2).sum(axis=1)))
    closed = np.vstack([line, line[:1]])
    kept = np.zeros(len(closed), bool)
    kept[[0, far, len(line)]] = True
    waiting = [(0, far), (far, len(line))]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        gaps = _distances(closed[first + 1 : last], closed[first], closed[last])
        worst = int(np.argmax(gaps))
        if gaps[worst] > tolerance:
            middle = first + 1 + worst
            kept[middle] = True
            waiting += [(first, middle), (middle, last)]
    return closed[:-1][kept[:-1]]


def _distances(points: Points, start: Points, end: Points) -> np.ndarray[Any, Any]:
    way = (end - start).astype(np.float64)
    length = float(np.hypot(*way))
    gaps = (points - start).astype(np.float64)
    if length == 0:
        return np.hypot(gaps[:, 0], gaps[:, 1])
    found: np.ndarray[Any, Any] = np.abs(gaps[:, 0] * way[1] - gaps[:, 1] * way[0]) / length
    return found
