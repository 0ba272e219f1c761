"""What the panels ask the engine about chosen pictures. Runs in the room's threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtGui import QImage

from studio.desktop.pixels import to_qimage
from studio.engine.dataset.curation import summary
from studio.engine.dataset.curation.summary import Common
from studio.engine.dataset.index import store
from studio.engine.dataset.index.store import Source
from studio.engine.dataset.preparation import policy as policies
from studio.engine.dataset.preparation import prepare, split
from studio.engine.dataset.preparation.policy import Policy
from studio.engine.dataset.preparation.split import Split
from studio.engine.errors import StudioError
from studio.engine.project import Project

MOST_PICTURES = 9
"""Of a selection are shown as the network sees them."""
MOST_TILES = 64
Box = tuple[float, float, float, float]
_WHOLE: Any = object()
"""Stands for the crop that is stored."""


@dataclass(frozen=True)
class Seen:
    """What the network will see of one picture."""

    item_id: int
    images: list[QImage]
    """One, or as many tiles as there are (the first 64)."""
    count: int
    """How many training pictures it makes."""
    frames: list[Box]
    """Where in the picture they come from, as shares of its sides."""
    size: tuple[int, int]
    channels: int
    crop: Box | None
    """The part that was chosen by hand."""
    trouble: str = ""
    """Why there is none."""


@dataclass(frozen=True)
class Preparation:
    """How a dataset is prepared and divided."""

    policy: Policy = field(default_factory=Policy)
    size: tuple[int, int] = policies.USUAL_SIZE
    train: int = 0
    held_out: int = 0
    settled: bool = False
    """Whether the division is kept already; else the first run would choose it."""
    divided: bool = True
    """Whether the division is known; while the pictures come in it is not."""


def preparation(project: Project, dataset_id: int, known: Split | None = None) -> Preparation:
    """What holds for a dataset; its division is read where it is not `known`."""
    division = known or split.read(project, dataset_id)
    return replace(
        undivided(project, dataset_id), train=division.train, held_out=division.held_out,
        settled=division.cut is not None, divided=True,
    )  # fmt: skip


def undivided(project: Project, dataset_id: int) -> Preparation:
    """What is known at once, however many pictures there are."""
    return Preparation(
        policies.read(project, dataset_id), policies.read_size(project, dataset_id), divided=False
    )


def see(
    project: Project,
    item_ids: Sequence[int],
    stopping: Callable[[], bool],
    crop: Box | None = _WHOLE,
) -> list[Seen]:
    """The first few of these pictures as training gets them, by the function that prepares.

    `crop` is one that is being drawn, in place of the one that is stored.
    """
    found = []
    items = store.items_by_id(project, list(item_ids)[:MOST_PICTURES])
    known = {item.id: item for item in items if item.usable}
    for number in list(item_ids)[:MOST_PICTURES]:
        item = known.get(number)
        if stopping():
            break
        if item is not None:
            found.append(_one(project, item if crop is _WHOLE else replace(item, crop=crop)))
    return found


def _one(project: Project, item: store.Item) -> Seen:
    wanted = policies.read(project, item.dataset_id)
    size = policies.read_size(project, item.dataset_id)
    try:
        look = prepare.look(project, item, size, wanted)
    except StudioError as error:
        return Seen(item.id, [], 0, [], size, 0, item.crop, error.said)
    images = [to_qimage(pixels) for pixels in look.images[:MOST_TILES].copy()]
    return Seen(
        item.id, images, len(look.images), look.frames, size, look.images.shape[3], item.crop
    )


@dataclass(frozen=True)
class Described:
    """What the pictures have in common, and the source where they share one."""

    ids: list[int]
    common: Common
    source: Source | None


def describe(project: Project, dataset_id: int, item_ids: list[int]) -> Described:
    common = summary.common(project, item_ids)
    sources = {source.id: source for source in store.sources(project, dataset_id)}
    only = sources.get(common.sources[0]) if len(common.sources) == 1 else None
    return Described(item_ids, common, only)
