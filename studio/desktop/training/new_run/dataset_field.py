"""The field of the new-run form that says which dataset to learn from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.desktop.i18n import tr
from studio.desktop.training.fields import Choice, Field, dataset_text
from studio.desktop.training.session.queries import DatasetCard
from studio.desktop.widgets.labels import text_label


class DatasetField(Field):
    """Stays on the dataset that is chosen when it is renamed, and says so when it is deleted."""

    picked = Signal()
    """The artist chose another dataset."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.choice = Choice()
        super().__init__(self.choice, parent)
        self.note = text_label()
        self.note.setVisible(False)
        column = self.layout()
        assert column is not None
        column.addWidget(self.note)
        self._cards: list[DatasetCard] = []
        self._meant: DatasetCard | None = None
        """What was chosen; kept when it is deleted, because that can be undone."""
        self.choice.picked.connect(self._picked)

    def set_datasets(self, cards: Sequence[DatasetCard], choose: str = "") -> bool:
        """Offer these; whether anything is other than before.

        The one named `choose` is chosen, else the one that was, by whatever name it has now.
        """
        before = self._cards, self.card()
        self._cards = list(cards)
        meant = [card for card in cards if card.name == choose] or [
            card for card in cards if self._meant is not None and card.id == self._meant.id
        ]
        name = meant[0].name if meant else cards[0].name if cards else ""
        pairs = [(card.name, dataset_text(card.name, card.pictures)) for card in cards]
        self.choice.set_choices(pairs, name)
        if meant or self._meant is None:
            self._meant = self.card()
        self._say()
        return before != (self._cards, self.card())

    def forget(self) -> None:
        self._meant = None
        self.set_datasets([])

    def card(self) -> DatasetCard | None:
        return next((card for card in self._cards if card.name == self.choice.key()), None)

    def retranslate(self) -> None:
        self.set_texts(tr("Pictures"), tr("The dataset to learn from"))
        self.set_datasets(self._cards)

    def check(self) -> None:
        """Say so when the dataset has nothing to learn from."""
        card = self.card()
        empty = card is not None and card.pictures == 0
        self.set_error(
            tr("No picture of this dataset is included: include some first.") if empty else ""
        )

    def _picked(self, _name: str) -> None:
        self._meant = self.card()
        self._say()
        self.picked.emit()

    def _say(self) -> None:
        now, meant = self.card(), self._meant
        text = ""
        if meant is not None and now is None:
            text = tr("{dataset} was deleted: import pictures first.", dataset=meant.name)
        elif meant is not None and now is not None and now.id != meant.id:
            text = tr(
                "{dataset} was deleted: {other} is chosen now.", dataset=meant.name, other=now.name
            )
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self._describe()

    def _describe(self, note: str = "") -> None:
        super()._describe(note or self.note.text())
