"""What a new run begins with: chance, or what another run has learnt."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from models.parameters import Value
from studio.desktop.i18n import tr
from studio.desktop.run_names import distinct, run_name
from studio.desktop.training.fields import Choice, Field
from studio.desktop.training.session.queries import StartCard
from studio.desktop.widgets import boxes
from studio.engine.training.record.options import AUTO, RunOptions

_RUN, _LEVELS = (RunOptions.params()[name] for name in ("start_from", "freeze"))


class Beginning(QWidget):
    """Offers the runs that fit the family, and how much of their critic stays as it is."""

    runPicked = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run, self.levels = Choice(), QSpinBox()
        self.levels.setRange(int(_LEVELS.low or 0), int(_LEVELS.high or 0))
        self.levels.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.run_field, self.levels_field = Field(self.run), Field(self.levels)
        self._cards: list[StartCard] = []
        self._family = AUTO
        self._critics: set[str] = set()
        boxes.column(self.run_field, self.levels_field, on=self, gap=8)
        self.run.picked.connect(self._run_picked)
        self.levels.valueChanged.connect(self.changed)
        self._offer()

    def set_starts(self, cards: Sequence[StartCard]) -> None:
        self._cards = list(cards)
        self._offer()

    def set_family(self, family: str, critics: set[str]) -> None:
        """Only runs of this family fit, all where the studio chooses; `critics` have a critic."""
        self._family, self._critics = family, critics
        self._offer()

    def card(self) -> StartCard | None:
        return next((card for card in self._cards if card.run == self.run.key()), None)

    def values(self) -> dict[str, Value]:
        """The run, and levels of its critic that stay: 0 without a critic or anything learnt."""
        levels = self.levels.value() if self._may_freeze() else 0
        return {_RUN.name: self.run.key(), _LEVELS.name: levels}

    def set_error(self, sentence: str) -> None:
        self.run_field.set_error(sentence)

    def _may_freeze(self) -> bool:
        card = self.card()
        return card is not None and card.family in self._critics

    def _offer(self) -> None:
        before = self.run.key()
        fitting = [card for card in self._cards if self._family in (AUTO, "", card.family)]
        names = {card.run: run_name(card.run, card.family, card.title) for card in fitting}
        pairs = list(distinct(names).items())
        self.run.set_choices([("", tr(_RUN.names[""])), *pairs])
        self.setVisible(bool(fitting))
        self._show_levels()
        if self.run.key() != before:
            self.set_error("")
            self.changed.emit()

    def _run_picked(self) -> None:
        self.set_error("")
        self._show_levels()
        self.runPicked.emit()

    def _show_levels(self) -> None:
        self.levels_field.setVisible(self._may_freeze())

    def retranslate(self) -> None:
        self.run_field.set_texts(tr(_RUN.label), tr(_RUN.help))
        self.levels_field.set_texts(tr(_LEVELS.label), tr(_LEVELS.help))
        self._offer()
