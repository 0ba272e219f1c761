"""What a run needs in time, memory and disk, from the rate of its first steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.events import Preflight
from studio.engine.training.record import checkpoint
from studio.engine.training.session import memory, sample_times

if TYPE_CHECKING:
    from studio.engine.training.session.trainer import Trainer


def figures(trainer: Trainer, rate: float, saved: Path, minutes: float | None) -> Preflight:
    """The needs of this trainer's run at `rate` images a second; `saved` is a checkpoint of it.

    `minutes` is its whole length, or None where the number of images decides.
    """
    recipe = trainer.recipe
    images = trainer.state.total_images if minutes is None else int(60 * minutes * rate)
    seconds = images / rate if minutes is None else 60 * minutes
    each = _size_of(saved)
    sheets = [path.stat().st_size for path in (saved.parent.parent / "samples").glob("*.png")]
    # While the newest is written there is one more than the last ones and the best.
    disk = (checkpoint.KEPT + 2) * each
    disk += max(sheets, default=0) * (2 + sample_times.sheets(seconds, recipe.sample_every_seconds))
    return Preflight(
        family=recipe.family, device=str(trainer.device),
        batch_size=trainer.batch_size, part_size=trainer.part_size,
        images_per_second=rate, memory=memory.peak(trainer.device),
        checkpoint_bytes=each, disk=disk,
        first_picture_seconds=trainer.family.facts.first_picture / rate,
        images=images, seconds=seconds, compiled=trainer.compiled,
    )  # fmt: skip


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
