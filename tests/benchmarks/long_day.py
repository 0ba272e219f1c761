"""Whether memory, handles and threads stay flat: 1,000 times open, train, close; 8 hours of play.

    python tests/benchmarks/long_day.py [CYCLES [MOVES [SECONDS]]]

A cycle opens a project in the real window, trains a small run in its child process to its end and
closes the project. Eight hours of play at two moves of a slider a second are 57,600 moves, one
after the other as fast as pictures come. It stops after so many seconds, and says how far it came.
The slopes are of the second half: caches fill in the first.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtWidgets import QApplication

HOURS, MOVES_A_SECOND = 8, 2
PATIENCE = 300.0


def now() -> dict[str, float]:
    """What this process holds (Linux)."""
    gc.collect()
    lines = Path("/proc/self/status").read_text().splitlines()
    held = dict(line.split(":", 1) for line in lines if ":" in line)
    return {
        "memory_mb": int(held["VmRSS"].split()[0]) / 1024,
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "threads": int(held["Threads"]),
        "python_threads": threading.active_count(),
        "objects": len(gc.get_objects()),
    }


def slopes(seen: list[dict[str, float]]) -> dict[str, object]:
    """From the first to the last, and by how much a step of the second half adds."""
    half = seen[len(seen) // 2 :]
    if len(half) < 3:
        return {"steps": len(seen), "first": seen[0], "last": seen[-1]}
    grown = {
        key: round(float(np.polyfit(range(len(half)), [each[key] for each in half], 1)[0]), 4)
        for key in half[0]
    }
    return {"steps": len(seen), "first": seen[0], "last": seen[-1], "a_step_adds": grown}


def until(there: Callable[[], object]) -> None:
    """Let the window live until something is there."""
    deadline = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < deadline, "it never came"
        QApplication.processEvents()
        time.sleep(0.002)


def cycle(studio: Any, window: Any, project: Path) -> None:
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
    studio.close_project()
    until(lambda: studio.jobs.unfinished is None)


def play(window: Any, moves: int, end: float, seen: list[dict[str, float]]) -> int:
    """Move a slider to and fro; how often."""
    generation = window.room("generation")
    window.go("generation")
    until(lambda: not generation.view.image().isNull() and not generation.session.busy)
    until(lambda: generation.controls.rows and generation.controls.rows[0].slider.isEnabled())
    chance = np.random.default_rng(8)
    for move in range(moves):
        if time.monotonic() > end:
            return move
        rows = generation.controls.rows
        slider = rows[int(chance.integers(len(rows)))].slider
        slider.setValue(int(chance.integers(slider.minimum(), slider.maximum() + 1)))
        until(lambda: not generation.session.busy)
        if move % 50 == 0:
            seen.append(now())
    return moves


def main() -> None:
    """Measure and print."""
    given = [int(each) for each in sys.argv[1:4]]
    cycles, moves, seconds = [*given, *(1000, HOURS * 3600 * MOVES_A_SECOND, 1e9)[len(given) :]]
    with tempfile.TemporaryDirectory() as name:
        os.environ["LATENT_STUDIO_HOME"] = str(Path(name) / "home")
        from studio.desktop.base.studio import Studio
        from studio.desktop.window.main_window import MainWindow
        from studio.engine.sample import make_sample_project

        app = QApplication.instance() or QApplication([])
        project = make_sample_project(Path(name) / "Vases")
        studio = Studio()
        window = MainWindow(studio)
        window.resize(1280, 800)
        window.show()
        began = time.monotonic()
        circled: list[dict[str, float]] = []
        for _ in range(int(cycles)):
            if time.monotonic() - began > seconds / 2:
                break
            cycle(studio, window, project)
            circled.append(now())
        assert studio.open_project(project)
        played: list[dict[str, float]] = []
        made = play(window, int(moves), time.monotonic() + seconds / 2, played)
        print(json.dumps({
            "benchmark": "long day", "wanted": {"cycles": cycles, "moves": moves},
            "cycles": slopes(circled) if circled else None,
            "moves": made, "every_50_moves": slopes(played) if played else None,
        }))  # fmt: skip
        window.close()
        until(lambda: not window.isVisible())
        del app


if __name__ == "__main__":
    main()
