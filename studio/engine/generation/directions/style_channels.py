"""Single channels of the styles of one layer: small changes of one thing.

StyleSpace (Wu et al. 2021, arXiv:2011.12799): a channel of the style of a layer often moves one
place of the picture alone. Recipes hold points of w, so a direction is the way in the slot of the
layer that moves the channel and leaves its neighbours alone, as far as w can (ridge regression in
the space where w is white); how far it can is said of each. Of the channels that change the most
those come first whose change is the most local (their Sec. 4.1 ranks by the part that lies in a
region; here the region is where the channel changes most, as nobody has to label one).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from models.facts import Ability
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.directions.kind import Kind, Search, register
from studio.engine.generation.slerp import Latent
from studio.engine.said import Said

if TYPE_CHECKING:
    from torch import Tensor

    from studio.engine.generation.player import Player

RIDGE = 0.01
"""Of the variance of a channel."""
TRIED, SEEDS = 40, 2
"""Channels that are looked at, and pictures of each."""
REGION = 1 / 16
"""Part of a picture in which a change is local."""
STEP = 2.0
"""Deviations of a channel, at which it is looked at."""


class Channel(NamedTuple):
    """A way [dim] in `slot` that moves `channel` by one deviation; `purity` 0 to 1 is the part of
    all change of the styles of the layer that is its own."""

    slot: int
    channel: int
    way: np.ndarray
    purity: float
    strength: float
    """Its deviation, against the mean size of the styles of the layer."""


@register
@dataclass(frozen=True)
class StyleChannels(Kind):
    """For models that draw each layer in a style of its own."""

    name: ClassVar[str] = "stylespace"
    title: ClassVar[str] = "Single channels of a layer"
    summary: ClassVar[str] = (
        "Channels of the styles of one layer that change one place of the picture (StyleSpace)"
    )
    ability: ClassVar[Ability] = Ability.MIX

    samples: int = 2_000

    def find(self, player: Player, search: Search) -> list[Direction]:
        """The most local first."""
        player.need(Ability.FACTOR)
        tried = sorted(
            channels(player, self.samples, self.seed), key=lambda each: -each.purity * each.strength
        )[:TRIED]
        changed, locality = _looked_at(player, tried, search)
        # What hardly changes anything may do so in one place, and is of no use.
        seen = np.flatnonzero(changed >= np.median(changed))
        order = seen[np.argsort(-locality[seen], kind="stable")][: self.count]
        return [_direction(self.name, tried[n], player.latent.slots) for n in order]


def channels(player: Player, samples: int, seed: int) -> list[Channel]:
    """All of them, layer by layer."""
    import torch

    slots, dim = player.latent.slots, player.latent.dim
    made = []
    with torch.inference_mode(), player.model as family:
        w = family.population(samples, seed).expand(-1, slots, -1)
        styles = family.styles(w).double().cpu()
        zero = torch.zeros_like(w[:1])
        basis = torch.eye(dim, device=w.device)[:, None].expand(-1, slots, -1)
        answers = (family.styles(basis) - family.styles(zero)).double().cpu()  # [dim, outputs]
        owner = torch.stack([
            (family.styles(_only(w[:1], slot)) - family.styles(zero))[0].abs().cpu()
            for slot in range(slots)
        ]).argmax(0)  # fmt: skip
        latents = w.double().cpu()
    for slot in range(slots):
        own = torch.nonzero(owner == slot)[:, 0]
        if len(own):
            made += _of_layer(slot, latents[:, slot], styles[:, own], answers[:, own])
    return made


def _only(w: Tensor, slot: int) -> Tensor:
    """The latent in one slot, nothing in the others."""
    made = w * 0
    made[:, slot] = w[:, slot]
    return made


def _of_layer(slot: int, w: Tensor, styles: Tensor, answers: Tensor) -> list[Channel]:
    """Those of w [n, dim] and styles [n, c] of one layer, where styles are w @ answers [dim, c]."""
    import torch

    deviation = styles.std(0)
    moving = torch.nonzero(deviation > 1e-6 * deviation.mean())[:, 0]
    centred = w - w.mean(0)
    values, axes = torch.linalg.eigh(centred.T @ centred / len(w))
    root = axes * values.clamp_min(0).sqrt()  # [dim, k]: white to w
    gains = (answers / deviation.clamp_min(1e-30)).T[moving] @ root  # [c, k]
    inner = gains.T @ gains + RIDGE * torch.eye(root.shape[1], dtype=root.dtype)
    white = torch.linalg.solve(inner, gains.T)  # [k, c]
    response = gains @ white  # [c, c]: what channel of the row answers to the way of the column
    own = response.diagonal().clamp_min(1e-12)
    purity = own.square() / response.square().sum(0).clamp_min(1e-30)
    ways = (root @ white / own).T.float().numpy()
    size = styles.square().mean().sqrt()
    return [
        Channel(slot, int(number), way, float(part), float(deviation[number] / size))
        for number, way, part in zip(moving, ways, purity, strict=True)
    ]


def _looked_at(
    player: Player, tried: list[Channel], search: Search
) -> tuple[np.ndarray, np.ndarray]:
    """How much each changes pictures of seeds (mean square), and how much more where it changes
    most: both [n]."""
    changed, locality = np.zeros(len(tried)), np.zeros(len(tried))
    for seed in range(SEEDS):
        w = player.sample(Seeded(seed=seed))
        before = player.picture_of(w).astype(np.float32)
        for number, each in enumerate(tried):
            search.advance(seed * len(tried) + number, SEEDS * len(tried))
            after = player.picture_of(w + STEP * _placed(each, len(w))).astype(np.float32)
            squares = np.sort(np.square(after - before).mean(2), axis=None)
            region = max(1, round(len(squares) * REGION))
            changed[number] += squares.mean() / SEEDS
            locality[number] += squares[-region:].mean() / max(squares.mean(), 1e-9) / SEEDS
    return changed, locality


def _placed(channel: Channel, slots: int) -> Latent:
    made = np.zeros((slots, len(channel.way)), np.float32)
    made[channel.slot] = channel.way
    return made


def _direction(kind: str, channel: Channel, slots: int) -> Direction:
    vector = _placed(channel, slots)
    length = float(np.linalg.norm(vector))
    numbers = {"layer": channel.slot + 1, "channel": channel.channel}
    title = Said("Channel {layer}·{channel}", **numbers)
    note = Said(
        "Layer {layer}, channel {channel}: {percent} % of what it changes in the styles of the "
        "layer is this channel.", percent=round(100 * channel.purity), **numbers,
    )  # fmt: skip
    return Direction(kind, vector / np.float32(max(length, 1e-30)), length, title=title, note=note)
