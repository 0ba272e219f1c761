"""Pieces that go, and copies of pieces; what goes can come back for a while."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.engine.door import delete_folder, inside, read_bytes
from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.files import atomic_path, discard
from studio.engine.pieces import pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project, now
from studio.engine.said import reason

FOLDER = "removed-pieces"
"""In the cache: what is undone after that was emptied cannot come back, and says so."""
LARGEST = 1 << 30


@dataclass(frozen=True)
class Removed:
    """What :func:`restore` needs: the row of a piece, the exports that name it, its picture."""

    row: dict[str, object]
    exports: tuple[int, ...]
    picture: Path

    @property
    def name(self) -> str:
        return str(self.row["name"])


def remove(project: Project, piece_id: int) -> Removed:
    """Take a piece out of the project; what was exported of it stays where it is."""
    _writable(project)
    piece = pieces.piece(project, piece_id)
    (row,) = project.query("SELECT * FROM piece WHERE id = ?", (piece_id,))
    exports = project.query("SELECT id FROM export WHERE piece_id = ?", (piece_id,))
    aside = inside(project.cache, FOLDER)
    target = aside / f"{piece_id}-{piece.file.name}"
    try:
        aside.mkdir(parents=True, exist_ok=True)
        if piece.file.exists():
            piece.file.replace(target)
    except OSError as error:
        raise StudioError(
            "The piece {name} could not be deleted ({reason}): close what uses its picture.",
            repr(error),
            name=piece.name,
            reason=reason(error),
        ) from error
    try:
        project.write("DELETE FROM piece WHERE id = ?", (piece_id,))
    except StudioError:
        if target.exists():
            target.replace(piece.file)
        raise
    return Removed(dict(row), tuple(each["id"] for each in exports), target)


def restore(project: Project, removed: Removed) -> None:
    """Bring a piece back; :class:`StudioError` when its picture was deleted for good meanwhile."""
    _writable(project)
    file = inside(project.folder, "pieces", str(removed.row["file"]))
    try:
        removed.picture.replace(file)
    except OSError as error:
        raise StudioError(
            "The piece {name} cannot come back ({reason}): its picture is gone.",
            repr(error),
            name=removed.name,
            reason=reason(error),
        ) from error
    columns, places = ", ".join(removed.row), ", ".join("?" for _ in removed.row)
    try:
        project.write(f"INSERT INTO piece ({columns}) VALUES ({places})", (*removed.row.values(),))
    except StudioError:
        file.replace(removed.picture)
        raise
    for each in removed.exports:
        project.write("UPDATE export SET piece_id = ? WHERE id = ?", (removed.row["id"], each))


def copy(project: Project, piece_id: int) -> Piece:
    """Another piece of the same recipe, stack, rating and rights, with a name of its own."""
    _writable(project)
    piece = pieces.piece(project, piece_id)
    (row,) = project.query("SELECT * FROM piece WHERE id = ?", (piece_id,))
    file = project.pieces / f"{pieces.free_name(project)}.png"
    try:
        whole = read_bytes(piece.file, most=LARGEST)
    except OSError as error:
        raise StudioError(
            "The piece {name} cannot be copied: its picture {path} is gone or damaged.",
            repr(error), name=piece.name, path=piece.file,
        ) from error  # fmt: skip
    with atomic_path(file, overwrite=False) as temporary:
        temporary.write_bytes(whole)
    values = {key: row[key] for key in row.keys() if key != "id"}  # noqa: SIM118  # a row is no dict
    values |= {"name": _copy_name(project, piece.name), "created": now(), "file": file.name}
    columns, places = ", ".join(values), ", ".join("?" for _ in values)
    try:
        key = project.write(f"INSERT INTO piece ({columns}) VALUES ({places})", (*values.values(),))
    except StudioError:
        discard(file)  # a picture that no piece knows of
        raise
    return pieces.piece(project, key)


def purge(project: Project) -> None:
    """Delete what was removed for good."""
    if not project.read_only_reason:
        delete_folder(project.cache, FOLDER)


def _copy_name(project: Project, name: str) -> str:
    taken = {row["name"] for row in project.query("SELECT name FROM piece")}
    stem = name[:80]
    number = 2
    while f"{stem} ({number})" in taken:
        number += 1
    return f"{stem} ({number})"


def _writable(project: Project) -> None:
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
