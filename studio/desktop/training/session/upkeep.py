"""What the room's thread asks of the engine about a run that is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.project import Project

if TYPE_CHECKING:
    from studio.engine.training.foreign.arrival import Arrived
    from studio.engine.training.planning.removed_runs import Removed


def change_pictures(
    project: Project,
    name: str,
    dataset: str,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> None:
    from studio.engine.training.planning import other_pictures

    other_pictures.change(project, name, dataset, progress, cancelled)


def bring_in(
    project: Project,
    path: Path,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Arrived:
    """A run of the model in a file of another program."""
    from studio.engine.training.foreign import arrival

    return arrival.bring_in(project, path, progress=progress, cancelled=cancelled)


def set_title(project: Project, name: str, title: str) -> str:
    """Call a run something; returns what it was called before."""
    from studio.engine.training.planning import removed_runs

    return removed_runs.set_title(project, name, title)


def remove_run(project: Project, name: str, with_pieces: bool) -> Removed | str:
    """What brings the run back, or a sentence where pieces need it."""
    from studio.engine.training.planning import removed_runs

    try:
        return removed_runs.remove(project, name, with_pieces=with_pieces)
    except removed_runs.InUse as error:
        return error.said


def restore_run(project: Project, removed: Removed) -> None:
    from studio.engine.training.planning import removed_runs

    removed_runs.restore(project, removed)


def purge_runs(project: Project) -> None:
    from studio.engine.training.planning import removed_runs

    removed_runs.purge(project)
