"""The same day under a real X server (Xvfb), by Qt's xcb platform."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

JOURNEY = Path(__file__).with_name("test_window.py")
DAY = "test_a_folder_becomes_a_model_becomes_a_finished_picture"


@pytest.mark.slow
@pytest.mark.xvfb
def test_the_whole_way_under_x11() -> None:
    runner = shutil.which("xvfb-run")
    if runner is None:
        pytest.skip("xvfb-run is not installed")
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1"}
    done = subprocess.run(
        [
            runner, "-a", "-s", "-screen 0 1920x1200x24", sys.executable, "-m", "pytest", "-q",
            "-p", "no:cacheprovider", f"{JOURNEY}::{DAY}",
        ],
        env=environment, capture_output=True, text=True, timeout=600, cwd=JOURNEY.parents[2],
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "1 passed" in done.stdout
    assert list((JOURNEY.parents[1] / "screenshots").glob("xcb-*.png"))
