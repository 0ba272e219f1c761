"""A measurement of a run that is not begun: its first steps in a process of their own."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from studio.desktop.training.session import queries
from studio.engine import events
from studio.engine.door import inside
from studio.engine.errors import StudioError
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said
from studio.engine.training.record.options import NewRun

if TYPE_CHECKING:
    from studio.engine.training.process.client import TrainingProcess

POLL_SECONDS = 1 / 30
GIVE_UP_SECONDS = 5.0
"""How long a measurement that was given up may take to tidy up, before it is ended."""


@dataclass(frozen=True)
class Measured:
    """The figures of a run, and what is to be said of them; none when it was given up."""

    wanted: NewRun
    found: events.Preflight | None = None
    notes: list[events.Health] = field(default_factory=list)


def measure(project: Project, wanted: NewRun, job: Job[Measured]) -> Measured:
    """Plan a run and try its first steps; nothing is left of either. Runs on a job's thread."""
    from studio.engine.training.process.client import TrainingProcess

    recipe = queries.plan_run(project, wanted, job.advance, job.cancelled)
    job.advance(0)
    with tempfile.TemporaryDirectory(prefix="preflight-") as place:
        recipe.save(Path(place))
        # A process of its own: only there is the peak of memory that of the run alone.
        process = TrainingProcess(Path(place), project.folder, resume=False, preflight=True)
        try:
            if job.cancelled():
                return Measured(wanted)
            job.title = Said("Setting up the model")
            process.start()
            return _watch(process, wanted, job)
        finally:
            process.kill()
            _sweep(project.folder)


def _watch(process: TrainingProcess, wanted: NewRun, job: Job[Measured]) -> Measured:
    found: events.Preflight | None = None
    notes: list[events.Health] = []
    deadline = 0.0
    while not deadline or time.monotonic() < deadline:
        if job.cancelled() and not deadline:
            deadline = time.monotonic() + GIVE_UP_SECONDS
            process.send(events.Stop())
        for event in process.poll(POLL_SECONDS):
            match event:
                case events.Stage(name="measuring"):
                    job.title = Said("Measuring the first steps")
                case events.Progress():
                    job.advance(event.images_seen, event.total_images)
                case events.Preflight():
                    found = event
                case events.Health():
                    notes.append(event)
                case events.Failed():
                    raise StudioError(event.message, event.detail)
                case events.Done():
                    process.wait(2.0)
                    return Measured(wanted, found, notes)
                case _:
                    pass
    return Measured(wanted)


def _sweep(project_folder: Path) -> None:
    """What a measurement that was killed left in the project; nobody else may measure there."""
    for place in inside(project_folder, "cache").glob(".preflight-*"):
        shutil.rmtree(place, ignore_errors=True)
