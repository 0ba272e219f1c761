"""Sound files as programs write them: clicks, drums, tones, and what is wrong with them."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

RATE = 22050


def wav(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """A file of 16 bits; `samples` [n] or [n, channels] in [-1, 1]."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def quiet(seconds: float, level: float = 0.01) -> np.ndarray:
    """A room in which nothing happens."""
    return level * np.random.default_rng(0).standard_normal(round(seconds * RATE))


def tone(seconds: float, hz: float, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def with_clicks(sound: np.ndarray, times: Sequence[float], level: float = 0.8) -> np.ndarray:
    """With a short burst of noise at each of `times`, in seconds."""
    made, generator = sound.copy(), np.random.default_rng(1)
    length = round(0.03 * RATE)
    fall = np.exp(-np.arange(length) / (0.005 * RATE))
    for time in times:
        begin = round(time * RATE)
        made[begin : begin + length] += level * generator.standard_normal(length) * fall
    return made
