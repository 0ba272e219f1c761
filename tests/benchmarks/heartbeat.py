"""How evenly the window beats while a VAE trains on the same machine: p99 16.7 ms, max 50 ms.

    python tests/benchmarks/heartbeat.py [SECONDS]

The real main window on the real Training place with a real child process; a 4 ms timer on the
window's thread measures how late it is. The beats before training starts are the baseline.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PIL import Image
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

BEAT_MS = 4
BOUNDS = {"p99_ms": 16.7, "max_ms": 50.0}


class Heartbeat:
    """Gaps between the beats of a precise timer, in ms."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def listen(self, seconds: float) -> dict[str, float]:
        """Run the event loop and return what was heard."""
        self.gaps.clear()
        self._last = time.perf_counter()
        self._timer.start(BEAT_MS)
        wait(seconds)
        self._timer.stop()
        gaps = np.array(self.gaps)
        return {
            "p50_ms": float(np.percentile(gaps, 50)),
            "p99_ms": float(np.percentile(gaps, 99)),
            "max_ms": float(gaps.max()),
            "beats": len(gaps),
        }

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(1000 * (now - self._last))
        self._last = now


def wait(seconds: float) -> None:
    """Let the window live."""
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    with tempfile.TemporaryDirectory() as name:
        os.environ["LATENT_STUDIO_HOME"] = str(Path(name) / "home")
        print(json.dumps(measure(Path(name), seconds)))


def measure(folder: Path, seconds: float) -> dict[str, object]:
    """Import, listen, train, listen."""
    from studio.desktop.base.studio import Studio
    from studio.desktop.window.main_window import MainWindow
    from studio.engine.dataset.intake.importer import import_sources
    from studio.engine.project import Project
    from studio.engine.training.planning import runs

    sys.setswitchinterval(0.001)
    pictures = folder / "pictures"
    pictures.mkdir()
    chance = np.random.default_rng(0)
    for number in range(64):
        Image.fromarray(chance.integers(0, 256, (96, 96, 3), np.uint8)).save(
            pictures / f"{number:02}.png"
        )
    with Project.open(folder / "project", create=True) as project:
        for _ in import_sources(project, [pictures], "noise"):
            pass
        recipe = runs.create_run(project, "noise", "vae", 64, 64, minutes=60)
    app = QApplication.instance() or QApplication([])
    assert app is not None
    studio = Studio()
    window = MainWindow(studio)
    window.resize(1280, 800)
    window.show()
    studio.open_project(folder / "project")
    window.go("training")
    wait(6.0)
    heart = Heartbeat()
    alone = heart.listen(min(10.0, seconds))
    training = window.room("training")
    training.session.start(runs.run(studio.project, recipe.run), resume=False)
    wait(15.0)
    record = training.session.live.record
    before = record.images_seen
    busy = heart.listen(seconds)
    seen = record.images_seen - before
    window.close()
    return {
        "benchmark": "heartbeat", "alone": alone, "training": busy, "bounds": BOUNDS,
        "images_per_second": seen / seconds,
    }  # fmt: skip


if __name__ == "__main__":
    main()
