"""Runs that wait for their turn: each begins, or goes on, when the one before has ended.

The order stands in the index, so that it outlives the program. Nothing starts by itself: whoever
trains asks for the next one.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.project import Project
from studio.engine.said import Said
from studio.engine.training.planning import ends, runs
from studio.engine.training.planning.runs import Run
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe


def waiting(project: Project) -> list[Run]:
    """In their order."""
    found = (run for run in runs.runs(project) if run.queued)
    return sorted(found, key=lambda run: run.queued)


def add(project: Project, name: str, place: int = 0) -> None:
    """Let a run wait at `place`, from 1 on, or behind all others; one that waits stays there.

    Raises :class:`StudioError` for one that has no pictures to go on with.
    """
    run, names = runs.run(project, name), [each.name for each in waiting(project)]
    if name in names:
        return
    if Recipe.load(run.folder).brought_from:
        raise StudioError(
            "The run {run} has no pictures of its own to train on: begin a new run with it.",
            run=name,
        )
    names.insert(place - 1 if place else len(names), name)
    _write(project, names)


def remove(project: Project, name: str) -> None:
    """The run stays; it only no longer waits."""
    runs.run(project, name)
    _write(project, [each.name for each in waiting(project) if each.name != name])


def move(project: Project, name: str, place: int) -> None:
    """Let a run that waits be the one at `place`, from 1 on, or the last where there are fewer."""
    names = [each.name for each in waiting(project)]
    if name not in names:
        runs.run(project, name)
        raise StudioError("The run {run} does not wait for its turn.", run=name)
    names.remove(name)
    names.insert(max(0, place - 1), name)
    _write(project, names)


def arrange(project: Project, names: Sequence[str]) -> None:
    """Bring the runs that wait into this order; those that it does not name come last."""
    waits = [each.name for each in waiting(project)]
    wanted = [name for name in names if name in waits]
    _write(project, [*wanted, *(name for name in waits if name not in wanted)])


def _write(project: Project, names: Sequence[str]) -> None:
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    with project.transaction() as connection:
        connection.execute("UPDATE run SET queued = 0 WHERE queued > 0")
        for place, name in enumerate(names, 1):
            connection.execute("UPDATE run SET queued = ? WHERE name = ?", (place, name))


def take(project: Project, name: str = "") -> tuple[Run | None, list[Said]]:
    """The next run, or that of a name, which no longer waits then; None where none does.

    And what is to be said of those that were passed over, since the time at which they were to
    end is over. A run that was asked for by its name is never passed over.
    """
    passed: list[Said] = []
    for run in waiting(project):
        if name and run.name != name:
            continue
        remove(project, run.name)
        if name or not _is_late(run):
            return run, passed
        title = run.title or run.name
        passed.append(
            Said("{run} was not begun, for its time is over: start it by hand.", run=title)
        )
    return None, passed


def end_at(project: Project, name: str, clock: str) -> str:
    """Give a run that ends by the clock another time of it; the moment, as written down.

    Raises :class:`StudioError` as :func:`ends.moved`.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    folder = runs.run(project, name).folder
    recipe = ends.moved(Recipe.load(folder), clock)
    recipe.save(folder)
    return str(recipe.until)


def another_end(run: Run) -> tuple[int | None, float | None]:
    """As :func:`ends.another_end`, of a run as it lies on the disk."""
    seconds = checkpoint.saves(run.folder).seconds
    return ends.another_end(Recipe.load(run.folder), run.total_images, run.images_seen, seconds)


def _is_late(run: Run) -> bool:
    try:
        until = Recipe.load(run.folder).until
    except StudioError:
        return False  # whoever trains it says what is wrong
    return until is not None and ends.is_past(until)
