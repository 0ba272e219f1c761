"""All that is heard in a file, and the curves from 0 to 1 that it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.sound import onsets
from studio.engine.generation.sound.recording import RATE, Samples, pieces
from studio.engine.generation.sound.spectrum import FRAMES, Powers, audible, band, spectra
from studio.engine.said import Said

Curve = NDArray[np.float32]

LONGEST = 3600.0
"""Seconds that are listened to, as a film is no longer."""
STEP = 64
"""Samples of one peak of the wave."""
BANDS = {"low": (20.0, 250.0), "mid": (250.0, 2000.0), "high": (2000.0, 11025.0)}
"""Hz, by name: bass and kick, voices and most instruments, cymbals and sibilants."""
LOUDNESS, ONSET, BEAT = "loudness", "onset", "beat"
SOURCES = (LOUDNESS, *BANDS, ONSET, BEAT)
"""What may be taken from a sound, beside bands as `80-250`, in Hz."""
TITLES = {
    LOUDNESS: "Loudness", "low": "Low", "mid": "Mid", "high": "High", ONSET: "Onsets", BEAT: "Beat",
}  # fmt: skip
"""For a list; in English."""
PULSES = (ONSET, BEAT)
"""Those that are moments, and not a level."""
_EXPONENT = 0.3
"""Stevens 1957, "On the psychophysical law", Psychol. Rev. 64(3): how loud a power seems."""
_HERTZ = re.compile(r"(\d{1,5}(?:\.\d+)?)-(\d{1,5}(?:\.\d+)?)")


@dataclass(frozen=True, eq=False)
class Heard:
    """A sound that was listened to."""

    path: Path
    seconds: float
    cut: bool
    """Whether it goes on after what was listened to."""
    powers: Powers
    """[frames, bands] of :mod:`spectrum`."""
    peaks: Curve
    """The largest amplitude in every `STEP` samples, 0 to 1."""
    onsets: NDArray[np.float64]
    strengths: NDArray[np.float64]
    """Of the onsets, 0 to 1."""
    tempo: float | None
    """Beats a minute, where there is a beat."""
    beats: NDArray[np.float64]
    """Seconds."""
    _levels: dict[str, Curve] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[Said, ...]:
        """What is to be known of it, as sentences."""
        return (Said("The sound goes on after the first hour, which is all that a film can "
                     "have."),) if self.cut else ()  # fmt: skip

    def level(self, source: str) -> Curve:
        """How loud a source seems [frames], 0 where it is quietest and 1 where it is loudest in
        this file: nobody sets a gain."""
        if source not in self._levels:
            weight = audible() if source == LOUDNESS else band(*hertz(source))
            loud = (self.powers @ weight) ** np.float32(_EXPONENT)
            low, high = np.percentile(loud, (5, 98)) if len(loud) else (0.0, 0.0)
            high = float(high) or float(loud.max(initial=0.0))
            low = low if high - low > 0.05 * high else 0.0  # one tone is loud, not quiet
            span = np.float32(max(high - low, 1e-9))
            self._levels[source] = np.clip((loud - np.float32(low)) / span, 0, 1)
        return self._levels[source]

    def pulses(self, source: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Seconds and strengths of the moments that a source has."""
        if source == BEAT:
            return self.beats, np.ones(len(self.beats))
        return self.onsets, self.strengths


def hertz(source: str) -> tuple[float, float]:
    """The band that a source is of, in Hz; :class:`UsageError` where it is none."""
    if source in BANDS:
        return BANDS[source]
    match = _HERTZ.fullmatch(source)
    low, high = (float(each) for each in match.groups()) if match else (0.0, 0.0)
    if not 20 <= low < high <= RATE / 2:
        raise UsageError(
            "{source} is nothing that is heard: take one of {known}, or a band in Hz as 80-250, "
            "from 20 to {most}.", source=repr(source), known=", ".join(SOURCES), most=RATE // 2,
        )  # fmt: skip
    return low, high


def check(source: str) -> str:
    """The same, if it is one; :class:`UsageError` otherwise."""
    if source not in SOURCES:
        hertz(source)
    return source


def listen(path: Path, cancelled: Callable[[], bool] = lambda: False) -> Heard:
    """Hear a file to its end, or an hour of it. :class:`StudioError` where it cannot be.

    Memory grows by 35 kB a second of sound; samples are not kept.
    """
    ear = _Ear(pieces(path), cancelled)
    powers = list(spectra(ear.pieces()))
    if not ear.count:
        raise StudioError("The sound in {path} is empty: it lasts 0 s.", path=path)
    # A spectrum that is centred behind the last sample hears nothing of its own.
    frames = max(1, int(ear.count / RATE * FRAMES))
    whole = np.concatenate(powers)[:frames]
    peaks = np.concatenate(ear.peaks)
    rises = onsets.flux(whole)
    times, strengths = onsets.onsets(rises, peaks, STEP)
    bpm = onsets.tempo(rises)
    beats = onsets.beats(rises, bpm) if bpm else np.zeros(0)
    return Heard(
        path, ear.count / RATE, ear.cut, whole, peaks, times, strengths, bpm, beats
    )  # fmt: skip


class _Ear:
    """Passes samples on, and keeps how far the wave went."""

    def __init__(self, pieces: Iterator[Samples], cancelled: Callable[[], bool]) -> None:
        self._pieces, self._cancelled = pieces, cancelled
        self.count, self.cut = 0, False
        self.peaks: list[Curve] = []

    def pieces(self) -> Iterator[Samples]:
        """All of at most `LONGEST` seconds."""
        most, rest = round(LONGEST * RATE), np.zeros(0, np.float32)
        for given in self._pieces:
            if self._cancelled():
                raise StudioError("Stopped listening.")
            piece = given[: most - self.count]
            self.count += len(piece)
            rest = np.concatenate([rest, np.abs(piece)])
            whole = len(rest) // STEP * STEP
            self.peaks.append(np.minimum(rest[:whole].reshape(-1, STEP).max(1), 1))
            rest = rest[whole:]
            yield piece
            if len(piece) < len(given) or self.count >= most:
                self.cut = True
                break
        if len(rest):
            self.peaks.append(rest.max(keepdims=True).clip(0, 1))
