"""Films are what their names say when another program reads them, whatever happens to them."""

from __future__ import annotations

import errno
import importlib
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from studio.engine.errors import StudioError, TakenError, UsageError
from studio.engine.generation.film.formats import base
from studio.engine.generation.film.formats.base import Shot, format_for, formats
from tests.engine.generation.film.conftest import decoded, played

BARS = [(255, 255, 255), (255, 255, 0), (0, 255, 255), (0, 255, 0), (255, 0, 255), (255, 0, 0),
        (0, 0, 255), (0, 0, 0), (128, 128, 128), (200, 100, 50)]  # fmt: skip


def moving(count, side=16, channels=3):
    """Frames that differ, of smooth colours."""
    ramp = np.linspace(0, 255, side)
    for number in range(count):
        frame = np.full((side, side, channels), 99.0)
        frame[..., 0], frame[..., -1] = ramp, ramp[:, None]
        if channels > 1:
            frame[..., 1] = 255 * number / count
        yield frame.astype(np.uint8)


def shot(count, fps=30, side=16, channels=3):
    return Shot(side, side, channels, Fraction(fps), count)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".webm"])
@pytest.mark.parametrize("fps", [Fraction(25, 2), Fraction(30000, 1001)])
def test_films_say_their_frames_rate_length_and_colours(tmp_path, suffix, fps):
    av = pytest.importorskip("av")
    path = tmp_path / f"film{suffix}"
    format_for(path).write(moving(17), shot(17, fps), path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        tags = context.color_primaries, context.color_trc, context.colorspace, context.color_range
        assert tags == (1, 1, 1, 1)
        if suffix != ".webm":  # which has a clock of 1 ms, and counts no frames
            assert (stream.average_rate, stream.frames) == (fps, 17)
        assert container.duration == pytest.approx(17 / fps * 1e6, abs=1001)
        assert len(list(container.decode(stream))) == 17


def test_colour_bars_come_back(tmp_path):
    pytest.importorskip("av")
    bars = np.repeat(np.array([BARS], np.uint8), 16, axis=1).repeat(64, axis=0)
    path = tmp_path / "bars.mp4"
    format_for(path).write(iter([bars] * 5), Shot(160, 64, 3, Fraction(30), 5), path)
    off = np.abs(decoded(path)[3].astype(int) - bars)
    assert off.reshape(64, 10, 16, 3)[:, :, 4:12].max() <= 2


def test_two_renders_show_the_same(tmp_path):
    pytest.importorskip("av")
    generator = np.random.default_rng(0)
    noise = generator.integers(0, 255, (24, 192, 320, 3), np.uint8)
    smooth = [np.roll(noise[0], 4 * number, 1) // 2 + noise[number] // 4 for number in range(24)]
    made = []
    for name in ("a.mp4", "b.mp4"):
        path = tmp_path / name
        format_for(path).write(iter(smooth), Shot(320, 192, 3, Fraction(30), 24), path)
        made.append(np.stack(decoded(path)))
    assert np.array_equal(made[0], made[1])


@pytest.mark.parametrize("suffix", [".mov", ".webm"])
def test_transparency_stays(tmp_path, suffix):
    av = pytest.importorskip("av")
    path = tmp_path / f"clear{suffix}"
    frame = np.full((32, 32, 4), 200, np.uint8)
    frame[:16, :, 3], frame[16:, :, 3] = 0, 255
    format_for(path).write(iter([frame] * 3), shot(3, 25, 32, 4), path)
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        if suffix == ".webm":  # FFmpeg's own VP9 leaves it out
            context = av.CodecContext.create("libvpx-vp9", "r")
            packets = [packet for packet in container.demux(video=0) if packet.size]
            seen = [each for packet in packets for each in context.decode(packet)]
        else:
            seen = list(container.decode(video=0))
        alpha = seen[0].to_ndarray(format="rgba")[..., 3]
    assert alpha[4:12].max() <= 3
    assert alpha[20:28].min() >= 252


def test_odd_sides_and_what_a_film_cannot_show_are_said(tmp_path):
    pytest.importorskip("av")
    path = tmp_path / "odd.mp4"
    odd = Shot(15, 17, 4, Fraction(30), 3)
    frames = [np.full((17, 15, 4), 90, np.uint8)] * 3
    said = " ".join(format_for(path).notes(odd))
    assert "16 × 18" in said
    assert "on black" in said
    format_for(path).write(iter(frames), odd, path)
    assert decoded(path)[0].shape == (18, 16, 3)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("suffix", [".apng", ".webp"])
def test_moving_pictures_lose_nothing_and_last_as_long(tmp_path, suffix, channels):
    path = tmp_path / f"film{suffix}"
    frames = list(moving(31, channels=channels))
    format_for(path).write(iter(frames), shot(31, 30, 16, channels), path)
    seen, length = played(path)
    assert length == pytest.approx(31 / 30 * 1000, abs=1)
    for one, two in zip(frames, seen, strict=True):
        assert np.array_equal(np.asarray(Image.fromarray(one.squeeze()).convert("RGBA")), two)


@pytest.mark.parametrize(("fps", "shown"), [(30, 31), (50, 31), (60, 21), (120, 13), (1, 31)])
def test_a_gif_lasts_as_long_at_any_rate(tmp_path, fps, shown):
    path = tmp_path / "film.gif"
    format_for(path).write(moving(31), shot(31, fps), path)
    seen, length = played(path)
    assert length == pytest.approx(round(3100 / fps) * 10, abs=10)
    assert len(seen) == shown
    assert np.abs(seen[0][..., :3].astype(int) - next(moving(31))).mean() < 8


def test_a_gif_is_transparent(tmp_path):
    path = tmp_path / "film.gif"
    frames = list(moving(4, channels=4))
    format_for(path).write(iter(frames), shot(4, 10, 16, 4), path)
    for one, two in zip(frames, played(path)[0], strict=True):
        assert np.array_equal(two[..., 3] > 0, one[..., 3] >= 128)


def test_a_sequence_is_numbered_from_one_and_never_mixed_with_another(tmp_path):
    path = tmp_path / "walk.png"
    frames = list(moving(11))
    assert format_for(path).write(iter(frames), shot(11), path).name == "walk.0001.png"
    names = sorted(each.name for each in tmp_path.iterdir())
    assert names == [f"walk.{number:04}.png" for number in range(1, 12)]
    with Image.open(tmp_path / "walk.0011.png") as last:
        assert np.array_equal(np.asarray(last), frames[-1])
    with pytest.raises(TakenError, match=r"walk\.0001\.png already exists"):
        format_for(path).write(iter(frames), shot(11), path)


@pytest.mark.parametrize("name", sorted(formats()))
def test_nothing_is_written_over(tmp_path, name):
    path = tmp_path / f"film{formats()[name].suffix}"
    (tmp_path / "film.0001.png" if name == "png-sequence" else path).write_bytes(b"mine")
    with pytest.raises(TakenError):
        formats()[name].write(moving(2), shot(2), path)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"mine"]


@pytest.mark.parametrize("name", [".gif", ".webp", ".apng", ".mp4", ".mov"])
def test_when_the_disk_is_full_what_is_written_plays(tmp_path, monkeypatch, name):
    path = tmp_path / f"film{name}"
    if name in (".mp4", ".mov"):
        pytest.importorskip("av")
    write, room = base.Outlet.write, 60_000

    def full(self, data):
        if self.tell() + len(memoryview(data)) > room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(base.Outlet, "write", full)
    generator = np.random.default_rng(0)
    noise = generator.integers(0, 255, (300, 32, 32, 3), np.uint8)
    with pytest.raises(StudioError, match=r"No space left on device\. .* plays; make room"):
        format_for(path).write(iter(noise), shot(300, 30, 32), path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    seen = decoded(path) if name in (".mp4", ".mov") else played(path)[0]
    assert len(seen) >= 10


def test_without_pyav_there_are_still_pictures_that_move(tmp_path, monkeypatch):
    load = importlib.import_module

    def missing(name, *rest):
        if name == "av":
            raise ImportError(name)
        return load(name, *rest)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(StudioError, match=r"needs the extra “video”"):
        format_for(tmp_path / "film.mp4").check(shot(3))
    for suffix in (".gif", ".webp", ".apng", ".png"):
        path = tmp_path / f"film{suffix}"
        format_for(path).check(shot(3))
        assert format_for(path).write(moving(3), shot(3), path).is_file()


def test_a_name_that_says_no_format_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"end its name with one of \.apng, \.gif"):
        format_for(tmp_path / "film.avi")
