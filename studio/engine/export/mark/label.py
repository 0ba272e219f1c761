"""The mark as a whole: what it says, whether a picture can carry it, and reading it again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.export.mark import quantised, spread
from studio.engine.export.mark.plane import Plane, lightness, opacity, resized

DECIBELS = 40.0
"""Peak signal to noise ratio of a marked picture to itself before."""
QUANTISED_ENOUGH, SPREAD_ENOUGH, CROPPED_ENOUGH = 8.5, 7.75, 7.75
"""Scores from which on a mark is believed; `tests/benchmarks/invisible_mark.py` looks how near
unmarked pictures come."""
_HANDLED = 75
"""JPEG quality at which a mark has to be read again right after it was laid."""
_ROUNDS = 4
_HIDES, _TOO_LOUD = 0.6, 0.7
"""How loud a mark may be to the unrest that hides it, and how near it has to come to that."""
# What rounding to whole levels adds is 1/12 of a level squared.
_LOUDNESS = float(np.sqrt(255.0**2 / 10 ** (DECIBELS / 10) - 1 / 12))


@dataclass(frozen=True)
class Found:
    """A mark that was read."""

    identifier: int
    """32 bits, which a piece or a recipe is looked up by."""
    score: float
    """Agreement of the word with the picture, at most √127 ≈ 11.3."""
    cropped: bool
    """Whether only a part of the marked picture is left."""


def marked(pixels: Pixels, identifier: int) -> Pixels | None:
    """uint8 [h, w, c] with the mark of `identifier`, as far from itself as :data:`DECIBELS` says.

    None where the picture cannot carry it: too small, or with too little in it that hides
    anything. Parts that are see-through are left as they are.
    """
    plane = lightness(pixels)
    shorter = min(plane.shape)
    if shorter < quantised.SMALLEST:
        return None
    if shorter >= spread.SMALLEST:
        made, read, enough = _lay_spread(pixels, plane, identifier), spread.read, SPREAD_ENOUGH
    else:
        made = _lay_quantised(pixels, plane, identifier)
        read, enough = quantised.read, QUANTISED_ENOUGH
    if made is None:
        return None
    again, score = read(lightness(_as_handled(made)))
    return made if again == identifier and score >= enough else None


def found(pixels: Pixels) -> Found | None:
    """The mark in uint8 [h, w, c], or None."""
    plane = lightness(pixels)
    for identifier, score, enough, cropped in _readings(plane):
        if score >= enough:
            return Found(identifier, round(score, 2), cropped)
    return None


def scores(pixels: Pixels) -> list[tuple[float, float]]:
    """What every way of reading scores in uint8 [h, w, c], and from which score on it is
    believed: how far a picture is from being called marked."""
    return [(score, enough) for _, score, enough, _ in _readings(lightness(pixels))]


def _readings(plane: Plane) -> Iterator[tuple[int, float, float, bool]]:
    """Identifier, score, what is enough, and whether the picture is supposed to be a part."""
    yield *quantised.read(_small(plane)), QUANTISED_ENOUGH, False
    yield *spread.read(plane), SPREAD_ENOUGH, False
    yield *spread.read_cropped(plane, CROPPED_ENOUGH), CROPPED_ENOUGH, True


def _small(plane: Plane) -> Plane:
    """Small marks have no waves finer than a picture of this size holds."""
    most = spread.SMALLEST
    return resized(plane, *(min(side, most) for side in plane.shape))


def _lay_quantised(pixels: Pixels, plane: Plane, identifier: int) -> Pixels | None:
    carrier = quantised.Carrier(plane, opacity(pixels), identifier)
    step = quantised.USUAL
    for _ in range(_ROUNDS):
        fitting = step * _room(carrier.change(step), carrier.hidden)
        step = float(np.clip(fitting, quantised.FINEST, quantised.COARSEST))
    change = carrier.change(step)
    if _room(change, carrier.hidden) < _TOO_LOUD:
        return None
    for _ in range(_ROUNDS):  # rounding and the ends of the scale leave something to mend
        made = _laid(pixels, change)
        change = lightness(made) - plane
        change = change + carrier.change(step, change)
    return _laid(pixels, change)


def _lay_spread(pixels: Pixels, plane: Plane, identifier: int) -> Pixels | None:
    grid = spread.GRID, spread.GRID
    seen = np.clip(resized(opacity(pixels), *grid), 0.0, 1.0)
    carrier = spread.Carrier(resized(plane, *grid), seen, identifier)
    hidden = resized(carrier.hidden, spread.SMALLEST, spread.SMALLEST)
    strength, before = spread.USUAL, None
    for _ in range(_ROUNDS - 1):
        change = carrier.change(strength)
        over = 1.0 / _room(resized(change, *hidden.shape), hidden)
        # How loud it is grows evenly with the strength, and from above zero.
        fitting = strength / over
        if before is not None and before[0] != strength and before[1] != over:
            slope = (over - before[1]) / (strength - before[0])
            fitting = strength + (1.0 - over) / slope if slope > 0.0 else fitting
        before = strength, over
        strength = max(fitting, spread.WEAKEST)
    change = carrier.change(strength)
    room = _room(resized(change, *hidden.shape), hidden)
    if room < _TOO_LOUD:
        return None
    return _laid(pixels, resized(change * min(room, 1.0), *plane.shape))


def _room(change: Plane, hidden: Plane) -> float:
    """By how much a change may grow, below 1 where it has to shrink: until it is as loud as it
    may be in the whole picture, or as what hides it."""
    loud = max(float(np.sqrt(np.mean(change**2))), 1e-6)
    shown = max(float(np.sqrt(np.mean((change / np.maximum(hidden, 0.1)) ** 2))), 1e-6)
    return min(_LOUDNESS / loud, _HIDES / shown)


def _laid(pixels: Pixels, change: Plane) -> Pixels:
    made = pixels.copy()
    count = 3 if pixels.shape[2] > 1 else 1
    if pixels.shape[2] == 4:
        change = change * (opacity(pixels) > 0)
    colour = np.rint(pixels[..., :count] + change[..., None])
    made[..., :count] = np.clip(colour, 0, 255).astype(np.uint8)
    return made


def _as_handled(pixels: Pixels) -> Pixels:
    """What another program would make of it: small, lossy, on white."""
    from PIL import Image

    seen = np.clip(np.rint(lightness(pixels)), 0, 255).astype(np.uint8)
    with io.BytesIO() as stream:
        Image.fromarray(seen).save(stream, "JPEG", quality=_HANDLED)
        with Image.open(stream, formats=("JPEG",)) as read:
            return np.asarray(read)[..., None]
