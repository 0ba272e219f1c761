"""What left the house: one row for every exported file."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from studio.engine.project import Project, now


@dataclass(frozen=True)
class Entry:
    """One export."""

    piece_id: int | None
    created: str
    path: Path
    format: str
    sha256: str


def record(project: Project, piece_id: int | None, path: Path, kind: str, sha256: str) -> None:
    """Remember an export."""
    project.write(
        "INSERT INTO export (piece_id, created, path, format, sha256) VALUES (?, ?, ?, ?, ?)",
        (piece_id, now(), str(path), kind, sha256),
    )


def entries(project: Project) -> list[Entry]:
    """All exports, oldest first."""
    return [_entry(row) for row in project.query("SELECT * FROM export ORDER BY id")]


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(row["piece_id"], row["created"], Path(row["path"]), row["format"], row["sha256"])
