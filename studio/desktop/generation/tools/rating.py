"""Stars for the picture on the canvas: it is kept, if it is not yet, and rated."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.desktop.generation.tools.tool import Hand, Tool, ToolAction, register
from studio.desktop.i18n import tr
from studio.desktop.widgets.labels import set_words

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
        self._pieces: dict[tuple[str, str], int] = {}
        """By the model and the text of the recipe that they were kept with."""
        self._waiting: dict[tuple[str, str], int] = {}
        """Stars of what is being kept."""
        self._decisions = hand.studio.decisions
        self._decisions.changed.connect(self._show)
        self._decisions.failed.connect(self.entered)
        hand.session.kept.connect(self._kept)
        hand.session.opened.connect(self.entered)
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
        session = self.hand.session
        if session.model is None or self.hand.editing.history.current is None:
            return
        recipe = self.hand.recipe()
        key = _key(session.model.sha256, recipe)
        if key in self._pieces:
            self._decisions.rate(self._pieces[key], stars)
        elif stars:
            self._waiting[key] = stars
            session.keep(recipe)
        self._show()

    # ------------------------------------------------------------------ which pieces there are

    @Slot()
    def entered(self) -> None:
        """Pieces come, go and change in other places, and a newer checkpoint has others."""
        project, model = self.hand.studio.project, self.hand.session.model
        if project is None or model is None:
            return

        def look() -> list[Piece]:
            from studio.engine.pieces.pieces import pieces

            return pieces(project)

        self._decisions.ask(look, self._take)
        self._show()

    def _take(self, some: list[Piece]) -> None:
        self._decisions.take(some)
        self._pieces = {_of(piece): piece.id for piece in some}
        self._show()

    def _kept(self, piece: Piece) -> None:
        self._decisions.add(piece)
        self._pieces[_of(piece)] = piece.id
        if stars := self._waiting.pop(_of(piece), 0):
            self._decisions.rate(piece.id, stars)
        self._show()

    @Slot()
    def _show(self) -> None:
        model, stars = self.hand.session.model, 0
        if model is not None:
            piece = self._pieces.get(_key(model.sha256, self.hand.editing.recipe()))
            stars = 0 if piece is None else self._decisions.ratings.get(piece, 0)
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


def _of(piece: Piece) -> tuple[str, str]:
    return _key(piece.checkpoint_sha256, piece.recipe.unrecorded())


def _key(model: str, recipe: LatentRecipe) -> tuple[str, str]:
    return model, recipe.model_dump_json()
