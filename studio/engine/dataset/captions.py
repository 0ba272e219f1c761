"""Captions that lie beside pictures: `name.txt`, and `captions.csv` with file and caption."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import PurePosixPath

LARGEST_TEXT = 256 << 10
LARGEST_TABLE = 64 << 20
TABLE = "captions.csv"


class CaptionError(Exception):
    """A caption table that cannot be used; the message says why."""


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


class CaptionTable:
    """Captions by file: a row names a path below the table's folder, or just a file name."""

    def __init__(self, data: bytes) -> None:
        if len(data) > LARGEST_TABLE:
            raise CaptionError(f"It is larger than {LARGEST_TABLE >> 20} MB; it was not read.")
        try:
            rows = csv.DictReader(io.StringIO(text_of(data).replace("\0", ""), newline=""))
            columns = {name.strip().lower(): name for name in rows.fieldnames or [] if name}
            if "file" not in columns or "caption" not in columns:
                raise CaptionError("It has no columns file and caption; it was not used.")
            self._by_file = {
                _key(row[columns["file"]]): " ".join((row[columns["caption"]] or "").split())
                for row in rows
                if row[columns["file"]]
            }
        except csv.Error as error:
            raise CaptionError(f"It is not a table that can be read ({error}).") from error

    def __len__(self) -> int:
        return len(self._by_file)

    def find(self, relative: str) -> str:
        """The caption for a picture at `relative` below the table's folder, or empty."""
        key = _key(relative)
        return self._by_file.get(key) or self._by_file.get(PurePosixPath(key).name, "")


def _key(name: str) -> str:
    return name.strip().replace("\\", "/").removeprefix("./")
