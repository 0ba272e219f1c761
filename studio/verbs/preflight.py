"""What a run would need, for `train --preflight`: measured in a process of its own."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError
from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption

if TYPE_CHECKING:
    from studio.engine.events import Preflight
    from studio.engine.project import Project
    from studio.engine.training.record.recipe import Recipe

_POLL = 0.2


def measured(project: Project, recipe: Recipe, console: Console, stop: Interruption) -> Result:
    """The figures of a planned run; KeyboardInterrupt when it was stopped before there were any."""
    found = _measure(project, recipe, console, stop)
    facts = {
        **dataclasses.asdict(found),
        "why": recipe.reason,
        "config": recipe.config,
        "dataset": recipe.dataset,
        "size": [recipe.width, recipe.height],
    }
    return Result(facts, _lines(found, recipe))


def _measure(project: Project, recipe: Recipe, console: Console, stop: Interruption) -> Preflight:
    from studio.engine.events import Done, Failed, Health, Preflight, Stop
    from studio.engine.training.process.client import TrainingProcess

    # A process of its own: only there is the peak of memory that of the run alone.
    place = Path(tempfile.mkdtemp(prefix="preflight-"))
    recipe.save(place)
    process = TrainingProcess(place, project.folder, resume=False, preflight=True)
    found: Preflight | None = None
    try:
        process.start()
        console.progress("measuring the first steps", None)
        asked = False
        while True:
            if stop.requested and not asked:
                asked = True
                process.send(Stop())
            for event in process.poll(_POLL):
                match event:
                    case Preflight():
                        found = event
                    case Health():
                        console.note(f"{event.sentence} {event.action}".rstrip())
                    case Failed():
                        raise StudioError(event.message, event.detail)
                    case Done():
                        if found is None:
                            raise KeyboardInterrupt
                        return found
    finally:
        process.kill()
        shutil.rmtree(place, ignore_errors=True)


def _lines(found: Preflight, recipe: Recipe) -> list[str]:
    parts = ""
    if found.part_size < found.batch_size:
        parts = f", {found.part_size} at a time to save memory"
    rough = f"Only {found.steps} steps were timed, for they take long here: a rough figure."
    return [
        *([recipe.reason] if recipe.reason else []),
        f"{found.family} on {found.device}: {found.images_per_second:.1f} images a second, "
        f"{found.batch_size} a step{parts}.",
        *([f"  {rough}"] if found.is_rough else []),
        f"  {needs(found)}",
        f"  the whole run: {duration(found.seconds)}, {found.images} images; "
        f"{found.checkpoint_bytes / 1e6:.0f} MB a checkpoint",
    ]


def needs(found: Preflight) -> str:
    """Time, memory and disk in a sentence."""
    memory = f"memory at most {found.memory / 1e9:.2f} GB; " if found.memory else ""
    first = f"A first recognisable picture after about {duration(found.first_picture_seconds)}"
    if found.ends_early:
        first = (
            f"Too short for a recognisable picture, which takes about "
            f"{duration(found.first_picture_seconds)}"
        )
    return f"{first}; {memory}disk about {found.disk / 1e6:.0f} MB."


def duration(seconds: float) -> str:
    """In words: `41 s`, `3 min 05 s`, `2 h 10 min`."""
    whole_seconds = round(seconds)
    if whole_seconds < 60:
        return f"{whole_seconds} s"
    minutes, rest = divmod(whole_seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"
