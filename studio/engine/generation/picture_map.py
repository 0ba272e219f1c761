"""The pictures that a model learnt from and those that it makes, on one plane: like beside like.

Both are compared by the fixed extractor that tells copies (:mod:`copies`), and placed as the map of
a dataset is (:mod:`atlas`); what is played later is placed among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.dataset.doctor import atlas
from studio.engine.dataset.doctor.embedding import AXES
from studio.engine.errors import StudioError
from studio.engine.evaluation.copies import embed, vectors_of

if TYPE_CHECKING:
    from studio.engine.dataset.preparation.prepare import Prepared
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player

PICTURES, SEEDS = 400, 100
"""Points of the map at most: of the set, evenly spaced, and of the model."""


@dataclass(frozen=True, eq=False)
class PictureMap:
    """`places` float32 [n, 2] within -1 to 1: those of `rows` of the set, then of `recipes`."""

    rows: np.ndarray
    recipes: tuple[LatentRecipe, ...]
    places: np.ndarray
    _points: np.ndarray
    """float32 [n, AXES]."""
    _mean: np.ndarray
    _axes: np.ndarray
    """float64 [d, AXES], of features divided by how far they are spread."""

    def place(self, pixels: Pixels) -> tuple[float, float]:
        """Where a picture uint8 [h, w, c] of the model belongs."""
        point = ((embed(pixels[None]) - self._mean) @ self._axes).astype(np.float32)
        x, y = atlas.among(point, self._points, self.places, lambda: False)[0]
        return float(x), float(y)

    def nearest_made(self, row: int) -> LatentRecipe:
        """The picture of the model that is most like one of the set, by its place on the map."""
        one, made = self._points[row], self._points[len(self.rows) :]
        return self.recipes[int(np.square(made - one).sum(1).argmin())]


def chart(
    player: Player, prepared: Prepared, recipes: Sequence[LatentRecipe],
    seen: Callable[[int, Pixels], None] = lambda number, pixels: None,
    advance: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> PictureMap:  # fmt: skip
    """Draw the map; `seen` is given the picture of each recipe.

    :class:`StudioError` when it was stopped.
    """
    chosen = np.linspace(0, len(prepared) - 1, min(PICTURES, len(prepared)))
    rows = np.unique(chosen.astype(np.int64))
    known, made = vectors_of(prepared)[rows], []
    for number, recipe in enumerate(recipes):
        if cancelled():
            raise StudioError("Drawing the map was stopped.")
        pixels = player.picture(recipe)
        seen(number, pixels)
        made.append(embed(pixels[None]))
        advance(number + 1, len(recipes))
    vectors = np.concatenate([known, *made])
    mean, spread = vectors.mean(0), np.maximum(vectors.std(0), 1e-6)
    axes = np.linalg.svd((vectors - mean) / spread, full_matrices=False)[2][:AXES].T
    axes = axes / spread[:, None]
    points = ((vectors - mean) @ axes).astype(np.float32)
    return PictureMap(rows, tuple(recipes), atlas.placed(points, cancelled), points, mean, axes)
