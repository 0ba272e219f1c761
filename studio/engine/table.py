"""Tables that leave for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from studio.engine.files import write_text

MARK = "\ufeff"
"""Of the encoding, which spreadsheets need for letters of other languages."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str | float]]) -> None:
    """Write CSV; a file of that name is replaced.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    with io.StringIO(newline="") as text:
        table = csv.writer(text)
        table.writerow(headings)
        table.writerows([_cell(value) for value in row] for row in rows)
        write_text(path, MARK + text.getvalue())


def _cell(value: str | float) -> str | float:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
