"""What the room's thread asks of the engine about a run that is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.desktop.training.session import queries
from studio.desktop.training.session.queries import Opened
from studio.engine.project import Project
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.training.foreign.arrival import Arrived
    from studio.engine.training.planning.removed_runs import Removed
    from studio.engine.training.planning.returned_runs import Returned


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


def take_back(
    project: Project,
    path: Path,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Returned:
    """A run of the folder, or a zip, of one that another machine has trained."""
    from studio.engine.training.planning import returned_runs

    return returned_runs.take_back(project, path, progress, cancelled)


def set_title(project: Project, name: str, title: str) -> str:
    """Call a run something; returns what it was called before."""
    from studio.engine.training.planning import removed_runs

    return removed_runs.set_title(project, name, title)


def set_note(project: Project, name: str, note: str) -> str:
    """Write down something about a run; returns what stood there before."""
    from studio.engine.training.planning import run_notes

    return run_notes.set_note(project, name, note)


def add_to_queue(project: Project, name: str, place: int = 0) -> None:
    """As :func:`queue.add`: let a run wait at a place, from 1 on, or behind all others."""
    from studio.engine.training.planning import queue

    queue.add(project, name, place)


def remove_from_queue(project: Project, name: str) -> None:
    from studio.engine.training.planning import queue

    queue.remove(project, name)


def arrange_queue(project: Project, names: Sequence[str]) -> None:
    """Bring the runs that wait into this order."""
    from studio.engine.training.planning import queue

    queue.arrange(project, names)


def take_from_queue(project: Project, name: str) -> tuple[Opened | None, list[Said]]:
    """The run that is next, or that of a name; and what is to be said of those passed over."""
    from studio.engine.training.planning import queue

    run, passed = queue.take(project, name)
    return (queries.open_run(project, run.name) if run is not None else None), passed


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
