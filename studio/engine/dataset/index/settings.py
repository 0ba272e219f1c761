"""The settings of a dataset: every key of the JSON text in `dataset.settings`, declared once.

Each is written by itself in one statement, so that writers on several threads never undo each
other. A key that is absent means the usual.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypedDict, TypeVar

from studio.engine.project import Project

T = TypeVar("T")


class Division(TypedDict):
    """Which pictures are held out: the cut in force, and those before it, oldest first."""

    cut: str
    earlier: list[str]


class Passed(TypedDict):
    """Files of one kind that an import did not take; see :mod:`left_out`."""

    kind: str
    reason: str
    count: int
    files: list[str]


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One key. `parse` gives None for JSON that this version does not know."""

    key: str
    parse: Callable[[object], T | None]

    def read(self, project: Project, dataset_id: int) -> T | None:
        """The value as it is stored now. Inside a transaction nobody can change it meanwhile."""
        return self.parse(stored(project, dataset_id).get(self.key))

    def write(self, connection: sqlite3.Connection, dataset_id: int, value: T | None) -> None:
        """Change this key alone inside a transaction; None takes it away."""
        changed = f"json_remove(settings, '$.{self.key}')"
        if value is not None:
            changed = f"json_set(settings, '$.{self.key}', json(:value))"
        connection.execute(
            f"UPDATE dataset SET settings = {changed} WHERE id = :id",
            {"value": json.dumps(value), "id": dataset_id},
        )

    def put(self, project: Project, dataset_id: int, value: T | None) -> None:
        """As :meth:`write`, in a transaction of its own."""
        with project.transaction() as connection:
            self.write(connection, dataset_id, value)

    def sql(self, part: str = "") -> str:
        """The value, or a part of it as `.name`, as an expression of SQL."""
        return f"json_extract(dataset.settings, '$.{self.key}{part}')"


def stored(project: Project, dataset_id: int) -> dict[str, object]:
    rows = project.query("SELECT settings FROM dataset WHERE id = ?", (dataset_id,))
    found = json.loads(rows[0][0]) if rows else {}
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _on(value: object) -> bool | None:
    return True if value is True else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _numbers(value: object) -> dict[str, float] | None:
    if not isinstance(value, dict):
        return None
    numbers = {str(key): _number(each) for key, each in value.items()}
    return {key: number for key, number in numbers.items() if number is not None}


def _sides(value: object) -> tuple[int, int] | None:
    match value:
        case [int() as width, int() as height, *_]:
            return width, height
    return None


def _division(value: object) -> Division | None:
    if not isinstance(value, dict) or not isinstance(value.get("cut"), str):
        return None
    return Division(cut=value["cut"], earlier=[str(each) for each in value.get("earlier", [])])


def _aside(value: object) -> dict[str, object] | None:
    return value if isinstance(value, dict) else None


def _passed(value: object) -> dict[str, list[Passed]] | None:
    if not isinstance(value, dict):
        return None
    return {str(source): _passed_of(kinds) for source, kinds in value.items()}


def _passed_of(kinds: object) -> list[Passed]:
    found = []
    for each in kinds if isinstance(kinds, list) else ():
        match each:
            case {"kind": str(kind), "reason": str(why), "count": int(count), "files": list(files)}:
                shown = [str(file) for file in files]
                found.append(Passed(kind=kind, reason=why, count=count, files=shown))
    return found


PREPARATION = Setting("preparation", _text)
"""The text of a :class:`preparation.policy.Policy`."""
TRAINING_SIZE = Setting("training_size", _sides)
"""Width and height in pixels."""
SPLIT = Setting("split", _division)
THRESHOLDS = Setting("thresholds", _numbers)
"""By kind of finding, those that are not at their default."""
FRAME_EVERY = Setting("frame_every", _number)
"""Seconds between the frames that are taken from videos."""
PAGES = Setting("pages", _on)
"""Whether every page of a scan (TIFF) is a picture, not the first one alone."""
WATCH = Setting("watch", _on)
"""Whether what appears in its folders is imported by itself; watching belongs to the window."""
UNSETTLED = Setting("unsettled", _on)
"""What needs the whole set has not been done since pictures changed."""
ASIDE = Setting("aside", _aside)
"""What was removed: the dataset, or the source that this one holds meanwhile. Keys are `what`
(dataset or source), `name`, `from` (the id of its dataset) and `let_go`."""
LEFT_OUT = Setting("left_out", _passed)
"""What the last import of each source, by its id, did not take."""
