"""Pre-flight tells the truth and leaves nothing behind; a batch in parts learns as a whole one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from models import base
from models.families.codec.vae import Vae
from models.parts.schedules import adam
from studio.engine.events import Done, Failed, Health, Preflight, Stop, from_line
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.process.client import TrainingProcess
from studio.engine.training.record.options import NewRun
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session import preflight as pre
from studio.engine.training.session.accumulation import step_in_parts
from studio.engine.training.session.preflight import preflight
from studio.engine.training.session.trainer import Trainer
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import TINY, Driven, assert_same

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]


def files(folder: Path) -> set[Path]:
    """Everything in a folder but what the interpreter leaves."""
    return {path for path in folder.rglob("*") if "sqlite" not in path.name}


def measured(run: Driven, **changes: Any) -> Preflight:
    """The figures of a run that was not begun."""
    recipe = Recipe.load(run.folder).model_copy(update=changes)
    events = list(preflight(recipe, run.project_folder, lambda: None))
    assert isinstance(events[-1], Done), events[-1]
    assert events[-1].reason == "measured"
    (found,) = [event for event in events if isinstance(event, Preflight)]
    return found


@pytest.mark.parametrize("family", TINY)
def test_the_figures_of_a_run_and_nothing_left_of_it(
    run_of: Callable[[str], Driven], family: str
) -> None:
    run = run_of(family)
    before = files(run.project_folder)
    found = measured(run)
    assert files(run.project_folder) == before
    assert (found.family, found.batch_size, found.part_size) == (family, 4, 4)
    assert found.images_per_second > 0
    assert found.memory > 1 << 20
    assert found.images == 24
    assert found.seconds == pytest.approx(24 / found.images_per_second)
    wanted = base.family(family).facts.first_picture / found.images_per_second
    assert found.first_picture_seconds == pytest.approx(wanted)
    run.train()
    newest = max((run.folder / "checkpoints").iterdir())
    there = sum(path.stat().st_size for path in newest.iterdir())
    assert found.checkpoint_bytes == pytest.approx(there, rel=0.05)
    assert found.disk >= 4 * there


def test_a_run_of_minutes_knows_its_images(vae: Driven) -> None:
    found = measured(vae, minutes=2.0, total_images=None)
    assert found.seconds == 120
    assert found.images == int(120 * found.images_per_second)


def test_a_run_tells_its_needs_once(vae: Driven) -> None:
    vae.change(total_images=120)
    events = vae.train()
    (found,) = [event for event in events if isinstance(event, Preflight)]
    assert found.images == 120


def test_memory_that_runs_out_makes_smaller_parts_and_says_so(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Vae.training_step

    def step(family: Vae, batch: Tensor, state: Any) -> Any:
        if len(batch) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(family, batch, state)

    monkeypatch.setattr(Vae, "training_step", step)
    events = list(preflight(Recipe.load(vae.folder), vae.project_folder, lambda: None))
    told = [event for event in events if isinstance(event, Health)]
    assert [event.kind for event in told] == ["memory", "memory"]
    (found,) = [event for event in events if isinstance(event, Preflight)]
    assert (found.batch_size, found.part_size) == (4, 1)


def test_a_family_that_fails_is_a_sentence(vae: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    def step(*arguments: Any) -> Any:
        raise RuntimeError("CUDA error: device lost")

    before = files(vae.project_folder)
    monkeypatch.setattr(Vae, "training_step", step)
    (*_, end) = preflight(Recipe.load(vae.folder), vae.project_folder, lambda: None)
    assert isinstance(end, Failed)
    assert end.checkpoint == ""
    assert "could not be measured" in end.message
    assert "\n" not in end.message
    assert files(vae.project_folder) == before


@pytest.mark.parametrize(
    ("seconds", "warm", "timed"),
    [(0.0, 4, 16), (0.6, 4, 16), (0.7, 4, 15), (2.0, 2, 6), (5.0, 1, 3), (600.0, 1, 3)],
)
def test_slow_steps_are_fewer_and_the_rate_is_still_theirs(
    vae: Driven, monkeypatch: pytest.MonkeyPatch, seconds: float, warm: int, timed: int
) -> None:
    clock, real, waits = [0.0], Trainer.step, []

    def step(trainer: Trainer) -> None:
        real(trainer)
        clock[0] += seconds

    monkeypatch.setattr(Trainer, "step", step)
    monkeypatch.setattr(pre, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(pre, "finish", lambda trainer: waits.append(trainer.state.images_seen))
    recipe = Recipe.load(vae.folder)
    *_, found, end = preflight(recipe, vae.project_folder, lambda: None)
    assert isinstance(found, Preflight)
    assert isinstance(end, Done)
    assert end.images_seen == 4 * (warm + timed)
    assert (found.steps, found.is_rough) == (timed, timed < 16)
    if seconds:
        assert found.images_per_second == pytest.approx(4 / seconds)
    slow = seconds > 10 / 16
    assert len(waits) == warm + 1 + (timed if slow else 0), "only slow steps are waited for"


def test_smaller_parts_are_timed_from_the_beginning(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, real, done = [0.0], Trainer.step, []

    def step(trainer: Trainer) -> None:
        clock[0] += 2.0
        done.append(trainer.part_size)
        if len(done) == 4:  # in the middle of the timed ones
            raise torch.OutOfMemoryError("CUDA out of memory")
        real(trainer)

    monkeypatch.setattr(Trainer, "step", step)
    monkeypatch.setattr(pre, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    events = list(preflight(Recipe.load(vae.folder), vae.project_folder, lambda: None))
    (found,) = [event for event in events if isinstance(event, Preflight)]
    assert done == [4] * 4 + [2] * (2 + 6)
    assert (found.steps, found.images_per_second) == (6, 2.0)


def test_stop_ends_it_without_figures(vae: Driven) -> None:
    events = list(preflight(Recipe.load(vae.folder), vae.project_folder, Stop))
    assert not [event for event in events if isinstance(event, Preflight)]
    assert isinstance(events[-1], Done)
    assert events[-1].reason == "stopped"


def test_a_plan_writes_no_run(project: Project) -> None:
    before = runs.runs(project), files(project.runs)
    plan = runs.plan_run(project, NewRun("set", "vae", 16, 16, images=8, overrides=TINY["vae"]))
    assert plan.total_images == 8
    assert (runs.runs(project), files(project.runs)) == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs the peak of a child that has ended")
def test_the_peak_of_memory_is_known_before_the_run(vae: Driven) -> None:
    """In processes of their own, as in life; within 15 %."""
    vae.change(device="cpu", config={**Recipe.load(vae.folder).config, "width": 32})
    process = TrainingProcess(vae.folder, vae.project_folder, resume=False, preflight=True)
    process.start()
    events = []
    while not any(isinstance(event, Done | Failed) for event in events):
        events += process.poll(1.0)
    assert process.wait(60)
    (found,) = [event for event in events if isinstance(event, Preflight)]

    vae.change(total_images=160)
    words = [sys.executable, "-m", "studio.engine.training.process.child"]
    words += [str(vae.folder), str(vae.project_folder)]
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdin is not None
    with child.stdin, child.stdout:
        *_, last = [from_line(line) for line in child.stdout]
        _, code, usage = os.wait4(child.pid, 0)
    child.returncode = code
    assert isinstance(last, Done)
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    assert found.memory == pytest.approx(peak, rel=0.15)


# ---------------------------------------------------------------------- parts of a batch


def test_parts_give_the_gradient_of_the_whole() -> None:
    torch.manual_seed(0)
    pictures = torch.randn(7, 5)
    nets, reports = [nn.Linear(5, 3), nn.Linear(5, 3)], []
    nets[1].load_state_dict(nets[0].state_dict())
    for net, size in zip(nets, (7, 3), strict=True):
        optimizer = torch.optim.SGD(net.parameters(), lr=0.5)

        def step(
            part: Tensor, net: nn.Linear = net, optimizer: torch.optim.SGD = optimizer
        ) -> dict[str, Tensor]:
            for power in (2, 4):  # two steps inside one, as with lazy regularisers
                optimizer.zero_grad(set_to_none=True)
                loss = net(part).pow(power).mean()
                loss.backward()
                optimizer.step()
            return {"loss": loss.detach()}

        if size < 7:
            reports = list(step_in_parts(step, [optimizer], pictures.split(size)))
        else:
            expected = _two_sums(nets[0], pictures)
    assert len(reports) == 3
    for got, wanted in zip(nets[1].parameters(), expected, strict=True):
        torch.testing.assert_close(got, wanted)


def _two_sums(net: nn.Linear, pictures: Tensor) -> list[Tensor]:
    """Both inner steps with parts of 3, 3 and 1: all but the last part see the first weights."""
    other = nn.Linear(5, 3)
    other.load_state_dict(net.state_dict())
    parts, moved = pictures.split(3), None
    for power in (2, 4):
        total = [torch.zeros_like(weight) for weight in other.parameters()]
        for number, part in enumerate(parts):
            seen = net if number < len(parts) - 1 else other
            gradients = torch.autograd.grad(seen(part).pow(power).mean(), list(seen.parameters()))
            for each, gradient in zip(total, gradients, strict=True):
                each += gradient * len(part) / 7
        with torch.no_grad():
            moved = [w - 0.5 * g for w, g in zip(other.parameters(), total, strict=True)]
            for weight, value in zip(other.parameters(), moved, strict=True):
                weight.copy_(value)
    assert moved is not None
    return moved


def test_an_optimiser_is_its_own_again_after_an_error() -> None:
    weight = nn.Parameter(torch.ones(2))
    optimizer = adam([weight], 0.1, (0.9, 0.99))
    before = optimizer.step

    def step(part: Tensor) -> dict[str, Tensor]:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        list(step_in_parts(step, [optimizer], torch.ones(4, 1).split(2)))
    assert "step" not in vars(optimizer)
    assert optimizer.step == before


@pytest.mark.parametrize("family", TINY)
def test_a_run_in_parts_resumes_exactly(
    run_of: Callable[[str], Driven], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    real = Trainer.__init__

    def small(trainer: Trainer, *arguments: Any) -> None:
        real(trainer, *arguments)
        trainer.part_size = 2

    run = run_of(family)
    whole = run.twin(tmp_path / "whole")
    monkeypatch.setattr(Trainer, "__init__", small)
    whole.train()
    run.stop_after(3)
    monkeypatch.setattr(Trainer, "__init__", real)
    run.train(resume=True)
    assert_same(run.folder, whole.folder)
