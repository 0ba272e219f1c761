"""The metadata page: labels, captions and rights of the chosen pictures, one or thousands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from studio.desktop import i18n
from studio.desktop.dataset import words
from studio.desktop.dataset.inspector.form_rows import Pick, Row
from studio.desktop.dataset.inspector.item_queries import Described
from studio.desktop.dataset.inspector.rights_panel import RightsPanel
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.widgets.text_box import TextBox
from studio.engine.dataset.curation.edits import WAYS

_CAPTION_HEIGHT = 84


class MetadataPage(QWidget):
    """What is written here is for the pictures that were shown when it was written."""

    textsWanted = Signal(str, object, str, str, str)
    """Field, item ids, way, text, and the words to be found (as the engine's `Change`)."""
    importWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: Described | None = None
        """The pictures that are described here."""
        self._label = self._none = ""
        self._begins = False
        self.count, self.trouble = text_label(), text_label(tone="bad")
        self.label, self._known = QLineEdit(), QStringListModel(self)
        self.label.setCompleter(QCompleter(self._known, self))
        self.way, self.sought = Pick(), QLineEdit()
        self.caption = TextBox(_CAPTION_HEIGHT)
        self.apply, self.take_in = secondary(""), secondary("")
        self.rights = RightsPanel()
        self.heads = [SectionHeader("") for _ in range(2)]
        self.label_row, self.way_row = Row(self.label), Row(self.way)
        self.find_row = Row(self.sought)
        self._lay_out()
        self.label.editingFinished.connect(self._label_written)
        self.caption.written.connect(self._caption_written)
        self.way.picked.connect(lambda _: self._show_way())
        self.apply.clicked.connect(self._apply)
        self.sought.returnPressed.connect(self._apply)
        self.take_in.clicked.connect(self.importWanted)
        self.say("")

    def _lay_out(self) -> None:
        boxes.column(
            self.count, self.trouble, 6, self.heads[0], self.label_row, self.way_row,
            self.find_row, self.caption, self.apply, self.take_in, 6, self.heads[1], self.rights,
            None, on=self, gap=8, margins=(16, 12, 16, 8),
        )  # fmt: skip

    # ------------------------------------------------------------------ what is shown

    def show_labels(self, labels: Sequence[str]) -> None:
        if self._known.stringList() != list(labels):
            self._known.setStringList(list(labels))

    def show_none(self, sentence: str) -> None:
        self.shown, self._none = None, sentence
        self.count.setText(sentence)
        self._enable(False)
        self._label = ""
        self.label.clear()
        self.caption.show_text("")
        self.rights.show_none()
        self.label.setPlaceholderText("")
        self.caption.setPlaceholderText("")
        self._show_way()

    def show_described(self, described: Described) -> None:
        """What the chosen pictures have in common. What is being typed stays."""
        before, self.shown = self.shown, described
        same = before is not None and before.ids == described.ids
        common = described.common
        self.count.setText(_chosen(common.count))
        self._enable(common.count > 0)
        several = tr("several values")
        if not (same and self.label.hasFocus() and self.label.text() != self._label):
            self._label = common.label or ""
            self.label.setText(self._label)
        self.label.setPlaceholderText(several if common.label is None else tr("no label"))
        if not same:
            self.sought.clear()
            self.say("")
        several_before = before is not None and before.common.count > 1
        if common.count == 1 and not (same and self.caption.is_being_typed):
            self.caption.show_text(common.caption or "")
        elif common.count != 1 and not several_before:  # else words wait to be applied
            self.caption.show_text("")
        self.rights.show_described(described, keep_typed=same)
        self._show_way()
        if self._begins:
            self.begin()

    def begin(self) -> None:
        """Take the keys, now or as soon as there is something to write about."""
        self._begins = not self.label.isEnabled()
        self.label.setFocus()

    def say(self, sentence: str) -> None:
        self.trouble.setText(i18n.said(sentence))
        self.trouble.setVisible(bool(sentence))

    def _enable(self, on: bool) -> None:
        for editor in (self.label, self.way, self.sought, self.caption, self.apply, self.rights):
            editor.setEnabled(on)

    @property
    def _is_single(self) -> bool:
        return self.shown is None or self.shown.common.count <= 1

    def _show_way(self) -> None:
        many, way = not self._is_single, self.way.key()
        self.way_row.setVisible(many)
        self.find_row.setVisible(many and way == "replace")
        self.apply.setVisible(many)
        self.caption.by_itself = not many
        common = self.shown.common if self.shown is not None else None
        if not many:
            hint = tr("no caption")
        elif common is not None and common.caption is None and way == "set":
            hint = tr("several values")
        elif way == "replace":
            hint = tr("the new words, or nothing")
        else:
            hint = tr("the words")
        self.caption.setPlaceholderText(hint if self.shown is not None else "")

    # ------------------------------------------------------------------ wishes

    def _label_written(self) -> None:
        if self.shown is not None and self.label.text() != self._label:
            self._label = self.label.text()
            self.textsWanted.emit("label", self.shown.ids, "set", self._label, "")

    def _caption_written(self) -> None:
        if self.shown is not None and self._is_single:
            text = self.caption.toPlainText()
            self.textsWanted.emit("caption", self.shown.ids, "set", text, "")

    def _apply(self) -> None:
        if self.shown is not None and not self._is_single:
            self.say("")
            text, find = self.caption.toPlainText(), self.sought.text()
            self.textsWanted.emit("caption", self.shown.ids, self.way.key(), text, find)

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        if self.shown is None:  # what to do first, said before a switch of the language
            self.count.setText(i18n.said(self._none))
        for head, text in zip(self.heads, (tr("Words"), tr("Rights")), strict=True):
            head.setText(text)
        ways = {
            "set": tr("Write instead"), "append": tr("Add at the end"),
            "prepend": tr("Add in front"), "replace": tr("Find and replace"),
        }  # fmt: skip
        self.way.set_choices([(way, ways[way]) for way in WAYS], self.way.key() or "append")
        self.label_row.set_texts(
            tr("Label"), tr("The class that the network learns the picture as (label).")
        )
        self.way_row.set_texts(
            tr("Captions"), tr("What happens to the captions of the chosen pictures.")
        )
        self.find_row.set_texts(tr("Find"), tr("Words to be found, whatever their case."))
        set_words(
            (self.caption, tr("Caption"),
             tr("What the picture shows, in words (caption). Ctrl+Enter keeps it.")),
            (self.apply, tr("Change the captions"),
             tr("Change the captions of all chosen pictures; it can be undone.")),
            (self.take_in, tr("Captions from files…"),
             tr("Take captions from .csv, .jsonl or .txt files (file and caption).")),
        )  # fmt: skip
        self.rights.retranslate()
        if self.shown is not None:
            self.show_described(self.shown)
        self._show_way()


def _chosen(count: int) -> str:
    if count == 1:
        return tr("One picture is chosen.")
    return tr("{n} pictures are chosen.", n=words.number(count))
