"""What the picture is to be of, in words of the captions that the model has learnt."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from models.parts.words import ENOUGH_CAPTIONS, counted, nearest, words_of
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.seed_box import takes_enter

LONGEST = 300
"""Characters of a prompt."""
_LINES, _LIKENESS_LINES = 4, 2
"""Of the notes, at the width of the panel."""
_OFFERED, _NEAREST, _SHOWN = 8, 3, 12
"""Words below the line while it is written, captions that are near to it, words at first."""


class _Line(QLineEdit):
    """Enter is its own, though the room keeps pictures by it."""

    def event(self, event: QEvent) -> bool:
        return takes_enter(event) or super().event(event)


class PromptBox(QWidget):
    """Offers the words that are known, and says under the line what a prompt is near to."""

    asked = Signal(str)
    """A prompt of which every word is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word, self.line, self.note = Label(), _Line(), text_label(quiet=True)
        self.likeness = text_label(quiet=True)
        """What the picture is like, which others say."""
        self.word.setBuddy(self.line)
        self.line.setMaxLength(LONGEST)
        # What stands below it stays where it is while words are written.
        for label, lines in ((self.note, _LINES), (self.likeness, _LIKENESS_LINES)):
            label.setMinimumHeight(lines * label.fontMetrics().lineSpacing())
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._captions: tuple[str, ...] = ()
        self._known: dict[str, int] = {}
        self._now = ""
        column(self.word, self.line, self.note, self.likeness, on=self, gap=4)
        self.line.textEdited.connect(self._say)
        self.line.editingFinished.connect(self._ask)

    def set_captions(self, captions: Sequence[str]) -> None:
        """Those that the open model has learnt from."""
        if tuple(captions) != self._captions:
            self._captions, self._known = tuple(captions), counted(captions)
        self._say(self._now)

    def show_prompt(self, prompt: str) -> None:
        """Without telling anybody; what is being written stays until it is asked for."""
        if prompt != self._now or not self.line.hasFocus():
            self._now = prompt
            self.line.setText(prompt)
            self._say(prompt)

    def unknown(self, prompt: str) -> list[str]:
        """Its words that no caption has."""
        return [word for word in dict.fromkeys(words_of(prompt)) if word not in self._known]

    def _offers(self, prompt: str) -> list[str]:
        """Known words that the last one, which is being written, could become."""
        written = words_of(prompt)
        if not written or prompt[-1].isspace():
            return []
        found = [word for word in self._known if word.startswith(written[-1])]
        return [] if written[-1] in found else found[:_OFFERED]

    def _ask(self) -> None:
        prompt = " ".join(self.line.text().split())
        if prompt != self._now and not self.unknown(prompt):
            self._now = prompt
            self.asked.emit(prompt)

    def _say(self, prompt: str) -> None:
        unknown, near = self.unknown(prompt), nearest(prompt, self._captions, _NEAREST)
        offers = self._offers(prompt)
        if offers:
            text = tr("Known: {words}", words=" · ".join(offers))
        elif unknown:
            text = tr("Never read: {words}", words=", ".join(unknown))
        elif near:
            text = tr("Nearest of {n} captions: {captions}", n=f"{len(self._captions):,}",
                      captions=" · ".join(near))  # fmt: skip
            if len(self._captions) < ENOUGH_CAPTIONS:
                text += "\n" + tr("With so few captions, pictures look much like theirs.")
        else:
            text = tr("Knows: {words} …", words=", ".join(list(self._known)[:_SHOWN]))
        self.note.setText(text)

    def retranslate(self) -> None:
        tip = tr("What the picture is to be of, in words of the captions; Enter asks for it (text "
                 "prompt)")  # fmt: skip
        self.word.setText(tr("Prompt"))
        self.word.setToolTip(tip)
        set_words((self.line, tr("Prompt"), tip))
        self._say(self.line.text())
