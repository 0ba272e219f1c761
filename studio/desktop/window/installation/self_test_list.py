"""The parts of the self-test, each with how it went."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.desktop.i18n import said, tr
from studio.desktop.plain_text import tip
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.labels import set_tone, text_label
from studio.engine.self_test import TITLES, Outcome

MARK_WIDTH = 72
_TONES = {True: "good", False: "bad", None: ""}


class SelfTestList(QWidget):
    """A line for every part from the beginning, so that nothing moves while they end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcomes: list[Outcome] = []
        self.marks = [text_label(wrap=False) for _ in TITLES]
        self.words = [text_label(copied=True) for _ in TITLES]
        for mark in self.marks:
            mark.setFixedWidth(MARK_WIDTH)
        lines = (row(mark, (words, 1)) for mark, words in zip(self.marks, self.words, strict=True))
        column(*lines, on=self, gap=4)

    def clear(self) -> None:
        self.outcomes = []
        self.retranslate()

    def add(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.retranslate()

    def as_text(self) -> str:
        """What "copy details" puts on the clipboard."""
        lines = []
        for each in self.outcomes:
            lines.append(f"{_mark(each)}  {said(each.title)}: {said(each.found)}")
            lines += [each.detail] if each.detail else []
        return "\n".join(lines)

    def retranslate(self) -> None:
        for place, title in enumerate(TITLES):
            outcome = self.outcomes[place] if place < len(self.outcomes) else None
            mark, words = self.marks[place], self.words[place]
            mark.setText(_mark(outcome))
            set_tone(mark, _TONES[outcome.ok] if outcome else "")
            found = f": {said(outcome.found)}" if outcome and not outcome.ok else ""
            words.setText(said(title) + found)
            words.setToolTip(tip(said(outcome.found) if outcome else ""))


def _mark(outcome: Outcome | None) -> str:
    if outcome is None or outcome.ok is None:
        return "–"
    return tr("OK") if outcome.ok else tr("Not OK")
