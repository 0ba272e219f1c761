"""What the fixed-seed extractor sees in pictures, kept in the cache by their content.

A picture is decoded and embedded once, in whatever dataset or order it turns up again, as far as
it may be seen: with parts hidden it is another content, and what was seen before is deleted. The
cache is a file of its own that may be deleted at any time; work that was stopped goes on
where it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image

from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.dataset.index import regions
from studio.engine.dataset.index.store import Item
from studio.engine.door import database, inside
from studio.engine.errors import StudioError
from studio.engine.files import discard
from studio.engine.project import Project
from studio.engine.said import reason

VERSION = "random-features-v1"
FILE = "features.sqlite"
AXES = 32
"""Directions in which pictures are compared: beyond them there is hardly anything but noise."""
_SIDE = 64
_BATCH = 64
_BLOCK = 2048
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS feature (
        sha256 TEXT NOT NULL, version TEXT NOT NULL, numbers BLOB NOT NULL,
        PRIMARY KEY (sha256, version)
    ) STRICT, WITHOUT ROWID
"""


class EmbeddingCancelled(StudioError):  # noqa: N818  # a request, not a fault
    """Stopped on request; what was embedded so far is kept."""


@dataclass(frozen=True)
class Embedded:
    """Pictures in the space in which they are compared; rows belong together."""

    item_ids: np.ndarray
    """int64 [N], ascending; copies of a picture each have a row."""
    contents: list[str]
    """The :func:`content` of each."""
    places: np.ndarray
    """float32 [N, AXES]: principal components of the standardised features, widest first."""
    rest: np.ndarray
    """float32 [N]: how much of each picture those components do not show (a distance)."""


class _Cache:
    """The file of features. Where it cannot be written, one that ends with this process."""

    def __init__(self, project: Project) -> None:
        if project.read_only_reason:
            self._connection = sqlite3.connect("", check_same_thread=False)
        else:
            self._connection = _opened(inside(project.cache, FILE))
        self._connection.execute(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def known(self) -> set[str]:
        rows = self._connection.execute("SELECT sha256 FROM feature WHERE version = ?", (VERSION,))
        return {row[0] for row in rows}

    def put(self, rows: Sequence[tuple[str, np.ndarray]]) -> None:
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO feature VALUES (?, ?, ?)",
                [(sha, VERSION, numbers.astype(np.float16).tobytes()) for sha, numbers in rows],
            )

    def keep_only(self, contents: set[str]) -> None:
        stale = [(sha,) for sha in self.known() - contents]
        with self._connection:
            self._connection.executemany("DELETE FROM feature WHERE sha256 = ?", stale)

    def blocks(self, contents: Sequence[str]) -> Iterator[np.ndarray]:
        """float32 [n, D] in the order of `contents`; never all of them at once."""
        for start in range(0, len(contents), _BLOCK):
            wanted = contents[start : start + _BLOCK]
            marks = ",".join("?" * len(wanted))
            rows = self._connection.execute(
                f"SELECT sha256, numbers FROM feature WHERE version = ? AND sha256 IN ({marks})",
                (VERSION, *wanted),
            )
            found = {sha: np.frombuffer(numbers, np.float16) for sha, numbers in rows}
            yield np.stack([found[sha] for sha in wanted]).astype(np.float32)


def _opened(path: Path) -> sqlite3.Connection:
    """The cache; a damaged one is begun anew."""
    for attempt in range(2):
        connection = sqlite3.connect(database(path), check_same_thread=False, timeout=10)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_SCHEMA)
            return connection
        except sqlite3.Error as error:
            connection.close()
            # In use or no room is not damage: another process may be at work in it.
            if attempt or isinstance(error, sqlite3.OperationalError):
                raise StudioError(
                    "The cache {path} cannot be written ({reason}): check that the disk has space.",
                    path=path,
                    reason=reason(error),
                ) from error
            for suffix in ("", "-wal", "-shm"):
                discard(path.with_name(path.name + suffix))
    raise AssertionError


def content(item: Item) -> str:
    """What the features of a picture are kept by: its bytes and what is hidden of them."""
    return _content(item.sha256, regions.stored(item.hidden))


def _content(sha256: str, hidden: str) -> str:
    return hashlib.sha256(f"{sha256} {hidden}".encode()).hexdigest() if hidden else sha256


def _in_use(project: Project) -> set[str]:
    """The contents of all pictures of the project, as they may be seen now."""
    rows = project.query("SELECT sha256, hidden FROM item WHERE sha256 != ''")
    return {_content(row["sha256"], row["hidden"]) for row in rows}


def forget_unused(project: Project) -> None:
    """Delete the features of what no picture of the project shows any more.

    Where the cache cannot be written now, the next :func:`embed` does it.
    """
    if project.read_only_reason or not (project.cache / FILE).exists():
        return
    with contextlib.suppress(StudioError, sqlite3.Error), _Cache(project) as cache:
        cache.keep_only(_in_use(project))


def embed(
    project: Project,
    items: Sequence[Item],
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Embedded:
    """Embed `items`, those that are not in the cache by decoding them, and compare them.

    Pictures that cannot be read any more are left out. `progress` is called with (done,
    total) pictures. Raises :class:`EmbeddingCancelled` and :class:`StudioError` when the
    cache cannot be written.
    """
    with _Cache(project) as cache:
        known = cache.known()
        try:
            known |= _fill(cache, items, known, cancelled, progress)
            if not project.read_only_reason:
                # A part may have been hidden while its picture was being looked at.
                kept = _in_use(project)
                cache.keep_only(kept)
                known &= kept
        except sqlite3.Error as error:
            raise StudioError(
                "The features of the pictures cannot be kept ({reason}): check that the "
                "disk has space.",
                reason=reason(error),
            ) from error
        seen = [item for item in sorted(items, key=lambda item: item.id) if content(item) in known]
        contents = list(dict.fromkeys(content(item) for item in seen))
        places, rest = _compared(cache, contents, cancelled)
    rows = {sha: row for row, sha in enumerate(contents)}
    order = np.array([rows[content(item)] for item in seen], np.int64)
    return Embedded(
        np.array([item.id for item in seen], np.int64),
        [content(item) for item in seen],
        places[order],
        rest[order],
    )


def _fill(
    cache: _Cache,
    items: Sequence[Item],
    known: set[str],
    cancelled: Callable[[], bool],
    progress: Callable[[int, int], None],
) -> set[str]:
    """Embed what is not known yet, batch by batch; returns what is known now."""
    every = {content(item): item for item in items}
    todo = [item for key, item in every.items() if key not in known]
    total = len(every)
    done = total - len(todo)
    progress(done, total)
    if not todo:
        return set()
    # Here and not above: torch is imported only when there is something to embed.
    import torch

    from models.parts.features import Extractor

    extractor = Extractor(VERSION)
    fresh: set[str] = set()
    batches = [todo[start : start + _BATCH] for start in range(0, len(todo), _BATCH)]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1), "embed") as pool:
        ahead = [pool.submit(_small, item) for item in batches[0]]
        for number, batch in enumerate(batches):
            pixels = [future.result() for future in ahead]
            if cancelled():
                raise EmbeddingCancelled("Looking at the pictures was stopped.")
            following = batches[number + 1] if number + 1 < len(batches) else []
            ahead = [pool.submit(_small, item) for item in following]
            read = [(i, p) for i, p in zip(batch, pixels, strict=True) if p is not None]
            if read:
                numbers = extractor.embed(torch.from_numpy(np.stack([p for _, p in read])))
                rows = [(content(i), n) for (i, _), n in zip(read, numbers.numpy(), strict=True)]
                cache.put(rows)
                fresh.update(sha for sha, _ in rows)
            done += len(batch)
            progress(done, total)
    return fresh


def _small(item: Item) -> np.ndarray | None:
    """uint8 [64, 64, 4], all that may be seen squeezed into a square; None when it is gone."""
    try:
        picture = read_picture(item, (2 * _SIDE, 2 * _SIDE))
    except StudioError:
        return None
    picture = regions.covered(picture, item.hidden)
    square = picture.resize((_SIDE, _SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(square.convert("RGBA"))


def _compared(
    cache: _Cache, contents: Sequence[str], cancelled: Callable[[], bool]
) -> tuple[np.ndarray, np.ndarray]:
    """Places [N, AXES] by principal components of the correlations, and the rest [N]."""
    if not contents:
        return np.empty((0, AXES), np.float32), np.empty(0, np.float32)
    mean, spread, axes = _fitted(cache, contents, cancelled)
    places, rest = [], []
    for block in cache.blocks(contents):
        values = (block - mean) / spread
        part = values @ axes
        places.append(part)
        rest.append(np.sqrt(np.maximum((values**2).sum(1) - (part**2).sum(1), 0.0)))
    return np.concatenate(places).astype(np.float32), np.concatenate(rest).astype(np.float32)


def _fitted(
    cache: _Cache, contents: Sequence[str], cancelled: Callable[[], bool]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean [D] and spread [D] of the features, and the widest directions [D, AXES]."""
    if len(contents) <= _BLOCK // 4:  # fewer pictures than features: they span it all
        values = np.concatenate(list(cache.blocks(contents))).astype(np.float64)
        mean, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
        vectors = np.linalg.svd((values - mean) / spread, full_matrices=False)[2].T[:, :AXES]
        short = AXES - vectors.shape[1]
        return mean, spread, _signed(np.pad(vectors, ((0, 0), (0, short))))
    total: Any = 0.0
    products: Any = 0.0
    for block in cache.blocks(contents):
        if cancelled():
            raise EmbeddingCancelled("Looking at the pictures was stopped.")
        values = block.astype(np.float64)
        total = total + values.sum(axis=0)
        products = products + values.T @ values
    mean = total / len(contents)
    covariance = products / len(contents) - np.outer(mean, mean)
    spread = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
    vectors = np.linalg.eigh(covariance / np.outer(spread, spread))[1][:, ::-1][:, :AXES]
    return mean, spread, _signed(vectors)


def _signed(axes: np.ndarray) -> np.ndarray:
    """Either sign is as good: the same set must not come out mirrored another time."""
    strongest = np.abs(axes).argmax(axis=0)
    return np.asarray(axes * np.sign(axes[strongest, np.arange(axes.shape[1])]))
