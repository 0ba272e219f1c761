"""What every test gets: a home of its own, and the check that nothing is left behind."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# There is a process of tests for each core: a second thread in each, and in their children, would
# only wait for a core.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Hundreds of children import the program: it is compiled for the first, not for each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 5.0


def picture_sets() -> Path:
    """Where the real picture sets lie, if this machine has them."""
    return Path(os.environ.get("LATENT_STUDIO_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and logs go to a folder of this test alone."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(home))
    return home


@pytest.fixture
def picture_set(tmp_path: Path) -> Callable[[str], Path]:
    """Unpack a real picture set; the test is skipped where it is absent."""

    def unpack(name: str) -> Path:
        archive = picture_sets() / f"{name}.zip"
        if not archive.is_file():
            pytest.skip(f"the picture set {name} is not on this machine ({archive})")
        target = tmp_path / name
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(target)
        return target

    return unpack


@pytest.fixture
def few_pictures(tmp_path: Path) -> Path:
    """A folder of sixteen small, plainly different pictures."""
    import numpy as np
    from PIL import Image

    folder = tmp_path / "few pictures"
    folder.mkdir()
    generator = np.random.default_rng(5)
    for number in range(16):
        pixels = np.full((40, 48, 3), generator.integers(0, 256, 3), np.uint8)
        top, left = generator.integers(2, 16, 2)
        pixels[top : top + 20, left : left + 20] = generator.integers(0, 256, 3)
        pixels[:, :: 3 + number % 4] //= 2
        Image.fromarray(pixels).save(folder / f"picture {number:02}.png")
    return folder


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of others are read in this process, where the test has changed something."""
    from studio.engine.dataset.decoding import limited

    monkeypatch.setattr(limited, "_here", True)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a child process, a Qt thread, a window or an open file behind."""
    if "keeps" in request.keywords:
        yield
        return
    before = _children(), _files(), _threads()
    yield
    left: list[str] = []
    deadline = time.monotonic() + PATIENCE
    while left_now := _left(*before):
        left = left_now
        if time.monotonic() > deadline:
            pytest.fail("left behind: " + "; ".join(left))
        gc.collect()
        time.sleep(0.02)


def _left(children: set[int], files: set[str], threads: set[str]) -> list[str]:
    found = [f"child process {pid}" for pid in _children() - children - _readers()]
    found += [f"open file {name}" for name in _files() - files]
    if "PySide6.QtWidgets" in sys.modules:
        found += _left_by_qt(threads)
    return found


def _readers() -> set[int]:
    """Processes that read pictures and stay for the next one."""
    limited = sys.modules.get("studio.engine.dataset.decoding.limited")
    return limited.READERS.pids if limited else set()


def _left_by_qt(threads: set[str]) -> list[str]:
    from PySide6.QtCore import QThread
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return []
    found = [
        f"window {type(widget).__name__} {widget.objectName()}"
        for widget in app.topLevelWidgets()
        if widget.isVisible()
    ]
    if threads and not _threads() - threads:
        return found  # a look at every object takes 50 ms, after every test
    found += [
        f"Qt thread {type(each).__name__}"
        for each in gc.get_objects()
        # Not isinstance: that asks the object itself, and some answer with a warning.
        if issubclass(type(each), QThread) and _is_running(each)
    ]
    return found


def _is_running(thread: object) -> bool:
    try:
        return bool(thread.isRunning()) and thread is not threading.main_thread()  # type: ignore[attr-defined]
    except RuntimeError:  # the C++ side is gone
        return False


def _threads() -> set[str]:
    """The system's numbers of this process's threads (Linux; elsewhere none are seen)."""
    return {path.name for path in Path("/proc/self/task").glob("*")}


def _children() -> set[int]:
    """Direct child processes (Linux; elsewhere none are seen)."""
    pids: set[int] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        try:
            pids.update(int(pid) for pid in path.read_text().split())
        except OSError:
            continue
    return pids


def _files() -> set[str]:
    """Open regular files outside the interpreter's own, with their descriptors."""
    found: set[str] = set()
    for path in Path("/proc/self/fd").glob("*"):
        try:
            target = str(path.readlink())
        except OSError:
            continue
        usual = (".so", ".py", ".ttf", ".otf", ".ttc", ".pcf", ".qm", ".cache-9", ".log")
        ours = target.startswith("/") and not target.startswith("/usr/")
        if ours and Path(target).is_file() and not target.endswith(usual):
            found.add(f"{path.name}:{target}")
    return found
