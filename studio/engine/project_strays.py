"""What a project's folder holds that its index does not know, and what is missing from it."""

from __future__ import annotations

from pathlib import Path

from studio.engine.doctor import Check
from studio.engine.project import Project

_MOST = 5
"""Names that are given; of more, the count is."""


def examine(project: Project) -> list[Check]:
    """Runs and pieces without an entry, and entries without their files; reads names only."""
    checks = []
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


def _entries(folder: Path) -> list[Path]:
    """What lies in `folder`, without what programs hide there and what is being written."""
    return [each for each in folder.iterdir() if not each.name.startswith(".")]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_MOST]) + (" …" if len(names) > _MOST else "")
