"""The bar above the picture of the bench: which piece, how large it is shown, before and after."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import RoomHeader


class Header(RoomHeader):
    """Four buttons and two labels; the room connects them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.compare, self.fit, self.full, self.enlarge = (secondary() for _ in range(4))
        self.compare.setCheckable(True)
        for button in (self.enlarge, self.fit, self.full, self.compare):
            self.add(button)

    def restyle(self) -> None:
        for button, picture in (
            (self.enlarge, "maximize"), (self.fit, "fit"), (self.full, "zoom"),
            (self.compare, "compare"),
        ):  # fmt: skip
            button.setIcon(theme.icon(picture))

    def retranslate(self) -> None:
        line = tr("Draw a line through the picture: before on its left (Space)")
        larger = tr("More pixels, by a network trained on the run's originals (super-resolution)")
        set_words(
            (self.enlarge, tr("Enlarge"), larger),
            (self.fit, tr("Fit"), tr("Show the whole picture")),
            (self.full, tr("100 %"), tr("One picture pixel on one screen pixel")),
            (self.compare, tr("Before / after"), line),
        )
        self.restyle()
