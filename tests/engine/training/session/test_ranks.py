"""A run that several processes train: the same run, wherever it began and however it ends."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.engine.devices import Device
from studio.engine.errors import UsageError
from studio.engine.events import Done
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session import ranks
from studio.engine.training.session.ranks import Place, failure
from tests.engine.training.session.pair import END
from tests.engine.training.support import IMAGES, Driven, assert_same, state_of

ROOT = Path(__file__).resolve().parents[4]
WAIT = 1200
"""Seconds; a guard only: a busy machine takes some minutes."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def by_two(*jobs: dict[str, Any]) -> list[int]:
    """Do the jobs in two processes; their exit codes."""
    told = json.dumps([{"port": free_port(), "resume": False, **job} for job in jobs])
    module = "tests.engine.training.session.pair"
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", module, str(rank), told], cwd=ROOT,
            env={**os.environ, "PYTHONPATH": paths},
        )
        for rank in range(2)
    ]  # fmt: skip
    return [process.wait(WAIT) for process in processes]


def job(run: Driven, **more: Any) -> dict[str, Any]:
    return {"run": str(run.folder), "project": str(run.project_folder), **more}


def ended(run: Driven) -> tuple[int, str]:
    seen, said = json.loads((run.folder / END).read_text("utf-8"))
    return seen, said


def assert_close(one: Path, other: Path) -> None:
    """The same point of a run, up to the rounding of sums."""
    plain, tensors = state_of(one)
    plain_too, tensors_too = state_of(other)
    for key in ("images_seen", "step", "position", "batch_size", "config"):
        assert plain[key] == plain_too[key]
    assert tensors.keys() == tensors_too.keys()
    for key, tensor in tensors.items():
        if tensor.is_floating_point():
            torch.testing.assert_close(tensor, tensors_too[key], rtol=0, atol=1e-5)
        else:
            assert torch.equal(tensor, tensors_too[key]), key


@pytest.fixture
def twins(vae: Driven, tmp_path: Path) -> Callable[[str], Driven]:
    """The same run once more, in a project of its own: the others look for it by its name. In
    full precision, which a processor with bfloat16 of its own does not choose by itself."""
    vae.change(precision="fp32")

    def twin(name: str) -> Driven:
        project = tmp_path / name
        copied = Driven(vae.project_folder, vae.project_folder).twin(project)
        return Driven(copied.folder / "runs" / vae.folder.name, project)

    return twin


def test_two_processes_train_the_run_of_one_and_resume_it(twins: Callable[[str], Driven]) -> None:
    """By two to its end; stopped and resumed by two: the same bits. Resumed by one, or never
    trained by two: the same numbers."""
    whole, again, alone, single, lost = map(twins, ("whole", "again", "alone", "single", "lost"))
    copy = twins("copy")  # of the project, on another machine, from before the run began
    shutil.rmtree(copy.folder)
    codes = by_two(
        job(whole, copy=str(copy.project_folder)), job(again, steps=3), job(again, resume=True),
        job(alone, steps=3), job(lost, dies=2),
    )  # fmt: skip
    assert codes == [0, -9]
    assert ended(whole) == ended(again) == (IMAGES, "")
    assert ended(alone) == (12, "")
    assert_same(whole.folder, again.folder)
    end = alone.train(resume=True)[-1]
    assert isinstance(end, Done)
    single.train()
    assert_close(whole.folder, alone.folder)
    assert_close(whole.folder, single.folder)

    _, said = ended(lost)
    assert said.startswith("Another process of the run has ended or cannot be reached;")
    assert isinstance(lost.train(resume=True)[-1], Done)
    assert_same(lost.folder, single.folder)


def test_reading_the_pictures_of_a_run_leaves_alone_what_another_process_is_writing(
    twins: Callable[[str], Driven],
) -> None:
    run = twins("beside")
    part = run.folder / "checkpoints" / ".0123456789ab.part"
    part.mkdir(parents=True)
    runs.pictures_of(run.project_folder, Recipe.load(run.folder))
    assert part.is_dir()
    Project.open(run.project_folder).close()
    assert not part.exists(), "who has the project tidies it"


def test_a_process_alone_is_no_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"RANK": "1", "WORLD_SIZE": "2", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}
    for word, value in words.items():
        monkeypatch.setenv(word, value)
    assert ranks.place() is None  # a batch system may say such things of any program
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    assert ranks.place() == Place(1, 2, 1, 2)
    monkeypatch.setenv("WORLD_SIZE", "1")
    assert ranks.place() is None


def test_each_process_has_a_device_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [Device(name, name, 0, False) for name in ("cuda:0", "cuda:1", "cpu")]
    monkeypatch.setattr(ranks.devices, "devices", lambda: known)
    assert [Place(k + 2, 4, k, 2).device("auto") for k in range(2)] == ["cuda:0", "cuda:1"]
    assert Place(1, 4, 1, 4).device("cpu") == "cpu"
    with pytest.raises(UsageError, match="4 processes and 2 devices"):
        Place(1, 4, 1, 4).device("auto")
    known[:2] = [Device("mps", "Apple GPU", 0, False)]
    with pytest.raises(UsageError, match="cannot share a run on mps"):
        Place(1, 2, 1, 2).device("auto")


def test_what_ends_a_process_is_one_sentence() -> None:
    own = Place(1, 2, 1, 2)
    assert "process 2 of 2 has too little memory" in str(failure(MemoryError(), own))
    assert "failed in a step (RuntimeError)" in str(failure(RuntimeError("driver"), own))
