"""What a run will need, known before it: its first real steps on this machine, then forgotten.

The same steps, samples and checkpoint as in the run itself, in a folder that is deleted
afterwards. Nothing is guessed but :data:`needs.FIRST_PICTURE`.
"""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from models.parameters import ParameterError
from studio.engine.door import inside
from studio.engine.errors import StudioError
from studio.engine.events import ROUND, Done, Event, Failed, Health, RunState, Stage, Stop
from studio.engine.said import Said, reason
from studio.engine.training.planning.runs import pictures_of
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session.care import Care, DeviceFailed
from studio.engine.training.session.loop import Commands
from studio.engine.training.session.needs import figures
from studio.engine.training.session.trainer import Trainer

WARM_STEPS = 4
"""Not timed: caches fill and kernels are chosen."""
FEWEST_STEPS = 3
"""Timed at least, of a whole :data:`ROUND`, however slow they are."""
WARM_SECONDS, TIMED_SECONDS = 3.0, 10.0
"""After these a slow machine goes on with the steps it has: a rough answer soon is worth more."""


def preflight(recipe: Recipe, project_folder: Path, commands: Commands) -> Iterator[Event]:
    """Measure a run that was not begun. Ends with Preflight and Done, or with Failed.

    Memory that runs out makes the parts of a batch smaller, as in the run, and is told.
    """
    place = Path(tempfile.mkdtemp(prefix=".preflight-", dir=_room(project_folder)))
    try:
        # Neither the weights it begins with nor its logs change what it needs.
        recipe = recipe.model_copy(update={"start_from": "", "tensorboard": False})
        recipe.save(place)
        yield from _Measurement(recipe, place, project_folder).run(commands)
    except Exception as error:  # noqa: BLE001  # a family may fail in any way: one sentence, always
        yield _failed(error)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _failed(error: Exception) -> Failed:
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, StudioError | ParameterError) and not isinstance(error, DeviceFailed):
        return Failed(error.said, getattr(error, "detail", ""))
    failed = isinstance(error, DeviceFailed)
    said = Said(
        "The run could not be measured ({reason}). Nothing was changed; try again, or choose "
        "another device or family.",
        reason=Said("the device failed") if failed else type(error).__name__,
    )
    return Failed(said, detail)


def _room(project_folder: Path) -> Path:
    cache = inside(project_folder, "cache")
    try:
        cache.mkdir(exist_ok=True)
    except OSError as error:
        raise StudioError(
            "{path} cannot be written ({reason}): check that the disk has space.",
            repr(error),
            path=cache,
            reason=reason(error),
        ) from error
    return cache


class _Measurement:
    def __init__(self, recipe: Recipe, place: Path, project_folder: Path) -> None:
        self.recipe, self.place, self.project_folder = recipe, place, project_folder
        self.rate, self.steps = 0.0, 0

    def run(self, commands: Commands) -> Iterator[Event]:
        yield Stage(RunState.PREPARING)
        trainer = Trainer(self.recipe, pictures_of(self.project_folder, self.recipe))
        care = Care(self.place, trainer, resume=False)
        try:
            yield Stage(RunState.MEASURING)
            yield from (
                event for event in care.settle(self.recipe.minutes) if isinstance(event, Health)
            )
            yield from self._steps(care, trainer, commands)
            stopped = not self.rate
            if not stopped:
                yield from _told(care.samples())
                yield from _told(care.checkpoint())
                if care.unsaved:
                    raise StudioError(care.unsaved)
                found = figures(trainer, self.rate, care.last.folder, self.recipe.minutes)
                yield dataclasses.replace(found, steps=self.steps)
        finally:
            care.close()
        reason = RunState.STOPPED if stopped else RunState.MEASURED
        yield Done(reason, trainer.state.images_seen, trainer.seconds, "", "")

    def _steps(self, care: Care, trainer: Trainer, commands: Commands) -> Iterator[Event]:
        began = started = time.monotonic()
        warm = timed = 0
        slow = is_warm = False
        while timed < ROUND:
            if isinstance(commands(), Stop):
                return
            before = time.monotonic()
            events = list(care.step())
            yield from events
            if events:  # it begins again with smaller parts
                warm, timed, is_warm, started = 0, 0, False, time.monotonic()
            elif is_warm:
                timed += 1
                if slow:  # else waiting for every single step would take longer than the round
                    finish(trainer)
                if timed >= FEWEST_STEPS and time.monotonic() - started > TIMED_SECONDS:
                    break
            else:
                finish(trainer)
                warm, now = warm + 1, time.monotonic()
                slow = now - before > TIMED_SECONDS / ROUND
                is_warm = warm == WARM_STEPS or now - started > WARM_SECONDS
                started = now if is_warm else started
        finish(trainer)
        now = time.monotonic()
        self.rate = timed * trainer.batch_size / max(1e-9, now - started)
        self.steps, trainer.seconds = timed, now - began


def finish(trainer: Trainer) -> None:
    """Wait for the device; the clock is only true then."""
    import torch

    if trainer.device.type != "cpu":
        torch.accelerator.synchronize()


def _told(events: Iterator[Event]) -> Iterator[Event]:
    # Where its samples and checkpoints lie is of no use: they are deleted.
    return (event for event in events if isinstance(event, Health))
