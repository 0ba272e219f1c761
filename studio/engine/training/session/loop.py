"""The training loop: a generator of events that asks for commands between two steps."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from models.parameters import ParameterError
from studio.engine.errors import StudioError
from studio.engine.events import (
    CheckpointNow,
    Command,
    Done,
    Event,
    Failed,
    Pause,
    Progress,
    Resume,
    RunState,
    SampleNow,
    Set,
    Stage,
    Stop,
)
from studio.engine.said import Said
from studio.engine.training.planning import ends
from studio.engine.training.planning.runs import pictures_of
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session import sample_times
from studio.engine.training.session.care import Care
from studio.engine.training.session.needs import figures
from studio.engine.training.session.ranks import Ranks, place
from studio.engine.training.session.trainer import UNPLANNED, Trainer

PROGRESS_SECONDS = 0.2
METRICS_SECONDS = 0.5
PLAN_SECONDS = 15.0
"""A run of minutes first reckons after so long how many images it will see, for its schedules."""
PLANNED_AGAIN = 1.5
"""And anew whenever it has trained so many times as long as at the last time."""
STEPS_BEFORE_ETA = 30
STEPS_BEFORE_NEEDS = 20
"""Then a session tells once what the run needs."""
LONGEST_RISK = 600.0
"""Seconds of training that a power cut may cost, however slow the disk is."""
PATIENCE = 20.0
"""Samples, and checkpoints, wait so many times as long as the last one took: 5 % at most."""
_PAUSED_POLL = 0.02

Commands = Callable[[], Command | None]


def train(
    run_folder: Path,
    project_folder: Path,
    commands: Commands,
    *,
    resume: bool,
    total_images: int | None = None,
    minutes: float | None = None,
) -> Iterator[Event]:
    """Train a run to its end. `commands` returns the next command or None, without waiting.

    With `resume` it goes on from the newest checkpoint that verifies; `total_images` or
    `minutes`, totals of the run, then give it another end. Ends with exactly one
    :class:`Done` or :class:`Failed`; what can be expected to go wrong is an event. Under
    `torchrun` this is the first process, and the others :func:`follow`.
    """
    care: Care | None = None
    ranks: Ranks | None = None
    try:
        yield Stage(RunState.PREPARING)
        recipe = Recipe.load(run_folder)
        pictures = pictures_of(project_folder, recipe)
        own = place()
        ranks = None if own is None else Ranks(own)
        trainer = Trainer(recipe, pictures, ranks)
        if ranks is not None:
            ranks.begin(recipe, trainer.family)
        care = Care(run_folder, trainer, resume=resume)
        loop = _Loop(recipe, trainer, care, total_images, minutes)
        yield from loop.run(commands)
    except Exception as error:  # noqa: BLE001  # a family may fail in any way: one sentence, always
        yield _failed(run_folder, error)
    finally:
        if care is not None:
            care.close()
        if ranks is not None:
            ranks.leave()


def _failed(run_folder: Path, error: Exception) -> Failed:
    good = checkpoint.load_latest(run_folder)
    place = str(good.folder) if good else ""
    if isinstance(error, StudioError | ParameterError):
        return Failed(error.said, getattr(error, "detail", ""), place)
    hope = Said("nothing was saved yet: start the run again.")
    if good:
        hope = Said("the last checkpoint is intact: resume the run.")
    detail = "".join(traceback.format_exception(error))
    said = Said("Training failed ({kind}); {hope}", kind=type(error).__name__, hope=hope)
    return Failed(said, detail, place)


class _Loop:
    """One session: its clock, its end, what was asked for."""

    def __init__(
        self,
        recipe: Recipe,
        trainer: Trainer,
        care: Care,
        total_images: int | None,
        minutes: float | None,
    ) -> None:
        self.recipe, self.trainer, self.care = recipe, trainer, care
        self.minutes, self.until = recipe.minutes, recipe.until
        if total_images is not None or minutes is not None:
            self.minutes, self.until = minutes, None
            trainer.state.total_images = total_images or UNPLANNED
        elif self.until is not None and ends.is_past(self.until):
            raise StudioError(
                "The run {run} was to end at {time}, which is over: give it another length.",
                run=recipe.run, time=f"{self.until.astimezone():%Y-%m-%d %H:%M}",
            )  # fmt: skip
        self.paused = self.stopping = False
        self._start_clock()
        self.told = self.measured = self.saved = time.monotonic()
        self.sampled = -math.inf
        self._sampling = self._saving = 0.0
        self._needs_told = False
        self._safe = trainer.seconds
        """The training time that is in a checkpoint."""

    def run(self, commands: Commands) -> Iterator[Event]:
        yield Stage(RunState.TRAINING)
        yield from self.care.begun
        yield from self.care.settle(self.minutes)
        self._start_clock()
        while not self.finished():
            yield from self._obey(commands)
            if self.stopping:
                break
            if self.paused:
                time.sleep(_PAUSED_POLL)
                continue
            yield from self.care.step()
            now = time.monotonic()
            self.trainer.seconds = self._seconds_before + now - self._started
            self._plan()
            yield from self._due(now)
        yield from self._end()

    def finished(self) -> bool:
        """Whether the planned images, or minutes, are over; a clock goes on while a run pauses."""
        if self.until is not None:
            return ends.is_past(self.until)
        if self.minutes is not None:
            return self.trainer.seconds >= 60 * self.minutes
        return self.trainer.state.images_seen >= self.trainer.state.total_images

    def progress(self) -> Progress:
        """Rates of this session alone; no time left before the rate means anything."""
        state, trainer = self.trainer.state, self.trainer
        spent = trainer.seconds - self._seconds_before
        # After a way back there may be fewer images than at the start of the session.
        rate = max(0, state.images_seen - self._images_before) / spent if spent > 0 else 0.0
        left: float | None = None
        if self._steps() >= STEPS_BEFORE_ETA and rate > 0:
            images_left = (state.total_images - state.images_seen) / rate
            left = images_left if self.minutes is None else 60 * self.minutes - trainer.seconds
            if self.until is not None:
                left = 60 * ends.minutes_to(self.until)
            left = max(0.0, left)
        # What a run of minutes plans is for its schedules; it may see many times as many.
        total = state.total_images if self.minutes is None else 0
        part = state.images_seen / total if total else None
        if self.minutes is not None:
            part = trainer.seconds / (60 * self.minutes)
        part = None if part is None else min(1.0, part)
        unsaved = max(0.0, trainer.seconds - self._safe)
        return Progress(
            state.step, state.images_seen, total, trainer.seconds, rate, left, part,
            unsaved, max(unsaved, self._pause_of_saves()),
        )  # fmt: skip

    def _pause_of_saves(self) -> float:
        """Seconds between two checkpoints; longer where one takes long."""
        return max(self.recipe.checkpoint_every_seconds, self._saving)

    def _steps(self) -> int:
        return self.trainer.state.step - self._steps_before

    # ------------------------------------------------------------------ parts of a session

    def _due(self, now: float) -> Iterator[Event]:
        if now - self.measured >= METRICS_SECONDS or self.finished():
            self.measured = now
            yield from self.care.measure()
        if now - self.told >= PROGRESS_SECONDS:
            self.told = now
            yield self.progress()
        pause = sample_times.pause(self.trainer.seconds, self.recipe.sample_every_seconds)
        if now - self.sampled >= max(pause, self._sampling):
            yield from self._samples()
        if now - self.saved >= self._pause_of_saves():
            yield from self._checkpoint()

        if not self._needs_told and self._steps() >= STEPS_BEFORE_NEEDS:
            self._needs_told = True
            rate = max(1e-9, self.progress().images_per_second)
            yield figures(self.trainer, rate, self.care.last.folder, self.minutes)

    def _end(self) -> Iterator[Event]:
        yield Stage(RunState.SAVING)
        yield from self.care.measure()
        yield from self._checkpoint(at_end=True)
        if self.care.unsaved:
            yield Failed(self.care.unsaved, "", str(self.care.last.folder))
            return
        yield from self._samples()
        yield self.progress()
        last = self.care.last
        reason = RunState.FINISHED if self.finished() else RunState.STOPPED
        seen = self.trainer.state.images_seen
        yield Done(
            reason, seen, self.trainer.seconds, str(last.folder), last.sha256, self.care.final
        )

    def _samples(self) -> Iterator[Event]:
        began = time.monotonic()
        yield from self.care.samples()
        self.sampled = time.monotonic()
        self._sampling = PATIENCE * (self.sampled - began)

    def _checkpoint(self, *, at_end: bool = False) -> Iterator[Event]:
        began = time.monotonic()
        yield from self.care.checkpoint(at_end=at_end)
        self.saved = time.monotonic()
        self._saving = min(PATIENCE * (self.saved - began), LONGEST_RISK)
        if not self.care.unsaved:
            self._safe = self.trainer.seconds
        if self.care.unsaved and not self.stopping and not self.finished():
            self.paused = True
            yield Stage(RunState.PAUSED)

    def _obey(self, commands: Commands) -> Iterator[Event]:
        while (command := commands()) is not None:
            match command:
                case Pause() if not self.paused:
                    self.paused = True
                    yield Stage(RunState.PAUSED)
                case Resume() if self.paused:
                    self.paused = False
                    self._start_clock()
                    yield Stage(RunState.TRAINING)
                    if self.care.unsaved:
                        yield from self._checkpoint()
                case Stop():
                    self.stopping = True
                    return  # what was asked for after it no longer matters
                case SampleNow():
                    yield from self._samples()
                case CheckpointNow():
                    yield from self._checkpoint()
                case Set(key="until", value=clock):
                    yield self._end_at(str(clock))
                case Set(key=key, value=value):
                    yield self.care.set_live(key, value)
                case _:
                    pass

    def _end_at(self, clock: str) -> Event:
        """Another time of the clock; a session after this one is to know it as well."""
        try:
            recipe = ends.moved(self.recipe, clock)
            recipe.save(self.care.folder)
        except StudioError as error:
            return self.care.refused(error.said)
        self.recipe, self.until = recipe, recipe.until
        self._start_clock()
        time_of = ends.said(recipe.until) if recipe.until is not None else clock
        return self.care.changed(Said("The run now ends at {time}.", time=time_of))

    def _start_clock(self) -> None:
        """Rates count from here: time spent paused is no training."""
        self._started = time.monotonic()
        if self.until is not None:
            self.minutes = self.trainer.seconds / 60 + ends.minutes_to(self.until)
        self._seconds_before = self.trainer.seconds
        self._images_before = self.trainer.state.images_seen
        self._steps_before = self.trainer.state.step
        self._planned_from = 0.0, self._images_before
        self._planned_at = min(PLAN_SECONDS, 6 * self.minutes) if self.minutes else 0.0

    def _plan(self) -> None:
        """A run of minutes reckons how many images it will see, now and again.

        Each time by the rate since the last time: where a machine is busy at first, or later steps
        take longer, it would otherwise end far beside its schedules.
        """
        state = self.trainer.state
        spent = self.trainer.seconds - self._seconds_before
        if self.minutes is None or spent <= self._planned_at:
            return
        began, seen = self._planned_from
        left = max(0.0, 60 * self.minutes - self.trainer.seconds)
        if state.images_seen > seen:  # after a way back nothing is known of the rate
            rate = (state.images_seen - seen) / (spent - began)
            state.total_images = state.images_seen + max(1, int(rate * left))
        self._planned_from = spent, state.images_seen
        self._planned_at = PLANNED_AGAIN * spent
