"""Where sounds begin, and the beat that they keep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.engine.generation.sound.recording import RATE
from studio.engine.generation.sound.spectrum import FRAMES, HOP, WINDOW, Powers

Numbers = NDArray[np.float64]

_COMPRESSION = 100.0
_LEAST = 0.06
"""Of the largest rise in the file: what stands out less is no onset."""
_SLOWEST, _FASTEST, _USUAL = 40.0, 240.0, 120.0
"""Beats a minute."""
_OCTAVES = 1.0
"""How far from the usual tempo one is half as likely, about."""
_TIGHT = 100.0
_CLEAR = 0.15
"""Of the sound's own strength: how alike it must be one beat later to have a tempo."""


def flux(powers: Powers) -> NDArray[np.float32]:
    """How much the spectrum rises from one moment to the next [frames], 1 where it rises most.

    Spectral flux, rises only (Dixon 2006, "Onset Detection Revisited", DAFx), of logarithmic
    magnitudes in bands (Böck et al. 2012, "Evaluating the Online Capabilities of Onset Detection
    Methods", ISMIR, Sec. 2.1).
    """
    found = np.zeros(len(powers), np.float32)
    loudest = float(powers.max(initial=0.0))
    if loudest <= 0:
        return found
    before = np.zeros((1, powers.shape[1]), np.float32)
    for first in range(0, len(powers), 4096):
        part = np.sqrt(powers[first : first + 4096] / np.float32(loudest))
        part = np.log10(1 + np.float32(_COMPRESSION) * part)
        rises = np.diff(part, axis=0, prepend=before)
        found[first : first + len(part)] = np.maximum(rises, 0).sum(1)
        before = part[-1:]
    return found / max(float(found.max()), 1e-9)


def onsets(rises: NDArray[np.float32], peaks: NDArray[np.float32], step: int) -> tuple[
    Numbers, Numbers
]:  # fmt: skip
    """Seconds and strengths (0 to 1) of onsets in the flux `rises`.

    Picked as Böck et al. 2012, Sec. 2.2: the largest of 60 ms that stands out from the mean of
    170 ms, none within 30 ms of the last one. Each goes to where the wave itself rises most:
    `peaks` has its largest amplitude in every `step` samples.
    """
    if not len(rises):
        return np.zeros(0), np.zeros(0)
    near, before, after = round(0.03 * FRAMES), round(0.1 * FRAMES), round(0.07 * FRAMES)
    padded = np.pad(rises, near)
    largest = np.lib.stride_tricks.sliding_window_view(padded, 2 * near + 1).max(1)
    sums = np.concatenate([[0.0], np.cumsum(rises, dtype=np.float64)])
    places = np.arange(len(rises))
    low, high = np.maximum(places - before, 0), np.minimum(places + after + 1, len(rises))
    mean = (sums[high] - sums[low]) / (high - low)
    found: list[int] = []
    for place in np.flatnonzero((rises >= largest) & (rises >= mean + _LEAST)):
        if not found or place - found[-1] > near:
            found.append(int(place))
    times = [_risen(place, peaks, step) for place in found]
    return np.array(times, float), rises[found].astype(float)


def _risen(place: int, peaks: NDArray[np.float32], step: int) -> float:
    """Seconds where the wave rises most within the window of a spectrum."""
    begin = max(0, (place * HOP - WINDOW // 2) // step)
    part = peaks[begin : max(begin + 2, (place * HOP + WINDOW // 2) // step)]
    if not len(part):
        return place / FRAMES
    before = peaks[begin - 1] if begin else np.float32(0)
    return (begin + int(np.argmax(np.diff(part, prepend=before)))) * step / RATE


def tempo(rises: NDArray[np.float32]) -> float | None:
    """Beats a minute, or None where nothing comes again.

    The lag at which the flux is most like itself, weighted towards 120 (Ellis 2007, "Beat
    Tracking by Dynamic Programming", J. New Music Res. 36(1), Sec. 3.2).
    """
    x = rises.astype(float) - float(rises.mean()) if len(rises) else np.zeros(0)
    if len(x) < 4 * FRAMES or not x.any():
        return None
    size = 1 << (2 * len(x) - 1).bit_length()
    alike = np.fft.irfft(np.abs(np.fft.rfft(x, size)) ** 2, size)
    lags = np.arange(round(60 * FRAMES / _FASTEST), round(60 * FRAMES / _SLOWEST) + 1)
    near = np.log2(lags / (60 * FRAMES / _USUAL)) / _OCTAVES
    # A beat that is not a whole number of spectra is spread over two lags.
    around = np.maximum(alike[lags - 1] + alike[lags + 1], 0) / 2 + alike[lags]
    place = int(np.argmax(around * np.exp(-0.5 * near**2)))
    if around[place] < _CLEAR * alike[0]:
        return None
    return 60 * FRAMES / float(lags[place] + _between(around, place))


def _between(values: Numbers, place: int) -> float:
    """Where the top of a parabola through three neighbours lies, from the middle one."""
    if not 0 < place < len(values) - 1:
        return 0.0
    left, top, right = values[place - 1 : place + 2]
    bend = left - 2 * top + right
    return float(0.5 * (left - right) / bend) if bend < 0 else 0.0


def beats(rises: NDArray[np.float32], bpm: float) -> Numbers:
    """Seconds of beats that keep to a tempo and fall on rises as far as they can (Ellis 2007,
    Sec. 2): the best of all sequences, by dynamic programming."""
    strength = rises / max(float(rises.std()), 1e-9)
    period = 60 * FRAMES / bpm
    back = np.arange(-round(2 * period), -round(period / 2) + 1)
    cost = -_TIGHT * np.log(-back / period) ** 2
    score, link = strength.astype(float), np.full(len(rises), -1)
    for place in range(-int(back[0]), len(rises)):
        ways = cost + score[place + back]
        best = int(np.argmax(ways))
        score[place] += ways[best]
        link[place] = place + back[best]
    found: list[int] = []
    last = max(0, len(score) - round(period))
    place = last + int(np.argmax(score[last:]))
    while place >= 0:
        found.append(place)
        place = int(link[place])
    return np.array(found[::-1]) / FRAMES
