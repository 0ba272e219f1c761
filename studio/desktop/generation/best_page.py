"""What is seen of the best of many: how many are drawn, by what they are sorted, and the sheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QSpinBox, QWidget

from studio.desktop.generation.recipe_sheet import RecipeSheet
from studio.desktop.i18n import said, tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.engine.said import NOTHING, Said

FEWEST, MOST, FIRST = 2, 256, 32
"""Pictures that are drawn at once."""


class BestPage(QWidget):
    """Says what the hand wants; shows what it is told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words, self.many, self.draw = Label(), QSpinBox(), secondary()
        self.many.setRange(FEWEST, MOST)
        self.many.setValue(FIRST)
        self.words.setBuddy(self.many)
        self.by, self.sheet = text_label(quiet=True), RecipeSheet(4)
        self._title: Said = NOTHING
        self._places: list[tuple[int, float]] = []
        line = row(self.words, self.many, None, self.draw, gap=8)
        column(line, self.by, self.sheet, on=self, gap=8)

    def count(self) -> int:
        return self.many.value()

    def show_ranking(self, title: Said, places: Sequence[tuple[int, float]]) -> None:
        """What the score is called, and of each picture its seed and its score."""
        self._title, self._places = title, list(places)
        self.sheet.set_tiles(self._names(), [f"{score:+.2f}" for _, score in places])
        self._say()

    def _names(self) -> list[str]:
        return [
            tr("Place {place}: seed {n}, score {score}", place=place, n=seed,
               score=f"{score:+.2f}")
            for place, (seed, score) in enumerate(self._places, 1)
        ]  # fmt: skip

    def _say(self) -> None:
        self.by.setText(
            said(self._title) if self._title
            else tr("Many seeds, the best first: by the discriminator where the model has one.")
        )  # fmt: skip

    def retranslate(self) -> None:
        many = tr("How many pictures are drawn and sorted (best of k)")
        self.words.setText(tr("Pictures"))
        self.words.setToolTip(many)
        draw = tr("Draw so many seeds with every slider where it is, and sort them (Shift+F)")
        click = tr("The best first; a click plays it")
        set_words(
            (self.many, tr("Pictures"), many), (self.draw, tr("Draw"), draw),
            (self.sheet, tr("Best of many"), click),
        )  # fmt: skip
        self.sheet.name_tiles(self._names())
        self._say()
