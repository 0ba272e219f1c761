"""Networks translated for this machine by `torch.compile`, where that is measured to pay.

Both ways do the same arithmetic up to rounding, so a run keeps to the one it began with: the
choice is made before its first step, on steps that are then forgotten, and is in its checkpoints.
Where a penalty needs gradients of gradients, families call `forward` itself, which is never
translated: `torch.compile` cannot differentiate twice.
"""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
import time
from typing import TYPE_CHECKING

from studio.engine.said import NOTHING, Said

if TYPE_CHECKING:
    import torch
    from torch import nn

    from models.base import Family
    from studio.engine.training.record.checkpoint import Saved
    from studio.engine.training.session.trainer import Trainer

BACKEND = "inductor"
PAYS = 1.1
"""So many times as fast it has to be: translating takes its time, in every session."""
SHORTEST = {"cpu": math.inf, "cuda": 10.0}
"""Minutes of a run from which it is tried. A processor translates for minutes, in every session:
there only where the recipe insists (measured: the VAE at 64 pixels gains 6 %)."""
AS_WRITTEN = Said("They run as they are written.")
TIMED_STEPS = 16
"""One round of the longest interval at which any family regularises by default."""


def obstacle(device: torch.device) -> Said:
    """Why nothing can be translated here, in a sentence; empty where it can."""
    if device.type not in SHORTEST:
        return Said("Networks cannot be translated for {device}.", device=device.type)
    names = (os.environ.get("CXX", ""), "g++", "clang++", "cl")
    if not any(name and shutil.which(name) for name in names):
        return Said("Networks cannot be translated for this machine: there is no compiler here.")
    if device.type == "cuda" and importlib.util.find_spec("triton") is None:
        return Said("Networks cannot be translated for this machine: Triton is not installed.")
    return NOTHING


def hindrance(trainer: Trainer) -> Said:
    """The same of a trainer."""
    if trainer.ranks is not None:
        return Said("Networks are not translated where several processes train together.")
    return obstacle(trainer.device)


def is_worth_trying(device: torch.device, minutes: float | None) -> bool:
    """Whether a run of so many minutes, None where unknown, is long enough."""
    shortest = SHORTEST.get(device.type)
    return shortest is not None and minutes is not None and minutes >= shortest


def is_wanted(trainer: Trainer, minutes: float | None) -> bool:
    """Whether this run should find out; where its recipe insists, on any machine."""
    wanted = trainer.recipe.compile
    if wanted == "auto":
        return is_worth_trying(trainer.device, minutes) and not hindrance(trainer)
    return wanted == "on"


def decide(trainer: Trainer, saved: Saved) -> tuple[Said, Said]:
    """Translate the networks if that pays; what was found and what was done, in a sentence each.

    `saved` is where the trainer stands, and where it stands again afterwards.
    """
    reason = hindrance(trainer)
    if reason:
        return reason, AS_WRITTEN
    try:
        found = gain(trainer)
    except (RuntimeError, MemoryError) as error:
        undo(trainer)
        trainer.forget_memory()
        trainer.restore(saved)
        kind = type(error).__name__
        said = Said("Networks could not be translated for this machine ({kind}).", kind=kind)
        return said, AS_WRITTEN
    trainer.restore(saved)
    sentence = Said("Networks translated for this machine are {n:.2f} times as fast.", n=found)
    if found < PAYS and trainer.recipe.compile != "on":
        undo(trainer)
        return sentence, AS_WRITTEN
    return sentence, Said("They run translated.")


def networks(family: Family) -> list[nn.Module]:
    """Those that learn; averages only look, and are left as they are."""
    return [
        net for net in family.children()
        if any(weight.requires_grad for weight in net.parameters())
    ]  # fmt: skip


def translate(trainer: Trainer) -> None:
    """From here on; the work itself happens when each network is first called."""
    for net in networks(trainer.family):
        net.compile(backend=BACKEND, dynamic=False)
    trainer.compiled = True


def undo(trainer: Trainer) -> None:
    for net in trainer.family.children():
        net._compiled_call_impl = None
    trainer.compiled = False


def seconds_a_step(trainer: Trainer) -> float:
    """The time of a step, after as many that are not timed."""
    for _ in range(TIMED_STEPS):
        trainer.step()
    _wait(trainer)
    began = time.monotonic()
    for _ in range(TIMED_STEPS):
        trainer.step()
    _wait(trainer)
    return (time.monotonic() - began) / TIMED_STEPS


def gain(trainer: Trainer) -> float:
    """How many times as fast translated networks are; leaves them translated.

    The steps are real ones: the trainer has to be restored afterwards. Raises RuntimeError
    where translating, or what came of it, fails.
    """
    plain = seconds_a_step(trainer)
    translate(trainer)
    return plain / max(1e-9, seconds_a_step(trainer))


def _wait(trainer: Trainer) -> None:
    import torch

    if trainer.device.type != "cpu":
        torch.accelerator.synchronize()
