"""What is wrong with a project: its index, and what in its folder the index does not know."""

from __future__ import annotations

from pathlib import Path

from studio.engine import index_copies
from studio.engine.dataset.intake.relink import gone
from studio.engine.doctor import Check
from studio.engine.project import Project
from studio.engine.project_repair import is_whole

_MOST = 5
"""Names that are given; of more, the count is."""


def examine(project: Project) -> list[Check]:
    """The index, runs that were interrupted, runs and pieces without an entry, and entries without
    their files; of those it reads names only."""
    checks = [_index(project), *_interrupted(project), _originals(project)]
    for what, folder, query in (
        ("runs", project.runs, "SELECT name AS file FROM run"),
        ("pieces", project.pieces, "SELECT file FROM piece"),
    ):
        known = {str(row["file"]) for row in project.query(query)}
        there = {each.name for each in _entries(folder)}
        strays, lost = sorted(there - known), sorted(known - there)
        found = f"{len(known & there)} of {len(known)} there"
        mend = []
        if strays:
            found += f"; {len(strays)} unknown to the index: {_listed(strays)}"
            mend.append(f"move what you do not need out of {folder}")
        if lost:
            found += f"; {len(lost)} gone from the folder: {_listed(lost)}"
            mend.append(f"put what is gone back into {folder}, or remove it in the window")
        checks.append(Check(what, not strays and not lost, False, found, "; ".join(mend)))
    return checks


def _index(project: Project) -> Check:
    count = len(index_copies.copies(project.folder))
    whole = is_whole(project)
    found = f"{'whole' if whole else 'damaged'}; {count} earlier copies"
    mend = "" if whole else f"latent-studio doctor '{project.folder}' --repair"
    return Check("index", whole, True, found, mend)


def _interrupted(project: Project) -> list[Check]:
    """Runs that ended with the program or the machine."""
    return [
        Check("interrupted run", False, False, row["name"],
              f"latent-studio train '{project.folder}' --resume {row['name']}")
        for row in project.query("SELECT name FROM run WHERE status = 'interrupted' ORDER BY id")
    ]  # fmt: skip


def _originals(project: Project) -> Check:
    count = len(gone(project))
    mend = f"latent-studio doctor '{project.folder}' --relink FOLDER, where they are now"
    found = f"{count} are not where they were" if count else "where they were"
    return Check("originals", not count, False, found, mend if count else "")


def _entries(folder: Path) -> list[Path]:
    """What lies in `folder`, without what programs hide there and what is being written."""
    return [each for each in folder.iterdir() if not each.name.startswith(".")]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_MOST]) + (" …" if len(names) > _MOST else "")
