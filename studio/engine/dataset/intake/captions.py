"""Captions that lie beside pictures: `name.txt`, and tables with a file and a caption a row.

Tables are `captions.csv` with file and caption, and what Hugging Face calls an image folder:
`metadata.csv` or `metadata.jsonl` with file_name and text.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from studio.engine.said import SaidError

LARGEST_TEXT = 256 << 10
LARGEST_TABLE = 64 << 20
TABLES = ("metadata.jsonl", "metadata.csv", "captions.jsonl", "captions.csv")
"""Names of caption tables; where a folder has several, the last that knows a file is believed."""
_FILE, _CAPTION = ("file", "file_name"), ("caption", "text")


class CaptionError(SaidError):
    """A caption table that cannot be used; `said` tells why."""


def text_of(data: bytes) -> str:
    """Text in UTF-8, in UTF-16 with a byte order mark, or else in Windows Latin."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def caption_of(data: bytes) -> str:
    """The caption in a sidecar file: its text as one trimmed paragraph."""
    return " ".join(text_of(data[:LARGEST_TEXT]).replace("\0", "").split())


def sidecar_caption(path: Path) -> str:
    """The caption in the text file at `path`; empty where there is none that can be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return ""
        with path.open("rb") as stream:
            return caption_of(stream.read(LARGEST_TEXT))
    except OSError:
        return ""


class CaptionTable:
    """Captions by file: a row names a path below the table's folder, or just a file name."""

    def __init__(self, data: bytes, name: str = "captions.csv") -> None:
        if len(data) > LARGEST_TABLE:
            raise CaptionError("It is larger than {n} MB; it was not read.", n=LARGEST_TABLE >> 20)
        text = text_of(data).replace("\0", "")
        rows = _lines(text) if name.endswith(".jsonl") else _cells(text)
        self._by_file = {_key(file): " ".join(caption.split()) for file, caption in rows if file}

    def __len__(self) -> int:
        return len(self._by_file)

    def exactly(self, name: str) -> str:
        """The caption of the row with just this name, or empty."""
        return self._by_file.get(_key(name), "")

    def find(self, relative: str) -> str:
        """The caption for a picture at `relative` below the table's folder, or empty."""
        key = _key(relative)
        return self._by_file.get(key) or self._by_file.get(PurePosixPath(key).name, "")


def _cells(text: str) -> Iterator[tuple[str, str]]:
    """(file, caption) of every row of a CSV table."""
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""))
        columns = {name.strip().lower(): name for name in rows.fieldnames or [] if name}
        file, caption = _named(columns, _FILE), _named(columns, _CAPTION)
        if file is None or caption is None:
            raise CaptionError("It has no columns file and caption; it was not used.")
        for row in rows:
            yield row[file] or "", row[caption] or ""
    except csv.Error as error:
        raise CaptionError(
            "It is not a table that can be read ({reason}).", reason=error
        ) from error


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """(file, caption) of every line of JSON that has both as text."""
    any_row = any_pair = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CaptionError("Its line {n} is not JSON; it was not used.", n=number) from error
        any_row = True
        if not isinstance(row, dict):
            continue
        columns = {name.strip().lower(): name for name in row}
        file, caption = _named(columns, _FILE), _named(columns, _CAPTION)
        if file is None or caption is None:
            continue
        if isinstance(row[file], str) and isinstance(row[caption], str):
            any_pair = True
            yield row[file], row[caption]
    if any_row and not any_pair:
        raise CaptionError("No line has both file_name and text; it was not used.")


def _named(columns: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((columns[name] for name in names if name in columns), None)


def _key(name: str) -> str:
    return name.strip().replace("\\", "/").removeprefix("./")
