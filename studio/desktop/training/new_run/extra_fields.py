"""More settings of a new run: a row for each option that no family declares."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from models.parameters import Param, ParameterError, Value
from studio.desktop.i18n import tr
from studio.desktop.training.fields import Choice, Field
from studio.desktop.widgets import boxes
from studio.engine.training.record.options import RunOptions

ELSEWHERE = ("start_from", "freeze")
"""Options that stand in another part of the form."""


class OptionField(Field):
    """One declared option: a switch, a pick list or a line, and what is wrong with it."""

    changed = Signal()

    def __init__(self, declared: Param, parent: QWidget | None = None) -> None:
        self.declared = declared
        self._more: list[tuple[str, str]] = []
        editor: QCheckBox | Choice | QLineEdit
        if declared.kind is bool:
            editor = QCheckBox()
            editor.setChecked(bool(declared.default))
        elif declared.choices or declared.names:
            editor = Choice()
        else:
            editor = QLineEdit(str(declared.default))
        super().__init__(editor, parent)
        self._input = editor
        if isinstance(editor, QCheckBox):
            editor.toggled.connect(self.changed)
        elif isinstance(editor, Choice):
            editor.picked.connect(self.changed)
        else:
            editor.textChanged.connect(self._typed)

    def value(self) -> Value:
        """What it says; the default while that is not possible."""
        if isinstance(self._input, QCheckBox):
            return self._input.isChecked()
        if isinstance(self._input, Choice):
            return self._input.key() or self.declared.default
        try:
            return self.declared.check(self._input.text().strip())
        except ParameterError:
            return self.declared.default

    def offer(self, more: Sequence[tuple[str, str]]) -> None:
        """More choices than are declared: (value, text)."""
        self._more = list(more)
        self.retranslate()

    def retranslate(self) -> None:
        declared, names = self.declared, self.declared.names
        self.set_texts(tr(declared.label), tr(declared.help))
        if isinstance(self._input, QCheckBox):
            self._input.setText(tr(names.get("yes", "")))
        elif isinstance(self._input, Choice):
            keys = declared.choices or tuple(names)
            pairs = [(key, tr(names.get(key, key))) for key in keys]
            chosen = self._input.key() or str(declared.default)
            self._input.set_choices([*pairs, *self._more], chosen)

    def _typed(self, text: str) -> None:
        try:
            self.declared.check(text.strip())
            self.set_error("")
        except ParameterError as error:
            self.set_error(error.said)
        self.changed.emit()


class Extras(QWidget):
    """Framing, labels, chance, machine, how it calculates, files for other programs."""

    changed = Signal()
    machineChanged = Signal()
    boardWanted = Signal()
    """TensorBoard files were asked for: it is to be found out whether they can be written."""

    def __init__(self, kind: type[RunOptions] = RunOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = {
            name: OptionField(declared)
            for name, declared in kind.params().items()
            if name not in ELSEWHERE
        }
        self.column = boxes.column(*self.fields.values(), on=self, gap=8)
        for field in self.fields.values():
            field.changed.connect(self.changed)
        self.fields["device"].changed.connect(self.machineChanged)
        self.fields["tensorboard"].changed.connect(self._board_toggled)

    def values(self) -> dict[str, Value]:
        return {name: field.value() for name, field in self.fields.items()}

    def set_machines(self, machines: Sequence[tuple[str, str]]) -> None:
        """Offer these devices: (name, title)."""
        self.fields["device"].offer([(name, f"{title} ({name})") for name, title in machines])

    def set_board_error(self, sentence: str) -> None:
        """Why TensorBoard files cannot be written; empty when they can."""
        field = self.fields["tensorboard"]
        field.set_error(sentence if field.value() else "")
        self.changed.emit()

    def _board_toggled(self) -> None:
        field = self.fields["tensorboard"]
        field.set_error("")
        if field.value():
            self.boardWanted.emit()

    def retranslate(self) -> None:
        for field in self.fields.values():
            field.retranslate()
