"""Moving a run by hand, and comparing where two runs stand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from studio.engine.events import Command, Event, Stop
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session.loop import train

PICTURES = 12
IMAGES = 24
TINY: dict[str, dict[str, object]] = {
    "autoencoder": {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4},
    "vae": {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4},
    "gan": {"latent_dim": 8, "top_width": 8, "width": 8, "group_size": 8, "batch_size": 4},
    "stylegan2": {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4},
    "fewshot_gan": {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4},
}


@dataclass
class Driven:
    """A run and how to move it."""

    folder: Path
    project_folder: Path

    def train(
        self,
        *,
        resume: bool = False,
        commands: Callable[[], Command | None] = lambda: None,
        **options: Any,
    ) -> list[Event]:
        """All events of one session."""
        return list(train(self.folder, self.project_folder, commands, resume=resume, **options))

    def stop_after(self, steps: int, *, resume: bool = False) -> list[Event]:
        """Train some steps and stop."""
        return self.train(resume=resume, commands=script({steps: [Stop()]}))

    def change(self, **values: object) -> None:
        """Change the recipe before the run starts."""
        Recipe.load(self.folder).model_copy(update=values).save(self.folder)

    def twin(self, target: Path) -> Driven:
        """The same run in another folder."""
        shutil.copytree(self.folder, target)
        return Driven(target, self.project_folder)


def script(
    orders: dict[int, list[Command]], end: int | None = None
) -> Callable[[], Command | None]:
    """Commands to give once so many steps are done.

    After `end` steps the session is torn down where it stands, as by SIGKILL.
    """
    waiting = {step: list(commands) for step, commands in orders.items()}
    asked = 0

    def ask() -> Command | None:
        nonlocal asked
        if waiting.get(asked):
            return waiting[asked].pop(0)
        asked += 1
        if end is not None and asked > end:
            raise KeyboardInterrupt
        return None

    return ask


def state_of(run_folder: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """(counters, all tensors) of the newest checkpoint, without what time decides.

    What the detectors remember counts looks, and there are as many as checkpoints.
    """
    saved = checkpoint.load_latest(run_folder)
    assert saved is not None
    plain = {
        key: value
        for key, value in saved.state.items()
        if key not in ("seconds", "check", "files", "watch", "best")
    }
    found: dict[str, torch.Tensor] = {}
    for name in (checkpoint.MODEL, checkpoint.TRAINING):
        read = checkpoint.read_tensors(saved.folder / name)
        found |= {f"{name}:{key}": tensor for key, tensor in read.items()}
    return plain, found


def assert_same(one: Path, other: Path) -> None:
    """Both runs stand at the same point: every tensor, optimiser, counter and source of chance."""
    plain, tensors = state_of(one)
    plain_too, tensors_too = state_of(other)
    assert plain == plain_too
    assert tensors.keys() == tensors_too.keys()
    different = [key for key in tensors if not torch.equal(tensors[key], tensors_too[key])]
    assert not different
