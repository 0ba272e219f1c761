"""What an artist writes down about a run: free text in its folder, which goes wherever it goes."""

from __future__ import annotations

from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.files import write_text
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.planning.runs import Run

LONGEST_NOTE = 10_000
"""Characters."""


def set_note(project: Project, name: str, note: str) -> str:
    """Write it down in the place of what was there, which is returned; empty takes it away.

    Raises :class:`StudioError` for one of more than :data:`LONGEST_NOTE` characters.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    run = runs.run(project, name)
    text = note.strip()
    if len(text) > LONGEST_NOTE:
        raise StudioError(
            "A note of {n} characters is too long for a run: {most} at most.",
            n=len(text),
            most=LONGEST_NOTE,
        )
    if text:
        write_text(run.folder / runs.NOTE, text + "\n")
    else:
        (run.folder / runs.NOTE).unlink(missing_ok=True)
    return run.note


def is_found(run: Run, words: str) -> bool:
    """Whether each of the words, whatever their case, is in the run's names or its note."""
    text = "\n".join((run.name, run.title, run.family, run.dataset, run.note)).casefold()
    return all(word in text for word in words.casefold().split())
