"""The review queue: pieces in one state, what was decided of them, and decisions with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from studio.desktop import theme
from studio.desktop.base.piece_shelf import Kept
from studio.desktop.i18n import said, tr
from studio.desktop.run_names import when
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.piece_list import PieceList, PieceTile
from studio.engine.pieces.review import Review

if TYPE_CHECKING:
    from studio.engine.pieces.verdicts import Verdict

STATES = (Review.LOOK, Review.NEW, Review.APPROVED, Review.REJECTED, None)
"""In the order of the chooser; None is all pieces."""


class ReviewPage(QWidget):
    """Says what is decided; :class:`ReviewSession` sees to it."""

    decided = Signal(list, object, str)
    """Ids of pieces, the :class:`Review`, and the reason."""
    ledgerWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state, self.ledger = QComboBox(), secondary()
        for _ in STATES:
            self.state.addItem("")
        self.list, self.history = PieceList(several=True), text_label(quiet=True)
        self.reason = QLineEdit()
        self.reason.setMaxLength(500)
        self.approve, self.reject, self.reset = primary(), secondary(), secondary()
        self._kept: Mapping[int, Kept] = {}
        self._verdicts: Mapping[int, Sequence[Verdict]] = {}
        self._may_write = True
        self.state.activated.connect(lambda _: self._show())
        self.list.chosen.connect(lambda _: self._show_chosen())
        self.ledger.clicked.connect(self.ledgerWanted)
        for button, review in (
            (self.approve, Review.APPROVED),
            (self.reject, Review.REJECTED),
            (self.reset, Review.NEW),
        ):
            button.clicked.connect(lambda _, review=review: self.decide(review))
        self._lay_out()

    def _lay_out(self) -> None:
        head, foot = QWidget(), QWidget()
        row(self.state, None, self.ledger, on=head, gap=8)
        row((self.reason, 1), self.approve, self.reject, self.reset, on=foot, gap=8)
        parts = head, (self.list, 1), self.history, foot
        column(*parts, on=self, gap=theme.SPACE, margins=(16, 16, 16, 16))

    def retranslate(self) -> None:
        self.reason.setPlaceholderText(tr("Reason, which is kept with the decision"))
        set_words(
            (self.state, tr("State of pieces"), tr("Which pieces are shown.")),
            (self.list, tr("Pieces to review"), tr("Choose one or several, and decide below.")),
            (self.reason, tr("Reason"), tr("Why; it stands in the ledger.")),
            (self.approve, tr("Approve"), tr("The chosen pieces may be exported.")),
            (self.reject, tr("Reject"), tr("The chosen pieces are not exported.")),
            (self.reset, tr("Reopen"), tr("Take the decision back; it stays in the record.")),
            (self.ledger, tr("Save the ledger…"),
             tr("All exports and decisions of this project as a table (CSV).")),
        )  # fmt: skip
        self._show()

    def show_pieces(
        self,
        kept: Mapping[int, Kept],
        verdicts: Mapping[int, Sequence[Verdict]],
        *,
        may_write: bool,
    ) -> None:
        """All pieces by id, with what was decided about them, the oldest first."""
        self._kept, self._verdicts, self._may_write = kept, verdicts, may_write
        self._show()

    def decide(self, review: Review) -> None:
        """About the chosen pieces, where they are not that already."""
        ids = [key for key in self.list.chosen_ids() if self._kept[key].piece.review is not review]
        if ids and self._may_write:
            self.decided.emit(ids, review, self.reason.text().strip())
            self.reason.clear()

    def _show(self) -> None:
        counts = [sum(self._is_in(each, state) for each in self._kept.values()) for state in STATES]
        for place, (state, count) in enumerate(zip(STATES, counts, strict=True)):
            self.state.setItemText(place, f"{_state_words(state)} ({count})")
        shown = STATES[self.state.currentIndex()]
        self.list.show_pieces(
            [
                PieceTile(
                    key, each.piece.name, each.piece.rating, each.picture,
                    said(each.problem) or _state_words(each.piece.review),
                    faded=each.piece.review is Review.REJECTED,
                )
                for key, each in self._kept.items() if self._is_in(each, shown)
            ]
        )  # fmt: skip
        self._show_chosen()

    @staticmethod
    def _is_in(kept: Kept, state: Review | None) -> bool:
        return state is None or kept.piece.review is state

    def _show_chosen(self) -> None:
        ids = self.list.chosen_ids()
        for button in (self.approve, self.reject, self.reset):
            button.setEnabled(bool(ids) and self._may_write)
        if not ids:
            self.history.setText(tr("Choose pieces to decide about them."))
        elif len(ids) > 1:
            self.history.setText(tr("{n} pieces are chosen.", n=len(ids)))
        else:
            decided = self._verdicts.get(ids[0], ())
            lines = [_words(each) for each in decided[-4:]]
            self.history.setText("\n".join(lines) or tr("Nothing was decided about it yet."))


def _words(verdict: Verdict) -> str:
    parts = (
        when(verdict.moment),
        _state_words(Review(verdict.review)),
        verdict.who,
        verdict.reason,
    )
    return " · ".join(part for part in parts if part)


def _state_words(state: Review | None) -> str:
    if state is None:
        return tr("All pieces")
    return {
        Review.LOOK: tr("Waiting for a look"),
        Review.NEW: tr("Undecided"),
        Review.APPROVED: tr("Approved"),
        Review.REJECTED: tr("Rejected"),
    }[state]
