"""The tables of captions and of labels that lie in folders and archives, and which are in force."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from studio.engine.dataset.decoding import archives
from studio.engine.dataset.decoding.archives import ArchiveError, Member
from studio.engine.dataset.index.safe_names import display_path
from studio.engine.dataset.intake import label_table
from studio.engine.dataset.intake.captions import (
    LARGEST_TABLE,
    TABLES,
    CaptionError,
    CaptionTable,
)
from studio.engine.dataset.intake.label_table import LabelTable
from studio.engine.dataset.intake.met import Problem
from studio.engine.dataset.intake.reasons import special, unreadable
from studio.engine.door import read_bytes
from studio.engine.said import Said

_TOO_LARGE = Said("It is too large for a caption table; it was not read.")


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables in force, nearest last, each with the folder it lies in."""

    captions: tuple[tuple[str, CaptionTable], ...] = ()
    labels: tuple[tuple[str, LabelTable], ...] = ()

    def caption(self, relative: str) -> str:
        for folder, table in reversed(self.captions):
            if relative.startswith(folder) and (found := table.find(relative[len(folder) :])):
                return found
        return ""

    def label(self, relative: str) -> str | None:
        """What a table states, maybe nothing; None where there is no table."""
        for folder, table in reversed(self.labels):
            if relative.startswith(folder):
                return table.find(relative[len(folder) :])
        return None


def with_tables(
    folder: Path, names: Collection[str], folders: tuple[str, ...], tables: Tables
) -> tuple[Tables, list[Problem]]:
    """`tables` with those among the `names` of `folder`, and what is wrong with them."""

    def read(name: str) -> bytes:
        facts = (folder / name).stat()
        if not stat.S_ISREG(facts.st_mode):
            raise CaptionError(special(facts.st_mode))
        if facts.st_size > LARGEST_TABLE:
            raise CaptionError(_TOO_LARGE)
        return read_bytes(folder / name, most=LARGEST_TABLE, links=True)

    inner = "".join(f"{name}/" for name in folders)
    return _added(tables, inner, names, read, lambda name: display_path(folder / name))


def tables_inside(path: Path, by_name: dict[str, Member]) -> tuple[Tables, list[Problem]]:
    tables, problems = Tables(), []
    found = [name for name in by_name if _is_table(name.rpartition("/")[2])]
    for folder in sorted({name.rpartition("/")[0] for name in found}):
        inner = f"{folder}/" if folder else ""

        def read(name: str, inner: str = inner) -> bytes:
            if by_name[inner + name].size > LARGEST_TABLE:
                raise CaptionError(_TOO_LARGE)
            return archives.read_member(path, inner + name)

        def shown(name: str, inner: str = inner) -> str:
            return display_path(path, inner + name)

        names = [name[len(inner) :] for name in found if name.rpartition("/")[0] == folder]
        tables, more = _added(tables, inner, names, read, shown)
        problems += more
    return tables, problems


def _is_table(name: str) -> bool:
    return name.lower() in TABLES or name == label_table.NAME


def _added(
    tables: Tables,
    folder: str,
    names: Collection[str],
    read: Callable[[str], bytes],
    shown: Callable[[str], str],
) -> tuple[Tables, list[Problem]]:
    """`tables` with those of one folder; `read` and `shown` take a name in it."""
    problems: list[Problem] = []
    captions, labels = list(tables.captions), list(tables.labels)
    found = [name for name in names if _is_table(name)]
    for name in sorted(found, key=lambda name: (*TABLES, label_table.NAME).index(name.lower())):
        try:
            if name == label_table.NAME:
                with contextlib.suppress(ValueError):  # another program's
                    labels.append((folder, LabelTable(read(name))))
            else:
                captions.append((folder, CaptionTable(read(name), name.lower())))
        except OSError as error:
            problems.append(Problem(shown(name), unreadable(error)))
        except (CaptionError, ArchiveError) as error:
            problems.append(Problem(shown(name), error.said))
    return Tables(tuple(captions), tuple(labels)), problems
