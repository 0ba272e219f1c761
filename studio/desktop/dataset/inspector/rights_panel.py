"""Who made the chosen pictures, and under which terms: for them, or for their whole source."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from studio.desktop.dataset.inspector.form_rows import Pick, Row
from studio.desktop.dataset.inspector.item_queries import Described
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.labels import set_words
from studio.engine.dataset.curation import rights
from studio.engine.dataset.index.store import Source

_PICTURES, _SOURCE = "pictures", "source"


class RightsPanel(QWidget):
    """Every field counts as soon as it is left or Enter is pressed."""

    itemsStated = Signal(object, object)
    """Item ids and the rights by field."""
    sourceStated = Signal(int, str, object)
    """Source id, its name and the rights by field."""
    markWanted = Signal(object, bool)
    """Item ids, and whether they are never to be used for training."""
    sourceMarkWanted = Signal(int, str, bool)
    """Source id, its name, and whether its pictures are never to be used for training."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Described | None = None
        self.scope = Pick()
        self.licence = QComboBox()
        self.licence.setEditable(True)
        self.licence.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.licence.addItems(list(rights.SUGGESTED))
        self.licence.setMinimumContentsLength(6)
        line = self.licence.lineEdit()
        assert line is not None
        self.fields: dict[str, QLineEdit] = {
            "licence": line,
            **{name: QLineEdit() for name in rights.FIELDS if name != "licence"},
        }
        self._texts = dict.fromkeys(rights.FIELDS, "")
        """What is stored; a completer makes Qt forget what was typed."""
        self.mark = QCheckBox()
        self.scope_row = Row(self.scope)
        self.rows = {
            name: Row(self.licence if name == "licence" else editor)
            for name, editor in self.fields.items()
        }
        boxes.column(self.scope_row, *self.rows.values(), self.mark, on=self, gap=8)
        for name, editor in self.fields.items():
            editor.setMaxLength(rights.LONGEST)
            editor.editingFinished.connect(lambda name=name: self._written(name))
        self.licence.activated.connect(lambda _: self._written("licence"))
        self.scope.picked.connect(lambda _: self._fill())
        self.mark.clicked.connect(self._marked)

    # ------------------------------------------------------------------ what is shown

    @property
    def of_source(self) -> bool:
        one = self._shown is not None and self._shown.source is not None
        return one and self.scope.key() == _SOURCE

    def show_none(self) -> None:
        self._shown = None
        self._texts = dict.fromkeys(rights.FIELDS, "")
        for editor in self.fields.values():
            editor.clear()
            editor.setPlaceholderText("")
        self.mark.setTristate(False)
        self.mark.setChecked(False)

    def show_described(self, described: Described, *, keep_typed: bool) -> None:
        """What holds for the chosen pictures; with `keep_typed` what is being typed stays."""
        self._shown = described
        self._offer_scopes()
        self._fill(keep_typed=keep_typed)

    def _show_mark(self, described: Described) -> None:
        marked = described.common.marked
        if self.of_source and described.source is not None:
            marked = "no_training" in described.source.rights
        self.mark.setTristate(marked is None)
        if marked is None:
            self.mark.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self.mark.setChecked(marked)

    def _offer_scopes(self) -> None:
        source = self._shown.source if self._shown is not None else None
        pairs = [(_PICTURES, tr("The chosen pictures"))]
        if source is not None:
            pairs.append((_SOURCE, tr("All of {source}", source=_title(source))))
        key = self.scope.key() or _PICTURES
        self.scope.set_choices(pairs, key if key in dict(pairs) else _PICTURES)

    def _fill(self, *, keep_typed: bool = False) -> None:
        shown = self._shown
        if shown is None:
            return
        self._show_mark(shown)
        self._say_mark()
        for name, editor in self.fields.items():
            if keep_typed and editor.hasFocus() and editor.text() != self._texts[name]:
                continue
            if self.of_source and shown.source is not None:
                value: str | None = shown.source.rights.get(name, "")
                hint = tr("not stated")
            else:
                value, hint = shown.common.rights.get(name), self._hint(name)
            self._texts[name] = value or ""
            if editor.text() != self._texts[name]:
                editor.setText(self._texts[name])
                editor.setCursorPosition(0)
            editor.setPlaceholderText(tr("several values") if value is None else hint)

    def _hint(self, name: str) -> str:
        """What holds where nothing is stated about the pictures themselves."""
        assert self._shown is not None
        inherited = self._shown.common.inherited.get(name)
        return tr("several values") if inherited is None else inherited or tr("not stated")

    # ------------------------------------------------------------------ wishes

    def _written(self, name: str) -> None:
        shown, text = self._shown, self.fields[name].text()
        if shown is None or text == self._texts[name]:
            return
        self._texts[name] = text
        if self.of_source and shown.source is not None:
            self.sourceStated.emit(shown.source.id, _title(shown.source), {name: text})
        else:
            self.itemsStated.emit(shown.ids, {name: text})

    def _marked(self, _on: bool) -> None:
        on = self.mark.checkState() != Qt.CheckState.Unchecked
        self.mark.setTristate(False)
        self.mark.setChecked(on)
        shown = self._shown
        if shown is not None and shown.source is not None and self.of_source:
            self.sourceMarkWanted.emit(shown.source.id, _title(shown.source), on)
        elif shown is not None:
            self.markWanted.emit(shown.ids, on)

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        self.scope_row.set_texts(
            tr("Holds for"), tr("Whether this is said of these pictures or of all of their source.")
        )
        texts = {
            "licence": (tr("Licence"), tr("An SPDX identifier such as CC-BY-4.0, or your words.")),
            "author": (tr("Author"), tr("Who made the pictures (creator).")),
            "url": (tr("From"), tr("The address where the pictures come from (source URL).")),
            "consent": (tr("Consent"), tr("A note on the consent of those who are shown.")),
        }
        for name, (label, help) in texts.items():
            self.rows[name].set_texts(label, help)
            self.fields[name].setAccessibleName(label)
            self.fields[name].setToolTip(help)
        self._say_mark()
        if self._shown is not None:
            self._offer_scopes()
            self._fill(keep_typed=True)

    def _say_mark(self) -> None:
        if self.of_source:
            text = tr("Do not train on this source")
            tip = tr(
                "Marks all of the source as not to be used for training, also what comes later."
            )
        else:
            text = tr("Do not train on these")
            tip = tr(
                "Marks the chosen pictures as not to be used for training and leaves them out."
            )
        set_words((self.mark, text, tip))


def _title(source: Source) -> str:
    return source.path.name or str(source.path)
