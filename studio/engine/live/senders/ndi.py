"""NDI, by the runtime that is installed on the machine: nothing of it is part of this program.

The few calls of its C interface that are used are the same since its version 4.
"""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import POINTER, Structure, byref, c_bool, c_char_p, c_float, c_int, c_int64, c_void_p
from fractions import Fraction
from pathlib import Path

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError
from studio.engine.generation.film.formats.base import clear
from studio.engine.live.senders.base import Sender, Stream, register
from studio.engine.said import NOTHING, Said

FILES = {
    "win32": ("Processing.NDI.Lib.x64.dll",),
    "darwin": ("libndi.dylib", "/usr/local/lib/libndi.dylib"),
}
_USUAL = ("libndi.so.6", "libndi.so.5", "libndi.so")
_FOLDERS = ("NDI_RUNTIME_DIR_V6", "NDI_RUNTIME_DIR_V5", "NDI_RUNTIME_DIR_V4")
"""Where its installers say that it lies."""
_PROGRESSIVE = 1
_SYNTHESIZE = (1 << 63) - 1
"""The runtime writes the time codes."""
_RGBA = int.from_bytes(b"RGBA", "little")


class _SendSettings(Structure):
    _fields_ = (
        ("name", c_char_p), ("groups", c_char_p), ("clock_video", c_bool), ("clock_audio", c_bool),
    )  # fmt: skip


class _VideoFrame(Structure):
    _fields_ = (
        ("width", c_int), ("height", c_int), ("kind", c_int), ("rate_n", c_int), ("rate_d", c_int),
        ("aspect", c_float), ("format", c_int), ("timecode", c_int64), ("data", c_void_p),
        ("stride", c_int), ("metadata", c_char_p), ("timestamp", c_int64),
    )  # fmt: skip


def runtime() -> ctypes.CDLL | None:
    """The installed library, ready; None where there is none."""
    names = FILES.get(sys.platform, _USUAL)
    folders = [Path(found) for each in _FOLDERS if (found := os.environ.get(each))]
    for path in [*(str(folder / name) for folder in folders for name in names), *names]:
        try:
            library = ctypes.CDLL(path)
            library.NDIlib_initialize.restype = c_bool
            library.NDIlib_send_create.restype = c_void_p
            library.NDIlib_send_create.argtypes = [POINTER(_SendSettings)]
            library.NDIlib_send_send_video_v2.argtypes = [c_void_p, POINTER(_VideoFrame)]
            library.NDIlib_send_destroy.argtypes = [c_void_p]
        except (OSError, AttributeError):
            continue
        return library if library.NDIlib_initialize() else None
    return None


class _NdiStream(Stream):
    def __init__(self, library: ctypes.CDLL, name: str, rate: float) -> None:
        self._library = library
        self._rate = Fraction(rate).limit_denominator(1001)
        settings = _SendSettings(name.encode("utf-8"), None, False, False)
        self._sender = library.NDIlib_send_create(byref(settings))
        if not self._sender:
            raise StudioError("NDI could not begin to send as {name}.", name=name)

    def send(self, frame: Pixels) -> None:
        """As :class:`Stream` says."""
        pixels = np.ascontiguousarray(clear(frame))
        height, width = pixels.shape[:2]
        told = _VideoFrame(
            width, height, _RGBA, self._rate.numerator, self._rate.denominator, width / height,
            _PROGRESSIVE, _SYNTHESIZE, pixels.ctypes.data, 4 * width, None, 0,
        )  # fmt: skip
        if self._sender:
            self._library.NDIlib_send_send_video_v2(self._sender, byref(told))

    def close(self) -> None:
        """As :class:`Stream` says."""
        sender, self._sender = self._sender, None
        if sender:
            self._library.NDIlib_send_destroy(sender)


@register
class Ndi(Sender):
    """Over the network, and between programs of one machine."""

    name, title = "ndi", "NDI"

    def missing(self) -> Said:
        """As :class:`Sender` says."""
        if runtime() is not None:
            return NOTHING
        return Said(
            "There is no NDI runtime on this machine: install NDI Tools from ndi.video to send."
        )

    def open(self, name: str, rate: float) -> Stream:
        """As :class:`Sender` says."""
        library = runtime()
        if library is None:
            raise StudioError(self.missing())
        return _NdiStream(library, name, rate)
