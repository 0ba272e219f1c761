"""Death in the middle of writing a checkpoint: the run goes on exactly from the one before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.engine import files
from studio.engine.events import CheckpointNow, Done
from studio.engine.training.record import checkpoint
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import Driven, assert_same, script
from tests.faults.test_training_checkpoints import Killed

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]


def die_at(monkeypatch: pytest.MonkeyPatch, call: int) -> list[str]:
    """Let the `call`-th fsync, rename or mkdir be the last thing that happens; the calls made."""
    calls: list[str] = []

    def watch(owner: object, name: str) -> None:
        real: Callable[..., object] = getattr(owner, name)

        def stand_in(*arguments: object, **options: object) -> object:
            calls.append(name)
            if len(calls) >= call:
                raise Killed
            return real(*arguments, **options)

        monkeypatch.setattr(owner, name, stand_in)

    for owner, name in ((os, "fsync"), (Path, "rename"), (Path, "mkdir")):
        watch(owner, name)
    # The dead clean nothing up, and say nothing.
    monkeypatch.setattr(files.shutil, "rmtree", lambda *_, **__: None)
    return calls


def test_death_at_any_call_of_any_checkpoint_resumes_exactly(
    vae: Driven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = vae.twin(tmp_path / "whole")
    whole.train()
    call, ends = 0, set()
    while True:
        call += 3
        run = vae.twin(tmp_path / f"died at {call}")
        with monkeypatch.context() as patch:
            die_at(patch, call)
            saves = script({2: [CheckpointNow()], 4: [CheckpointNow()]})
            try:
                end = run.train(commands=saves)[-1]
            except Killed:
                end = None
        if end is not None:
            break
        newest = checkpoint.load_latest(run.folder)
        ends.add(-1 if newest is None else newest.images_seen)
        assert isinstance(run.train(resume=newest is not None)[-1], Done)
        assert_same(run.folder, whole.folder)
        assert not list((run.folder / "checkpoints").glob(".*"))
    assert {0, 8, 16} <= ends, "death came before, between and after the checkpoints"


KILL = """
import os, signal, sys
from pathlib import Path
from studio.engine.events import CheckpointNow
from studio.engine.training.session.loop import train
from tests.engine.training.support import script
import torch
torch.set_num_threads(1)
from studio.engine import files
real, seen = files.fsync_file, []
def fsync(path):
    seen.extend([path] if path.suffix in (".safetensors", ".json") else [])
    if len(seen) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    real(path)
files.fsync_file = fsync
orders = script({2: [CheckpointNow()], 4: [CheckpointNow()]})
list(train(Path(sys.argv[1]), Path(sys.argv[2]), orders, resume=False))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_sigkill_inside_the_writing_of_a_checkpoint(vae: Driven, tmp_path: Path) -> None:
    """A real process that is gone between two files of its second checkpoint."""
    whole = vae.twin(tmp_path / "whole")
    whole.train()
    inside = "5"
    words = [sys.executable, "-c", KILL, str(vae.folder), str(vae.project_folder), inside]
    dead = subprocess.run(words, cwd=Path(__file__).parents[2], capture_output=True, check=False)
    assert dead.returncode == -signal.SIGKILL, dead.stderr.decode()
    assert list((vae.folder / "checkpoints").glob(".*.part")), "it died too early or too late"
    newest = checkpoint.load_latest(vae.folder)
    assert newest is not None
    assert newest.images_seen == 0
    assert isinstance(vae.train(resume=True)[-1], Done)
    assert_same(vae.folder, whole.folder)
    assert not list((vae.folder / "checkpoints").glob(".*"))
