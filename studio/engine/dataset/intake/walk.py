"""What lies under a source: candidates for pictures in a stable order, and what was passed over.

Nothing is decoded here and nothing but caption texts is read. Every real file is
met once, however many roots, links or overlapping folders lead to it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from studio.engine.dataset.decoding import archives
from studio.engine.dataset.decoding.archives import ArchiveError, Member, Refused
from studio.engine.dataset.decoding.pixels import SUFFIXES
from studio.engine.dataset.index import left_out
from studio.engine.dataset.index.safe_names import display_name, display_path
from studio.engine.dataset.intake import label_table, system_files, tally
from studio.engine.dataset.intake.captions import (
    LARGEST_TEXT,
    TABLES,
    small_file,
)
from studio.engine.dataset.intake.met import Candidate, Problem
from studio.engine.dataset.intake.reasons import special, unreadable
from studio.engine.dataset.intake.side_files import SideFiles
from studio.engine.dataset.intake.system_files import Aside
from studio.engine.dataset.intake.tables import Tables, tables_inside, with_tables
from studio.engine.said import NOTHING, Said

ARCHIVE_SUFFIXES = (".zip", ".cbz")
DEEPEST = 200


class Walk:
    """One import's walk over its sources; remembers what it has met. `avoid` is never entered."""

    def __init__(self, avoid: Path | None = None) -> None:
        self._folders: set[str] = set()
        self._files: set[str] = set()
        self._avoid = os.path.realpath(avoid) if avoid else ""
        self._beside: dict[Path, tuple[SideFiles, Tables]] = {}
        self.used: set[str] = set()
        """Side files whose words were taken, as they are shown."""

    def source(self, root: Path) -> Iterator[Candidate | Problem]:
        """Everything under `root`, which is a folder, an archive or one file."""
        try:
            facts = root.stat()
        except OSError as error:
            yield Problem(display_path(root), unreadable(error), incomplete=True)
            return
        if stat.S_ISDIR(facts.st_mode):
            yield from self._folder(root, os.path.realpath(root), (), Tables(), ())
        elif not stat.S_ISREG(facts.st_mode):
            yield Problem(display_path(root), special(facts.st_mode))
        elif self._is_new(os.path.realpath(root)):
            if kind_of(root) == "archive":
                yield from self._archive(root, facts, ())
            elif archives.is_cut_off(root):
                yield Problem(display_path(root), tally.CUT_OFF, incomplete=True)
            else:
                yield from self._lone(root, facts)

    def _is_new(self, real: str) -> bool:
        if real in self._files:
            return False
        self._files.add(real)
        return True

    def _lone(self, path: Path, facts: os.stat_result) -> Iterator[Candidate | Problem]:
        """One file that was chosen by itself, whatever it is called."""
        if path.parent not in self._beside:
            names = _names_in(path.parent)
            tables, _ = with_tables(path.parent, names, (), Tables())
            self._beside[path.parent] = SideFiles(names, _reader(path.parent)), tables
        beside, tables = self._beside[path.parent]
        yield from self._candidate(path, "", (path.name,), facts.st_size, facts, beside, tables)

    def _folder(
        self,
        folder: Path,
        real: str,
        folders: tuple[str, ...],
        tables: Tables,
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
        names = [entry.name for entry in entries]
        tables, problems = with_tables(folder, names, folders, tables)
        yield from problems
        beside = SideFiles(names, _reader(folder))
        below = []
        for entry in entries:
            try:
                if entry.is_dir():
                    below.append(entry)
                else:
                    yield from self._file(entry, real, folders, beside, tables)
            except OSError as error:
                yield Problem(display_path(Path(entry.path)), unreadable(error))
        for entry in below:
            aside = system_files.of_folder(entry.name)
            if aside is not None:
                yield from _aside(aside, display_path(Path(entry.path)))
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
        beside: SideFiles,
        tables: Tables,
    ) -> Iterator[Candidate | Problem]:
        facts = entry.stat()
        if not stat.S_ISREG(facts.st_mode):
            yield Problem(display_path(Path(entry.path)), special(facts.st_mode))
            return
        target = os.path.join(real, entry.name)  # noqa: PTH118
        if not self._is_new(os.path.realpath(target) if entry.is_symlink() else target):
            return
        path, parts = Path(entry.path), (*folders, entry.name)
        aside = system_files.of_file(entry.name)
        if aside is not None:
            yield from _aside(aside, display_path(path))
        elif os.path.splitext(entry.name)[1].lower() in ARCHIVE_SUFFIXES:  # noqa: PTH122
            if archives.is_archive(path):
                yield from self._archive(path, facts, parts)
            elif archives.is_cut_off(path):
                yield Problem(display_path(path), tally.CUT_OFF, incomplete=True)
            else:
                yield from self._candidate(path, "", parts, facts.st_size, facts, beside, tables)
        else:
            yield from self._candidate(path, "", parts, facts.st_size, facts, beside, tables)

    def _candidate(
        self,
        path: Path,
        member: str,
        parts: tuple[str, ...],
        size: int,
        facts: os.stat_result,
        beside: SideFiles,
        tables: Tables,
    ) -> Iterator[Candidate | Problem]:
        """A file with what is said of it; `parts` are its folders and its name."""
        *folders, name = parts
        within = member.rpartition("/")[0]

        def shown(file: str) -> str:
            return (
                display_path(path, f"{within}/{file}" if within else file)
                if member
                else (display_path(path.with_name(file)))
            )

        if name.lower() in TABLES:
            return
        if beside.is_mask(name):
            yield Problem(shown(name), NOTHING, kind=left_out.MASK)
            return
        said = beside.of(name)
        self.used.update(map(shown, (*said.used, *said.boxes)))
        yield from (Problem(shown(file), NOTHING, kind=left_out.BOXES) for file in said.boxes)
        relative = member or "/".join(parts)
        stated = tables.label(relative)
        if name == label_table.NAME and stated is not None:
            return
        yield Candidate(
            path,
            member,
            display_name(name),
            size,
            facts.st_mtime_ns,
            tuple(folders) if stated is None else (),
            said.caption or tables.caption(relative),
            said.label or stated or "",
            beside.has_metadata,
        )

    def _archive(
        self, path: Path, facts: os.stat_result, folders: tuple[str, ...]
    ) -> Iterator[Candidate | Problem]:
        """The members of an archive, with captions from texts and tables inside it."""
        try:
            listing = list(archives.members(path))
        except ArchiveError as error:
            yield Problem(display_path(path), error.said, incomplete=True)
            return
        by_name = {entry.name: entry for entry in listing if isinstance(entry, Member)}
        inside: dict[str, list[str]] = {}
        for name in by_name:
            folder, _, last = name.rpartition("/")
            inside.setdefault(folder, []).append(last)
        tables, problems = tables_inside(path, by_name)
        yield from problems
        beside = {
            folder: SideFiles(names, _reader_inside(path, by_name, folder))
            for folder, names in inside.items()
        }
        for entry in listing:
            parts = PurePosixPath(entry.name).parts
            aside = _aside_of(parts)
            if aside is not None and (isinstance(entry, Member) or aside is Aside.SYSTEM):
                yield from _aside(aside, display_path(path, entry.name))
            elif isinstance(entry, Refused):
                yield Problem(display_path(path, entry.name), entry.reason)
            elif PurePosixPath(entry.name).suffix.lower() in ARCHIVE_SUFFIXES:
                yield Problem(
                    display_path(path, entry.name),
                    Said("An archive inside an archive is not opened."),
                )
            else:
                yield from self._candidate(
                    path, entry.name, (*folders, *parts), entry.size, facts,
                    beside[entry.name.rpartition("/")[0]], tables,
                )  # fmt: skip


def kind_of(root: Path) -> str:
    """`folder`, `archive` or `file`; a picture with an archive at its end is a file."""
    if root.is_dir():
        return "folder"
    is_archive = root.suffix.lower() not in SUFFIXES and archives.is_archive(root)
    return "archive" if is_archive else "file"


def _aside(aside: Aside, shown: str) -> Iterator[Problem]:
    """What is said of a name that is passed over: nothing of files of the system."""
    if aside is not Aside.SYSTEM:
        yield Problem(shown, NOTHING, kind=aside.value)


def _aside_of(parts: tuple[str, ...]) -> Aside | None:
    """Why a member of an archive is passed over: for its own name, or for that of a folder."""
    folders = (system_files.of_folder(name) for name in parts[:-1])
    found = next((each for each in folders if each is not None), None)
    return found or system_files.of_file(parts[-1] if parts else "")


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  # the names alone
    except OSError:
        return []


def _reader(folder: Path) -> Callable[[str], bytes]:
    return lambda name: small_file(folder / name)


def _reader_inside(path: Path, by_name: dict[str, Member], folder: str) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        member = by_name[f"{folder}/{name}" if folder else name]
        if member.size > LARGEST_TEXT:
            return b""
        try:
            return archives.read_member(path, member.name)
        except ArchiveError:
            return b""

    return read
