"""`dataset.json` of NVIDIA's dataset_tool.py: the class of every picture as a number.

Its folders (00000, 00001, …) only part the files, so where it lies they are no classes.
"""

from __future__ import annotations

import json

NAME = "dataset.json"


class LabelTable:
    """Labels by the path below the folder of the table."""

    def __init__(self, data: bytes) -> None:
        """Raises :class:`ValueError` for JSON of another kind."""
        try:
            found = json.loads(data)
        except RecursionError as error:
            raise ValueError("it is nested too deeply") from error
        if not isinstance(found, dict) or "labels" not in found:
            raise ValueError("it has no labels")
        self._by_file: dict[str, str] = {}
        rows = found["labels"]
        for row in rows if isinstance(rows, list) else ():
            match row:
                case [str(file), bool() | int() as label] if not isinstance(label, bool):
                    self._by_file[file.replace("\\", "/").removeprefix("./")] = str(label)

    def find(self, relative: str) -> str:
        """The label of a picture, or empty."""
        return self._by_file.get(relative, "")
