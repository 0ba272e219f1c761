"""The best of many fine layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.facts import Ability
from studio.engine.generation import zones
from studio.engine.generation.iteration.subject import Subject
from studio.engine.generation.iteration.way import Tried, Way, count_param, register, seed_param
from studio.engine.generation.moves.mix import Mix
from studio.engine.generation.player import Player
from studio.engine.said import Said
from studio.engine.seeds import LARGEST_SEED

_FINE = "colour"


@register
@dataclass(frozen=True)
class FineLayers(Way):
    """Only the fine slots are those of other seeds (style mixing: Karras 2019, arXiv:1812.04948,
    Sec. 3.1); where there are none of their own, only the noise of the layers is (Sec. 3.2)."""

    name = "fine"
    title = "Best of many fine layers"
    summary = (
        "The same form with other colours and details, drawn many times and sorted by score; the "
        "picture itself is among them."
    )
    several = True

    count: int = count_param(16, 2, 256)
    seed: int = seed_param()

    def refusal(self, player: Player) -> Said | None:
        if self._slots(player) or Ability.NOISE in player.latent.abilities:
            return None
        return Said(
            "The latent of this model has no layers from coarse to fine, and there is no noise in "
            "it: its fine layers have no variants of their own."
        )

    def _slots(self, player: Player) -> list[int]:
        latent = player.latent
        if Ability.MIX not in latent.abilities or _FINE not in zones.zones_of(latent):
            return []
        return [int(slot) for slot in zones.slots_of(_FINE, latent).nonzero()[0]]

    def tried(self, subject: Subject) -> Iterator[Tried]:
        slots, recipe = self._slots(subject.player), subject.recipe
        mix = recipe.only(Mix)
        for number in range(self.count):
            seed = (self.seed + number) % (LARGEST_SEED + 1)
            if slots:
                own = {**(mix.slots if mix else {}), **dict.fromkeys(slots, seed)}
                made = recipe.moved(Mix(slots=own))
            else:
                made = recipe.with_noise(seed)
            yield Tried(number + 1, self.count, made)
