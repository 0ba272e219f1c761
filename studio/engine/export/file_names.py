"""Under which names files leave: safe on every system, and over another file only when asked."""

from __future__ import annotations

import enum
import itertools
import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from studio.engine.errors import StudioError, UsageError

LONGEST_NAME = 120
"""Bytes without the ending: short of every system's limit (143 on an encrypted folder)."""
_RESERVED = {"con", "prn", "aux", "nul"} | {d + n for d in ("com", "lpt") for n in "123456789¹²³"}


class Taken(enum.Enum):
    """What happens where something of a file's name is there already."""

    REFUSE = "refuse"
    """Nothing is written at all."""
    NEXT = "next"
    """The file gets the next free name: `vase.png`, `vase-2.png`, `vase-3.png`."""
    REPLACE = "replace"
    """It takes the place of the other file."""


def safe_name(name: str) -> str:
    """`name` as a file name without ending that every system takes."""
    text = unicodedata.normalize("NFC", name)
    text = "".join("_" if ch in '<>:"/\\|?*' or not ch.isprintable() else ch for ch in text)
    text = text.strip(" .") or "piece"
    if text.split(".")[0].rstrip().lower() in _RESERVED:
        text = f"_{text}"
    return _cut(text, LONGEST_NAME)


@dataclass(frozen=True)
class Parcel:
    """Files that belong together: a shared beginning of their names, and how each goes on."""

    stem: str
    endings: tuple[str, ...]

    @classmethod
    def of(cls, name: str, *endings: str) -> Self:
        """With the safe form of a name."""
        return cls(safe_name(name), endings)

    def files(self, folder: Path) -> list[Path]:
        return [folder / (self.stem + ending) for ending in self.endings]

    def numbered(self, number: int) -> Self:
        end = f"-{number}"
        return replace(self, stem=_cut(self.stem, LONGEST_NAME - len(end)) + end)


def parcels(folder: Path, asked: Sequence[Parcel], taken: Taken = Taken.REFUSE) -> list[Parcel]:
    """The parcels as they can be written into `folder`; only with `NEXT` under other names.

    Raises :class:`UsageError` for two files of one name, :class:`StudioError` for a file that
    is in the way and a folder that should be replaced by a file.
    """
    _refuse_doubles([file for parcel in asked for file in parcel.files(folder)])
    if taken is Taken.NEXT:
        return _free(folder, asked)
    for target in (file for parcel in asked for file in parcel.files(folder)):
        if taken is Taken.REPLACE and os.path.isdir(target):  # noqa: PTH112  # Path.is_dir may raise
            raise StudioError(
                "{path} is a folder: choose another folder or name; nothing was changed.",
                path=target,
            )
        if taken is Taken.REFUSE and os.path.lexists(target):
            raise StudioError(
                "{path} already exists: choose another folder or name; nothing was changed.",
                path=target,
            )
    return list(asked)


def next_free(folder: Path, parcel: Parcel, reserved: Iterable[Parcel]) -> Parcel:
    """The first of a parcel's numbered forms of which nothing exists or is `reserved`."""
    keys = {_key(path) for each in reserved for path in each.files(folder)}
    for number in itertools.count(2):
        free = parcel.numbered(number)
        files = free.files(folder)
        if not any(_key(each) in keys or os.path.lexists(each) for each in files):
            break
    return free


def _free(folder: Path, asked: Sequence[Parcel]) -> list[Parcel]:
    chosen = list(asked)
    for place, parcel in enumerate(asked):
        if any(os.path.lexists(each) for each in parcel.files(folder)):
            chosen[place] = next_free(folder, parcel, chosen)
    return chosen


def _refuse_doubles(asked: Sequence[Path]) -> None:
    seen: set[str] = set()
    for target in asked:
        if _key(target) in seen:
            raise UsageError(
                "Two pictures would both be written to {path}: rename one of them.", path=target
            )
        seen.add(_key(target))


def _key(path: Path) -> str:
    # Some file systems hold "A" and "a" for one name.
    return unicodedata.normalize("NFC", path.name).casefold()


def _cut(text: str, most: int) -> str:
    while len(text.encode("utf-8", "replace")) > most:
        text = text[:-1]
    return text.rstrip(" .")
