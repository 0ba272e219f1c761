"""Sleep is held off as long as something works, and never longer than that."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.engine.awake import held_awake

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the lock is that of Linux")


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for systemd's inhibitor: a file that is there while it is held."""
    held = tmp_path / "held"
    tool = tmp_path / "bin" / "systemd-inhibit"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" > "{held}"\ncat\nrm "{held}"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    return held


def wait_for(path: Path, *, there: bool) -> None:
    ends = time.monotonic() + 20
    while path.exists() is not there or (there and not path.read_text()):
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_it_is_held_while_the_work_lasts_and_let_go_after_an_error(lock):
    said: list[str] = []

    def work() -> None:
        with held_awake("Training vases"):
            wait_for(lock, there=True)
            said.append(lock.read_text())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert not lock.exists()
    for words in ("--what=sleep:idle", "--who=Latent Studio", "--why=Training vases"):
        assert words in said[0]


def test_it_ends_with_whoever_holds_it(lock):
    program = (
        "from studio.engine.awake import held_awake\nimport time\n"
        "with held_awake('a'): print('held', flush=True); time.sleep(100)"
    )
    words, place = [sys.executable, "-c", program], {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, env=place, stdout=subprocess.PIPE) as child:
        wait_for(lock, there=True)
        child.kill()
    wait_for(lock, there=False)


def test_where_there_is_no_way_the_work_goes_on(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with held_awake("a"):
        pass
    broken = tmp_path / "systemd-inhibit"
    broken.write_text("#!/nowhere\n")
    broken.chmod(0o755)
    (tmp_path / "cat").write_text("")
    (tmp_path / "cat").chmod(0o755)
    with held_awake("a"):
        pass
