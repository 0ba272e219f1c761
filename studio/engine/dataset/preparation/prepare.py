"""The prepared cache: every chosen picture at the training size, as one uint8 memory map.

The same pictures and settings give the same bytes and the same folder; another choice
gives another folder. A folder appears whole or not at all.
"""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from studio.engine.dataset.index import store
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.preparation import policy as policies
from studio.engine.dataset.preparation import prepared_pixels, shape, split
from studio.engine.dataset.preparation.policy import Policy
from studio.engine.dataset.preparation.prepared_pixels import Build, UnreadableError, fingerprint
from studio.engine.dataset.preparation.prepared_pixels import (
    PreparationCancelled as PreparationCancelled,
)
from studio.engine.dataset.privacy import identical_files, leftovers
from studio.engine.door import delete_folder, inside, ordinary, read_text
from studio.engine.errors import MALFORMED, StudioError, UsageError
from studio.engine.files import remembered
from studio.engine.project import Project
from studio.engine.said import reason

_IMAGES = "images.npy"
_SPARE_BYTES = 16 << 20


@dataclass(frozen=True)
class Prepared:
    """A prepared set. Indices and labels belong to the rows of `images`."""

    folder: Path
    images: np.memmap[Any, np.dtype[np.uint8]]
    """uint8 [N, H, W, C], read-only, straight sRGB."""
    train: np.ndarray
    held_out: np.ndarray
    """int64 row numbers, ascending; together they are all rows."""
    item_ids: list[int]
    """The picture of every row; tiles of one picture follow each other."""
    classes: list[str]
    """Names of the labels, sorted; empty when the set has fewer than two."""
    labels: np.ndarray
    """int64 [N] indices into `classes`; all 0 without classes."""
    captions: list[str]
    fingerprint: str
    """SHA-256 over the pixels and their shape."""
    crop: str
    """The text of the policy that made them."""

    @property
    def channels(self) -> int:
        """1, 3 or 4."""
        return int(self.images.shape[3])

    @property
    def height(self) -> int:
        return int(self.images.shape[1])

    @property
    def width(self) -> int:
        return int(self.images.shape[2])

    def __len__(self) -> int:
        return int(self.images.shape[0])

    @classmethod
    def load(cls, folder: Path, *, just_made: bool = False) -> Self:
        """Open a prepared folder; raises :class:`StudioError` when it is gone or damaged.

        Its pixels are read once, to see that they are those of its fingerprint.
        """
        try:
            meta = json.loads(read_text(folder / leftovers.META))
            path = ordinary(folder / _IMAGES)
            images = np.load(path, mmap_mode="r", allow_pickle=False)
            if list(images.shape) != meta["shape"] or images.dtype != np.uint8:
                raise ValueError("the shape of the pictures is not the one recorded")
            found = meta["fingerprint"]
            if not just_made and found != remembered(path, lambda _: fingerprint(images)):
                raise ValueError("the pixels are not those that were recorded")
            return cls(
                folder=folder,
                images=images,
                train=np.asarray(meta["train"], np.int64),
                held_out=np.asarray(meta["held_out"], np.int64),
                item_ids=meta["item_ids"],
                classes=meta["classes"],
                labels=np.asarray(meta["labels"], np.int64),
                captions=meta["captions"],
                fingerprint=found,
                crop=meta["crop"],
            )
        except (OSError, EOFError, *MALFORMED) as error:
            raise StudioError(
                "The prepared pictures in {folder} are gone or damaged: prepare them "
                "again (they are a cache and can be deleted).",
                repr(error),
                folder=folder,
            ) from error


def automatic_channels(items: Sequence[Item], policy: Policy | None = None) -> int:
    """1 when all pictures are grey, 4 when any has transparency that the policy keeps, else 3."""
    return _channels({item.channels for item in items}, policy)


def _channels(found: set[int], policy: Policy | None) -> int:
    if 4 in found:
        return 3 if policy and policy.flatten else 4
    return 1 if found == {1} else 3


def prepare(
    project: Project,
    dataset_id: int,
    size: tuple[int, int],
    crop: str | None = None,
    channels: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    key: str | None = None,
) -> Prepared:
    """Prepare the usable and included pictures of a dataset at `size` (width, height).

    `crop` is the text of a policy, None for that of the dataset; `channels` None decides by
    :func:`automatic_channels`.
    `progress` is called with (done, total), from worker threads. `key` is the name of the
    folder of an earlier preparation, whose division into training and held-out pictures is
    wanted again, also where another one is in force by now. Raises
    :class:`StudioError` when there is no picture or one can no longer be read, and
    :class:`PreparationCancelled`; then nothing is left behind.
    """
    policy = policies.settled(project, dataset_id, crop)
    if channels not in (None, 1, 3, 4):
        raise UsageError("{channels} channels are not possible: use 1, 3 or 4.", channels=channels)
    if min(size) < 1:
        raise UsageError(
            "{width} × {height} pixels are not possible.", width=size[0], height=size[1]
        )
    leftovers.delete_prepared(project)
    items = _chosen(project, dataset_id)
    if not items:
        raise StudioError(
            "There is no picture to train on: import pictures, or include some that are excluded."
        )
    channels = channels or automatic_channels(items, policy)
    cut = split.settle(project, dataset_id, [item.sha256 for item in items])
    kin = split.kin(project, dataset_id)
    build = Build(items, size, policy, channels, cut, cancelled, progress, kin)
    for earlier in _earlier(build, split.known_cuts(project, dataset_id)) if key else ():
        if _key(earlier) == key:
            build = earlier
            break
    return _made(project, build)


def prepare_readable(
    project: Project,
    dataset_id: int,
    size: tuple[int, int],
    crop: str,
    channels: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Prepared, list[str]]:
    """As :func:`prepare`, without pictures that can no longer be read; their names.

    For looking at a set, not for learning from it. Raises :class:`StudioError` when none is left.
    """
    policy = policies.settled(project, dataset_id, crop)
    items = _chosen(project, dataset_id)
    cut, kin = split.known_cuts(project, dataset_id)[0], split.kin(project, dataset_id)
    lost: list[str] = []
    while items:
        build = Build(items, size, policy, channels, cut, cancelled, lambda done, total: None, kin)
        try:
            return _made(project, build), lost
        except UnreadableError as error:
            gone = {item.id for item in error.items}
            lost += [item.name for item in error.items]
            items = [item for item in items if item.id not in gone]
    raise StudioError(
        "None of the dataset's pictures can be read: bring their files back and import the folder "
        "again."
    )


def _chosen(project: Project, dataset_id: int) -> list[Item]:
    """What trains; copies of a picture with hidden parts hide them, if not yet in the index."""
    covers = identical_files.uncovered(project, dataset_id)
    return [
        dataclasses.replace(item, hidden=covers[item.id]) if item.id in covers else item
        for item in store.chosen_items(project, dataset_id)
    ]


def _made(project: Project, build: Build) -> Prepared:
    """What was made of the same before, or makes it."""
    folder = inside(project.cache, leftovers.PREPARED, _key(build))
    if folder.exists():
        try:
            return Prepared.load(folder)
        except StudioError:
            delete_folder(folder.parent, folder.name)  # a damaged cache is made again
    _make(folder, build)
    return Prepared.load(folder, just_made=True)


def _key(build: Build) -> str:
    return prepared_pixels.key(
        build.items, build.size, build.policy, build.channels, build.division
    )


def _earlier(build: Build, cuts: Sequence[str | None]) -> Iterator[Build]:
    """What may have been meant before: other divisions, and no crop by hand yet."""
    bare = [dataclasses.replace(item, crop=None) for item in build.items]
    for items in (build.items, bare) if bare != build.items else (build.items,):
        for cut in cuts:
            yield dataclasses.replace(build, items=items, cut=cut)


@dataclass(frozen=True)
class Look:
    """What a run really sees of one picture."""

    images: np.ndarray
    """uint8 [N, H, W, C]; N is 1 but for tiles."""
    frames: list[tuple[float, float, float, float]]
    """The part of the upright picture in each: left, top, right, bottom, 0 to 1."""


def look(
    project: Project,
    item: Item,
    size: tuple[int, int],
    policy: Policy,
    channels: int | None = None,
) -> Look:
    """What a run at `size` (width, height) sees of a picture, made as :func:`prepare` makes it.

    `channels` None is what the whole dataset would be prepared with. `item.crop` may be one
    that is being drawn. Raises :class:`StudioError` when the picture cannot be read.
    """
    if channels is None:
        rows = project.query(
            "SELECT DISTINCT channels FROM item WHERE dataset_id = ? AND usable AND included",
            (item.dataset_id,),
        )
        channels = _channels({row[0] for row in rows} or {item.channels}, policy)
    picture = prepared_pixels.decoded(item, size, policy)
    return Look(
        prepared_pixels.seen(picture, item, size, policy, channels),
        shape.frames(picture, size, policy, item.crop),
    )


def preview(
    project: Project,
    item: Item,
    size: tuple[int, int],
    policy: Policy,
    channels: int | None = None,
) -> np.ndarray:
    """As :func:`look`, of tiles only the one in the middle: uint8 [H, W, C]."""
    found = look(project, item, size, policy, channels).images
    return np.asarray(found[len(found) // 2])


def _make(folder: Path, build: Build) -> None:
    """Build beside `folder` and rename; a cache needs no fsync, the rename keeps it whole."""
    temporary = folder.with_name(f".{uuid.uuid4().hex[:12]}.part")
    try:
        temporary.mkdir(parents=True)
        # Writing into a map behind the end of the disk would end the process.
        if shutil.disk_usage(temporary).free < build.bytes + _SPARE_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        meta = build.write(temporary / _IMAGES)
        (temporary / leftovers.META).write_text(json.dumps(meta), "utf-8")
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.exists():  # otherwise another process was quicker with the same bytes
                raise
    except OSError as error:
        raise StudioError(
            "The pictures could not be prepared in {folder} ({reason}): check that "
            "the disk has space.",
            repr(error),
            folder=folder.parent,
            reason=reason(error),
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
