"""How a number follows a sound: up with its attack, down with its release."""

from __future__ import annotations

import math

import numpy as np

from studio.engine.generation.sound.heard import PULSES, Curve, Heard
from studio.engine.generation.sound.spectrum import FRAMES


def envelope(heard: Heard, source: str, attack: float, release: float) -> Curve:
    """What a source gives at every spectrum, 0 to 1.

    A level is followed as a peak meter does: `attack` and `release` are seconds in which it goes
    63 % of the way. A moment rises in a straight line for `attack` seconds and falls to 37 % in
    `release` seconds.
    """
    if source in PULSES:
        return _struck(heard, source, attack, release)
    level = heard.level(source)
    up, down = _share(attack), _share(release)
    made, now = np.empty_like(level), 0.0
    for place, wanted in enumerate(level.tolist()):
        now += (wanted - now) * (up if wanted > now else down)
        made[place] = now
    return made


def _share(seconds: float) -> float:
    """Of the way, from one spectrum to the next."""
    return 1.0 if seconds <= 0 else 1 - math.exp(-1 / (seconds * FRAMES))


def _struck(heard: Heard, source: str, attack: float, release: float) -> Curve:
    struck = np.zeros(len(heard.powers), np.float32)
    for time, strength in zip(*heard.pulses(source), strict=True):
        place = min(int(time * FRAMES), len(struck) - 1)
        struck[place] = max(struck[place], strength)
    rise = max(1.0, attack * FRAMES)
    made, now, wanted, keep = np.empty_like(struck), 0.0, 0.0, 1 - _share(release)
    for place, new in enumerate(struck.tolist()):
        wanted = max(wanted, new)
        if wanted > now:
            now = min(wanted, now + wanted / rise)
        else:
            now *= keep
        if now >= wanted:
            wanted = 0.0
        made[place] = now
    return made


def at(curve: Curve, time: float, length: float) -> float:
    """The most of a curve in `length` seconds from `time` on: a frame shows what begins in it.
    0 outside of the sound."""
    first = int(max(0.0, time) * FRAMES)
    part = curve[first : max(first + 1, int((time + length) * FRAMES))]
    return float(part.max()) if len(part) and time >= -1e-9 else 0.0
