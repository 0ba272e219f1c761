"""A performance without a window: what arrives becomes pictures at an even rate."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from studio.engine.artwork import Pixels
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.live.desk import Desk

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

Told = Callable[[LatentRecipe], None]


class Performance:
    """Plays a desk on a model, from a recipe on: `rate` times a second it is looked at what has
    arrived, until `stopped` or for so many `seconds`. `changed` is told every recipe."""

    def __init__(
        self, player: Player, desk: Desk, recipe: LatentRecipe, *, rate: float,
        stopped: Callable[[], bool], changed: Told, seconds: float | None = None,
    ) -> None:  # fmt: skip
        self._player, self._desk, self.recipe = player, desk, recipe
        self._rate, self._stopped, self._changed = rate, stopped, changed
        self._most = None if seconds is None else max(1, round(seconds * rate))

    def frames(self) -> Iterator[Pixels]:
        """uint8 [h, w, c].

        Where drawing or whoever takes them is slower than the rate, a picture comes more than
        once: the time that passes in a film of them is that of the performance.
        """
        picture = self._player.picture(self.recipe)
        given = 0
        for wanted, is_new in self._ticks():
            if is_new:
                picture = self._player.picture(self.recipe)
            while given < wanted:
                yield picture
                given += 1

    def follow(self) -> None:
        """The same without pictures."""
        for _ in self._ticks():
            pass

    def _ticks(self) -> Iterator[tuple[int, bool]]:
        """How many frames there are to be by now, and whether the recipe is another one."""
        clock = self._desk.inbox.clock
        began, wanted = clock(), 0
        self._changed(self.recipe)
        while not self._stopped() and (self._most is None or wanted < self._most):
            made = self._desk.step(self.recipe)
            if made is not None:
                self.recipe = made
                self._changed(made)
            wanted = int((clock() - began) * self._rate) + 1
            if self._most is not None:
                wanted = min(wanted, self._most)
            yield wanted, made is not None
            time.sleep(max(0.0, began + wanted / self._rate - clock()))
