"""Time from a new process to our painted window, against a bare PySide6 window: bound 2.0.

    python tests/benchmarks/window_start.py [ROUNDS]

Separate processes in turns; each reports when its first paint is over. Ours goes the whole
way of `latent-studio app`, from the command line on. JSON on stdout.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOUND = 2.0
BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QLabel
app = QApplication([])
window = QMainWindow(); window.setCentralWidget(QLabel("bare")); window.resize(1440, 900)
window.show(); app.processEvents(); window.repaint()
print(time.time(), flush=True)
"""
OURS = """
import sys, time
sys.path.insert(0, sys.argv[1])
sys.argv[1:] = ["app"]
from studio import __main__

def painted():
    from PySide6.QtWidgets import QApplication
    QApplication.processEvents()
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            window.repaint()
    print(time.time(), "torch" in sys.modules, flush=True)
    return 0

def stop_at_exec(project, refuse, **more):
    # Here and not above: what comes before the window is imported without Qt, as in real life.
    from PySide6.QtWidgets import QApplication
    QApplication.exec = staticmethod(painted)
    return open_window(project, refuse, **more)

open_window, __main__._open_window = __main__._open_window, stop_at_exec
__main__.main()
"""


def start(code: str, environment: dict[str, str]) -> float:
    """Seconds from the start of the process to the end of its first paint."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    words = done.stdout.split()
    if "True" in words:
        raise SystemExit("torch was imported before the window was painted")
    return float(words[0]) - began


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "LATENT_STUDIO_HOME": home,
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        }
        start(BARE, environment), start(OURS, environment)
        pairs = [(start(BARE, environment), start(OURS, environment)) for _ in range(rounds)]
    bare = statistics.median(plain for plain, _ in pairs)
    ours = statistics.median(mine for _, mine in pairs)
    print(
        json.dumps(
            {
                "benchmark": "window_start", "bare_seconds": bare, "ours_seconds": ours,
                "ratio": ours / bare, "bound": BOUND, "rounds": rounds,
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
