"""The tables of `project.sqlite` and how an older project is brought up to date."""

from __future__ import annotations

import sqlite3

# One entry per schema version, applied in order; never edit an entry that was released.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE dataset (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        created TEXT NOT NULL,
        settings TEXT NOT NULL DEFAULT '{}'
    ) STRICT;
    CREATE TABLE source (
        id INTEGER PRIMARY KEY,
        dataset_id INTEGER NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
        path BLOB NOT NULL,
        kind TEXT NOT NULL,
        rights TEXT NOT NULL DEFAULT '{}',
        UNIQUE (dataset_id, path)
    ) STRICT;
    CREATE TABLE item (
        id INTEGER PRIMARY KEY,
        dataset_id INTEGER NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
        source_id INTEGER NOT NULL REFERENCES source(id) ON DELETE CASCADE,
        path BLOB NOT NULL,
        member TEXT NOT NULL DEFAULT '',
        name TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        sha256 TEXT NOT NULL DEFAULT '',
        format TEXT NOT NULL DEFAULT '',
        mode TEXT NOT NULL DEFAULT '',
        width INTEGER NOT NULL DEFAULT 0,
        height INTEGER NOT NULL DEFAULT 0,
        channels INTEGER NOT NULL DEFAULT 0,
        label TEXT NOT NULL DEFAULT '',
        caption TEXT NOT NULL DEFAULT '',
        usable INTEGER NOT NULL DEFAULT 1,
        included INTEGER NOT NULL DEFAULT 1,
        rating INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
        facts TEXT NOT NULL DEFAULT '{}',
        UNIQUE (dataset_id, path, member)
    ) STRICT;
    CREATE INDEX item_by_dataset ON item (dataset_id, id);
    CREATE INDEX item_by_content ON item (dataset_id, sha256);
    CREATE TABLE finding (
        id INTEGER PRIMARY KEY,
        item_id INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        sentence TEXT NOT NULL,
        data TEXT NOT NULL DEFAULT '{}'
    ) STRICT;
    CREATE INDEX finding_by_item ON finding (item_id);
    CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        dataset_id INTEGER REFERENCES dataset(id) ON DELETE SET NULL,
        family TEXT NOT NULL,
        created TEXT NOT NULL,
        status TEXT NOT NULL,
        images_seen INTEGER NOT NULL DEFAULT 0,
        total_images INTEGER NOT NULL DEFAULT 0,
        message TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE TABLE piece (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        created TEXT NOT NULL,
        run_name TEXT NOT NULL,
        checkpoint_sha256 TEXT NOT NULL,
        recipe TEXT NOT NULL,
        stack TEXT NOT NULL DEFAULT '[]',
        rating INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
        review TEXT NOT NULL DEFAULT 'new',
        rights TEXT NOT NULL DEFAULT '{}',
        file TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE TABLE export (
        id INTEGER PRIMARY KEY,
        piece_id INTEGER REFERENCES piece(id) ON DELETE SET NULL,
        created TEXT NOT NULL,
        path TEXT NOT NULL,
        format TEXT NOT NULL,
        sha256 TEXT NOT NULL
    ) STRICT;
    """,
    """
    ALTER TABLE item ADD COLUMN rights TEXT NOT NULL DEFAULT '{}';
    CREATE TABLE likeness (
        item_id INTEGER PRIMARY KEY REFERENCES item(id) ON DELETE CASCADE,
        hash INTEGER NOT NULL,
        small BLOB NOT NULL
    ) STRICT;
    CREATE TABLE fix (
        id INTEGER PRIMARY KEY,
        dataset_id INTEGER NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
        created TEXT NOT NULL,
        kind TEXT NOT NULL,
        item_ids TEXT NOT NULL
    ) STRICT;
    """,
    """
    ALTER TABLE item ADD COLUMN crop TEXT NOT NULL DEFAULT '';
    """,
    """
    ALTER TABLE item ADD COLUMN hidden TEXT NOT NULL DEFAULT '';
    """,
    """
    CREATE TABLE link (
        id INTEGER PRIMARY KEY,
        created TEXT NOT NULL,
        sent TEXT NOT NULL
    ) STRICT;
    """,
    # Of a piece by its name and moment too: ids of deleted ones are given to others.
    """
    CREATE TABLE verdict (
        id INTEGER PRIMARY KEY,
        piece_id INTEGER NOT NULL,
        piece_created TEXT NOT NULL,
        piece_name TEXT NOT NULL,
        created TEXT NOT NULL,
        review TEXT NOT NULL,
        reason TEXT NOT NULL,
        who TEXT NOT NULL
    ) STRICT;
    """,
    # Its place among the runs that wait for their turn, 0 for none.
    """
    ALTER TABLE run ADD COLUMN queued INTEGER NOT NULL DEFAULT 0;
    """,
)

VERSION = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables from any older version to :data:`VERSION`, one transaction per step."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    for number in range(found, VERSION):
        connection.executescript(
            f"BEGIN; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;"
        )


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version a project file was written with; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
