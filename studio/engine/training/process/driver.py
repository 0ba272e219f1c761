"""Run training in this process and keep the project's list of runs in step."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.events import (
    Checkpoint,
    Command,
    Done,
    Event,
    Failed,
    Health,
    HealthKind,
    Progress,
    RunState,
    Stage,
    Stop,
)
from studio.engine.project import Project
from studio.engine.said import NOTHING, Said
from studio.engine.training.planning import runs
from studio.engine.training.session.loop import train


def run_training(
    project: Project,
    name: str,
    *,
    resume: bool,
    commands: Callable[[], Command | None] = lambda: None,
    on_event: Callable[[Event], None] = lambda event: None,
    total_images: int | None = None,
    minutes: float | None = None,
) -> Done | Failed:
    """Train the run `name` to its end, passing every event on; returns the last one.

    A checkpoint that the disk refuses pauses a run until somebody resumes it. Where nobody
    can, in a script, that would be for ever: here it ends the run, the last one kept.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    run = runs.run(project, name)
    runs.update(project, name, status=RunState.RUNNING, message="")
    last: Done | Failed = Failed(
        Said("The run was interrupted; resume it from its last checkpoint.")
    )
    total, refused, stuck = 0, NOTHING, NOTHING

    def next_command() -> Command | None:
        return Stop() if stuck else commands()

    try:
        for event in train(
            run.folder, project.folder, next_command,
            resume=resume, total_images=total_images, minutes=minutes,
        ):  # fmt: skip
            if isinstance(event, Done | Failed):
                last = event
            elif isinstance(event, Progress):
                total = event.total_images
            elif isinstance(event, Checkpoint):  # a run that is killed says how far it was
                with contextlib.suppress(StudioError):
                    runs.update(project, name, images_seen=event.images_seen)
            if refused and event == Stage(RunState.PAUSED):
                stuck = stuck or refused
            refused = NOTHING
            if isinstance(event, Health) and event.kind is HealthKind.DISK:
                refused = event.sentence
            on_event(event)
        if stuck and isinstance(last, Done) and last.reason is not RunState.FINISHED:
            # The last checkpoint found room again, but nobody asked for an end.
            last = Failed(
                Said(
                    "The run ended after {n} images, for a checkpoint could not be written "
                    "({reason}): free some space, then resume it.",
                    n=last.images_seen,
                    reason=stuck,
                ),
                "",
                last.checkpoint,
            )
    finally:
        _record(project, name, last, total)
    return last


def _record(project: Project, name: str, last: Done | Failed, total: int) -> None:
    if total:
        runs.update(project, name, total_images=total)
    if isinstance(last, Done):
        runs.update(project, name, status=last.reason, images_seen=last.images_seen)
    else:
        runs.update(project, name, status=RunState.FAILED, message=last.message)
