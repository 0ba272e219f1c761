"""The pictures of the contact sheet, drawn while the hand rests."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QImage

from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.seed_sheet import ContactSheet
from studio.desktop.generation.session import Session
from studio.desktop.generation.small_pictures import SIDE

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe

REST_MS, SCROLL_MS = 200, 30
"""How long sliders have to be at rest, and the sheet, before more is drawn."""
KEPT = 600
"""Pictures; with more of them those out of sight are drawn again when they are seen again."""
FIRST_SEEDS = 1_000_000
"""Shuffled sheets begin below."""


class SheetPictures(QObject):
    """Each seed in sight as a click on it shows it: with the moves and the label of now.

    One picture is asked for at a time, and none while the recipe changes: whoever moves a slider
    waits for one of them at most.
    """

    def __init__(self, session: Session, editing: Editing, sheet: ContactSheet) -> None:
        super().__init__(sheet)
        self._session, self._editing, self._sheet = session, editing, sheet
        self._drawn: dict[int, LatentRecipe] = {}
        """What the tiles that have a picture show."""
        self._like: LatentRecipe | None = None
        """What they have in common, as a recipe of one of them."""
        self._turn = self._left = 0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._begin)
        editing.changed.connect(self._edited)
        sheet.sightChanged.connect(self._scrolled)

    @property
    def is_drawn(self) -> bool:
        """Whether nothing in sight waits for its picture."""
        return not self._left and not self._rest.isActive()

    @Slot()
    def shuffle(self) -> None:
        self.lay_out(random.randrange(FIRST_SEEDS))

    def lay_out(self, first: int) -> None:
        """The sheet shows this seed and those after it."""
        if (model := self._session.model) is not None:
            self._drawn.clear()
            self._sheet.lay_out(first, model.height / model.width)

    @Slot()
    def forget(self) -> None:
        """Another model: the same recipes are other pictures."""
        self._drop(set(self._drawn) - set(self._sheet.in_sight()))
        self._drawn.clear()
        self._wait(0)

    @Slot()
    def _edited(self) -> None:
        self._wait(REST_MS)

    @Slot()
    def _scrolled(self) -> None:
        self._wait(SCROLL_MS)

    def _wait(self, milliseconds: int) -> None:
        """What was asked for is not wanted any more; what is, is asked for a little later."""
        self._turn += 1
        self._left = 0
        if self._session.model is not None:
            self._rest.start(milliseconds)

    @Slot()
    def _begin(self) -> None:
        seen = self._sheet.in_sight()
        like = self._editing.at_seed(0)
        if like != self._like or len(self._drawn) > KEPT:
            self._drop(set(self._drawn) - set(seen))
        self._like = like
        wanted = {seed: self._editing.at_seed(seed) for seed in seen}
        changed = [seed for seed in seen if self._drawn.get(seed) != wanted[seed]]
        self._left = len(changed)
        self._next({seed: wanted[seed] for seed in changed}, self._turn)

    def _next(self, wanted: dict[int, LatentRecipe], turn: int) -> None:
        if not wanted or turn != self._turn:
            return
        seed = next(iter(wanted))
        recipe = wanted.pop(seed)

        def took(picture: QImage) -> None:
            if turn == self._turn:
                self._drawn[seed] = recipe
                self._sheet.set_picture(seed, picture)
                self._left = len(wanted)
                self._next(wanted, turn)

        # One that fails is said by the canvas, whose picture fails alike.
        self._session.draw_small(recipe, SIDE, took)

    def _drop(self, seeds: set[int]) -> None:
        for seed in seeds:
            self._drawn.pop(seed, None)
            self._sheet.set_picture(seed, QImage())
