"""What about the figures of an older run was made by other rules than those of today, in words.

Two things changed: near copies of one picture are held out together now, so that an unseen picture
has no twin among those that were learnt; and the PSNR that training notes is the mean of the
pictures' own, as evaluation's is, no longer that of the mean error.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.engine.dataset.index import store
from studio.engine.dataset.preparation import split
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.events import Metrics
from studio.engine.project import Project
from studio.engine.said import Said
from studio.engine.training.planning import runs
from studio.engine.training.record import statistics
from studio.engine.training.record.recipe import FIGURES, Recipe

_PSNR = "unseen_psnr"


def said_of(project: Project, recipe: Recipe, prepared: Prepared) -> tuple[Said, ...]:
    """A sentence for each thing; none for a run of today."""
    found = []
    if twins := _twins(project, recipe, prepared):
        found.append(
            Said(
                "{n} of the {all} pictures that it never saw are nearly the same as ones that it "
                "has learnt, as near copies were not held out together when it began: figures "
                "beside unseen pictures are better than they should be. A new run divides them.",
                n=twins,
                all=len(prepared.held_out),
            )
        )
    if recipe.figures < FIGURES and _has_noted(runs.run(project, recipe.run).folder):
        found.append(
            Said(
                "The PSNR in its curves was measured otherwise (of the mean error, not the mean "
                "of the pictures' own): it is a little lower than the one here."
            )
        )
    return tuple(found)


def _has_noted(run_folder: Path) -> bool:
    said = (each for each in statistics.read(run_folder) if isinstance(each, Metrics))
    return any(_PSNR in each.values for each in said)


def _twins(project: Project, recipe: Recipe, prepared: Prepared) -> int:
    """Pictures that are held out though a near copy of them is not."""
    known = split.kin(project, recipe.dataset_id)
    if not known:
        return 0
    items = store.items_by_id(project, sorted(set(prepared.item_ids)))
    first = {item.id: known.get(item.sha256, item.sha256) for item in items}
    groups = np.array([first.get(each, "") for each in prepared.item_ids])
    learnt = set(groups[prepared.train]) - {""}
    return sum(group in learnt for group in groups[prepared.held_out])
