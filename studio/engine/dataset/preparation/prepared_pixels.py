"""Fills the memory map of a prepared set: decodes, shapes and hashes what :mod:`prepare` chose."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.dataset.index import regions
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.preparation import shape, split
from studio.engine.dataset.preparation.policy import Policy
from studio.engine.dataset.privacy import leftovers
from studio.engine.errors import StudioError
from studio.engine.said import Said, lines

# Part of the key: raise it when the pixels that preparation makes change.
_RECIPE = 1
_HASHED_AT_ONCE = 64 << 20


class PreparationCancelled(StudioError):  # noqa: N818  # a request, not a fault
    """Stopped on request; nothing was left behind."""


class UnreadableError(StudioError):
    """Pictures that can no longer be read; `items` are all of them."""

    def __init__(self, sentence: Said, detail: str, items: list[Item]) -> None:
        super().__init__(sentence, detail)
        self.items = items


@dataclass
class Build:
    """One preparation: what goes in and how."""

    items: list[Item]
    size: tuple[int, int]
    policy: Policy
    channels: int
    cut: str | None
    cancelled: Callable[[], bool]
    progress: Callable[[int, int], None]
    kin: Mapping[str, str] = field(default_factory=dict)
    """As :func:`split.kin`."""
    starts: list[int] = field(init=False)
    """The first row of every picture, and the number of all rows at the end."""

    def __post_init__(self) -> None:
        counts = [
            shape.count_of((item.width, item.height), self.size, self.policy, item.crop)
            for item in self.items
        ]
        self.starts = [0, *itertools.accumulate(counts)]

    @property
    def contents(self) -> list[str]:
        """What divides the pictures: their content, or that of the first of their kin."""
        return split.grouped([item.sha256 for item in self.items], self.cut, self.kin)

    @property
    def division(self) -> str | None:
        """All that divides them, for the name of the folder."""
        if self.cut is None or not self.cut.startswith(split.NEAR):
            return self.cut
        return self.cut + hashlib.sha256(json.dumps(self.contents).encode()).hexdigest()[:16]

    @property
    def bytes(self) -> int:
        """What the pixels take on the disk."""
        return self.starts[-1] * self.size[0] * self.size[1] * self.channels

    def write(self, target: Path) -> dict[str, object]:
        """Write all pictures to `target`; returns what `meta.json` holds."""
        width, height = self.size
        full = (self.starts[-1], height, width, self.channels)
        images = np.lib.format.open_memmap(target, "w+", np.uint8, full)
        try:
            self._fill(images)
            found = fingerprint(images)
            images.flush()
        finally:
            del images  # Windows renames no folder with an open map in it
        kept = set(split.held_out(self.contents, self.cut))
        names = sorted({item.label for item in self.items})
        classes = names if len(names) > 1 else []
        # All patches of one picture are on one side, or the measure would know them already.
        owners = [
            number
            for number in range(len(self.items))
            for _ in range(self.starts[number], self.starts[number + 1])
        ]
        rows = [self.items[number] for number in owners]
        return {
            "shape": full,
            "item_ids": [item.id for item in rows],
            "train": [row for row, owner in enumerate(owners) if owner not in kept],
            "held_out": [row for row, owner in enumerate(owners) if owner in kept],
            "classes": classes,
            "labels": [classes.index(item.label) if classes else 0 for item in rows],
            "captions": [item.caption for item in rows],
            "fingerprint": found,
            "crop": self.policy.text,
            "hidden": leftovers.hidden_in(self.items),
        }

    def _fill(self, images: np.ndarray) -> None:
        failures: list[tuple[Item, Said]] = []
        guard, done = threading.Lock(), 0
        line = iter(range(len(self.items)))

        def work() -> None:
            nonlocal done
            while not self.cancelled():
                with guard:
                    number = next(line, None)
                if number is None:
                    return
                failure = self._one(images, number)
                with guard:
                    done += 1
                    if failure:
                        failures.append((self.items[number], failure))
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

    def _one(self, images: np.ndarray, number: int) -> Said | None:
        """Fill the rows of a picture; returns a sentence when it can no longer be read."""
        item = self.items[number]
        first, after = self.starts[number], self.starts[number + 1]
        try:
            found = views(item, self.size, self.policy, self.channels)
        except StudioError as error:
            return error.said
        if len(found) != after - first:
            return Said("{name} has another size than when it was imported.", name=item.name)
        images[first:after] = found
        return None


def views(item: Item, size: tuple[int, int], policy: Policy, channels: int) -> np.ndarray:
    """All that a run sees of one picture: uint8 [N, H, W, C]; N is 1 but for tiles.

    Raises :class:`StudioError` when it cannot be read.
    """
    return seen(decoded(item, size, policy), item, size, policy, channels)


def decoded(item: Item, size: tuple[int, int], policy: Policy) -> Image.Image:
    """The upright picture with every pixel that `size` needs; raises :class:`StudioError`."""
    wanted = shape.decode_size((item.width, item.height), size, policy, item.crop)
    return regions.covered(read_picture(item, wanted), item.hidden)


def seen(
    picture: Image.Image, item: Item, size: tuple[int, int], policy: Policy, channels: int
) -> np.ndarray:
    """What a run sees of a picture that is decoded; as :func:`views`."""
    found = shape.shaped(picture, size, policy, item.crop)
    return np.stack([shape.with_channels(each, channels) for each in found])


def _unreadable(failures: list[tuple[Item, Said]], total: int) -> UnreadableError:
    failures.sort(key=lambda failure: failure[0].id)
    many = Said("One picture")
    if len(failures) > 1:
        many = Said("{n} of {n_all} pictures", n=len(failures), n_all=total)
    said = Said(
        "{many} can no longer be read: {reason} Import the folder again or exclude them.",
        many=many,
        reason=failures[0][1],
    )
    return UnreadableError(
        said,
        lines(sentence for _, sentence in failures),
        [item for item, _ in failures],
    )


def key(
    items: Sequence[Item], size: tuple[int, int], policy: Policy, channels: int, cut: str | None
) -> str:
    """The name of the folder of a preparation: the same for the same choice, for ever."""
    rule = [] if cut is None else [cut]
    digest = hashlib.sha256(json.dumps([_RECIPE, size, policy.text, channels, *rule]).encode())
    for item in items:
        values: list[object] = [item.id, item.sha256, item.label, item.caption]
        values += [item.crop] if item.crop else []  # names from before there were such stay
        values += [regions.stored(item.hidden)] if item.hidden else []
        digest.update(json.dumps(values).encode())
    return digest.hexdigest()[:32]


def fingerprint(images: np.ndarray) -> str:
    """SHA-256 over the shape and the pixels."""
    digest = hashlib.sha256(json.dumps(images.shape).encode())
    flat = np.ascontiguousarray(images).reshape(-1)
    for start in range(0, flat.size, _HASHED_AT_ONCE):
        digest.update(flat[start : start + _HASHED_AT_ONCE].data)
    return digest.hexdigest()
