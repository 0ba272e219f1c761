"""Captions brought in afterwards: from tables and text files that the artist points at.

Pictures and rows are matched by the end of their paths: a row `a/1.png` is for a picture whose
path ends so, a bare `1.png` for every picture of that name. A text file is for the picture of
its own name, whatever that one's ending.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.engine.dataset.index.safe_names import display_path
from studio.engine.dataset.intake import captions
from studio.engine.door import opened
from studio.engine.errors import StudioError, UsageError
from studio.engine.project import Project
from studio.engine.said import reason

SUFFIXES = (".csv", ".jsonl", ".txt")


@dataclass(frozen=True)
class Found:
    """What caption files say about the pictures of a dataset."""

    texts: dict[int, str]
    """Captions by item id, where there is one that is not empty."""
    rows: int
    """How many captions the files hold."""


def read(
    project: Project,
    dataset_id: int,
    paths: Sequence[Path],
    cancelled: Callable[[], bool] = lambda: False,
) -> Found:
    """The captions of `paths` for the pictures of a dataset; later files go before earlier ones.

    Raises :class:`UsageError` for another kind of file, and :class:`StudioError` with one
    sentence for a file that cannot be read or holds no captions.
    """
    if not paths:
        raise UsageError("Name a caption file: .csv, .jsonl or .txt.")
    pictures = [
        (row["id"], _place(row["path"], row["member"]))
        for row in project.query(
            "SELECT id, path, member FROM item WHERE dataset_id = ? ORDER BY id", (dataset_id,)
        )
    ]
    texts: dict[int, str] = {}
    count = 0
    for path in paths:
        if cancelled():
            raise StudioError("Reading the captions was stopped; nothing was changed.")
        found, rows = _one(path, pictures)
        texts |= found
        count += rows
    return Found(dict(sorted(texts.items())), count)


def _one(path: Path, pictures: list[tuple[int, PurePosixPath]]) -> tuple[dict[int, str], int]:
    """Captions by item id, and how many the file holds."""
    suffix, shown = path.suffix.lower(), display_path(path)
    if suffix not in SUFFIXES:
        raise UsageError("{file} is no caption file: use .csv, .jsonl or .txt.", file=shown)
    try:
        size = path.stat().st_size
        limit = captions.LARGEST_TEXT if suffix == ".txt" else captions.LARGEST_TABLE
        with opened(path, links=True) as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise StudioError(
            "{file} cannot be read ({reason}): check the file.", file=shown, reason=reason(error)
        ) from error
    if suffix == ".txt":
        text = captions.caption_of(data)
        if not text:
            raise StudioError("There are no words in {file}: nothing was changed.", file=shown)
        found = {number: text for number, place in pictures if place.stem == path.stem}
        return found, 1
    try:
        table = captions.CaptionTable(data, path.name.lower())
    except captions.CaptionError as error:
        raise StudioError(
            "The captions in {file} were not used: {reason}", file=shown, reason=reason(error)
        ) from error
    if not len(table):
        raise StudioError(
            "There is no caption in {file} ({n} bytes): nothing was changed.", file=shown, n=size
        )
    pairs = ((number, _caption(table, place)) for number, place in pictures)
    return {number: text for number, text in pairs if text}, len(table)


def _caption(table: captions.CaptionTable, place: PurePosixPath) -> str:
    """The caption of the longest end of a path that the table knows."""
    parts = place.parts
    for start in range(len(parts)):
        text = table.exactly("/".join(parts[start:]))
        if text:
            return text
    return ""


def _place(path: bytes, member: str) -> PurePosixPath:
    text = member or bytes(path).decode("utf-8", "replace")
    return PurePosixPath(text.replace("\\", "/"))
