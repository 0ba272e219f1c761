"""What is seen of other checkpoints: a sheet of them, and what to do with the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from studio.desktop.generation.recipe_sheet import RecipeSheet
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label


class Shown(NamedTuple):
    """The words of one version: its run, its checkpoint, and what is to be known of it."""

    run: str
    checkpoint: str
    note: str


class VersionsPage(QWidget):
    """Says what the hand wants; shows what it is told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draw, self.open = secondary(), secondary()
        self.hint, self.sheet = text_label(quiet=True), RecipeSheet(4)
        self._versions: list[Shown] = []
        line = row(self.draw, self.open, None, gap=8)
        column(line, self.hint, self.sheet, on=self, gap=8)
        self.sheet.currentRowChanged.connect(lambda place: self.open.setEnabled(place >= 0))
        self.open.setEnabled(False)

    def show_versions(self, versions: Sequence[Shown]) -> None:
        self._versions = list(versions)
        self.sheet.set_tiles(self._names(), [each.checkpoint for each in versions])
        self.open.setEnabled(False)

    def _names(self) -> list[str]:
        return [
            tr("{run} · checkpoint {n}", run=each.run, n=each.checkpoint)
            + (f"\n{each.note}" if each.note else "")
            for each in self._versions
        ]

    def retranslate(self) -> None:
        self.hint.setText(tr(
            "The same picture by other checkpoints and runs: a click holds one beside it, left of "
            "a line that can be moved."
        ))  # fmt: skip
        draw = tr("Have this picture drawn by the checkpoints that are kept and by other runs "
                  "(Shift+V)")  # fmt: skip
        play = tr("Play the chosen checkpoint; a double click does the same")
        sheet = tr("Newest checkpoints first, then other runs; a click compares, another ends it")
        set_words(
            (self.draw, tr("Draw"), draw), (self.open, tr("Play it"), play),
            (self.sheet, tr("Checkpoints and runs"), sheet),
        )  # fmt: skip
        self.sheet.name_tiles(self._names())
