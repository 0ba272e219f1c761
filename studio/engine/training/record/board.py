"""The run's curves as TensorBoard event files, where somebody wants them beside `stats.jsonl`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from studio.engine.door import inside
from studio.engine.errors import UsageError
from studio.engine.events import Event, Health, Metrics
from studio.engine.extras import needed
from studio.engine.said import Said

FOLDER = "tensorboard"


def check_installed() -> None:
    """Raises :class:`UsageError` with what mends it."""
    if importlib.util.find_spec("tensorboardX") is None:
        raise UsageError(needed(Said("The option for TensorBoard"), "tensorboard"))


class Board:
    """Writes metrics as scalars and warnings as text, by images seen."""

    def __init__(self, run_folder: Path, images_seen: int) -> None:
        """What an earlier session wrote after `images_seen` is no longer shown."""
        check_installed()
        import tensorboardX

        self._writer: Any = tensorboardX.SummaryWriter(
            str(inside(run_folder, FOLDER)), purge_step=images_seen + 1
        )

    def write(self, event: Event) -> None:
        """Take in one event; most kinds are none of its business."""
        if isinstance(event, Metrics):
            for name, value in event.values.items():
                self._writer.add_scalar(name, value, event.images_seen)
        elif isinstance(event, Health):
            text = f"{event.sentence} {event.action}".rstrip()
            self._writer.add_text(event.kind, text, event.images_seen)

    def close(self) -> None:
        """Write what is left and let go of the file."""
        self._writer.close()
