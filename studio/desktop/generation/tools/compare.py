"""A and B: a picture that is held, beside what the hand makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from studio.desktop.generation.tools.tool import Hand, Tool, ToolAction, register
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.engine.errors import StudioError
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe


@register
class Compare(Tool):
    """A is left of the line and stays as it is, B right of it and follows every slider."""

    name = "compare"

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.button = secondary()
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.toggled.connect(self._toggled)
        self._held: tuple[LatentRecipe, QImage] | None = None
        hand.session.opened.connect(self._opened)
        hand.view.beforeChanged.connect(self._beside)

    def actions(self) -> Sequence[ToolAction]:
        return (
            ToolAction("generation.compare", "Compare A and B", self.button.toggle, "C", "compare"),
            ToolAction("generation.back_to_a", "Back to A", self.back, "Shift+C", "undo"),
        )

    def control(self) -> QWidget:
        return self.button

    def back(self) -> None:
        """Play the recipe of A, as a step that can be taken back."""
        if self._held is not None:
            self.hand.editing.take("compare", Said("Back to A"), self._held[0])

    def _toggled(self, on: bool) -> None:
        if not on:
            self._held = None
            self.hand.view.set_before(None)
            return
        try:
            shown = self.hand.picture()
        except StudioError as error:
            self.hand.notices.warn(error.said)
            shown = None
        if shown is None:
            self._let_go()
            return
        self._held = shown.recipe, shown.image
        self.hand.view.set_before(shown.image)

    def _beside(self, image: QImage | None) -> None:
        """Another tool has put another picture there."""
        if self._held is not None and image is not self._held[1]:
            self._let_go()

    def _let_go(self) -> None:
        self._held = None
        with QSignalBlocker(self.button):
            self.button.setChecked(False)

    def _opened(self, _model: Model, soft: bool) -> None:
        # Of a newer checkpoint A is what the older one drew; another model knows nothing of it.
        if not soft:
            self.button.setChecked(False)

    def retranslate(self) -> None:
        tip = tr(
            "Hold this picture as A, left of a line that can be dragged (or moved by , and .), and "
            "go on with B right of it (split view, C); Shift+C goes back to A"
        )
        set_words((self.button, tr("Compare A and B"), tip))
        self.button.setText("A | B")
