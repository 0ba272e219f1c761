"""What lies under a source: candidates for pictures in a stable order, and what was passed over.

Nothing is decoded here and nothing but caption texts is read. Every real file is
met once, however many roots, links or overlapping folders lead to it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.engine.dataset.decoding import archives
from studio.engine.dataset.decoding.archives import ArchiveError, Member, Refused
from studio.engine.dataset.decoding.pixels import SUFFIXES
from studio.engine.dataset.index.safe_names import display_name, display_path
from studio.engine.dataset.intake.captions import (
    LARGEST_TABLE,
    LARGEST_TEXT,
    TABLES,
    CaptionError,
    CaptionTable,
    caption_of,
    sidecar_caption,
)
from studio.engine.dataset.intake.reasons import special, unreadable
from studio.engine.said import Said

ARCHIVE_SUFFIXES = (".zip", ".cbz")
DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file, or a member of an archive, that may be a picture.

    `folders` are the folder names between the source's root and the file.
    """

    path: Path
    member: str
    name: str
    bytes: int
    mtime_ns: int
    folders: tuple[str, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was passed over, and why. `incomplete` when pictures may be behind it."""

    file: str
    reason: Said
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class _Tables:
    """Caption tables in force, nearest last, each with the folder it lies in."""

    tables: tuple[tuple[str, CaptionTable], ...] = ()

    def find(self, relative: str) -> str:
        for folder, table in reversed(self.tables):
            found = table.find(relative[len(folder) :])
            if found:
                return found
        return ""


class Walk:
    """One import's walk over its sources; remembers what it has met. `avoid` is never entered."""

    def __init__(self, avoid: Path | None = None) -> None:
        self._folders: set[str] = set()
        self._files: set[str] = set()
        self._avoid = os.path.realpath(avoid) if avoid else ""

    def source(self, root: Path) -> Iterator[Candidate | Problem]:
        """Everything under `root`, which is a folder, an archive or one file."""
        try:
            facts = root.stat()
        except OSError as error:
            yield Problem(display_path(root), unreadable(error), incomplete=True)
            return
        if stat.S_ISDIR(facts.st_mode):
            yield from self._folder(root, os.path.realpath(root), (), _Tables(), ())
        elif not stat.S_ISREG(facts.st_mode):
            yield Problem(display_path(root), special(facts.st_mode))
        elif self._is_new(os.path.realpath(root)):
            if kind_of(root) == "archive":
                yield from _archive(root, facts, ())
            else:
                yield _lone_file(root, facts)

    def _is_new(self, real: str) -> bool:
        if real in self._files:
            return False
        self._files.add(real)
        return True

    def _folder(
        self,
        folder: Path,
        real: str,
        folders: tuple[str, ...],
        tables: _Tables,
        above: tuple[str, ...],
    ) -> Iterator[Candidate | Problem]:
        if real in above:
            yield Problem(display_path(folder), Said("It is a link back to a folder above it."))
            return
        if len(above) >= DEEPEST:
            yield Problem(
                display_path(folder), Said("It lies more than {n} folders deep.", n=DEEPEST)
            )
            return
        if real in self._folders or real == self._avoid:
            return
        self._folders.add(real)
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            yield Problem(display_path(folder), unreadable(error), incomplete=True)
            return
        names = {entry.name for entry in entries}
        problems, tables = _with_tables(folder, names, folders, tables)
        yield from problems
        below = []
        for entry in entries:
            try:
                if entry.is_dir():
                    below.append(entry)
                else:
                    yield from self._file(entry, real, folders, names, tables)
            except OSError as error:
                yield Problem(display_path(Path(entry.path)), unreadable(error))
        for entry in below:
            if entry.name.startswith(".") or entry.name == "__MACOSX":
                continue
            inner = os.path.join(real, entry.name)  # noqa: PTH118  # hot path of 100,000 files
            inner = os.path.realpath(inner) if entry.is_symlink() else inner
            yield from self._folder(
                Path(entry.path), inner, (*folders, entry.name), tables, (*above, real)
            )

    def _file(
        self,
        entry: os.DirEntry[str],
        real: str,
        folders: tuple[str, ...],
        names: set[str],
        tables: _Tables,
    ) -> Iterator[Candidate | Problem]:
        facts = entry.stat()
        if not stat.S_ISREG(facts.st_mode):
            yield Problem(display_path(Path(entry.path)), special(facts.st_mode))
            return
        target = os.path.join(real, entry.name)  # noqa: PTH118
        if not self._is_new(os.path.realpath(target) if entry.is_symlink() else target):
            return
        stem, suffix = os.path.splitext(entry.name)  # noqa: PTH122
        if entry.name.startswith("._") or entry.name in TABLES:
            return  # AppleDouble companions carry the picture's own ending
        path = Path(entry.path)
        if suffix.lower() in ARCHIVE_SUFFIXES and archives.is_archive(path):
            yield from _archive(path, facts, (*folders, entry.name))
            return
        caption = ""
        if suffix != ".txt" and f"{stem}.txt" in names:
            caption = sidecar_caption(path.with_name(f"{stem}.txt"))
        if not caption and tables.tables:
            caption = tables.find("/".join((*folders, entry.name)))
        yield Candidate(
            path,
            "",
            display_name(entry.name),
            facts.st_size,
            facts.st_mtime_ns,
            folders,
            caption,
        )


def kind_of(root: Path) -> str:
    """`folder`, `archive` or `file`; a picture with an archive at its end is a file."""
    if root.is_dir():
        return "folder"
    is_archive = root.suffix.lower() not in SUFFIXES and archives.is_archive(root)
    return "archive" if is_archive else "file"


def _lone_file(path: Path, facts: os.stat_result) -> Candidate:
    sidecar = path.with_suffix(".txt")
    caption = sidecar_caption(sidecar) if sidecar != path and sidecar.is_file() else ""
    if not caption:
        _, tables = _with_tables(path.parent, TABLES, (), _Tables())
        caption = tables.find(path.name)
    return Candidate(
        path, "", display_name(path.name), facts.st_size, facts.st_mtime_ns, (), caption
    )


def _archive(
    path: Path, facts: os.stat_result, folders: tuple[str, ...]
) -> Iterator[Candidate | Problem]:
    """The members of an archive, with captions from texts and tables inside it."""
    try:
        listing = list(archives.members(path))
    except ArchiveError as error:
        yield Problem(display_path(path), error.said, incomplete=True)
        return
    by_name = {entry.name: entry for entry in listing if isinstance(entry, Member)}
    tables = []
    for name in sorted(
        (n for n in by_name if PurePosixPath(n).name in TABLES),
        key=lambda n: (PurePosixPath(n).parts[:-1], TABLES.index(PurePosixPath(n).name)),
    ):
        try:
            folder = name[: -len(PurePosixPath(name).name)]
            tables.append((folder, _table_inside(path, by_name[name])))
        except (CaptionError, ArchiveError) as error:
            yield Problem(display_path(path, name), error.said)
    for entry in listing:
        if isinstance(entry, Refused):
            yield Problem(display_path(path, entry.name), entry.reason)
            continue
        member = PurePosixPath(entry.name)
        if member.name in TABLES or member.name.startswith("._") or "__MACOSX" in member.parts:
            continue
        if member.suffix.lower() in ARCHIVE_SUFFIXES:
            yield Problem(
                display_path(path, entry.name), Said("An archive inside an archive is not opened.")
            )
            continue
        yield Candidate(
            path,
            entry.name,
            display_name(member.name),
            entry.size,
            facts.st_mtime_ns,
            (*folders, *member.parts[:-1]),
            _caption_inside(path, entry.name, by_name, tables),
        )


def _caption_inside(
    path: Path, name: str, by_name: dict[str, Member], tables: list[tuple[str, CaptionTable]]
) -> str:
    stem = name.rpartition(".")[0] or name
    sidecar = by_name.get(f"{stem}.txt")
    if sidecar and sidecar.name != name and sidecar.size <= LARGEST_TEXT:
        try:
            return caption_of(archives.read_member(path, sidecar.name))
        except ArchiveError:
            return ""
    fitting = [(folder, table) for folder, table in tables if name.startswith(folder)]
    return _Tables(tuple(fitting)).find(name)


def _table_inside(path: Path, member: Member) -> CaptionTable:
    if member.size > LARGEST_TABLE:
        raise CaptionError("It is too large for a caption table; it was not read.")
    return CaptionTable(archives.read_member(path, member.name), member.name)


def _with_tables(
    folder: Path, names: Collection[str], folders: tuple[str, ...], tables: _Tables
) -> tuple[list[Problem], _Tables]:
    """`tables` with those in `folder`, of which `names` are in it, and what is wrong with them."""
    problems = []
    for name in TABLES:
        if name in names:
            problem, tables = _with_table(folder / name, folders, tables)
            problems += [problem] if problem else []
    return problems, tables


def _with_table(
    path: Path, folders: tuple[str, ...], tables: _Tables
) -> tuple[Problem | None, _Tables]:
    """`tables` with the one at `path`, or a problem where that is no caption table."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST_TABLE:
            return None, tables
        table = CaptionTable(path.read_bytes(), path.name)
    except FileNotFoundError:
        return None, tables
    except OSError as error:
        return Problem(display_path(path), unreadable(error)), tables
    except CaptionError as error:
        return Problem(display_path(path), error.said), tables
    folder = "".join(f"{name}/" for name in folders)
    return None, _Tables((*tables.tables, (folder, table)))
