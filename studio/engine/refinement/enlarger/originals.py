"""The originals of a run at the size that is to be reached, and what the network is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Pillow

from studio.engine.artwork import Pixels
from studio.engine.dataset.index import store
from studio.engine.dataset.preparation.prepare import PreparationCancelled, Prepared, prepare
from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.refinement.enlarger import likeness
from studio.engine.refinement.enlarger.likeness import Spectrum
from studio.engine.training.planning import runs
from studio.engine.training.record.recipe import Recipe

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

FEWEST = 4
MOST_BYTES = 256 << 20
"""Of small pictures in memory, each as prepared and as drawn."""
HELD_OUT = 24
_LARGE_ENOUGH = 0.9
"""Of the size that is to be reached: less, and a network would learn what Lanczos does."""
_GAP = 3.0
"""As pictures are prepared for training."""


@dataclass(frozen=True)
class Pairs:
    """Large pictures and what stands for them small. `rows` are those of `large` that belong."""

    large: Pixels
    """uint8 [N, H, W, c], perhaps on the disk."""
    rows: np.ndarray
    small: Pixels
    """uint8 [n, h, w, 3] of `rows`, as prepared."""
    drawn: Pixels
    """The same as the model would draw them; empty where they are clean."""

    def __len__(self) -> int:
        return len(self.rows)

    def large_part(self, place: int, top: int, left: int, height: int, width: int) -> Pixels:
        """uint8 [height, width, 3] of the large picture at a place of `rows`."""
        part = self.large[self.rows[place], top : top + height, left : left + width]
        made: Pixels = likeness.premultiplied(part[None])[0]
        return made


@dataclass(frozen=True)
class Material:
    """What an enlarger learns from, and what it is measured on."""

    train: Pairs
    held_out: Pairs
    detail: float
    mends: str


def material(
    project: Project,
    run_name: str,
    player: Player,
    scale: int,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Material:
    """Read the originals of a run at `scale` times its size, through its own preparation.

    Raises :class:`StudioError` where they are gone or too small, and `PreparationCancelled`.
    """
    run = runs.run(project, run_name)
    recipe = Recipe.load(run.folder)
    if run.dataset_id is None:
        raise StudioError(
            "The dataset {dataset!r} of the run {run} was deleted: an enlarger learns from its "
            "originals.",
            dataset=recipe.dataset,
            run=run_name,
        )
    size = recipe.width * scale, recipe.height * scale
    prepared = prepare(
        project, run.dataset_id, size, recipe.crop, recipe.channels,
        cancelled=cancelled, progress=progress,
    )  # fmt: skip
    most = max(FEWEST, MOST_BYTES // (3 * recipe.width * recipe.height))
    train, held_out = _split(_large_enough(project, prepared, size, scale), prepared, most)
    seeds = range(likeness.SAMPLES)
    samples = likeness.premultiplied(player.pictures(seeds))
    first = shrunk(prepared, train[: 4 * likeness.SAMPLES], scale)
    spectrum = Spectrum.between(samples, likeness.premultiplied(first))
    by_encoder = likeness.has_encoder(player)

    def pairs(rows: np.ndarray) -> Pairs:
        small = shrunk(prepared, rows, scale)
        if by_encoder:
            drawn = likeness.premultiplied(likeness.reconstructed(player, small, cancelled))
            if len(drawn) < len(small):
                raise PreparationCancelled("Preparing the pictures was stopped.")
            small = likeness.premultiplied(small)
        else:
            small, draw = likeness.premultiplied(small), np.random.default_rng(7)
            drawn = np.stack([spectrum.applied(each, draw) for each in small])
        return Pairs(prepared.images, rows, small, drawn)

    originals = likeness.detail(likeness.premultiplied(first))
    share = likeness.detail(samples) / max(originals, 1e-9)
    mends = "reconstructions" if by_encoder else "samples"
    return Material(pairs(train), pairs(held_out), share, mends)


def shrunk(prepared: Prepared, rows: np.ndarray, scale: int) -> Pixels:
    """uint8 [n, h, w, c] of the large pictures, made small as training pictures are."""
    size = prepared.width // scale, prepared.height // scale
    return np.stack([small(prepared.images[row], size) for row in rows])


def small(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """One picture uint8 [h, w, c] at `size`, as :mod:`shape` prepares it."""
    picture = Pillow.fromarray(
        np.ascontiguousarray(pixels if pixels.shape[2] > 1 else pixels[..., 0])
    )
    made = np.asarray(picture.resize(size, Pillow.Resampling.LANCZOS, reducing_gap=_GAP))
    return made if made.ndim == 3 else made[..., None]


def _large_enough(
    project: Project, prepared: Prepared, size: tuple[int, int], scale: int
) -> set[int]:
    """Rows whose originals have the pixels."""
    known = {item.id: item for item in store.items_by_id(project, sorted({*prepared.item_ids}))}
    found = set()
    for row, number in enumerate(prepared.item_ids):
        item = known[number]
        left, top, right, bottom = item.crop or (0.0, 0.0, 1.0, 1.0)
        width, height = item.width * (right - left), item.height * (bottom - top)
        if min(width / size[0], height / size[1]) >= _LARGE_ENOUGH:
            found.add(row)
    if len(found) < FEWEST:
        raise StudioError(
            "Only {n} of the {n_all} originals have the {width}×{height} pixels that enlarging "
            "×{scale} is learnt from: choose a smaller scale, or import larger pictures.",
            n=len(found), n_all=len(known), width=size[0], height=size[1], scale=scale,
        )  # fmt: skip
    return found


def _split(rows: set[int], prepared: Prepared, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from, and those to measure on; evenly spaced where there are too many."""
    train = np.array([row for row in prepared.train if row in rows], np.int64)
    held = np.array([row for row in prepared.held_out if row in rows], np.int64)
    if not len(held) or not len(train):  # a set so small that nothing was held out
        every = np.array(sorted(rows), np.int64)
        held, train = every[:: max(2, len(every) // HELD_OUT)], every
        train = np.setdiff1d(every, held)
    return _evenly(train, most), _evenly(held, HELD_OUT)


def _evenly(rows: np.ndarray, most: int) -> np.ndarray:
    count = min(len(rows), most)
    return rows[np.arange(count) * len(rows) // max(1, count)]
