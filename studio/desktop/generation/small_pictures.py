"""Small pictures of recipes, drawn one after another beside the canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from studio.desktop.generation.session import Session

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe

SIDE = 160
"""Pixels of the longer side: tiles are half as large, and screens may have two for one."""


class SmallPictures:
    """One is asked for at a time: whoever moves a slider waits for one of them at most."""

    def __init__(self, session: Session, took: Callable[[int, QImage], None]) -> None:
        self._session, self._took = session, took
        self._wanted: dict[int, LatentRecipe] = {}

    @property
    def is_drawn(self) -> bool:
        return not self._wanted

    def draw(self, wanted: Mapping[int, LatentRecipe]) -> None:
        """These from now on, in this order; what was wanted before is not wanted any more."""
        self._wanted = dict(wanted)
        self._next(self._wanted)

    def _next(self, wanted: dict[int, LatentRecipe]) -> None:
        if not wanted or self._session.model is None:
            return
        number = next(iter(wanted))

        def took(picture: QImage) -> None:
            if wanted is self._wanted:
                wanted.pop(number)
                self._took(number, picture)
                self._next(wanted)

        # One that fails stays empty: it is said where it is played.
        self._session.draw_small(
            wanted[number], SIDE, took, lambda _sentence, _detail: took(QImage())
        )
