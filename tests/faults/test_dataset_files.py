"""Hostile folders: odd files, odd names, odd permissions. The rest of the set is unharmed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.decoding import probe as probing
from studio.engine.dataset.decoding.decode import read_picture, read_thumbnail
from studio.engine.dataset.decoding.pixels import MAX_PIXELS
from studio.engine.dataset.decoding.probe import probe
from studio.engine.dataset.index import store
from studio.engine.dataset.index.safe_names import display_name
from studio.engine.dataset.intake import importer
from studio.engine.dataset.intake.importer import Found, import_sources
from studio.engine.project import Project

pytestmark = pytest.mark.skipif(os.name != "posix", reason="these faults are made the POSIX way")


@pytest.fixture
def project(tmp_path):
    with Project.open(tmp_path / "project", create=True) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    """A folder that holds one good picture."""
    place = tmp_path / "in"
    place.mkdir()
    picture(place / "good.png")
    return place


def picture(path, seed=0, size=(40, 36)):
    values = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(values).save(path, "PNG")
    return path


def imported(project, *sources):
    *_, done = import_sources(project, list(sources), workers=1)
    return done


def test_pipes_sockets_and_dead_links_are_named_and_not_opened(project, folder):
    os.mkfifo(folder / "pipe.png")
    (folder / "dead.png").symlink_to(folder / "nowhere")
    short = Path("/tmp") / f"s{os.getpid()}"  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(short))
        shutil.move(short, folder / "talk.png")
        done = imported(project, folder)
    assert done.usable == done.found == 1
    reasons = {Path(file).name: reason for file, reason in done.rejected}
    assert "named pipe" in reasons["pipe.png"]
    assert "socket" in reasons["talk.png"]
    assert "leads nowhere" in reasons["dead.png"]


def test_links_in_a_circle_end(project, folder):
    (folder / "a").mkdir()
    (folder / "a" / "back").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    picture(folder / "a" / "b.png", 1)
    done = imported(project, folder)
    assert done.found == 2
    reasons = {Path(file).name: reason for file, reason in done.rejected}
    assert "back to a folder above" in reasons["back"]
    assert "self" in reasons


def test_folders_of_any_depth_are_survived(project, folder):
    deep = folder
    for _ in range(230):
        deep = deep / "d"
        deep.mkdir()
    picture(deep / "lost.png", 1)
    done = imported(project, folder)
    assert done.found == 1
    ((_, reason),) = done.rejected
    assert reason == "It lies more than 200 folders deep."


NAMES = [
    b"line\nbreak.png",
    "joy \N{FACE WITH TEARS OF JOY}\N{ZERO WIDTH JOINER}.png".encode(),
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe.png".encode(),
    "\u05e9\u05dc\u05d5\u05dd.png".encode(),
    b"bad\xff\xfebytes.png",
    b"x" * 251 + b".png",
    b"<b>bold<b>&amp;.png",
    b"'; DROP TABLE item; --.png",
    b" .png",
    b"-rf.png",
    "\u00e9 as one.png".encode(),
    "e\u0301 as two.png".encode(),
]


def test_any_name_round_trips_and_is_safe_to_show(project, folder):
    for number, name in enumerate(NAMES, 1):
        picture(Path(os.fsdecode(os.fsencode(folder) + b"/" + name)), number)
    (folder / "good.png").unlink()
    below = Path(os.fsdecode(os.fsencode(folder) + b"/fold\xffer\n"))
    below.mkdir()
    picture(below / "inner.png", 99)
    done = imported(project, folder)
    assert (done.found, done.usable, done.rejected) == (len(NAMES) + 1, len(NAMES) + 1, [])
    items = store.items(project, done.dataset.id)
    assert {os.fsencode(item.path.name) for item in items} == {*NAMES, b"inner.png"}
    for item in items:
        assert item.name.isprintable() or "\N{ZERO WIDTH JOINER}" in item.name
        item.name.encode("utf-8")
        assert "\n" not in item.name
        assert "\u202e" not in item.name
        assert read_picture(item).size == (40, 36)
        assert read_thumbnail(project, item, 32).exists()
    again = imported(project, folder)
    assert again.found == done.found


def test_rejections_of_bad_names_are_safe_to_show(project, folder):
    Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff\n.png")).touch()
    done = imported(project, folder)
    ((file, _),) = done.rejected
    assert file.endswith(r"bad\xff\n.png")
    file.encode("utf-8")


def test_display_names():
    assert display_name("a\u202eb\u2066c\td") == r"a\u202eb\u2066c\td"
    assert display_name("\U0001f469\u200d\U0001f680") == "\U0001f469\u200d\U0001f680"


def test_a_folder_and_a_file_that_refuse_are_named(project, folder, monkeypatch):
    """The same fault made by hand, because permission bits do not stop root."""
    (folder / "closed").mkdir()
    picture(folder / "closed" / "a.png", 1)
    scandir = os.scandir

    def refusing(place):
        if str(place).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refusing)
    done = imported(project, folder)
    assert done.usable == done.found == 1
    ((file, reason),) = done.rejected
    assert file.endswith("closed")
    assert reason == "It may not be read by you: change its permissions and import again."
    monkeypatch.setattr(probing, "opened", lambda *_, **__: refusing("closed"))
    assert probe(str(folder / "good.png"), "")["reason"] == reason


@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_what_may_not_be_read_is_named(project, folder, tmp_path):
    """Permission bits do not stop root, so a child without root's rights imports."""
    if os.geteuid() != 0:
        prefix = []
    else:
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    (folder / "closed").mkdir()
    picture(folder / "closed" / "a.png", 1)
    picture(folder / "secret.png", 2)
    (folder / "closed").chmod(0)
    (folder / "secret.png").chmod(0)
    code = (
        "import sys; from pathlib import Path; from studio.engine.project import Project; "
        "from studio.engine.dataset.intake.importer import import_sources\n"
        "with Project.open(sys.argv[1], create=True) as project:\n"
        "    *_, done = import_sources(project, [Path(sys.argv[2])], workers=1)\n"
        "    print(done.usable, sorted((Path(f).name, r.split(':')[0]) for f, r in done.rejected))"
    )
    open_place = tmp_path / "open"
    open_place.mkdir(mode=0o777)
    open_place.chmod(0o777)
    opened = [parent for parent in folder.parents if not parent.stat().st_mode & 0o001]
    modes = [parent.stat().st_mode for parent in opened]
    try:
        for parent in opened:
            parent.chmod(parent.stat().st_mode | 0o011)
        run = subprocess.run(
            [*prefix, sys.executable, "-c", code, str(open_place / "p"), str(folder)],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    finally:
        for parent, mode in zip(opened, modes, strict=True):
            parent.chmod(mode)
        (folder / "closed").chmod(0o755)
    if sys.executable in run.stderr and not run.stdout:
        pytest.skip("the interpreter itself may not be used by another user here")
    assert run.stdout.splitlines()[-1] == (
        "1 [('closed', 'It may not be read by you'), ('secret.png', 'It may not be read by you')]"
    ), run.stderr


def test_a_picture_with_far_too_many_pixels_is_refused_by_its_header(project, folder):
    Image.new("1", (30_000, 30_000)).save(folder / "bomb.png")
    done = imported(project, folder)
    assert done.usable == 1
    ((file, reason),) = done.rejected
    assert file.endswith("bomb.png")
    assert reason == (
        "It claims 900 million pixels, more than the "
        f"{MAX_PIXELS // 1_000_000} million that are decoded."
    )


def test_a_jpeg_cut_anywhere_never_ends_the_import(project, folder):
    values = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    whole = folder / "whole.jpg"
    Image.fromarray(values).save(whole)
    data = whole.read_bytes()
    for tenth in range(10):
        (folder / f"cut{tenth}.jpg").write_bytes(data[: len(data) * tenth // 10])
    png = (folder / "good.png").read_bytes()
    for tenth in range(10):
        (folder / f"cut{tenth}.png").write_bytes(png[: len(png) * tenth // 10])
    done = imported(project, folder)
    assert done.found == 22
    assert done.usable == 2
    assert len(done.rejected) == 20


def test_random_damage_never_ends_the_import(project, folder):
    generator = np.random.default_rng(5)
    source = Image.open(folder / "good.png")
    for suffix in ("png", "jpg", "gif", "tif", "webp", "bmp"):
        source.save(folder / f"whole.{suffix}")
        data = bytearray((folder / f"whole.{suffix}").read_bytes())
        for number in range(8):
            damaged = bytearray(data)
            for place in generator.integers(0, len(data), 6):
                damaged[place] = int(generator.integers(0, 256))
            (folder / f"{suffix}{number}.{suffix}").write_bytes(damaged)
    source.close()
    done = imported(project, folder)
    assert done.usable >= 7
    assert not any("ended the decoding process" in reason for _, reason in done.rejected)


def test_a_folder_that_is_deleted_during_the_import(project, folder, monkeypatch):
    monkeypatch.setattr(importer, "_FLUSH_SECONDS", 0.0)
    for number in range(200):
        picture(folder / f"{number:03}.png", number)
    events = import_sources(project, [folder], workers=1)
    kept = 0
    for event in events:
        if isinstance(event, Found) and not kept:
            kept = len(event.items)
            shutil.rmtree(folder)
        done = event
    assert done.usable >= kept > 0
    # How many were read before the folder went is up to the machine; none may be lost in silence.
    assert done.found == done.usable + done.findings.get("broken", 0)
    assert done.usable + len(done.rejected) >= 200


def test_originals_are_never_touched(project, folder):
    picture(folder / "sub.png", 1)
    (folder / "sub.txt").write_text("words")
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}
    done = imported(project, folder)
    for item in store.items(project, done.dataset.id):
        read_thumbnail(project, item, 32)
    assert {
        path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()
    } == before
