"""Memory that runs out while a checkpoint is made, and steps in parts that are broken off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from models.families.codec.vae import Vae
from studio.engine.events import (
    Checkpoint,
    CheckpointNow,
    Command,
    Done,
    Event,
    Failed,
    Health,
    Pause,
    Resume,
    SampleNow,
    Stage,
)
from studio.engine.training.record import checkpoint
from studio.engine.training.session.loop import train
from studio.engine.training.session.trainer import Trainer
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import IMAGES, Driven, assert_same, script, state_of

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]

ERRORS = [
    (torch.OutOfMemoryError, "CUDA out of memory. Tried to allocate 2.00 GiB"),
    (RuntimeError, "DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 byte"),
    (MemoryError, ""),
]


def failing(
    monkeypatch: pytest.MonkeyPatch, name: str, times: int, error: Exception
) -> Callable[[], int]:
    """Let a method of the trainer fail so often once the run has begun; tells how often it did."""
    real, failed = getattr(Trainer, name), 0

    def stand_in(trainer: Trainer, *arguments: Any) -> Any:
        nonlocal failed
        if trainer.state.images_seen and failed < times:
            failed += 1
            raise error.with_traceback(None)
        return real(trainer, *arguments)

    monkeypatch.setattr(Trainer, name, stand_in)
    return lambda: failed


@pytest.mark.parametrize(("kind", "words"), ERRORS)
def test_a_checkpoint_that_does_not_fit_once_is_saved_at_the_second_try(
    vae: Driven, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    kind: type[Exception], words: str,
) -> None:  # fmt: skip
    whole = vae.twin(tmp_path / "whole")
    whole.train()
    failed = failing(monkeypatch, "capture", 1, kind(words))
    events = vae.train(commands=script({2: [CheckpointNow()]}))
    assert failed() == 1
    assert isinstance(events[-1], Done)
    assert not [each for each in events if isinstance(each, Health) and each.kind == "memory"]
    assert [each.images_seen for each in events if isinstance(each, Checkpoint)] == [8, IMAGES]
    assert_same(vae.folder, whole.folder)


def test_a_checkpoint_that_never_fits_pauses_and_resume_tries_again(
    vae: Driven, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = vae.twin(tmp_path / "whole")
    whole.train()
    failing(monkeypatch, "capture", 4, torch.OutOfMemoryError("CUDA out of memory"))
    events: list[Event] = []
    orders: list[Command | None] = [None, None, CheckpointNow(), None, Resume(), None, Resume()]

    def ask() -> Command | None:
        return orders.pop(0) if orders else None

    for event in train(vae.folder, vae.project_folder, ask, resume=False):
        events.append(event)
    told = [each for each in events if isinstance(each, Health) and each.kind == "memory"]
    assert len(told) == 2
    assert all("too little memory" in each.sentence for each in told)
    assert Stage("paused") in events
    assert isinstance(events[-1], Done)
    assert_same(vae.folder, whole.folder)


@pytest.mark.parametrize(("kind", "words"), ERRORS)
def test_an_examination_that_does_not_fit_costs_nothing_else(
    vae: Driven, monkeypatch: pytest.MonkeyPatch, kind: type[Exception], words: str
) -> None:
    failed = failing(monkeypatch, "_refresh", 99, kind(words))
    events = vae.train(commands=script({2: [CheckpointNow()]}))
    assert failed()
    assert isinstance(events[-1], Done)
    assert checkpoint.verify(Path(events[-1].checkpoint)).images_seen == IMAGES


def test_a_device_that_is_lost_while_saving_leaves_the_checkpoint_before(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        failing(patch, "capture", 99, RuntimeError("CUDA error: unknown error"))
        end = vae.train(commands=script({2: [CheckpointNow()]}))[-1]
    assert isinstance(end, Failed)
    assert "\n" not in end.message
    assert checkpoint.verify(Path(end.checkpoint)).images_seen == 0
    assert isinstance(vae.train(resume=True)[-1], Done)


# ---------------------------------------------------------------------- steps in parts


def in_parts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let memory run out at the first step, so that every later one has two parts; their sizes."""
    real, sizes = Vae.training_step, []

    def step(family: Vae, batch: torch.Tensor, *arguments: Any) -> Any:
        if len(batch) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        sizes.append(len(batch))
        return real(family, batch, *arguments)

    monkeypatch.setattr(Vae, "training_step", step)
    return sizes


def test_whatever_is_asked_for_a_step_in_parts_is_never_broken_off(
    vae: Driven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause, a sample and a checkpoint all come between two steps, not between two parts."""
    sizes = in_parts(monkeypatch)
    whole = vae.twin(tmp_path / "whole")
    whole.train()
    asked: list[int] = []
    look = script({n: [Pause(), SampleNow(), CheckpointNow(), Resume()] for n in range(6)})
    sizes.clear()

    def ask() -> Command | None:
        asked.append(len(sizes))
        return look()

    vae.train(commands=ask)
    assert len(sizes) == 2 * (IMAGES // 4)
    assert all(count % 2 == 0 for count in asked)
    assert_same(vae.folder, whole.folder)


@pytest.mark.parametrize("step", [2, 3, 5])
def test_a_run_in_parts_that_dies_at_any_step_goes_on_exactly(
    vae: Driven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Three steps are an epoch: the ends of epochs are among the places where it dies."""
    in_parts(monkeypatch)
    whole = vae.twin(tmp_path / "whole")
    whole.train()
    saves = script({n: [CheckpointNow()] for n in (1, 3)}, end=step)
    with pytest.raises(KeyboardInterrupt):
        list(train(vae.folder, vae.project_folder, saves, resume=False))
    assert isinstance(vae.train(resume=True)[-1], Done)
    assert_same(vae.folder, whole.folder)
    plain, _ = state_of(vae.folder)
    assert (plain["batch_size"], plain["part_size"], plain["position"]) == (4, 2, IMAGES)
