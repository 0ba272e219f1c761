"""Standard deviations of the latents of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from models.base import Family
    from models.parts.whitening import Whitening
    from studio.engine.generation.player import Player

POPULATION = 2_000
"""Latents that say what is ordinary."""

_known: WeakKeyDictionary[Family, Whitening] = WeakKeyDictionary()


def units_of(player: Player) -> Whitening:
    """Measured once as long as the model is in memory."""
    import torch

    from models.parts.whitening import Whitening

    with player.model as family:
        if family not in _known:
            with torch.inference_mode(False), torch.no_grad():
                ordinary = family.population(POPULATION, 0).float()
                # Slots of one spread, as far as this goes: it is the same latent in all of them.
                _known[family] = Whitening(ordinary.flatten(0, 1)[:: ordinary.shape[1]])
        return _known[family]
