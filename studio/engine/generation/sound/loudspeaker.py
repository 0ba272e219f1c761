"""The sound of a film on the machine's loudspeaker, and the clock that this is.

Samples are decoded a second ahead, in the process that reads files; the device takes them from a
queue. What it has taken tells which moment is heard, and so which picture is to be seen.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from studio.engine.errors import StudioError
from studio.engine.extras import needed
from studio.engine.generation.sound.recording import Samples, channels
from studio.engine.said import NOTHING, Said, reason

RATE = 48_000
"""Samples a second, in two channels; the device's driver has it otherwise where it must."""
_AHEAD = 12
"""Pieces of about 0.17 s that wait for the device."""
_PERIOD = 20
"""Milliseconds that the device takes at once: less than a frame."""
_LOST = 1.0
"""Seconds without a question by the device, after which it is taken for gone."""

Fill = Callable[[int], bytes]
"""Gives so many frames of sound, float32 of both channels in turn."""


class Device(Protocol):
    """Opens the loudspeaker at `RATE` and asks `fill`, from a thread of its own, until what is
    given back is called. :class:`StudioError` where there is none."""

    def __call__(self, fill: Fill) -> Callable[[], None]: ...


def loudspeaker(fill: Fill) -> Callable[[], None]:
    """The usual one of this machine, by miniaudio."""
    try:
        import miniaudio
    except ImportError as error:
        raise StudioError(needed(Said("Hearing a film"), "sound"), repr(error)) from error

    def asked() -> Generator[bytes, int, None]:
        count = yield b""
        while True:
            count = yield fill(count)

    try:
        device = miniaudio.PlaybackDevice(
            miniaudio.SampleFormat.FLOAT32, 2, RATE, _PERIOD, app_name="Latent Studio"
        )
    except miniaudio.MiniaudioError as error:
        raise StudioError(
            "The film is played without its sound: there is no loudspeaker on this machine.",
            repr(error),
        ) from error
    answers = asked()
    next(answers)
    device.start(answers)
    closed: Callable[[], None] = device.close
    return closed


class Playback:
    """Plays a sound file from `start` to `seconds`, both in seconds of the film, silence after its
    end; with `loop` from the beginning again, for ever."""

    def __init__(
        self, path: Path, start: float, seconds: float, *, loop: bool, device: Device | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._path, self._start, self._seconds, self._loop = path, start, seconds, loop
        self._device, self._clock = device or loudspeaker, clock
        self.muted = False
        """Silent, and a clock all the same."""
        self.failure: Said = NOTHING
        """Why it is not heard; what was heard until then stays said by :attr:`elapsed`."""
        self.detail = ""
        self._waiting: queue.Queue[Samples] = queue.Queue(_AHEAD)
        self._rest: Samples = np.zeros((2, 0), np.float32)
        self._taken, self._period, self._when = 0, 0, 0.0
        self._latest = 0.0
        self._is_whole = False
        """Whether nothing will come any more."""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loudspeaker", daemon=True)
        self._thread.start()

    @property
    def elapsed(self) -> float:
        """Seconds of film that were heard, never fewer than before; 0 until the sound begins."""
        taken, period, when = self._taken, self._period, self._when
        if taken:
            since = self._clock() - when
            if since > _LOST and not self.failure:
                self.failure = Said(
                    "The film is played on without its sound: the loudspeaker is gone."
                )
            # One period is heard while the next one lies ready.
            heard = taken - 2 * period + min(since * RATE, period)
            self._latest = max(self._latest, heard / RATE)
        return self._latest

    def close(self) -> None:
        """Be silent; what is open is closed by the thread. Closing twice is harmless."""
        self._ended.set()

    # ------------------------------------------------------------------ in threads

    def _run(self) -> None:
        close: Callable[[], None] | None = None
        try:
            with contextlib.closing(self._samples()) as samples:
                for piece in samples:
                    if not self._put(piece):
                        return
                    if close is None:
                        close = self._device(self._fill)
            self._is_whole = True
            self._ended.wait()
        except StudioError as error:
            self.detail, self.failure = error.detail, error.said
        except Exception as error:  # noqa: BLE001  # a film goes on without its sound
            self.detail = repr(error)
            self.failure = Said(
                "The film is played without its sound: {reason}.", reason=reason(error)
            )
        finally:
            if close is not None:
                close()

    def _put(self, piece: Samples) -> bool:
        while not self._ended.is_set():
            with contextlib.suppress(queue.Full):
                self._waiting.put(piece, timeout=0.1)
                return True
        return False

    def _samples(self) -> Generator[Samples, None, None]:
        """Of the film: exactly as long as it, so that a loop begins on its sample."""
        start = self._start
        while True:
            missing = max(0, round(self._seconds * RATE) - round(start * RATE))
            for piece in _of(self._path, start, missing):
                missing -= piece.shape[1]
                yield piece
            while missing > 0:
                silence = np.zeros((2, min(missing, RATE // 8)), np.float32)
                missing -= silence.shape[1]
                yield silence
            if not self._loop:
                return
            start = 0.0

    def _fill(self, count: int) -> bytes:
        """On the device's thread: what comes next, and silence for what is not there yet."""
        parts, missing = [self._rest], count - self._rest.shape[1]
        while missing > 0:
            try:
                parts.append(self._waiting.get_nowait())
            except queue.Empty:
                break
            missing -= parts[-1].shape[1]
        is_whole = self._is_whole
        given = np.concatenate(parts, axis=1)
        self._rest = given[:, count:]
        given = given[:, :count]
        self._period, self._when = count, self._clock()
        # What the device waits for has not been heard; after the end it waits for nothing.
        self._taken += count if is_whole else given.shape[1]
        out = np.zeros((count, 2), np.float32)
        if not self.muted:
            out[: given.shape[1]] = given.T
        return out.tobytes()


def _of(path: Path, start: float, most: int) -> Iterator[Samples]:
    """At most so many samples of a file, in two channels."""
    found = cast(Generator[Samples, None, None], channels(path, "stereo", RATE, start))
    with contextlib.closing(found) as pieces:
        for piece in pieces:
            yield piece[:, :most]
            most -= piece.shape[1]
            if most <= 0:
                return
