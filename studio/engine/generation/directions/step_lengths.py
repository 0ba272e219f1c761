"""How long a step along each direction has to be for pictures to change alike.

Where a mapping network has shaped the space it is even already: StyleGAN's was trained to be
(Karras 2020, arXiv:1912.04958, Sec. 3.2). A latent that goes into the network as it is drawn is
not: one deviation changes a whole picture along one direction, and nothing along another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.evaluation.copies import embed
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.directions.kind import Search

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

SEEDS = 4
MOST = 3
"""Doublings or halvings: further out there are no pictures any more."""


def evened(player: Player, found: Sequence[Direction], search: Search) -> list[Direction]:
    """The same with `evenly` set, by what the fixed extractor sees change in a few pictures."""
    if player.latent.slots > 1 or not found:
        return list(found)
    changes = np.maximum(_changes(player, found, search), 1e-12)
    # Between what changes most and what is usual: neither is drowned nor torn.
    wanted = np.sqrt(changes.max() * np.median(changes))
    doublings = np.clip(np.round(np.log2(wanted / changes)), -MOST, MOST)
    return [replace(each, evenly=float(2.0**n)) for each, n in zip(found, doublings, strict=True)]


def _changes(player: Player, found: Sequence[Direction], search: Search) -> np.ndarray:
    """The mean distance [count] between pictures of seeds and those one sigma away."""
    whole = np.zeros(len(found))
    for seed in range(SEEDS):
        search.stop_if_asked()
        w = player.sample(Seeded(seed=seed))
        points = [w, *(w + each.deviation for each in found)]
        middle, *moved = embed(np.stack([player.picture_of(point) for point in points]))
        whole += np.linalg.norm(np.stack(moved) - middle, axis=1)
    return whole / SEEDS
