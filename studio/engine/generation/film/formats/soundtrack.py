"""The sound of a film, written beside its frames as they come."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from studio.engine.generation.sound.recording import Samples, channels

if TYPE_CHECKING:
    from av.container import OutputContainer

RATE = 48_000
"""Samples a second, in two channels; what editors and browsers expect."""
_RATE_OF_BITS = 192_000
_PIECE = 1024


class Soundtrack:
    """A stream of sound in a container that is being written; without a file it does nothing.

    Leaving it without an error writes the last samples.
    """

    def __init__(self, container: OutputContainer, codec: str, path: Path | None) -> None:
        self._container, self._path = container, path
        self._samples: Iterator[Samples] = iter(())
        self._waiting: Samples = np.zeros((2, 0), np.float32)
        self._done = self._wanted = 0
        self._stream: Any = None
        if path is not None:
            self._stream = container.add_stream(codec, rate=RATE)
            self._stream.layout = "stereo"
            if codec != "pcm_s16le":
                self._stream.bit_rate = _RATE_OF_BITS
            self._samples = channels(path, "stereo", RATE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._stream is not None and kind is None:
            self._write(min(len(self._waiting[0]), self._wanted - self._done))
            self._container.mux(self._stream.encode(None))

    def play_until(self, seconds: Fraction) -> None:
        """Write what is heard until then, as far as there is sound, in whole pieces: the rest
        waits."""
        if self._stream is None:
            return
        self._wanted = round(seconds * RATE)
        missing = self._wanted - self._done
        while len(self._waiting[0]) < missing:
            samples = next(self._samples, None)
            if samples is None:
                break
            self._waiting = np.concatenate([self._waiting, samples], axis=1)
        piece = self._stream.codec_context.frame_size or _PIECE
        self._write(min(len(self._waiting[0]), missing) // piece * piece)

    def _write(self, count: int) -> None:
        piece = self._stream.codec_context.frame_size or _PIECE
        for first in range(0, count, piece):
            part = self._waiting[:, first : min(count, first + piece)]
            frame = self._frame(part)
            frame.sample_rate, frame.pts = RATE, self._done
            frame.time_base = Fraction(1, RATE)
            self._done += len(part[0])
            self._container.mux(self._stream.encode(frame))
        self._waiting = self._waiting[:, count:]

    def _frame(self, part: Samples) -> Any:
        kind = self._stream.codec_context.format.name
        make = importlib.import_module("av").AudioFrame.from_ndarray
        if kind == "fltp":
            return make(np.ascontiguousarray(part), format=kind, layout="stereo")
        packed = np.ascontiguousarray(part.T).reshape(1, -1)
        if kind == "s16":
            packed = np.round(np.clip(packed, -1, 1) * 32767).astype(np.int16)
        return make(packed, format=kind, layout="stereo")
