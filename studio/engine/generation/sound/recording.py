"""A sound file: what of it is heard, in one channel, a piece at a time.

FFmpeg reads it, through PyAV, which is an extra; films with sound take their sound from here too.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.engine.dataset.decoding.limited import limited_parts
from studio.engine.door import opened
from studio.engine.errors import StudioError
from studio.engine.extras import needed
from studio.engine.said import Said, reason

if TYPE_CHECKING:
    from types import ModuleType

    from av.audio.frame import AudioFrame
    from av.container import InputContainer

Samples = NDArray[np.float32]

SUFFIXES = frozenset(
    {
        ".aac", ".aif", ".aiff", ".flac", ".m4a", ".mka", ".mp2", ".mp3", ".oga", ".ogg", ".opus",
        ".wav", ".wma",
    }
)  # fmt: skip
"""Names of files that a drop on the timeline takes for sound; any file may be chosen."""
RATE = 22050
"""Samples a second that are listened to: nothing above 11 kHz moves a picture."""
_PIECE = 8192
"""Samples that come from the process at once."""
_FEW = 3
"""Packets that players pass over too: covers, and ends that were cut off."""


def library() -> ModuleType:
    """PyAV; :class:`StudioError` where it is missing."""
    try:
        return importlib.import_module("av")
    except ImportError as error:
        raise StudioError(needed(Said("Sound"), "video"), repr(error)) from error


def _frames(path: Path) -> Iterator[AudioFrame]:
    """The decoded frames of the first sound in a file.

    :class:`StudioError` where the file has none, or is damaged.
    """
    av = library()
    good, bad = 0, list[Exception]()
    try:
        with opened(path, links=True) as stream, _container(av, stream) as container:
            if not container.streams.audio:
                raise StudioError(
                    "There is no sound in {path}: choose a file that has some.", path=path
                )
            for packet in container.demux(container.streams.audio[0]):
                try:
                    frames = packet.decode()
                except av.FFmpegError as error:
                    bad.append(error)
                    if len(bad) > max(_FEW, good // 100):
                        raise
                    continue
                good += len(frames)
                yield from frames
        if bad and not good:
            raise bad[0]
    except OSError as error:
        raise StudioError(
            "The sound in {path} could not be read: {reason}.",
            repr(error), path=path, reason=reason(error),
        ) from error  # fmt: skip
    except av.FFmpegError as error:
        raise StudioError(
            "{path} is no sound, or is damaged: save it again from the program it comes from, as "
            "WAV or FLAC.", repr(error), path=path,
        ) from error  # fmt: skip
    if not good:
        raise StudioError("The sound in {path} is empty: it lasts 0 s.", path=path)


@contextlib.contextmanager
def _container(av: ModuleType, stream: Any) -> Iterator[InputContainer]:
    # What files say of themselves in other encodings is nobody's concern here.
    with av.open(stream, "r", metadata_errors="replace") as container:
        yield container


def _resampled(path: Path, resampler: Any) -> Iterator[AudioFrame]:
    """Frames of a file as a resampler of PyAV makes them, to the last sample; a sound that begins
    late in its file begins late here."""
    first = True
    for frame in _frames(path):
        if first and frame.time and frame.time > 0:
            yield from resampler.resample(_silence(frame, frame.time))
        first = False
        frame.pts = None  # gaps and jumps in the clock of a file are not heard
        yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _silence(like: AudioFrame, seconds: float) -> AudioFrame:
    av = library()
    count = max(1, round(min(seconds, 3600.0) * like.sample_rate))
    made = av.AudioFrame(format=like.format.name, layout=like.layout.name, samples=count)
    made.sample_rate = like.sample_rate
    middle = b"\x80" if like.format.name.startswith("u8") else b"\0"
    for plane in made.planes:
        plane.update(middle * plane.buffer_size)
    silent: AudioFrame = made
    return silent


def pieces(path: Path) -> Iterator[Samples]:
    """Its samples in one channel, float32 in [-1, 1] at `RATE`, as they are decoded."""
    return (piece[0] for piece in channels(path, "mono", RATE))


@limited_parts
def channels(path: Path, layout: str, rate: int, start: float = 0.0) -> Iterator[Samples]:
    """Its samples at `rate` a second, float32 [channels, samples] in [-1, 1], as they are decoded,
    from `start` in seconds on.

    `layout` is one of FFmpeg's: `mono`, `stereo`.
    """
    resampler = library().AudioResampler(format="fltp", layout=layout, rate=rate)
    waiting: list[Samples] = []
    count, before = 0, round(start * rate)
    for frame in _resampled(path, resampler):
        # What comes before is decoded all the same: a jump in a file is not exact to the sample.
        skipped = min(before, frame.samples)
        before -= skipped
        if skipped == frame.samples:
            continue
        samples = np.nan_to_num(frame.to_ndarray()).astype(np.float32, copy=False)
        waiting.append(samples[:, skipped:])
        count += waiting[-1].shape[1]
        if count >= _PIECE:
            yield np.concatenate(waiting, axis=1)
            waiting, count = [], 0
    if waiting:
        yield np.concatenate(waiting, axis=1)
