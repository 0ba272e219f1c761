"""What the window knows of one run: counters, curves, sample sheets and marks.

Filled from the run's own files when it is opened, then from the events of its
training process. Knows no Qt, so that it can be read in the room's thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from models.facts import Curve
from studio.engine import events
from studio.engine.events import HealthKind, RunState
from studio.engine.training.record import checkpoint, sample_sheet, statistics
from studio.engine.training.record.checkpoint import Saves
from studio.engine.training.record.series import Series


@dataclass(frozen=True)
class Sheet:
    """One grid of the run's fixed seeds, as a picture file."""

    images_seen: int
    path: Path
    columns: int
    count: int


class MarkKind(StrEnum):
    """What happened."""

    CHECKPOINT = "checkpoint"
    HEALTH = "health"


@dataclass(frozen=True)
class Mark:
    """Something that happened at a moment of the run."""

    kind: MarkKind
    images_seen: int
    sentence: str
    moment: float = 0.0
    """`time.monotonic()` when it came in while the window looked on, else 0."""
    about: HealthKind = HealthKind.OTHER
    action: str = ""
    """What was done about it."""


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
    unsaved_seconds: float = 0.0
    most_unsaved_seconds: float = 0.0
    """As :class:`events.Progress` has them; 0 where it does not train."""
    stage: RunState | None = None
    checkpoint: str = ""
    message: str = ""
    curves: dict[str, Series] = field(default_factory=dict)
    known_curves: Mapping[str, Curve] = field(default_factory=dict)
    """What the family says of its scalars."""
    sheets: list[Sheet] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    saves: Saves = field(default_factory=Saves)
    needs: events.Preflight | None = None
    """What this session has measured of itself."""

    @property
    def best(self) -> Path | None:
        """The checkpoint whose pictures come nearest to unseen ones, where it was judged."""
        return self.checkpoint_of(self.saves.best)

    def checkpoint_of(self, name: str) -> Path | None:
        there = name in self.saves.images_seen
        return checkpoint.place_of(self.folder, name) if there else None

    @property
    def health(self) -> list[Mark]:
        """What was found and done in this run, oldest first."""
        return [mark for mark in self.marks if mark.kind is MarkKind.HEALTH]

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
            case events.Stage():
                self.stage = event.name
            case events.Progress():
                self.images_seen = event.images_seen
                self.total_images = event.total_images or self.total_images
                self.seconds = event.seconds
                self.images_per_second = event.images_per_second
                self.seconds_left = event.seconds_left
                self.part = event.part
                self.unsaved_seconds = event.unsaved_seconds
                self.most_unsaved_seconds = event.most_unsaved_seconds
            case events.Metrics():
                for name, value in event.values.items():
                    self.curves.setdefault(name, Series()).add(event.images_seen, value)
            case events.Samples():
                if (path := sample_sheet.told_of(self.folder, event.path)) is not None:
                    self._add_sheet(Sheet(event.images_seen, path, event.columns, event.count))
            case events.Checkpoint():
                self.checkpoint, self.unsaved_seconds = event.path, 0.0
                name = Path(event.path).name
                self.marks.append(Mark(MarkKind.CHECKPOINT, event.images_seen, name, moment))
            case events.Health():
                seen, said = event.images_seen, event.sentence
                self.marks.append(
                    Mark(MarkKind.HEALTH, seen, said, moment, event.kind, event.action)
                )
            case events.Preflight():
                self.needs = event
            case events.Done():
                self.images_seen, self.seconds_left = event.images_seen, None
                self.most_unsaved_seconds = 0.0
                self.stage = event.reason
            case events.Failed():
                self.stage, self.seconds_left = RunState.FAILED, None
                self.most_unsaved_seconds = 0.0
                self.message = event.message

    def _add_sheet(self, sheet: Sheet) -> None:
        # After a resume the same moment may be rendered again: the newer one counts.
        while self.sheets and self.sheets[-1].images_seen >= sheet.images_seen:
            self.sheets.pop()
        self.sheets.append(sheet)


def read_record(name: str, folder: Path, total_images: int, images_seen: int) -> RunRecord:
    """The record of a run from its files; what cannot be read is left out, never an error."""
    record = RunRecord(name, folder, total_images, images_seen)
    for event in statistics.read(folder):
        record.take(event)
    record.images_seen = max(images_seen, record.images_seen)
    record.images_per_second, record.seconds_left, record.stage = 0.0, None, None
    record.unsaved_seconds = record.most_unsaved_seconds = 0.0
    _add_untold(record)
    return record


def _add_untold(record: RunRecord) -> None:
    """Sheets and checkpoints that lie in the run's folder and no statistics told about."""
    known = {sheet.path.resolve() for sheet in record.sheets}
    record.sheets = [sheet for sheet in record.sheets if sheet.path.is_file()]
    for seen, path in sample_sheet.sheets(record.folder):
        if path.resolve() not in known:
            record.sheets.append(Sheet(seen, path, 0, 0))
    record.sheets.sort(key=lambda sheet: sheet.images_seen)
    record.saves = saves = checkpoint.saves(record.folder)
    if saves.newest:
        record.checkpoint = str(checkpoint.place_of(record.folder, saves.newest))
        record.seconds = saves.seconds
    told = {mark.sentence for mark in record.marks if mark.kind is MarkKind.CHECKPOINT}
    for name, seen in saves.images_seen.items():
        if name not in told:
            record.marks.append(Mark(MarkKind.CHECKPOINT, seen, name))
    record.marks.sort(key=lambda mark: mark.images_seen)
