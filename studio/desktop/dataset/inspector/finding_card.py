"""One finding as a card: what it is, what it means for training, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from studio.desktop import theme
from studio.desktop.dataset import words
from studio.desktop.dataset.session.collection import Collection
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.engine.dataset.doctor.checks.base import grouped
from studio.engine.dataset.index.store import Finding


class FindingCard(QFrame):
    """Made anew whenever the picture or the language changes."""

    excludeWanted = Signal()
    keepBest = Signal(int)
    showGroup = Signal(int)

    def __init__(
        self, finding: Finding, collection: Collection, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.finding = finding
        tone = "bad" if words.is_bad(finding.kind) else "accent"
        self.title = text_label(words.badge(finding.kind), tone=tone)
        self.title.setFont(theme.font(bold=True))
        reason = f"{words.sentence(finding)} {words.advice(finding.kind)}".strip()
        self.reason, self.buttons = text_label(reason), boxes.row(gap=8)
        boxes.column(
            self.title, self.reason, self.buttons, on=self, gap=6, margins=(12, 10, 12, 12)
        )
        self._add_buttons(collection)
        self.buttons.addStretch(1)

    def _add_buttons(self, collection: Collection) -> None:
        row = collection.rows.get(self.finding.item_id)
        if row is None or not row.usable:
            return
        item_id = self.finding.item_id
        kind = self.finding.kind
        copies = collection.alike(item_id, kind) if kind in grouped() else []
        if copies:
            self._button(
                tr("Keep the best"),
                tr("Exclude every copy but one. The files stay where they are."),
                lambda: self.keepBest.emit(item_id),
            )
            self._button(
                tr("Show group"),
                tr("Show only the pictures that are copies of each other."),
                lambda: self.showGroup.emit(item_id),
            )
        elif row.included:
            self._button(
                tr("Exclude"),
                tr("The network will not see this picture (X). The file stays where it is."),
                self.excludeWanted.emit,
            )

    def _button(self, text: str, help: str, callback: Callable[[], None]) -> None:
        button = secondary(text)
        set_words((button, text, help))
        button.clicked.connect(lambda _=False: callback())
        self.buttons.addWidget(button)
