"""What left the house: one row for every exported file, and a table of it with all decisions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.engine import table
from studio.engine.pieces import verdicts
from studio.engine.project import Project, now


@dataclass(frozen=True)
class Entry:
    """One export."""

    piece_id: int | None
    created: str
    path: Path
    format: str
    sha256: str


def record(project: Project, kind: str, files: Sequence[tuple[int | None, Path, str]]) -> None:
    """Remember an export: (piece id, path, SHA-256) of every file of one format."""
    moment = now()
    project.write_many(
        "INSERT INTO export (piece_id, created, path, format, sha256) VALUES (?, ?, ?, ?, ?)",
        [(piece_id, moment, str(path), kind, sha256) for piece_id, path, sha256 in files],
    )


def entries(project: Project) -> list[Entry]:
    return [_entry(row) for row in project.query("SELECT * FROM export ORDER BY id")]


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(row["piece_id"], row["created"], Path(row["path"]), row["format"], row["sha256"])


HEADINGS = ("moment", "what", "piece", "state", "reason", "by", "format", "file", "sha256")


def write_table(project: Project, path: Path) -> int:
    """Write every export and every decision about pieces as CSV, by their moments; how many.

    A file of that name is replaced.
    """
    names = {row["id"]: row["name"] for row in project.query("SELECT id, name FROM piece")}
    rows = [
        (each.created, "export", names.get(each.piece_id, ""), "", "", "", each.format,
         str(each.path), each.sha256)
        for each in entries(project)
    ]  # fmt: skip
    rows += [
        (each.moment, "review", each.piece_name, each.review, each.reason, each.who, "", "", "")
        for each in verdicts.record(project)
    ]
    table.write_table(path, HEADINGS, sorted(rows))
    return len(rows)
