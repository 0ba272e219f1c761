"""What the window knows of one run: counters, curves, sample sheets and marks.

Filled from the run's own files when it is opened, then from the events of its
training process. Knows no Qt, so that it can be read in the room's thread.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.facts import Curve
from studio.desktop.training.session.series import Series
from studio.engine import events
from studio.engine.errors import StudioError

CHECKPOINTS = "checkpoints"
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Sheet:
    """One grid of the run's fixed seeds, as a picture file."""

    images_seen: int
    path: Path
    columns: int
    count: int


@dataclass(frozen=True)
class Mark:
    """Something that happened at a moment of the run. `kind` is checkpoint or health."""

    kind: str
    images_seen: int
    sentence: str
    moment: float = 0.0
    """`time.monotonic()` when it came in while the window looked on, else 0."""
    about: str = ""
    """What kind of health: nan, memory, plateau …"""
    action: str = ""
    """What was done about it."""


@dataclass(frozen=True)
class Saves:
    """The checkpoint folders of a run by name, oldest first, and the best of them or empty."""

    names: tuple[str, ...] = ()
    best: str = ""


@dataclass
class RunRecord:
    """One run as the room shows it."""

    name: str
    folder: Path
    total_images: int = 0
    images_seen: int = 0
    images_per_second: float = 0.0
    seconds_left: float | None = None
    seconds: float = 0.0
    part: float | None = None
    """As :class:`events.Progress` has it; None where the files alone are known."""
    stage: str = ""
    checkpoint: str = ""
    message: str = ""
    curves: dict[str, Series] = field(default_factory=dict)
    known_curves: Mapping[str, Curve] = field(default_factory=dict)
    """What the family says of its scalars."""
    sheets: list[Sheet] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    saves: Saves = Saves()
    needs: events.Preflight | None = None
    """What this session has measured of itself."""

    @property
    def best(self) -> Path | None:
        """The checkpoint whose pictures come nearest to unseen ones, where it was judged."""
        return self.checkpoint_of(self.saves.best)

    def checkpoint_of(self, name: str) -> Path | None:
        """The folder of a checkpoint that is still there."""
        return self.folder / CHECKPOINTS / name if name in self.saves.names else None

    @property
    def health(self) -> list[Mark]:
        """What was found and done in this run, oldest first."""
        return [mark for mark in self.marks if mark.kind == "health"]

    @property
    def fraction(self) -> float:
        """0 to 1 of the run; -1 while the plan is unknown."""
        if self.part is not None:
            return self.part
        if self.total_images <= 0:
            return -1.0
        return min(1.0, self.images_seen / self.total_images)

    @property
    def checkpoint_name(self) -> str:
        """The number of the latest checkpoint, or empty."""
        return Path(self.checkpoint).name.lstrip("0") if self.checkpoint else ""

    def take(self, event: events.Event, moment: float = 0.0) -> None:
        """Bring the record up to date with one event that came at `moment`."""
        match event:
            case events.Stage(name=name):
                self.stage = name
            case events.Progress():
                self.images_seen = event.images_seen
                self.total_images = event.total_images or self.total_images
                self.seconds = event.seconds
                self.images_per_second = event.images_per_second
                self.seconds_left = event.seconds_left
                self.part = event.part
            case events.Metrics():
                for name, value in event.values.items():
                    self.curves.setdefault(name, Series()).add(event.images_seen, value)
            case events.Samples():
                self._add_sheet(
                    Sheet(event.images_seen, self._place(event.path), event.columns, event.count)
                )
            case events.Checkpoint():
                self.checkpoint = event.path
                name = Path(event.path).name
                self.marks.append(Mark("checkpoint", event.images_seen, name, moment))
            case events.Health():
                seen, said = event.images_seen, event.sentence
                self.marks.append(Mark("health", seen, said, moment, event.kind, event.action))
            case events.Preflight():
                self.needs = event
            case events.Done():
                self.images_seen, self.seconds_left = event.images_seen, None
                self.stage = event.reason
            case events.Failed():
                self.stage, self.seconds_left = "failed", None
                self.message = event.message

    def _place(self, path: str) -> Path:
        # An absolute path stays as it is; a relative one is inside the run's folder.
        return self.folder / path

    def _add_sheet(self, sheet: Sheet) -> None:
        # After a resume the same moment may be rendered again: the newer one counts.
        while self.sheets and self.sheets[-1].images_seen >= sheet.images_seen:
            self.sheets.pop()
        self.sheets.append(sheet)


def read_record(name: str, folder: Path, total_images: int, images_seen: int) -> RunRecord:
    """The record of a run from its files; what cannot be read is left out, never an error."""
    record = RunRecord(name, folder, total_images, images_seen)
    for line in _lines(folder / "stats.jsonl"):
        event = _event(line)
        if event is not None:
            record.take(event)
    record.images_seen = max(images_seen, record.images_seen)
    record.images_per_second, record.seconds_left, record.stage = 0.0, None, ""
    _files(record)
    return record


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _event(line: str) -> events.Event | None:
    """An event of one line of statistics, written as an event or as plain numbers."""
    try:
        message = events.from_line(line)
        return message if isinstance(message, events.Event) else None
    except StudioError:
        pass
    try:
        numbers: dict[str, Any] = json.loads(line)
        seen = int(numbers["images_seen"])
        values = numbers.get("values", numbers)
        plain = {
            key: float(value)
            for key, value in values.items()
            if isinstance(value, int | float) and key not in _COUNTERS
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return events.Metrics(seen, plain)


_COUNTERS = {"images_seen", "step", "seconds", "total_images", "images_per_second"}


def _files(record: RunRecord) -> None:
    """Sheets and checkpoints that lie in the run's folder and no statistics told about."""
    known = {sheet.path.resolve() for sheet in record.sheets}
    record.sheets = [sheet for sheet in record.sheets if sheet.path.is_file()]
    for path in sorted((record.folder / "samples").glob("*.png")):
        found = _NUMBER.findall(path.stem)
        if found and path.resolve() not in known:
            record.sheets.append(Sheet(int(found[-1]), path, 0, 0))
    record.sheets.sort(key=lambda sheet: sheet.images_seen)
    folders = _checkpoints(record.folder)
    record.saves = read_saves(record.folder)
    if folders:
        record.checkpoint = str(folders[-1])
        record.seconds = _state(folders[-1], "seconds")
    told = {mark.sentence for mark in record.marks if mark.kind == "checkpoint"}
    for folder in folders:
        if folder.name not in told:
            record.marks.append(Mark("checkpoint", int(_state(folder)), folder.name))
    record.marks.sort(key=lambda mark: mark.images_seen)


def read_saves(folder: Path) -> Saves:
    """The checkpoints in a run's folder now; the best has the lowest score, as for the engine."""
    scores = {path.name: _state(path, "score", math.inf) for path in _checkpoints(folder)}
    judged = [name for name, score in scores.items() if score < math.inf]
    best = min(judged, key=lambda name: (scores[name], -int(name)), default="")
    return Saves(tuple(scores), best)


def _checkpoints(folder: Path) -> list[Path]:
    found = (folder / CHECKPOINTS).glob("[0-9]*")
    return sorted(path for path in found if path.name.isdecimal() and path.is_dir())


def _state(checkpoint: Path, name: str = "images_seen", unknown: float = 0.0) -> float:
    """A number of a checkpoint; `unknown` when it cannot be read."""
    try:
        state = json.loads((checkpoint / "state.json").read_text("utf-8"))
        return float(state.get(name, unknown))
    except (OSError, ValueError, TypeError, AttributeError):
        return unknown
