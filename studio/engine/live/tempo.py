"""The beat: tapped, typed, or from a MIDI clock; and when the next one comes."""

from __future__ import annotations

import math
import threading
from collections import deque
from itertools import pairwise
from statistics import median

SLOWEST, FASTEST = 20.0, 400.0
"""Beats a minute."""
BEATS_A_BAR = 4
CLOCKS_A_BEAT = 24
"""Of MIDI."""
_FEWEST_CLOCKS = 6
"""Ticks from which on a tempo can be told."""
STEPS: dict[str, int] = {
    "now": 0, "beat": 1, "bar": BEATS_A_BAR, "2 bars": 2 * BEATS_A_BAR, "4 bars": 4 * BEATS_A_BAR,
}  # fmt: skip
"""What changes can wait for, in beats."""
TITLES = {
    "now": "At once", "beat": "On the beat", "bar": "On the bar", "2 bars": "Every 2 bars",
    "4 bars": "Every 4 bars",
}  # fmt: skip
_TAPS = 5
_PAUSE = 60.0 / SLOWEST
"""Seconds after which a tap begins anew."""


class Tempo:
    """Times are seconds of one even clock. A thread that hears a MIDI clock may tell of it."""

    def __init__(self, bpm: float = 120.0) -> None:
        self.bpm = bpm
        self._zero = 0.0
        """When a bar began."""
        self._taps: deque[float] = deque(maxlen=_TAPS)
        self._clocks: deque[float] = deque(maxlen=CLOCKS_A_BEAT + 1)
        self._count = 0
        self._guard = threading.Lock()

    def set_bpm(self, bpm: float, now: float) -> None:
        """Another tempo; the beat that is going on keeps its place."""
        with self._guard:
            self._go_on(60.0 / bpm, self.beat(now), now)

    def beat(self, now: float) -> float:
        """Beats since a bar began, with their part."""
        return (now - self._zero) * self.bpm / 60.0

    def tap(self, now: float) -> None:
        """A tap is a beat, the first of some taps the first of a bar."""
        with self._guard:
            if not self._taps or now - self._taps[-1] > _PAUSE:
                self._taps.clear()
                self._zero = now
            self._taps.append(now)
            times = list(self._taps)
            if len(times) > 1:
                gap = median(b - a for a, b in pairwise(times))
                self._go_on(gap, round(self.beat(now)) % BEATS_A_BAR, now)

    def start(self, now: float) -> None:
        """The other device begins its piece: here is the first beat of a bar."""
        with self._guard:
            self._clocks.clear()
            self._count = -1
            self._zero = now

    def clock(self, now: float) -> None:
        """One of the 24 ticks of a beat: the tempo is that of the last beat, the place in it the
        tick's own."""
        with self._guard:
            if self._clocks and now - self._clocks[-1] > _PAUSE:
                self._clocks.clear()
            self._clocks.append(now)
            self._count += 1
            ticks = len(self._clocks) - 1
            if ticks >= _FEWEST_CLOCKS:
                gap = (now - self._clocks[0]) / ticks * CLOCKS_A_BEAT
                self._go_on(gap, self._count / CLOCKS_A_BEAT, now)

    def _go_on(self, gap: float, beat: float, now: float) -> None:
        """With so many seconds a beat, at a beat now."""
        self.bpm = min(FASTEST, max(SLOWEST, 60.0 / gap if gap > 0 else FASTEST))
        self._zero = now - beat * 60.0 / self.bpm

    def next(self, step: str, now: float, ahead: float = 0.0) -> float:
        """When a change is made that is to be seen at the next `step` of :data:`STEPS`: `ahead`
        seconds sooner, as the picture comes late; `now` for "now"."""
        beats = STEPS[step]
        if not beats:
            return now
        number = math.floor(self.beat(now + ahead) / beats + 1e-9) + 1
        return self._zero + number * beats * 60.0 / self.bpm - ahead
