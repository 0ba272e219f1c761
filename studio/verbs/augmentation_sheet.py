"""What augmentation does to a picture, for `train --augmentations`: a sheet, and warnings."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError, UsageError
from studio.verbs.console import Result
from studio.verbs.interruption import Interruption
from studio.verbs.pictures import picked

if TYPE_CHECKING:
    from studio.engine.dataset.index.store import Dataset, Item
    from studio.engine.project import Project
    from studio.engine.training.record.options import NewRun

COLUMNS = 6
SAMPLES = 36


def augmented(
    project: Project, asked: NewRun, options: argparse.Namespace, stop: Interruption
) -> Result:
    """Draw the sheet; nothing is written when anything is wrong."""
    from studio.engine.dataset.index import store
    from studio.engine.dataset.preparation import policy
    from studio.engine.training.planning import plan, runs
    from studio.engine.training.preview import augmentations
    from studio.engine.training.record import sample_sheet

    target = options.augmentations
    if target.suffix.lower() != ".png":
        raise UsageError(
            "{target} is no PNG file: give it a name that ends in .png.", target=target
        )
    if target.exists():
        raise StudioError(
            "{target} already exists: choose another name; nothing was changed.", target=target
        )
    dataset = store.dataset(project, asked.dataset)
    settled = plan.settle(project, asked, runs.start_of(project, asked))
    item = _picture(project, dataset, options.picture)
    seed, crop = asked.options.seed, policy.settled(project, dataset.id, asked.options.crop).text
    wall = augmentations.wall(
        project, item, settled.family, settled.config, asked.size, crop,
        count=SAMPLES, seed=seed,
    )  # fmt: skip
    found = augmentations.measure(project, dataset.id, asked.size, crop, stop.is_requested)
    if stop.requested:
        raise KeyboardInterrupt
    warnings = augmentations.warnings(settled.family, settled.config, found)
    sample_sheet.write_sheet(wall.pictures, COLUMNS, target)
    kinds = augmentations.kinds(list(settled.config))
    facts = {
        "file": str(target.absolute()), "picture": wall.name, "dataset": dataset.name,
        "family": settled.family, "why": settled.reason, "samples": SAMPLES, "seed": seed,
        "size": list(asked.size), "p": wall.p, "warnings": warnings,
        "config": {name: settled.config[name] for name in kinds},
        "told": {
            "pictures": found.pictures, "mirrored": found.mirrored, "turned": found.turned,
        },
    }  # fmt: skip
    said = ", ".join(f"{name} {settled.config[name]}" for name in kinds)
    lines = [f"{target}: {wall.name} as {settled.family} sees it.", f"  {said}"]
    return Result(facts, lines + [f"  {warning}" for warning in warnings])


def _picture(project: Project, dataset: Dataset, name: str | None) -> Item:
    """The picture that was named, or the first that a run would see."""
    from studio.engine.training.preview import augmentations

    if name:
        return picked(project, dataset, [name])[0]
    return augmentations.picture(project, dataset.id, 0)[0]
