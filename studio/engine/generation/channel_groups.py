"""Channels of a layer that are active at the same places, by k-means.

Broad, Leymarie, Grierson 2021, arXiv:2005.12420, Sec. 5, cluster channels by what a small network
makes of their activations. Here they are compared as they are, averaged to at most 8x8 places
over several pictures and scaled to the same length, so that no network has to be trained first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.facts import Ability
from studio.engine.errors import UsageError

if TYPE_CHECKING:
    from studio.engine.generation.moves.bend import Bend
    from studio.engine.generation.player import Player

Matrix = np.ndarray[Any, np.dtype[np.float64]]
PICTURES = 16
MOST = 12
"""Groups of a layer."""
_SIDE = 8
_ROUNDS = 50


def channel_groups(player: Player, layer: int, count: int) -> list[tuple[int, ...]]:
    """The channels of each of up to `count` groups, the most active group first.

    The same for the same model and device; there are fewer where channels are alike.
    """
    player.need(Ability.BEND)
    layers = player.layers()
    if not 0 <= layer < len(layers):
        raise UsageError(
            "There is no layer {layer}: this model has {first} to {last}.",
            layer=layer, first=0, last=len(layers) - 1,
        )  # fmt: skip
    if not 1 <= count <= MOST:
        raise UsageError(
            "{count} groups are not possible: take {low} to {high}.", count=count, low=1, high=MOST
        )
    rows = _traits(player, layer)
    power = np.linalg.norm(rows, axis=1)
    assigned = k_means(rows / np.maximum(power, 1e-12)[:, None], count)
    groups = [np.flatnonzero(assigned == number) for number in range(count)]
    kept = sorted((g for g in groups if len(g)), key=lambda g: (-power[g].sum(), g[0]))
    return [tuple(map(int, group)) for group in kept]


def _traits(player: Player, layer: int) -> Matrix:
    """What each channel says about its mean, [channels, places]."""
    import torch
    from torch.nn import functional as F

    found = []
    with torch.inference_mode():
        with player.model as family:
            w = family.population(PICTURES, 0)
        for row in w.split(1):
            with player.model as family:  # one turn each: the canvas is waiting
                seen = player.said_by(family, row, layer).float()
            side = min(_SIDE, seen.shape[2]), min(_SIDE, seen.shape[3])
            found.append(F.adaptive_avg_pool2d(seen, side)[0].flatten(1).cpu().numpy())
    rows = np.concatenate(found, 1).astype(np.float64)
    centred: Matrix = rows - rows.mean(1, keepdims=True)
    return centred


def k_means(rows: Matrix, count: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    """The number of the group of each row [n, d] (Lloyd 1982), begun at rows that are far apart
    (Gonzalez 1985) and so without chance."""
    chosen = [int(np.argmax((rows**2).sum(1)))]
    near = ((rows - rows[chosen[0]]) ** 2).sum(1)
    while len(chosen) < min(count, len(rows)):
        chosen.append(int(near.argmax()))
        near = np.minimum(near, ((rows - rows[chosen[-1]]) ** 2).sum(1))
    middles = rows[chosen]
    assigned = np.full(len(rows), -1)
    for _ in range(_ROUNDS):
        # |row|^2 is the same for all middles.
        apart = (middles**2).sum(1) - 2 * rows @ middles.T
        nearest = apart.argmin(1)
        if (nearest == assigned).all():
            break
        assigned = nearest
        for number in range(len(middles)):
            own = rows[assigned == number]
            if len(own):
                middles[number] = own.mean(0)
    return assigned


def grouped(player: Player, move: Bend, number: int, count: int) -> Bend:
    """The same bend of one group alone; the groups are numbered from 1."""
    found = channel_groups(player, move.layer, count)
    if not 1 <= number <= len(found):
        raise UsageError(
            "There is no group {number} of {count}: layer {layer} has {low} to {high}.",
            number=number, count=count, layer=move.layer, low=1, high=len(found),
        )  # fmt: skip
    own = {"channels": found[number - 1], "group": (number, count)}
    return move.model_copy(update=own)
