"""What is heard of a film, from which moment, and what the clock says of it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.engine.errors import StudioError
from studio.engine.extras import named_in
from studio.engine.generation.sound import loudspeaker
from studio.engine.generation.sound.loudspeaker import RATE, Fill, Playback
from studio.engine.generation.sound.recording import channels
from tests.engine.generation.sound.recordings import tone, wav, with_clicks

pytest.importorskip("av")
PERIOD = RATE // 50


class Pulled:
    """A loudspeaker that takes what a test tells it to take, at a time that the test tells."""

    def __init__(self) -> None:
        self.now = 100.0
        self.played: Playback
        self._fill: Fill | None = None
        self._opened, self.closed = threading.Event(), threading.Event()

    def __call__(self, fill: Fill) -> Callable[[], None]:
        self._fill = fill
        self._opened.set()
        return self.closed.set

    def take(self, seconds: float) -> np.ndarray:
        """[samples, 2] of so many seconds, taken as they are decoded."""
        assert self._opened.wait(20)
        assert self._fill is not None
        heard = [np.zeros((0, 2), np.float32)]
        for _ in range(round(seconds * RATE / PERIOD)):
            while self.played._waiting.empty() and self.played._rest.shape[1] < PERIOD:
                if self.played._is_whole or self.played._ended.is_set():
                    break
                time.sleep(0.001)
            heard.append(np.frombuffer(self._fill(PERIOD), np.float32).reshape(-1, 2))
            self.now += PERIOD / RATE
        return np.concatenate(heard)


@pytest.fixture
def device() -> Pulled:
    return Pulled()


@pytest.fixture
def play(device: Pulled) -> Iterator[Callable[..., Playback]]:
    made: list[Playback] = []

    def begin(path: Path, start: float, seconds: float, *, loop: bool = False) -> Playback:
        device.played = Playback(
            path, start, seconds, loop=loop, device=device, clock=lambda: device.now
        )
        made.append(device.played)
        return made[-1]

    yield begin
    for each in made:
        each.close()
        each._thread.join(10)
        assert not each._thread.is_alive()
    assert device.closed.is_set() or not made


@pytest.fixture
def clicks(tmp_path: Path) -> Path:
    """A second with clicks at 0.3 and 0.7 s."""
    return wav(tmp_path / "clicks.wav", with_clicks(np.zeros(22050), [0.3, 0.7]))


def onsets(heard: np.ndarray) -> list[float]:
    """Seconds at which it becomes loud."""
    loud = np.flatnonzero(np.abs(heard[:, 0]) > 0.1)
    return [round(float(each) / RATE, 2) for each in loud[np.diff(loud, prepend=-RATE) > RATE / 10]]


@pytest.mark.usefixtures("read_here")
def test_what_is_decoded_from_a_moment_on_is_that_moment(clicks: Path) -> None:
    whole = np.concatenate([*channels(clicks, "stereo", RATE)], axis=1)
    late = np.concatenate([*channels(clicks, "stereo", RATE, 0.41)], axis=1)
    np.testing.assert_array_equal(late, whole[:, round(0.41 * RATE) :])
    assert not [*channels(clicks, "stereo", RATE, 9.0)]


def test_it_is_heard_from_the_playhead_and_tells_the_time(play, device, clicks) -> None:
    played = play(clicks, 0.5, 2.0)
    assert played.elapsed == 0.0
    assert onsets(device.take(1.0)) == [0.2]  # that at 0.7 s; the file ends, the film goes on
    assert played.elapsed == pytest.approx(1.0, abs=2.1 * PERIOD / RATE)
    device.take(1.0)
    assert played.elapsed >= 1.5, "a film that is longer than its sound comes to its end"
    assert not played.failure


def test_a_loop_begins_again_on_its_sample_and_mute_keeps_the_time(play, device, clicks) -> None:
    played = play(clicks, 0.0, 0.8, loop=True)
    assert onsets(device.take(1.6)) == [0.3, 0.7, 1.1, 1.5]
    played.muted = True
    before = played.elapsed
    assert not device.take(0.4).any()
    assert played.elapsed - before == pytest.approx(0.4, abs=1e-6)
    assert len(played._waiting.queue) <= played._waiting.maxsize


def test_the_clock_waits_for_a_late_decoder_and_never_goes_back(play, device, tmp_path) -> None:
    played = play(wav(tmp_path / "tone.wav", tone(0.2, 440)), 0.0, 9.0)
    device.take(0.04)
    played.close()  # nothing more is decoded
    played._thread.join(10)
    played._waiting.queue.clear()
    times = []
    for _ in range(30):
        device.take(PERIOD / RATE)
        times.append(played.elapsed)
    assert times == sorted(times)
    assert times[-1] == times[-5] < 0.4, "thirty periods were asked for"


def test_a_loudspeaker_that_is_pulled_out_is_said_once_it_asks_no_more(
    play, device, clicks
) -> None:
    played = play(clicks, 0.0, 5.0)
    device.take(0.4)
    heard = played.elapsed
    assert not played.failure
    device.now += 1.1
    assert played.elapsed >= heard
    assert "the loudspeaker is gone" in played.failure


def test_no_loudspeaker_no_extra_and_a_file_that_is_gone_are_a_sentence(
    clicks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_: Fill) -> Callable[[], None]:
        raise StudioError("There is none.", "detail")

    def broken(_: Fill) -> Callable[[], None]:
        raise RuntimeError("driver")

    monkeypatch.setitem(sys.modules, "miniaudio", None)
    said = []
    for path, device in (
        (clicks, nothing), (clicks, broken), (tmp_path / "gone.wav", nothing),
        (clicks, loudspeaker.loudspeaker),
    ):  # fmt: skip
        played = Playback(path, 0.0, 1.0, loop=False, device=device)
        played._thread.join(20)
        said.append(played.failure)
        assert played.elapsed == 0.0
    assert said[0] == "There is none."
    assert said[1] == "The film is played without its sound: driver."
    assert "gone.wav" in said[2]
    assert named_in(said[3]) == "sound"


def test_the_real_one_takes_its_sound_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """On miniaudio's device that is no device: the same calls, in real time, heard by nobody."""
    miniaudio = pytest.importorskip("miniaudio")
    usual = miniaudio.PlaybackDevice

    def none(*args: object, **named: object) -> object:
        return usual(*args, **named, backends=[miniaudio.Backend.NULL])

    monkeypatch.setattr(miniaudio, "PlaybackDevice", none)
    asked, enough = list[int](), threading.Event()

    def fill(count: int) -> bytes:
        asked.append(count)
        if len(asked) >= 3:
            enough.set()
        return bytes(count * 8)

    close = loudspeaker.loudspeaker(fill)
    assert enough.wait(20)
    close()
    assert all(0 < count <= RATE // 10 for count in asked)
