"""Videos: frames at a rate, alike ones dropped, and every way in which it can go wrong."""

from __future__ import annotations

import importlib.util
import sys
import threading

import numpy as np
import pytest
from PIL import Image

from studio.engine import processes
from studio.engine.dataset.decoding import measures
from studio.engine.dataset.index import store
from studio.engine.dataset.intake import frames, videos
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.dataset.intake.met import Candidate, Problem
from studio.engine.dataset.intake.videos import Frames
from studio.engine.errors import UsageError

HAS_AV = importlib.util.find_spec("av") is not None
needs_av = pytest.mark.skipif(not HAS_AV, reason="the optional library av is not installed")


def scene(seed, size=(96, 64)):
    generator = np.random.default_rng(seed)
    coarse = Image.fromarray(generator.integers(0, 256, (4, 6, 3), dtype=np.uint8))
    return coarse.resize(size, Image.Resampling.BICUBIC)


def film(path, scenes, each=20, rate=10):
    """`scenes` pictures, `each` frames long, as MPEG-4."""
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.bit_rate = 4_000_000
        for number in range(scenes):
            for _ in range(each):
                container.mux(stream.encode(av.VideoFrame.from_image(scene(number))))
        container.mux(stream.encode())
    return path


def candidate(path):
    facts = path.stat()
    return Candidate(path, "", path.name, facts.st_size, facts.st_mtime_ns, ("a",), "a caption")


@needs_av
def test_frames_come_at_the_rate_and_alike_ones_once(project, take_in, tmp_path):
    video = film(tmp_path / "in" / "clip.mp4", scenes=3)
    done = take_in(video.parent)
    assert (done.found, done.usable, done.rejected) == (3, 3, [])
    items = store.items(project, done.dataset.id)
    assert [item.name for item in items] == [
        "clip 00-00-00.000.jpg", "clip 00-00-02.000.jpg", "clip 00-00-04.000.jpg"
    ]  # fmt: skip
    assert (items[0].width, items[0].height) == (96, 64)
    assert all(item.path.is_relative_to(project.folder / "frames") for item in items)
    before = {path.name: path.stat().st_mtime_ns for path in (project.folder / "frames").iterdir()}
    assert take_in(video.parent).found == 3
    assert before == {
        path.name: path.stat().st_mtime_ns for path in (project.folder / "frames").iterdir()
    }


@needs_av
def test_another_rate_and_a_lone_file(project, tmp_path):
    video = film(tmp_path / "clip.mp4", scenes=6, each=5)
    *_, done = import_sources(project, [video], workers=1, every=0.5)
    assert done.found == 6
    *_, done = import_sources(project, [video], workers=1)
    assert (done.found, done.findings.get("missing", 0)) == (6, 0)  # the rate is remembered
    *_, done = import_sources(project, [video], "slow", workers=1, every=2.0)
    assert done.found == 2


@needs_av
def test_a_damaged_video_gives_the_frames_before_the_damage(project, take_in, draw, tmp_path):
    draw(tmp_path / "in" / "a.png")
    (tmp_path / "in" / "lies.mp4").write_text("this is no video")
    (tmp_path / "in" / "empty.mov").touch()
    whole = film(tmp_path / "in" / "cut.avi", scenes=5).read_bytes()
    (tmp_path / "in" / "cut.avi").write_bytes(whole[: len(whole) * 2 // 3])
    done = take_in(tmp_path / "in")
    reasons = {file.rpartition("/")[2]: reason for file, reason in done.rejected}
    assert reasons["lies.mp4"].startswith("No frame of it can be used: it is damaged")
    assert reasons["empty.mov"].startswith("No frame of it can be used: it is damaged")
    assert 2 <= done.found <= 5
    assert not list((project.folder / "frames").glob(".*"))


def test_without_the_library_it_is_said_once(project, take_in, draw, tmp_path, monkeypatch):
    monkeypatch.setattr(videos.importlib.util, "find_spec", lambda name: None)
    draw(tmp_path / "in" / "a.png")
    for name in ("b.mp4", "c.mkv"):
        (tmp_path / "in" / name).write_bytes(b"\0" * 64)
    done = take_in(tmp_path / "in")
    assert done.found == 1
    ((file, reason),) = done.rejected
    assert file.endswith("b.mp4")
    assert reason == videos.NEEDS_LIBRARY
    assert "extras install video" in reason


def child(code):
    return lambda program, video, folder, *rest: [sys.executable, "-c", code, folder]


@pytest.fixture
def video(tmp_path, monkeypatch):
    monkeypatch.setattr(videos.importlib.util, "find_spec", lambda name: object())
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"1")
    return candidate(path)


KEEPS = "import pathlib, sys; pathlib.Path(sys.argv[1], 'x.jpg').touch(); "


def test_a_decoder_that_dies_costs_its_video_only(project, video, monkeypatch):
    monkeypatch.setattr(processes, "command", child("import os; os._exit(9)"))
    (problem,) = Frames(project).of(video)
    assert isinstance(problem, Problem)
    assert problem.incomplete
    assert problem.reason == "No frame of it can be used: its decoding ended unexpectedly."
    said = KEEPS + """print('{"frames": 1, "reason": ""}', flush=True)"""
    monkeypatch.setattr(processes, "command", child(said))
    problem, kept = Frames(project).of(video)
    assert "Only its beginning was used (frames: 1)" in problem.reason
    assert (kept.name, kept.folders, kept.caption) == ("x.jpg", ("a",), "a caption")


def test_a_decoder_that_hangs_is_given_up_and_one_that_is_stopped_leaves_nothing(
    project, video, monkeypatch
):
    monkeypatch.setattr(processes, "command", child("import time; time.sleep(600)"))
    monkeypatch.setattr(videos, "STALL_SECONDS", 0.2)
    (problem,) = Frames(project).of(video)
    assert "could not be decoded further" in problem.reason
    monkeypatch.setattr(videos, "STALL_SECONDS", 600)
    asked = iter([False, False, True, True, True])
    assert list(Frames(project, cancelled=lambda: next(asked)).of(video)) == []
    assert list((project.folder / "frames").iterdir()) == []
    assert not [each for each in threading.enumerate() if "_forward" in each.name]


@pytest.mark.parametrize("every", [0, -1, 1e9, float("nan")])
def test_an_impossible_rate_is_refused(project, tmp_path, every):
    (tmp_path / "in").mkdir()
    with pytest.raises(UsageError, match="frame every"):
        list(import_sources(project, [tmp_path / "in"], every=every))
    assert store.datasets(project) == []


def test_frames_are_alike_only_when_nothing_moved():
    first = measures.measurements(scene(0))[1]
    noisy = np.asarray(scene(0), np.int16) + np.random.default_rng(0).integers(-3, 4, (64, 96, 3))
    again = measures.measurements(Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)))[1]
    assert frames.alike(first, again)
    assert not frames.alike(first, measures.measurements(scene(1))[1])


def test_names_of_frames_suit_every_file_system(tmp_path):
    assert videos.safe_stem(tmp_path / "a:b|c?.mp4") == "a_b_c_"
    assert videos.safe_stem(tmp_path / "...mp4.mp4") == "mp4"
    assert len(videos.safe_stem(tmp_path / f"{'ü' * 90}.mov")) == 40
    assert frames._clock(3723.9996) == "01-02-04.000"
