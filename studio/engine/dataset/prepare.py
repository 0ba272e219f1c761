"""The prepared cache: every chosen picture at the training size, as one uint8 memory map.

The same pictures and settings give the same bytes and the same folder; another choice
gives another folder. A folder appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from studio.engine.dataset import shape, split, store
from studio.engine.dataset.decode import read_picture
from studio.engine.dataset.store import Item
from studio.engine.errors import StudioError, UsageError
from studio.engine.project import Project

# Part of the key: raise it when the pixels that preparation makes change.
_RECIPE = 1
_IMAGES, _META = "images.npy", "meta.json"
_HASHED_AT_ONCE = 64 << 20


class PreparationCancelled(StudioError):  # noqa: N818  # a request, not a fault
    """Stopped on request; nothing was left behind."""


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
    classes: list[str]
    """Names of the labels, sorted; empty when the set has fewer than two."""
    labels: np.ndarray
    """int64 [N] indices into `classes`; all 0 without classes."""
    captions: list[str]
    fingerprint: str
    """SHA-256 over the pixels and their shape."""
    crop: str

    @property
    def channels(self) -> int:
        """1, 3 or 4."""
        return int(self.images.shape[3])

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.images.shape[1])

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.images.shape[2])

    def __len__(self) -> int:
        return int(self.images.shape[0])

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open a prepared folder; raises :class:`StudioError` when it is gone or damaged."""
        try:
            meta = json.loads((folder / _META).read_text("utf-8"))
            images = np.load(folder / _IMAGES, mmap_mode="r", allow_pickle=False)
            if list(images.shape) != meta["shape"] or images.dtype != np.uint8:
                raise ValueError("the shape of the pictures is not the one recorded")
            return cls(
                folder=folder,
                images=images,
                train=np.asarray(meta["train"], np.int64),
                held_out=np.asarray(meta["held_out"], np.int64),
                item_ids=meta["item_ids"],
                classes=meta["classes"],
                labels=np.asarray(meta["labels"], np.int64),
                captions=meta["captions"],
                fingerprint=meta["fingerprint"],
                crop=meta["crop"],
            )
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise StudioError(
                f"The prepared pictures in {folder} are gone or damaged: prepare them again "
                "(they are a cache and can be deleted).",
                repr(error),
            ) from error


def automatic_channels(items: Sequence[Item]) -> int:
    """1 when all pictures are grey, 4 when any has real transparency, else 3."""
    found = {item.channels for item in items}
    if 4 in found:
        return 4
    return 1 if found == {1} else 3


def prepare(
    project: Project,
    dataset_id: int,
    size: tuple[int, int],
    crop: str = "centre",
    channels: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    key: str | None = None,
) -> Prepared:
    """Prepare the usable and included pictures of a dataset at `size` (width, height).

    `crop` is centre, pad or stretch; `channels` None decides by :func:`automatic_channels`.
    `progress` is called with (done, total), from worker threads. `key` is the name of the
    folder of an earlier preparation, whose division into training and held-out pictures is
    wanted again, also where another one is in force by now. Raises
    :class:`StudioError` when there is no picture or one can no longer be read, and
    :class:`PreparationCancelled`; then nothing is left behind.
    """
    if crop not in shape.CROPS:
        raise UsageError(f"There is no crop {crop!r}: use {', '.join(shape.CROPS)}.")
    if channels not in (None, 1, 3, 4):
        raise UsageError(f"{channels} channels are not possible: use 1, 3 or 4.")
    if min(size) < 1:
        raise UsageError(f"{size[0]}x{size[1]} pixels are not possible.")
    items = store.chosen_items(project, dataset_id)
    if not items:
        raise StudioError(
            "There is no picture to train on: import pictures, or include some that are excluded."
        )
    channels = channels or automatic_channels(items)
    cut = split.settle(project, dataset_id, [item.sha256 for item in items])
    for earlier in split.known_cuts(project, dataset_id) if key else ():
        if _key(items, size, crop, channels, earlier) == key:
            cut = earlier
            break
    folder = project.cache / "prepared" / _key(items, size, crop, channels, cut)
    if folder.exists():
        try:
            return Prepared.load(folder)
        except StudioError:
            shutil.rmtree(folder, ignore_errors=True)  # a damaged cache is made again
    build = _Build(items, size, crop, channels, cut, cancelled, progress)
    _make(folder, build)
    return Prepared.load(folder)


def _make(folder: Path, build: _Build) -> None:
    """Build beside `folder` and rename; a cache needs no fsync, the rename keeps it whole."""
    temporary = folder.with_name(f".{uuid.uuid4().hex[:12]}.part")
    try:
        temporary.mkdir(parents=True)
        meta = build.write(temporary / _IMAGES)
        (temporary / _META).write_text(json.dumps(meta), "utf-8")
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.exists():  # otherwise another process was quicker with the same bytes
                raise
    except OSError as error:
        raise StudioError(
            f"The pictures could not be prepared in {folder.parent} ({error.strerror}): check "
            "that the disk has space.",
            repr(error),
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@dataclass
class _Build:
    """One preparation: what goes in and how."""

    items: list[Item]
    size: tuple[int, int]
    crop: str
    channels: int
    cut: str | None
    cancelled: Callable[[], bool]
    progress: Callable[[int, int], None]

    def write(self, target: Path) -> dict[str, Any]:
        """Write all pictures to `target`; returns what `meta.json` holds."""
        width, height = self.size
        full = (len(self.items), height, width, self.channels)
        images = np.lib.format.open_memmap(target, "w+", np.uint8, full)
        try:
            self._fill(images)
            fingerprint = _fingerprint(images)
            images.flush()
        finally:
            del images  # Windows renames no folder with an open map in it
        held_out = split.held_out([item.sha256 for item in self.items], self.cut)
        kept = set(held_out)
        names = sorted({item.label for item in self.items})
        classes = names if len(names) > 1 else []
        return {
            "shape": full,
            "item_ids": [item.id for item in self.items],
            "train": [row for row in range(len(self.items)) if row not in kept],
            "held_out": held_out,
            "classes": classes,
            "labels": [classes.index(item.label) if classes else 0 for item in self.items],
            "captions": [item.caption for item in self.items],
            "fingerprint": fingerprint,
            "crop": self.crop,
        }

    def _fill(self, images: np.ndarray) -> None:
        failures: list[tuple[Item, str]] = []
        guard, done = threading.Lock(), 0
        rows = iter(range(len(self.items)))

        def work() -> None:
            nonlocal done
            while not self.cancelled():
                with guard:
                    row = next(rows, None)
                if row is None:
                    return
                failure = self._one(images, row)
                with guard:
                    done += 1
                    if failure:
                        failures.append((self.items[row], failure))
                    finished = done
                self.progress(finished, len(self.items))

        count = min(8, os.cpu_count() or 1, len(self.items))
        with ThreadPoolExecutor(count, "prepare") as pool:
            futures = [pool.submit(work) for _ in range(count)]
            wait(futures, return_when=FIRST_EXCEPTION)
        for future in futures:
            future.result()
        if failures:
            raise _unreadable(failures, len(self.items))
        if done < len(self.items):
            raise PreparationCancelled("Preparing the pictures was stopped.")

    def _one(self, images: np.ndarray, row: int) -> str:
        """Fill one row; returns a sentence when the picture can no longer be read."""
        item = self.items[row]
        wanted = shape.decode_size((item.width, item.height), self.size, self.crop)
        try:
            picture = read_picture(item, wanted)
        except StudioError as error:
            return str(error)
        picture = shape.shaped(picture, self.size, self.crop)
        images[row] = shape.with_channels(picture, self.channels)
        return ""


def _unreadable(failures: list[tuple[Item, str]], total: int) -> StudioError:
    failures.sort(key=lambda failure: failure[0].id)
    count = f"{len(failures)} of {total} pictures" if len(failures) > 1 else "One picture"
    return StudioError(
        f"{count} can no longer be read: {failures[0][1]} Import the folder again or exclude them.",
        "\n".join(sentence for _, sentence in failures),
    )


def _key(
    items: list[Item], size: tuple[int, int], crop: str, channels: int, cut: str | None
) -> str:
    rule = [] if cut is None else [cut]
    digest = hashlib.sha256(json.dumps([_RECIPE, size, crop, channels, *rule]).encode())
    for item in items:
        line = json.dumps([item.id, item.sha256, item.label, item.caption])
        digest.update(line.encode())
    return digest.hexdigest()[:32]


def _fingerprint(images: np.ndarray) -> str:
    digest = hashlib.sha256(json.dumps(images.shape).encode())
    flat = np.ascontiguousarray(images).reshape(-1)
    for start in range(0, flat.size, _HASHED_AT_ONCE):
        digest.update(flat[start : start + _HASHED_AT_ONCE].data)
    return digest.hexdigest()
