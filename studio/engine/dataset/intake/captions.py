"""Tables with a file and a caption a row, and how text is read.

Tables are `captions.csv` with file and caption; what Hugging Face calls an image folder,
`metadata.csv` or `metadata.jsonl` with file_name and text; and kohya's `meta_cap.json`.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from studio.engine.dataset.decoding import legacy_text
from studio.engine.door import opened
from studio.engine.said import SaidError

LARGEST_TEXT = 256 << 10
LARGEST_TABLE = 64 << 20
TABLES = (
    "meta_cap.json", "meta_clean.json", "metadata.jsonl", "metadata.csv", "metadata.tsv",
    "captions.jsonl", "captions.csv", "captions.tsv",
)  # fmt: skip
"""Names of caption tables, in small letters; of several, the last that knows a file is believed."""
_FILE = ("file", "file_name", "filename", "image", "path")
_CAPTION = ("caption", "text", "description")
_SEPARATORS = (",", ";", "\t", "|")


class CaptionError(SaidError):
    """A caption table that cannot be used; `said` tells why."""


def text_of(data: bytes) -> str:
    """Text in UTF-8, in UTF-16 with a byte order mark, or else in the code page it fits."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return legacy_text.text_of(data.removeprefix(codecs.BOM_UTF8))


def one_paragraph(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def caption_of(data: bytes) -> str:
    """The caption in a sidecar file: its text as one trimmed paragraph."""
    return one_paragraph(text_of(data[:LARGEST_TEXT]))


def small_file(path: Path) -> bytes:
    """The beginning of the text file at `path`; empty where there is none that can be read."""
    try:
        with opened(path, links=True) as stream:
            return stream.read(LARGEST_TEXT)
    except OSError:
        return b""


class CaptionTable:
    """Captions by file: a row names a path below the table's folder, or just a file name."""

    def __init__(self, data: bytes, name: str = "captions.csv") -> None:
        if len(data) > LARGEST_TABLE:
            raise CaptionError("It is larger than {n} MB; it was not read.", n=LARGEST_TABLE >> 20)
        text = text_of(data).replace("\0", "")
        rows = _rows_of(name)(text)
        self._by_file = {_key(file): one_paragraph(caption) for file, caption in rows if file}
        self._by_stem = name.endswith(".json")

    def __len__(self) -> int:
        return len(self._by_file)

    def exactly(self, name: str) -> str:
        """The caption of the row with just this name, or empty."""
        return self._by_file.get(_key(name), "")

    def find(self, relative: str) -> str:
        """The caption for a picture at `relative` below the table's folder, or empty."""
        key = PurePosixPath(_key(relative))
        names = [str(key), key.name]
        if self._by_stem:  # kohya may leave the ending out
            names += [str(key.with_suffix("")), key.stem]
        return next(filter(None, map(self._by_file.get, names)), "")


def _rows_of(name: str) -> Callable[[str], Iterator[tuple[str, str]]]:
    if name.endswith(".jsonl"):
        return _lines
    return _pairs if name.endswith(".json") else _cells


def _cells(text: str) -> Iterator[tuple[str, str]]:
    """(file, caption) of every row of a CSV table, whatever parts its columns."""
    if text.lower().startswith("sep="):  # Excel, for itself
        text = text.partition("\n")[2]
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
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


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """(file, caption) of kohya's JSON: an object by file with caption or tags."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CaptionError("It is not JSON; it was not used.") from error
    for file, said in found.items() if isinstance(found, dict) else ():
        words = [said.get(key) for key in ("caption", "tags")] if isinstance(said, dict) else []
        yield file, next((text for text in words if isinstance(text, str) and text), "")


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
