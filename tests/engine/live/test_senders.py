"""Sending pictures: what is there, what is not, and NDI by a runtime that a test plays."""

from __future__ import annotations

import ctypes
import re
import sys
from typing import Any

import numpy as np
import pytest

from studio.engine.errors import StudioError, UsageError
from studio.engine.live.composition import composed
from studio.engine.live.senders import base, ndi
from studio.engine.live.senders.base import sender, senders

RED = np.full((4, 8, 3), (255, 0, 0), np.uint8)


class Runtime:
    """What of the C interface is called."""

    def __init__(self) -> None:
        self.frames: list[tuple[int, int, bytes]] = []
        self.closed = 0
        self.NDIlib_initialize = Function(lambda: True)
        self.NDIlib_send_create = Function(self._create)
        self.NDIlib_send_send_video_v2 = Function(self._send)
        self.NDIlib_send_destroy = Function(self._destroy)
        self.name = b""

    def _create(self, settings: Any) -> int:
        self.name = settings._obj.name
        return 77

    def _send(self, sender: int, frame: Any) -> None:
        assert sender == 77
        told = frame._obj
        assert told.kind == int.from_bytes(b"RGBA", "little")
        data = ctypes.string_at(told.data, told.stride * told.height)
        self.frames.append((told.width, told.height, data))
        self.rate = told.rate_n / told.rate_d

    def _destroy(self, sender: int) -> None:
        self.closed += 1


class Function:
    """A function as ctypes has it, which types are hung on."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def __call__(self, *given: Any) -> Any:
        return self._call(*given)


def test_ndi_sends_by_the_runtime_that_is_installed(monkeypatch):
    found, asked = Runtime(), []

    def load(path: str) -> Runtime:
        asked.append(path)
        if len(asked) < 2:
            raise OSError("not here")
        return found

    monkeypatch.setenv("NDI_RUNTIME_DIR_V6", "/opt/ndi")
    monkeypatch.setattr(ctypes, "CDLL", load)
    assert sender("ndi").missing() == ""
    stream = sender("ndi").open("Stage 1", 29.97)
    stream.send(RED)
    stream.send(RED[:, :, :1])
    stream.close()
    stream.close()
    stream.send(RED)  # too late: nothing happens
    assert asked[0].startswith("/opt/ndi")
    assert found.name == b"Stage 1"
    assert [each[:2] for each in found.frames] == [(8, 4), (8, 4)]
    assert found.frames[0][2] == bytes((255, 0, 0, 255)) * 32
    assert found.rate == pytest.approx(29.97, abs=0.001)
    assert found.closed == 1


def test_without_a_runtime_it_says_how_to_get_it(monkeypatch):
    def load(path: str) -> Any:
        raise OSError(path)

    monkeypatch.setattr(ctypes, "CDLL", load)
    assert "install NDI Tools from ndi.video" in sender("ndi").missing()
    with pytest.raises(StudioError, match="no NDI runtime"):
        sender("ndi").open("Stage", 30)


def test_a_library_that_is_another_one_is_none(monkeypatch):
    class Other:
        def __getattr__(self, name: str) -> Any:
            raise AttributeError(name)

    monkeypatch.setattr(ctypes, "CDLL", lambda path: Other())
    assert ndi.runtime() is None


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin", "freebsd"])
def test_what_a_platform_has_not_is_said(platform, monkeypatch):
    monkeypatch.setattr(sys, "platform", platform)
    said = base.said_of_others()
    assert "Spout" in said
    assert "Syphon" in said


def test_a_sender_that_is_none_names_those_there_are():
    assert "ndi" in senders()
    with pytest.raises(UsageError, match=r"There is no sender 'sprout'\. Known: ndi\."):
        sender("sprout")
    for name in ("spout", "syphon"):
        with pytest.raises(UsageError, match=re.escape(str(base.said_of_others()))):
            sender(name)


def test_the_picture_is_as_large_as_it_fits():
    frame = composed(RED, 20, 20)
    assert frame.shape == (20, 20, 3)
    assert (frame[5:15] == (255, 0, 0)).all()
    assert (frame[:5] == 0).all()
    assert (frame[15:] == 0).all()
    assert (composed(RED[:, :, :1], 3, 1) >= 0).all()
    clear = np.zeros((4, 4, 4), np.uint8)
    clear[..., 0] = 255
    assert (composed(clear, 8, 8) == 0).all()
