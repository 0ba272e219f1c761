"""Names that the artist gives to runs, and runs that go; what goes can come back for a while."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.engine.door import delete_folder, inside
from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.files import write_text
from studio.engine.project import Project
from studio.engine.said import reason
from studio.engine.training.planning import runs

LONGEST_TITLE = 80


class InUse(StudioError):  # noqa: N818  # named as what it is
    """Pieces are rendered from the run."""


@dataclass(frozen=True)
class Removed:
    """What :func:`restore` needs: the row of a run, and where its folder lies now."""

    row: dict[str, object]
    folder: Path

    @property
    def name(self) -> str:
        return str(self.row["name"])


def set_title(project: Project, name: str, title: str) -> str:
    """Call a run something; empty gives it its own name again. Returns the title before.

    One line of at most :data:`LONGEST_TITLE` characters; raises :class:`StudioError` otherwise.
    """
    _writable(project)
    run = runs.run(project, name)
    text = " ".join(title.split())
    if len(text) > LONGEST_TITLE:
        raise StudioError(
            "A name of {n} characters is too long for a run: {most} at most.",
            n=len(text),
            most=LONGEST_TITLE,
        )
    if text:
        write_text(run.folder / runs.TITLE, text + "\n")
    else:
        (run.folder / runs.TITLE).unlink(missing_ok=True)
    return run.title


def remove(project: Project, name: str, *, with_pieces: bool = False) -> Removed:
    """Take a run, which must not train now, out of the project; its folder is put aside.

    Raises :class:`InUse` where pieces are rendered from it, unless `with_pieces`: what is
    kept of them stays, but can no longer be rendered again.
    """
    _writable(project)
    run = runs.run(project, name)
    pieces = project.query("SELECT count(*) FROM piece WHERE run_name = ?", (name,))[0][0]
    if pieces and not with_pieces:
        raise InUse(
            "Pieces are rendered from the run {name}, which is kept for them: {n}.",
            name=name,
            n=pieces,
        )
    (row,) = project.query("SELECT * FROM run WHERE name = ?", (name,))
    aside = inside(project.cache, runs.REMOVED)
    try:
        aside.mkdir(parents=True, exist_ok=True)
        target = inside(aside, name)
        delete_folder(aside, name)
        if run.folder.exists():
            run.folder.rename(target)
    except OSError as error:
        raise StudioError(
            "The run {name} could not be removed ({reason}): close what uses its folder.",
            repr(error),
            name=name,
            reason=reason(error),
        ) from error
    try:
        project.write("DELETE FROM run WHERE name = ?", (name,))
    except StudioError:
        target.rename(run.folder)
        raise
    return Removed(dict(row), target)


def restore(project: Project, removed: Removed) -> None:
    """Bring a removed run back; :class:`StudioError` when it was deleted for good meanwhile."""
    _writable(project)
    try:
        removed.folder.rename(project.runs / removed.name)
    except OSError as error:
        raise StudioError(
            "The run {name} cannot come back ({reason}): its folder is gone.",
            repr(error),
            name=removed.name,
            reason=reason(error),
        ) from error
    columns = ", ".join(removed.row)
    places = ", ".join("?" for _ in removed.row)
    try:
        project.write(f"INSERT INTO run ({columns}) VALUES ({places})", (*removed.row.values(),))
    except StudioError:
        (project.runs / removed.name).rename(removed.folder)
        raise


def purge(project: Project) -> None:
    """Delete what was removed for good."""
    if not project.read_only_reason:
        delete_folder(project.cache, runs.REMOVED)


def _writable(project: Project) -> None:
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
