"""What is heard in files, and what is said of those in which nothing is."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.film.formats.base import Shot, format_for
from studio.engine.generation.sound import heard as hearing
from studio.engine.generation.sound.envelope import at, envelope
from studio.engine.generation.sound.heard import hertz, listen
from studio.engine.generation.sound.spectrum import FRAMES
from tests.engine.generation.sound.recordings import quiet, tone, wav, with_clicks

pytest.importorskip("av")


def test_twenty_clicks_are_heard_where_they_are(tmp_path):
    times = np.sort(np.random.default_rng(3).uniform(0.5, 29.5, 20))
    sound = with_clicks(quiet(30) + tone(30, 220, 0.1), times)
    found = listen(wav(tmp_path / "clicks.wav", sound))
    for fps in (24, 30, 60):
        curve = envelope(found, "onset", 0.0, 0.05)
        values = [at(curve, number / fps, 1 / fps) for number in range(30 * fps)]
        begins = [n for n in range(1, len(values)) if values[n] > values[n - 1] + 0.1]
        assert [int(time * fps) for time in times] == pytest.approx(begins, abs=1)
    assert len(found.onsets) <= 21
    assert found.seconds == 30


def test_a_beat_is_found_and_kept_through_a_gap(tmp_path):
    beats = np.arange(0.4, 19.5, 0.6)
    played = [beat for beat in beats if not 8 < beat < 10]
    found = listen(wav(tmp_path / "drums.wav", with_clicks(quiet(20), played)))
    assert found.tempo == pytest.approx(100, abs=0.5)
    gaps = np.diff(found.beats)
    assert gaps == pytest.approx(np.full(len(gaps), 0.6), abs=0.05)
    assert all(np.abs(found.beats - beat).min() < 0.04 for beat in beats[2:-2])


def test_noise_has_no_beat_and_silence_nothing_at_all(tmp_path):
    assert listen(wav(tmp_path / "noise.wav", quiet(10, 0.3))).tempo is None
    still = listen(wav(tmp_path / "still.wav", np.zeros(22050 * 5)))
    assert (len(still.onsets), len(still.beats), still.tempo) == (0, 0, None)
    for source in hearing.SOURCES:
        assert not envelope(still, source, 0, 0.2).any()


def test_bands_hear_what_lies_in_them(tmp_path):
    parts = [tone(2, 100), tone(2, 800), tone(2, 5000), np.zeros(22050 * 2)]
    found = listen(wav(tmp_path / "steps.wav", np.concatenate(parts)))
    heard = {name: found.level(name) for name in ("low", "mid", "high", "700-900", "loudness")}
    middle = [round(second * FRAMES) for second in (1, 3, 5, 7)]
    loud = {name: [float(level[place]) for place in middle] for name, level in heard.items()}
    for name, place in (("low", 0), ("mid", 1), ("high", 2), ("700-900", 1)):
        assert loud[name][place] > 0.9
        assert max(loud[name][:place] + loud[name][place + 1 :]) < 0.1
    assert min(loud["loudness"][1:3]) > loud["loudness"][0] > loud["loudness"][3]


def test_attack_and_release_slow_it_down(tmp_path):
    found = listen(wav(tmp_path / "burst.wav", np.concatenate(
        [np.zeros(22050), tone(1, 500), np.zeros(22050 * 2)]
    )))  # fmt: skip
    place = round(1.2 * FRAMES)
    now, slow = (envelope(found, "loudness", attack, 0.0)[place] for attack in (0.0, 0.2))
    assert now > 0.9
    assert slow == pytest.approx(1 - np.exp(-1), abs=0.1)
    gone, lasting = (envelope(found, "loudness", 0, release)[round(2.3 * FRAMES)]
                     for release in (0.0, 0.3))  # fmt: skip
    assert gone < 0.01
    assert lasting == pytest.approx(np.exp(-1), abs=0.1)
    struck = envelope(found, "onset", 0.1, 0.3)
    assert np.argmax(struck) == pytest.approx(1.1 * FRAMES, abs=2)


def test_a_film_with_sound_carries_it_to_its_last_frame(tmp_path):
    import av

    times = [0.5, 1.5, 2.5]
    source = wav(tmp_path / "clicks.wav", with_clicks(np.zeros(22050 * 9), times))
    for suffix, codec in (("mp4", "aac"), ("mov", "pcm_s16le"), ("webm", "opus")):
        path = tmp_path / f"film.{suffix}"
        frames = (np.full((16, 16, 3), number, np.uint8) for number in range(90))
        format_for(path).write(frames, Shot(16, 16, 3, Fraction(30000, 1001), 90, source), path)
        with av.open(str(path)) as container:
            assert container.streams.audio[0].codec_context.name == codec
            video = [frame.pts for frame in container.decode(video=0)]
        found = listen(path)
        assert len(video) == 90
        assert found.seconds == pytest.approx(90 * 1001 / 30000, abs=0.03)
        assert found.onsets == pytest.approx(times, abs=0.01)


def test_a_film_may_be_longer_than_its_sound_and_is_silent_then(tmp_path):
    source = wav(tmp_path / "short.wav", tone(0.5, 500))
    path = tmp_path / "film.mp4"
    frames = (np.zeros((16, 16, 3), np.uint8) for _ in range(60))
    format_for(path).write(frames, Shot(16, 16, 3, Fraction(30), 60, source), path)
    assert listen(path).seconds < 0.6
    (note,) = format_for(tmp_path / "a.gif").notes(Shot(16, 16, 3, Fraction(30), 60, source))
    assert "GIF has no sound" in note


def test_stereo_files_of_other_rates_are_heard_alike(tmp_path):
    rate = 48000
    both = np.stack([np.zeros(rate * 3), np.zeros(rate * 3)], 1)
    both[rate : rate + 400, 0] = 0.9
    found = listen(wav(tmp_path / "stereo.wav", both, rate))
    assert found.onsets == pytest.approx([1.0], abs=0.005)


def test_a_long_file_is_heard_for_an_hour_in_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(hearing, "LONGEST", 20.0)
    most = []
    for seconds in (25, 150):
        path = wav(tmp_path / f"{seconds}.wav", quiet(seconds))
        tracemalloc.start()
        found = listen(path)
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert (found.seconds, found.cut) == (20, True)
        assert "goes on after the first hour" in found.notes[0]
    assert most[1] < most[0] + (1 << 20)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_bytes(b"RIFF nothing"), "is no sound, or is damaged"),
        (lambda path: path.write_bytes(b""), "is no sound, or is damaged"),
        (lambda path: path.mkdir(), "not an ordinary file"),
        (lambda path: wav(path, np.zeros(0)), "it lasts 0 s"),
        (lambda path: None, "No such file"),
    ],
)
def test_what_is_no_sound_is_said_in_a_sentence(tmp_path, make, words):
    make(tmp_path / "a.wav")
    with pytest.raises(StudioError, match=words) as caught:
        listen(tmp_path / "a.wav")
    assert str(tmp_path / "a.wav") in str(caught.value)


def test_a_film_without_sound_is_none(tmp_path):
    path = tmp_path / "film.mp4"
    frames = (np.zeros((16, 16, 3), np.uint8) for _ in range(5))
    format_for(path).write(frames, Shot(16, 16, 3, Fraction(30), 5), path)
    with pytest.raises(StudioError, match=r"There is no sound in .*film\.mp4"):
        listen(path)


def test_a_file_that_is_damaged_in_its_middle_is_said(tmp_path):
    source = wav(tmp_path / "a.wav", quiet(20, 0.3))
    path = tmp_path / "film.mp4"
    frames = (np.zeros((16, 16, 3), np.uint8) for _ in range(600))
    format_for(path).write(frames, Shot(16, 16, 3, Fraction(30), 600, source), path)
    whole = path.read_bytes()
    cut = len(whole) * 4 // 5
    path.write_bytes(whole[:2000] + b"\x55" * (cut - 2000) + whole[cut:])
    with pytest.raises(StudioError, match="is no sound, or is damaged"):
        listen(path)


def test_sources_that_are_none_are_refused():
    assert hertz("80-250") == (80, 250)
    for wrong in ("bass", "250-80", "5-100", "80-99999", "80-", "-", ""):
        with pytest.raises(UsageError, match="nothing that is heard"):
            hearing.check(wrong)
