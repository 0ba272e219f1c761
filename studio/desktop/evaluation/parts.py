"""Detail, diversity and realism of generated pictures, each with its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.desktop.evaluation import cards
from studio.desktop.evaluation.cards import Figure, FigureCard, FigureLine
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.labels import text_label
from studio.desktop.widgets.panel import SectionHeader

if TYPE_CHECKING:
    from studio.engine.evaluation.assessment import Assessment


_BELOW = 3
"""Widgets that stay below the figures: those of the latent, and the note."""


class Parts(QWidget):
    """The first figure of a part is a card, the others are lines below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = column(on=self, gap=8)
        self.note = text_label(quiet=True)
        self.heads: dict[str, SectionHeader] = {}
        self.figures: dict[str, FigureCard | FigureLine] = {}
        self.latent_head, self.latent = SectionHeader(), FigureCard()
        for part in (self.latent_head, self.latent, self.note):
            self._column.addWidget(part)
        self._found: Assessment | None = None
        self.hide()

    def retranslate(self) -> None:
        self.show_found(self._found)

    def show_found(self, found: Assessment | None) -> None:
        """Hidden without any."""
        self._found = found
        self.setVisible(found is not None)
        if found is None:
            return
        from studio.engine.evaluation.measures.base import PARTS, measures

        if not self.heads:
            self._make()
        for name, head in self.heads.items():
            head.setText(said(PARTS[name]))
        for figure in found.figures:
            measure, widget = measures()[figure.measure], self.figures[figure.measure]
            widget.show_figure(cards.of_measure(measure, figure))
        self._show_latents(found)
        about = tr(
            "Checkpoint {n}: {made} generated pictures against {real} that it was trained on. "
            "The mark is what {unseen} pictures that it never saw reach.",
            n=found.checkpoint, made=f"{found.generated:,}", real=f"{found.trained:,}",
            unseen=f"{found.unseen:,}",
        )  # fmt: skip
        self.note.setText("\n\n".join((about, *map(said, found.otherwise))))

    def _show_latents(self, found: Assessment) -> None:
        """How many numbers of the latent do something; nothing where that cannot be said."""
        used = found.latents
        self.latent_head.setVisible(used.total > 0)
        self.latent.setVisible(used.total > 0)
        if not used.total:
            return
        self.latent_head.setText(tr("Latent"))
        dead = used.total - used.active
        words = (
            tr("All numbers of the latent do something.")
            if not dead
            else tr("{n} numbers of the latent change nothing: a smaller latent would do.", n=dead)
        )
        help = tr("Numbers whose codes vary (active units).")
        share = used.active / used.total
        number = f"{used.active} / {used.total}"
        self.latent.show_figure(Figure(tr("Numbers in use"), number, words, share, help))

    def _make(self) -> None:
        from studio.engine.evaluation.measures.base import PARTS, measures

        for part in PARTS:
            self.heads[part] = SectionHeader()
            if self.figures:
                self._column.insertSpacing(self._column.count() - _BELOW, 8)
            self._column.insertWidget(self._column.count() - _BELOW, self.heads[part])
            for measure in (each for each in measures().values() if each.part == part):
                widget = FigureLine() if measure.order else FigureCard()
                self.figures[measure.name] = widget
                self._column.insertWidget(self._column.count() - _BELOW, widget)
