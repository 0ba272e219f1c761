"""Whether memory, handles, threads and Qt's objects stay flat over a long day in the real window.

    python tests/benchmarks/long_day.py [--opens 200] [--trainings 99] [--minutes 30] [--seconds 9]

Three things, each by itself (0 leaves one out): a project opened, all places looked at, and closed;
opened, a small run trained to its end in its child process, and closed; and sliders moved 16 times
a second of play, one move after the other as fast as pictures come (`--minutes 480` are 8 hours).
With `--seconds` each ends after so long and says how far it came. The slopes are of the second
half: caches fill in the first. `--where` names what grew, by lines of Python.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

MOVES_A_MINUTE = 16 * 60
PATIENCE = 300.0
PLACES = ("training", "evaluation", "generation", "refinement", "export", "dataset")
BOUNDS = {"opens": 0.02, "trainings": 0.02, "minutes": 0.1}
"""Megabytes that one of each may add."""
Seen = list[dict[str, float]]


class _Heap(ctypes.Structure):
    """`struct mallinfo2` of glibc 2.33."""

    _fields_ = [(f"unused_{n}", ctypes.c_size_t) for n in range(4)] + [
        ("hblkhd", ctypes.c_size_t), ("usmblks", ctypes.c_size_t), ("fsmblks", ctypes.c_size_t),
        ("uordblks", ctypes.c_size_t), ("fordblks", ctypes.c_size_t), ("keepcost", ctypes.c_size_t),
    ]  # fmt: skip


def heap_mb() -> float:
    """What malloc has given and not got back; 0 where nobody can tell."""
    try:
        asked = ctypes.CDLL(None).mallinfo2
    except (OSError, AttributeError):
        return 0.0
    asked.restype = _Heap
    found = asked()
    return float(found.uordblks + found.hblkhd) / 2**20


def now() -> dict[str, float]:
    """What this process holds (Linux) once it is tidied, as it is before the next project opens."""
    from studio.desktop.base.garbage import collect_all

    settle()
    collect_all()
    lines = Path("/proc/self/status").read_text().splitlines()
    held = dict(line.split(":", 1) for line in lines if ":" in line)
    return {
        "memory_mb": int(held["VmRSS"].split()[0]) / 1024,
        "heap_mb": round(heap_mb(), 3),
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "threads": int(held["Threads"]),
        "python_threads": threading.active_count(),
        "widgets": len(QApplication.allWidgets()),
        "blocks": sys.getallocatedblocks(),
    }


def slopes(seen: Seen, each: str) -> dict[str, object]:
    """From the first to the last, and by how much one of the second half adds (Theil-Sen: the
    median of the slopes of all pairs, which one page more for good does not move)."""
    half = seen[len(seen) // 2 :]
    found: dict[str, object] = {"times": len(seen), "first": seen[0], "last": seen[-1]}
    found["memory_each_mb"] = [round(one["memory_mb"], 2) for one in seen[:: len(seen) // 60 + 1]]
    if len(half) < 3:
        return found
    adds = {key: round(_slope([one[key] for one in half]), 4) for key in half[0]}
    bound = BOUNDS[each]
    return {**found, "one_adds": adds, "bound_mb": bound, "ok": adds["memory_mb"] <= bound}


def _slope(values: list[float]) -> float:
    later, earlier = np.tril_indices(len(values), -1)
    held = np.array(values)
    return float(np.median((held[later] - held[earlier]) / (later - earlier)))


def settle() -> None:
    """What is to be deleted later goes only where an event loop runs, which there is none of."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def until(there: Callable[[], object]) -> None:
    """Let the window live until something is there."""
    deadline = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < deadline, "it never came"
        settle()
        time.sleep(0.002)


def opened(studio: Any, window: Any, project: Path) -> None:
    """Open, look at every place, close."""
    assert studio.open_project(project)
    for place in PLACES:
        window.go(place)
        settle()
    generation = window.room("generation")
    window.go("generation")
    until(lambda: not generation.view.image().isNull() and not generation.session.busy)
    window.go("dataset")
    closed(studio)


def closed(studio: Any) -> None:
    studio.close_project()
    until(lambda: studio.jobs.unfinished is None)


def trained(studio: Any, window: Any, project: Path) -> None:
    """Open, train, close."""
    from studio.engine.training.planning import runs
    from studio.engine.training.planning.removed_runs import remove

    assert studio.open_project(project)
    window.go("training")
    session = window.room("training").session
    name = studio.project.query("SELECT name FROM dataset")[0][0]
    recipe = runs.create_run(studio.project, name, "autoencoder", 16, 16, images=16)
    session.start(runs.run(studio.project, recipe.run), resume=False)
    until(lambda: runs.run(studio.project, recipe.run).status == "finished")
    until(lambda: not session.training and studio.jobs.unfinished is None)
    remove(studio.project, recipe.run)
    window.go("dataset")
    closed(studio)


class Player:
    """Moves sliders to and fro, a minute of play at a time."""

    def __init__(self, studio: Any, window: Any, project: Path) -> None:
        assert studio.open_project(project)
        self._room = window.room("generation")
        self._chance = np.random.default_rng(8)
        window.go("generation")
        room = self._room
        until(lambda: not room.view.image().isNull() and not room.session.busy)
        until(lambda: room.controls.rows and room.controls.rows[0].slider.isEnabled())

    def minute(self) -> None:
        for _ in range(MOVES_A_MINUTE):
            rows = self._room.controls.rows
            slider = rows[int(self._chance.integers(len(rows)))].slider
            slider.setValue(int(self._chance.integers(slider.minimum(), slider.maximum() + 1)))
            until(lambda: not self._room.session.busy)


def repeated(do: Callable[[], object], times: int, seconds: float, where: bool) -> Seen:
    """What is held after each time; `where` has lines of Python named."""
    seen: Seen = []
    before: tracemalloc.Snapshot | None = None
    began = time.monotonic()
    for number in range(times):
        do()
        seen.append(now())
        if where and number == times // 2:
            tracemalloc.start(8)
            before = tracemalloc.take_snapshot()
        if time.monotonic() - began > seconds:
            break
    if before is not None:
        for line in tracemalloc.take_snapshot().compare_to(before, "lineno")[:25]:
            print(line, file=sys.stderr)
        tracemalloc.stop()
    return seen


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opens", type=int, default=200)
    parser.add_argument("--trainings", type=int, default=1000)
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--where", action="store_true")
    chosen = parser.parse_args()
    wanted = {name: getattr(chosen, name) for name in BOUNDS}
    with tempfile.TemporaryDirectory() as name:
        os.environ["LATENT_STUDIO_HOME"] = str(Path(name) / "home")
        from studio.desktop.base.studio import Studio
        from studio.desktop.window.main_window import MainWindow
        from studio.engine.sample import make_sample_project

        app = QApplication.instance() or QApplication([])
        studio = Studio()
        project = make_sample_project(Path(name) / "Vases")
        window = MainWindow(studio)
        window.resize(1280, 800)
        window.show()
        found: dict[str, object] = {"benchmark": "long day", "wanted": wanted}
        doing: dict[str, Callable[[], Callable[[], object]]] = {
            "opens": lambda: lambda: opened(studio, window, project),
            "trainings": lambda: lambda: trained(studio, window, project),
            "minutes": lambda: Player(studio, window, project).minute,
        }
        for each, begin in doing.items():
            if wanted[each]:
                seen = repeated(begin(), wanted[each], chosen.seconds, chosen.where)
                found[each] = slopes(seen, each)
                print(json.dumps({each: found[each]}), file=sys.stderr, flush=True)
        print(json.dumps(found))
        window.close()
        until(lambda: not window.isVisible())
        del app


if __name__ == "__main__":
    main()
