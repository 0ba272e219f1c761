"""Under which names files leave: safe on every system, and over another file only when asked."""

from __future__ import annotations

import enum
import itertools
import os
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path

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


def targets(
    folder: Path, names: Sequence[str], suffix: str, taken: Taken = Taken.REFUSE
) -> list[Path]:
    """The file for each of `names`.

    Raises :class:`UsageError` for two of one name, :class:`StudioError` for a file that is
    in the way and a folder that should be replaced by a file.
    """
    asked = [folder / (safe_name(name) + suffix) for name in names]
    _refuse_doubles(asked)
    if taken is Taken.NEXT:
        return _free(asked)
    for target in asked:
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
    return asked


def next_free(target: Path, reserved: Collection[Path]) -> Path:
    """The first of `target`'s numbered names that neither exists nor is `reserved`."""
    keys = {_key(path) for path in reserved}
    for number in itertools.count(2):
        end = f"-{number}"
        stem = _cut(target.stem, LONGEST_NAME - len(end))
        free = target.with_name(stem + end + target.suffix)
        if _key(free) not in keys and not os.path.lexists(free):
            break
    return free


def _free(asked: Sequence[Path]) -> list[Path]:
    chosen = list(asked)
    for place, target in enumerate(asked):
        if os.path.lexists(target):
            chosen[place] = next_free(target, chosen)
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
