"""Stars for the picture on the canvas: it is kept, if it is not yet, and rated."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.desktop.base.undo_step import UndoStep
from studio.desktop.generation.tools.tool import Hand, Tool, ToolAction, register
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.desktop.widgets.labels import set_words
from studio.engine.jobs import Ending, Job
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.pieces.pieces import Piece

MOST = 5


@register
class Rating(Tool):
    """Of the piece that has the recipe of the canvas; the same stars as in Refinement."""

    name = "rating"
    beside = True

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.button = QToolButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setFixedSize(38, 30)
        menu = QMenu(self.button)
        self._choices = [menu.addAction("") for _ in range(MOST + 1)]
        for stars, action in enumerate(self._choices):
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, stars=stars: self.rate(stars))
        self.button.setMenu(menu)
        self._pieces: dict[str, int] = {}
        """By the text of a recipe of the open run."""
        self.stars: dict[int, int] = {}
        """By piece."""
        self._waiting: dict[str, int] = {}
        """Stars of what is being kept."""
        hand.session.kept.connect(self._kept)
        hand.session.opened.connect(self._opened)
        hand.editing.shown.connect(self._show)

    def actions(self) -> Sequence[ToolAction]:
        return tuple(
            ToolAction(
                f"generation.rate{n}",
                f"Rate the piece {n}",
                partial(self.rate, n),
                str(n) if n else "",
            )
            for n in range(MOST + 1)
        )

    def control(self) -> QWidget:
        return self.button

    def rate(self, stars: int) -> None:
        """0 takes the stars away, and keeps nothing that was not kept."""
        if self.hand.session.model is None or self.hand.editing.history.current is None:
            return
        recipe = self.hand.recipe()
        piece = self._pieces.get(_text(recipe))
        if piece is not None:
            self._decide(piece, stars)
        elif stars:
            self._waiting[_text(recipe)] = stars
            self.hand.session.keep(recipe)
        self._show()

    def _decide(self, piece: int, stars: int) -> None:
        before = self.stars.get(piece, 0)
        if stars != before:
            do, back = partial(self._put, piece, stars), partial(self._put, piece, before)
            self.hand.studio.undo.push(UndoStep(tr("Rate {n} stars", n=stars), do, back))

    def _put(self, piece: int, stars: int) -> None:
        project = self.hand.studio.project
        if project is None:
            return

        def write(_: Job[None]) -> None:
            from studio.engine.pieces import pieces

            pieces.set_rating(project, piece, stars)

        self.stars[piece] = stars
        self._show()
        self.hand.studio.jobs.start(
            Job(Said("Saving a rating"), write, ending=Ending.FINISH, can_cancel=False),
            "generation", lane="rate", in_strip=False, failed=self.hand.notices.error,
        )  # fmt: skip

    # ------------------------------------------------------------------ which pieces there are

    def _kept(self, piece: Piece) -> None:
        text = _text(piece.recipe.unrecorded())
        self._pieces[text] = piece.id
        self.stars.setdefault(piece.id, piece.rating)
        if stars := self._waiting.pop(text, 0):
            self._decide(piece.id, stars)
        self._show()

    def _opened(self, model: Model, soft: bool) -> None:
        project = self.hand.studio.project
        if soft or project is None:
            return
        self._pieces, self.stars, self._waiting = {}, {}, {}

        def look(_: Job[list[Piece]]) -> list[Piece]:
            from studio.engine.pieces.pieces import pieces

            return [each for each in pieces(project) if each.run_name == model.run]

        def found(some: list[Piece]) -> None:
            if self.hand.session.model is model:
                for piece in some:
                    self._kept(piece)

        job = Job(Said("Looking for kept pictures"), look)
        self.hand.studio.jobs.start(job, "generation", lane="rate", in_strip=False, done=found)

    def _show(self) -> None:
        piece = self._pieces.get(_text(self.hand.editing.recipe()))
        stars = 0 if piece is None else self.stars.get(piece, 0)
        words = f"★ {stars}" if stars else "☆"
        for number, action in enumerate(self._choices):
            action.setChecked(number == stars)
        if words != self.button.text():
            self.button.setText(words)

    def retranslate(self) -> None:
        tip = tr("Rating of this picture, which is kept with it (0 to 5)")
        set_words((self.button, "", tip))
        self._choices[0].setText(tr("No stars"))
        for number, action in enumerate(self._choices[1:], 1):
            action.setText("★" * number)
        self._show()


def _text(recipe: LatentRecipe) -> str:
    return recipe.model_dump_json()
