"""A day of work under strace: nothing listens, nothing calls out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verbs.support import ROOT

CALLS = "socket,connect,bind,listen,sendto,sendmsg"
INSIDE = ("AF_UNIX", "AF_NETLINK")
"""What stays on the machine: services of the desktop, and what the kernel says of itself."""
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.desktop import app
from studio.desktop.window.main_window import MainWindow
from studio.desktop.window.top_bar import PLACES

program = QApplication(sys.argv[:1])
places = iter(PLACES)

def step():
    (window,) = (each for each in program.topLevelWidgets() if isinstance(each, MainWindow))
    place = next(places, None)
    if place is None:
        window.close()
        return
    window.go(place)
    QTimer.singleShot(50, step)

QTimer.singleShot(500, step)
sys.exit(app.run(Path(sys.argv[1]), print))
"""


def watched(log: Path, *words: str) -> list[str]:
    """The calls that a command and all of its children make to a network."""
    if not shutil.which("strace"):
        pytest.skip("there is no strace here")
    tracer = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", str(log), "-e", f"trace={CALLS}"]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    done = subprocess.run(
        [*tracer, sys.executable, *words], cwd=ROOT, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if "strace:" in done.stderr:
        pytest.skip(f"strace may not watch here ({done.stderr.strip()[:200]})")
    assert done.returncode == 0, done.stderr[-2000:]
    called = re.findall(rf"^\d+ +((?:{CALLS.replace(',', '|')})\(.*)$", log.read_text(), re.M)
    return [each for each in called if not any(family in each for family in INSIDE)]


def test_a_day_of_work_speaks_to_nobody(tmp_path: Path) -> None:
    """Import, training in a child, evaluation, pictures, refinement, export; then the window."""
    project = tmp_path / "day"
    assert watched(
        tmp_path / "1", "-m", "studio", "demo", str(project), "--minutes", "0.01", "--json"
    ) == []  # fmt: skip
    assert watched(tmp_path / "2", "-c", WINDOW, str(project)) == []


def test_who_would_speak_is_seen(tmp_path: Path) -> None:
    words = "import socket; socket.socket().bind(('127.0.0.1', 0))"
    assert any("bind" in each for each in watched(tmp_path / "3", "-c", words))
