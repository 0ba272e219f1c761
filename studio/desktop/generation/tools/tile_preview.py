"""A look at a seamless picture beside itself, as it will cover a surface."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio.desktop.generation.tools.tool import Hand, Tool, ToolAction, register
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words


@register
class TilePreview(Tool):
    """A button that is there only for models of seamless pictures. Nothing but the view changes."""

    name = "tile_preview"

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.button = secondary()
        self.button.setCheckable(True)
        self.button.setVisible(False)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.toggled.connect(hand.view.set_tiled)
        hand.session.opened.connect(self._opened)

    def actions(self) -> Sequence[ToolAction]:
        return (ToolAction("generation.tile", "Tile preview", self.toggle, "T", "images"),)

    def control(self) -> QWidget:
        return self.button

    def toggle(self) -> None:
        """The other of both, where there is anything to see."""
        self.flip(self.button, tr("Only a model of seamless pictures has a tile preview."))

    def _opened(self, model: Model, _soft: bool) -> None:
        self.button.setVisible(model.seamless)
        if not model.seamless:
            self.button.setChecked(False)

    def retranslate(self) -> None:
        tip = tr("Show the picture three times across and down (3×3), to judge its seams (T)")
        set_words((self.button, tr("Tile preview"), tip))
