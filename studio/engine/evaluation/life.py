"""How the figures of a run went over its life: of every checkpoint that is kept, as it is measured.

What was measured stays in the project's cache, so that runs can be laid beside each other later.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from studio.engine.door import read_text
from studio.engine.errors import StudioError
from studio.engine.evaluation import assessment
from studio.engine.evaluation.assessment import Assessment
from studio.engine.files import write_json
from studio.engine.project import Project

FOLDER = "life"
_LARGEST = 4 << 20
_VERSION = 1


@dataclass(frozen=True)
class Value:
    """A figure with its 95 % interval, and what unseen real pictures reach, where it is known."""

    value: float
    low: float
    high: float
    ceiling: float | None = None


@dataclass(frozen=True)
class Moment:
    """One checkpoint of a run."""

    checkpoint: int
    images_seen: int
    count: int
    """Generated pictures that were measured."""
    values: dict[str, Value] = field(default_factory=dict)
    """By the names of measures; without those that were refused."""
    active: int = 0
    total: int = 0
    """Numbers of the latent in use, of how many."""

    @classmethod
    def of(cls, found: Assessment) -> Moment:
        values = {
            each.measure: Value(each.value, each.low, each.high, each.ceiling)
            for each in found.figures
            if each.value is not None and each.low is not None and each.high is not None
        }
        used = found.latents
        return cls(
            found.checkpoint, found.images_seen, found.generated, values, used.active, used.total
        )


def measured(project: Project, run_name: str) -> list[Moment]:
    """What is known of a run, the oldest checkpoint first; nothing where the cache is damaged."""
    try:
        stored = json.loads(read_text(_place(project, run_name), most=_LARGEST))
        if stored["version"] != _VERSION:
            return []
        found = [_moment(each) for each in stored["moments"]]
    except (StudioError, OSError, ValueError, TypeError, KeyError):
        return []
    return sorted(found, key=lambda each: each.checkpoint)


def measure(
    project: Project,
    run_name: str,
    count: int,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Moment]:
    """Measure every kept checkpoint by `count` generated pictures, as far as that was not done.

    What was measured when it is cancelled stays. Raises :class:`StudioError` as
    :func:`assessment.assess`.
    """
    known = {each.checkpoint: each for each in measured(project, run_name) if each.count == count}
    wanted = [number for number in assessment.kept(project, run_name) if number not in known]
    for place, number in enumerate(wanted):

        def told(done: int, total: int, place: int = place) -> None:
            progress(place * total + done, len(wanted) * total)

        found = assessment.assess(
            project, run_name, count, checkpoint=number, progress=told, cancelled=cancelled
        )
        if found is None:
            break
        known[number] = Moment.of(found)
        _keep(project, run_name, list(known.values()))
    return sorted(known.values(), key=lambda each: each.checkpoint)


def _keep(project: Project, run_name: str, moments: list[Moment]) -> None:
    if project.read_only_reason:
        return
    place = _place(project, run_name)
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_json(place, {"version": _VERSION, "moments": [asdict(each) for each in moments]})


def _place(project: Project, run_name: str) -> Path:
    return project.folder / "cache" / FOLDER / f"{run_name}.json"


def _moment(stored: dict[str, Any]) -> Moment:
    values = {str(name): Value(**each) for name, each in stored["values"].items()}
    return Moment(**{**stored, "values": values})
