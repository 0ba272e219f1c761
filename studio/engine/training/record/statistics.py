"""The run's diary `stats.jsonl`, and averages that stay on the device until they are read."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING

from studio.engine.door import appended, read_text
from studio.engine.errors import MALFORMED, StudioError
from studio.engine.events import Checkpoint, Event, Metrics, Samples, from_line, to_line
from studio.engine.files import write_text

if TYPE_CHECKING:
    from torch import Tensor

FILE = "stats.jsonl"
_COUNTERS = {"images_seen", "step", "seconds", "total_images", "images_per_second"}
"""Of a line of plain numbers: no curves."""


class Diary:
    """Events as lines of JSON, appended and flushed. Reading tolerates a torn last line."""

    def __init__(self, run_folder: Path, images_seen: int) -> None:
        """Open for appending, first cut back to `images_seen`: what follows happens again."""
        self.path = run_folder / FILE
        _cut(self.path, images_seen)
        self._stream: IO[str] = appended(self.path)

    def write(self, event: Event) -> None:
        """Append one event, paths as seen from the run's folder; OSError when the disk is full."""
        if isinstance(event, Samples | Checkpoint):
            place = Path(event.path)
            if place.is_relative_to(self.path.parent):
                # The project may be moved or copied: what is inside is named from inside.
                inside = place.relative_to(self.path.parent).as_posix()
                event = dataclasses.replace(event, path=inside)
        self._stream.write(to_line(event) + "\n")
        self._stream.flush()

    def cut(self, images_seen: int) -> None:
        """Forget what lies after `images_seen`."""
        self._stream.close()
        _cut(self.path, images_seen)
        self._stream = appended(self.path)

    def close(self) -> None:
        """Release the file, also when its last line no longer fits on the disk."""
        try:
            self._stream.close()
        except OSError:
            appended(self.path).close()


def read(run_folder: Path) -> Iterator[Event]:
    """The events of a run's diary; lines that cannot be read are left out, never an error.

    A line of plain numbers by name, with `images_seen`, is read as scalars.
    """
    try:
        lines = read_text(run_folder / FILE, "replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            message: object = from_line(line)
        except StudioError:
            message = _plain(line)
        if isinstance(message, Event):
            yield message


def _plain(line: str) -> Metrics | None:
    try:
        numbers = json.loads(line)
        values = numbers.get("values", numbers)
        scalars = {
            name: float(value)
            for name, value in values.items()
            if isinstance(value, int | float) and name not in _COUNTERS
        }
        return Metrics(int(numbers["images_seen"]), scalars)
    except MALFORMED:
        return None


def _cut(path: Path, images_seen: int) -> None:
    if not path.exists():
        return
    text = read_text(path, "replace")
    kept = [line for line in text.splitlines() if _belongs(line, images_seen)]
    whole = "".join(line + "\n" for line in kept)
    if whole != text:
        write_text(path, whole)


def _belongs(line: str, images_seen: int) -> bool:
    try:
        return int(json.loads(line)["images_seen"]) <= images_seen
    except MALFORMED:
        return False


class Averages:
    """Means of scalars since the last reading. Adding never waits for the device."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}

    def add(self, values: Mapping[str, Tensor]) -> None:
        """Take in the scalars of one step; a name may be missing from some steps."""
        import torch

        for name, value in values.items():
            if name in self._sums:
                self._sums[name] = self._sums[name] + value
                self._counts[name] += 1
            else:
                # A copy: a family may hand out a buffer that it writes to at the next step.
                self._sums[name] = value.detach().to(torch.float32, copy=True)
                self._counts[name] = 1

    def read(self) -> dict[str, float]:
        """The means, in one transfer from the device, and start again."""
        import torch

        if not self._sums:
            return {}
        names = list(self._sums)
        numbers = torch.stack([self._sums[name].reshape(()) for name in names]).tolist()
        means = {
            name: number / self._counts[name] for name, number in zip(names, numbers, strict=True)
        }
        self.clear()
        return means

    def clear(self) -> None:
        """Forget everything not read."""
        self._sums, self._counts = {}, {}


def all_finite(values: Mapping[str, float]) -> bool:
    """Whether no mean is NaN or infinite."""
    return all(math.isfinite(value) for value in values.values())
