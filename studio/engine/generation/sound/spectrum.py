"""The short-time spectrum of a sound, in narrow bands, made as its samples come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from studio.engine.generation.sound.recording import RATE, Samples

WINDOW, HOP = 1024, 256
"""Samples of a spectrum, and from one to the next: 46 ms and 12 ms."""
FRAMES = RATE / HOP
"""Spectra a second."""
_OCTAVE_PARTS = 6
_AT_ONCE = 256

Powers = NDArray[np.float32]


def _first_bins() -> NDArray[np.intp]:
    """The lowest bin of every band: a sixth of an octave, or one bin where that is wider."""
    edges, width = [1.0], 2.0 ** (1 / _OCTAVE_PARTS)
    while edges[-1] < WINDOW / 2:
        edges.append(max(edges[-1] + 1, edges[-1] * width))
    return np.unique(np.array(edges[:-1]).astype(np.intp))


_BINS = _first_bins()
LOW = _BINS * RATE / WINDOW
"""Hz where each band begins."""
HIGH = np.append(LOW[1:], RATE / 2)
"""Hz where it ends."""


def spectra(pieces: Iterable[Samples]) -> Iterator[Powers]:
    """Powers [n, bands] of the sound, a few spectra at a time. The n-th of all is centred at
    `n / FRAMES` seconds; a sine of full scale has power 1 in its band."""
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    scale = np.float32((2 / window.sum()) ** 2 / 1.5)  # the window spreads a sine over its like
    waiting = np.zeros(WINDOW // 2, np.float32)
    for piece in (*_grouped(pieces), np.zeros(WINDOW // 2, np.float32)):
        waiting = np.concatenate([waiting, piece])
        count = max(0, (len(waiting) - WINDOW) // HOP + 1)
        for first in range(0, count, _AT_ONCE):
            last = min(count, first + _AT_ONCE)
            part = waiting[first * HOP : (last - 1) * HOP + WINDOW]
            framed = np.lib.stride_tricks.sliding_window_view(part, WINDOW)[::HOP] * window
            power = np.abs(np.fft.rfft(framed, axis=1)).astype(np.float32) ** 2 * scale
            yield np.add.reduceat(power, _BINS, axis=1)
        waiting = waiting[count * HOP :]


def _grouped(pieces: Iterable[Samples]) -> Iterator[Samples]:
    """In larger ones: a decoder gives a thousand samples at a time."""
    held: list[Samples] = []
    for piece in pieces:
        held.append(piece)
        if sum(map(len, held)) >= _AT_ONCE * HOP:
            yield np.concatenate(held)
            held = []
    if held:
        yield np.concatenate(held)


def band(low: float, high: float) -> NDArray[np.float32]:
    """How much of each band lies between two frequencies in Hz, 0 to 1."""
    inside = np.minimum(HIGH, high) - np.maximum(LOW, low)
    share: NDArray[np.float32] = np.clip(inside / (HIGH - LOW), 0, 1).astype(np.float32)
    return share


def audible() -> NDArray[np.float32]:
    """How much of each band's power an ear hears: the A weighting of IEC 61672-1, Annex E."""
    f = ((LOW + HIGH) / 2) ** 2
    heard = 12194**2 * f**2 / (
        (f + 20.6**2) * np.sqrt((f + 107.7**2) * (f + 737.9**2)) * (f + 12194**2)
    )  # fmt: skip
    weight: NDArray[np.float32] = ((heard * 1.2589) ** 2).astype(np.float32)
    return weight
