"""More like these, less like those: a direction from pictures that the artist marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.engine.errors import UsageError
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.directions.kind import Kind, Search, register
from studio.engine.generation.directions.population import population
from studio.engine.generation.directions.separation import FEWEST, separate
from studio.engine.generation.slerp import Latent
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

_SAME = 1e-6
"""Deviations between the means of both groups: less is nothing."""


@register
@dataclass(frozen=True)
class Picked(Kind):
    """Made one by one, from examples; a run keeps them."""

    name: ClassVar[str] = "picked"
    title: ClassVar[str] = "What you picked"
    summary: ClassVar[str] = (
        "Ways from pictures that you marked as less to those that you marked as more (linear "
        "separation of latents, cross-validated)"
    )
    found: ClassVar[bool] = False

    samples: int = 4_000

    def find(self, player: Player, search: Search) -> list[Direction]:
        """None: nobody but the artist knows them."""
        return []

    def between(
        self, player: Player, more: Sequence[Latent], less: Sequence[Latent], search: Search
    ) -> Direction:
        """From the points `less` to the points `more`, each [slots, dim].

        Its note says how well it tells the examples apart. Raises :class:`UsageError` where there
        are too few of them, or where they are the same.
        """
        import torch

        player.need(self.ability)
        if min(len(more), len(less)) < FEWEST:
            raise UsageError(
                "{more} marked as more and {less} as less are too few: mark at least {n} of each.",
                more=len(more), less=len(less), n=FEWEST,
            )  # fmt: skip
        with torch.inference_mode():
            drawn = population(player, self.samples, self.seed, search)
            rows = drawn.white(drawn.to_rows(np.stack([*more, *less])))
            first = torch.arange(len(rows)) < len(more)
            if not float((rows[first].mean(0) - rows[~first].mean(0)).norm()) > _SAME:
                raise UsageError(
                    "The pictures marked as more and those marked as less are the same: mark "
                    "others."
                )
            apart = separate(rows, first)
            step = drawn.coloured(apart.way)
            length = float(step.norm())
            (vector,) = drawn.to_latent((step / length)[None])
        note = _note(apart.right, apart.is_sure, len(more), len(less))
        # What is told by chance is 0.
        share = max(0.0, 2 * apart.right - 1) if apart.is_sure else 0.0
        return Direction(self.name, vector, length, share, note=note)


def _note(right: float, is_sure: bool, more: int, less: int) -> Said:
    facts = {"percent": round(100 * right), "more": more, "less": less}
    if is_sure:
        return Said(
            "Tells {percent} % of {more} marked as more and {less} marked as less apart, each "
            "judged by the others.", **facts
        )  # fmt: skip
    return Said(
        "No better than chance at telling {more} marked as more from {less} marked as less "
        "({percent} %): mark more pictures, or ones that differ in one thing only.", **facts
    )  # fmt: skip
