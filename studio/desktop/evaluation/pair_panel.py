"""The right panel beside the closest pairs: how alike the chosen pair is, and what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QWidget

from studio.desktop.evaluation import pair_words
from studio.desktop.evaluation.cards import FigureCard
from studio.desktop.i18n import tr
from studio.desktop.plain_text import tip
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.labels import set_tone, text_label
from studio.desktop.widgets.panel import PANEL_WIDTH, SectionHeader

if TYPE_CHECKING:
    from studio.engine.evaluation.gallery import Pair


class PairPanel(QFrame):
    """One card, and where the training picture lies."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(PANEL_WIDTH)
        self.head, self.card, self.mark = SectionHeader(), FigureCard(), text_label()
        self.file_head, self.file = SectionHeader(), text_label()
        self.note = text_label(quiet=True)
        self._pair: Pair | None = None
        training = 14, self.file_head, self.file, 14, self.note, None
        edges = (16, 16, 16, 16)
        column(self.head, self.card, self.mark, *training, on=self, gap=8, margins=edges)

    def retranslate(self) -> None:
        self.head.setText(tr("This pair"))
        self.file_head.setText(tr("Training picture"))
        self.note.setText(
            tr(
                "A picture counts as a copy when it is closer to a training picture than pictures "
                "that training never saw, mirrored or not. No figure replaces the eye."
            )
        )
        self.show_pair(self._pair)

    def show_pair(self, pair: Pair | None) -> None:
        """Say of a pair how alike it is; None for no pair."""
        self._pair = pair
        for widget in (self.head, self.card, self.mark, self.file_head, self.file):
            widget.setVisible(pair is not None)
        if pair is None:
            return
        self.card.show_figure(pair_words.figure(pair))
        close = pair.likeness.too_close
        self.mark.setText(tr("Marked as a copy.") if close else tr("Not a copy."))
        set_tone(self.mark, "bad" if close else "good")
        place = pair_words.place_of(pair)
        # A path has no spaces to be wrapped at.
        self.file.setText(re.sub(r"[/\\_-]", "\\g<0>\u200b", place))
        self.file.setToolTip(tip(place))
        self.file.setAccessibleName(place)
