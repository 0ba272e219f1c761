"""The generated pictures that come closest to training pictures, side by side, the closest first.

No figure replaces that look: metrics miss memorisation (Stein 2023, arXiv:2306.04675).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.dataset.index import store
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.preparation.prepare import (
    PreparationCancelled,
    Prepared,
    prepare_readable,
)
from studio.engine.errors import StudioError
from studio.engine.evaluation.copies import CopyCheck, Likeness
from studio.engine.evaluation.pairs import made, newest_model
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record.recipe import Recipe

SHOWN = 60
_BATCH = 32

_NO_PIXELS: Pixels = np.empty((0, 0, 0), np.uint8)


@dataclass(frozen=True)
class Pair:
    """A generated picture and the training picture nearest to it, as the network saw it."""

    seed: int
    generated: Pixels
    """uint8 [h, w, c]; empty where only the figures were asked for, as is the next."""
    training: Pixels
    likeness: Likeness
    item: Item | None
    """None when the picture is no longer in the dataset."""
    file_found: bool = False
    """Whether its file is where it was imported from."""


@dataclass(frozen=True)
class Gallery:
    """`compared` generated pictures against `known` training pictures."""

    pairs: list[Pair]
    """The closest, the closest first."""
    compared: int
    copies: int
    """So many of them are too close, also where not all are among the pairs."""
    copied: int
    """So many training pictures are copied."""
    known: int
    ordinary: float
    usual: float
    """What unseen pictures keep: see :class:`Likeness`."""
    unseen: int
    unseen_close: int
    """Of so many held-out pictures so many are too close as well, though never learnt."""
    changed: bool = False
    """The dataset is no longer what the run has learnt: it is compared with what is there."""
    lost: list[str] = field(default_factory=list)
    """Names of pictures that can no longer be read, and so were not compared with."""


def closest(
    project: Project,
    run_name: str,
    count: int,
    seed: int = 0,
    shown: int = SHOWN,
    *,
    pixels: bool = True,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Gallery:
    """Make `count` pictures from `seed` on by the newest checkpoint and look for copies.

    The `shown` closest are listed, with what they look like where `pixels`. When `cancelled`, the
    gallery is of what was compared so far. Raises :class:`StudioError` where there is no
    checkpoint, or nothing left to compare with.
    """
    model = newest_model(project, run_name)
    try:
        prepared, changed, lost = known_pictures(project, run_name, cancelled)
    except PreparationCancelled:
        return Gallery([], 0, 0, 0, 0, 0.0, 0.0, 0, 0)
    check = CopyCheck.of(prepared)
    worst: list[tuple[float, int, Pixels, Likeness]] = []
    compared, copies = 0, 0
    copied: set[int] = set()
    while compared < count and not cancelled():
        seeds = range(seed + compared, seed + min(count, compared + _BATCH))
        pictures = np.stack(list(made(model, seeds)))
        found = check.check_all(pictures)
        for number, picture, likeness in zip(seeds, pictures, found, strict=True):
            kept = picture.copy() if pixels else _NO_PIXELS
            heapq.heappush(worst, (likeness.closeness, -number, kept, likeness))
            if len(worst) > shown:
                heapq.heappop(worst)
            if likeness.too_close:
                copies += 1
                copied.add(prepared.item_ids[likeness.row])
        compared += len(seeds)
        progress(compared, count)
    return Gallery(
        _pairs(project, prepared, worst), compared, copies, len(copied), len(prepared.train),
        check.ordinary, check.usual, check.unseen, check.unseen_close, changed, lost,
    )  # fmt: skip


def known_pictures(
    project: Project, run_name: str, cancelled: Callable[[], bool] = lambda: False
) -> tuple[Prepared, bool, list[str]]:
    """The pictures of a run; where they cannot be had any more, those of its dataset now.

    Also whether these are others than the run has learnt, and the names of those that can no
    longer be read. Raises :class:`StudioError` when there are none, and
    :class:`PreparationCancelled` when stopped while they are prepared again.
    """
    recipe = Recipe.load(runs.run(project, run_name).folder)
    try:
        return runs.pictures_of(project.folder, recipe, cancelled), False, []
    except PreparationCancelled:
        raise
    except StudioError:
        ids = [each.id for each in store.datasets(project)]
        if recipe.dataset_id not in ids:
            raise
    size = recipe.width, recipe.height
    prepared, lost = prepare_readable(
        project, recipe.dataset_id, size, recipe.crop, recipe.channels, cancelled
    )
    return prepared, True, lost


def _pairs(
    project: Project, prepared: Prepared, worst: list[tuple[float, int, Pixels, Likeness]]
) -> list[Pair]:
    numbers = {prepared.item_ids[each[3].row] for each in worst}
    items = {item.id: item for item in store.items_by_id(project, sorted(numbers))}
    there = {number for number, item in items.items() if item.path.exists()}
    pairs = []
    for _, number, picture, likeness in sorted(worst, key=lambda each: each[:2], reverse=True):
        known = prepared.item_ids[likeness.row]
        training = np.array(prepared.images[likeness.row]) if picture.size else _NO_PIXELS
        pairs.append(Pair(-number, picture, training, likeness, items.get(known), known in there))
    return pairs
