"""The parameters that a family declares: the usual ones, and those for who knows the terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout

from models.parameters import Param, Value
from studio.desktop.training.fields import narrow
from studio.desktop.training.session.queries import FamilyCard
from studio.desktop.widgets.param_form import ParamForm

AUGMENT = "augment"
"""What the names of those parameters begin with that change pictures in training."""


class SetByHand(NamedTuple):
    """The artist gave a parameter of a family another value; `is_first` where it was untouched."""

    family: str
    declared: Param
    before: Value
    after: Value
    is_first: bool


class FamilyForms(QObject):
    """Three forms in three places. What was changed by hand outlives a new recommendation."""

    changed = Signal()
    setByHand = Signal(object)
    """A :class:`SetByHand`."""

    def __init__(
        self, basics: QVBoxLayout, augment: QVBoxLayout, more: QVBoxLayout, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._places = basics, augment, more
        self._preset: dict[str, Value] = {}
        self._touched: set[str] = set()
        self._params: Mapping[str, Param] = {}
        self._shown: dict[str, Value] = {}
        """What the forms said before the artist's next change."""
        self.family = ""
        """Whose parameters are shown, or empty."""
        self.basics: ParamForm | None = None
        self.augment: ParamForm | None = None
        """What happens to the pictures before the network sees them."""
        self.more: ParamForm | None = None

    @property
    def known(self) -> bool:
        """Whether the recommended values of the family are there."""
        return bool(self._preset)

    def show_family(self, card: FamilyCard | None) -> None:
        """Show the parameters of a family; another one than before begins untouched."""
        name = card.name if card is not None else ""
        if name == self.family:
            return
        self.family = name
        self._touched.clear()
        self._preset = {}
        for form in self._forms():
            form.hide()  # with its parent: else it may come up as a window of its own
            form.deleteLater()
        self.basics = self.augment = self.more = None
        if card is None:
            return
        parts: tuple[dict[str, Param], ...] = ({}, {}, {})
        # What kind of disguise, and how often, comes before what it does.
        first = sorted(card.params, key=lambda name: name not in (AUGMENT, f"{AUGMENT}_p"))
        for name, declared in ((name, card.params[name]) for name in first):
            parts[1 if name.startswith(AUGMENT) else 2 if declared.advanced else 0][name] = declared
        made = [self._make_form(*each) for each in zip(parts, self._places, strict=True)]
        self.basics, self.augment, self.more = made
        self._params, self._shown = card.params, self.values()

    def set_preset(self, values: dict[str, Value]) -> None:
        """The recommended values; what the artist changed by hand stays."""
        self._preset = dict(values)
        for form in self._forms():
            kept = {
                k: v for k, v in values.items() if k in form.values() and k not in self._touched
            }
            blocked = form.blockSignals(True)
            form.set_values(kept)
            form.blockSignals(blocked)
        self._shown = self.values()

    def put(self, name: str, value: Value) -> None:
        """As if the artist had set it just now."""
        self._show(name, value)
        self._touched.add(name)
        self.changed.emit()

    def put_back(self, made: SetByHand) -> None:
        """As it was before; what was untouched is as it is recommended by now."""
        name, value = made.declared.name, made.before
        if made.is_first:
            self._touched.discard(name)
            value = self._preset.get(name, value)
        self._show(name, value)
        self.changed.emit()

    def _show(self, name: str, value: Value) -> None:
        for form in self._forms():
            form.set_values({name: value})
        self._shown[name] = value

    def values(self) -> dict[str, Value]:
        merged: dict[str, Value] = {}
        for form in self._forms():
            merged.update(form.values())
        return merged

    def changed_values(self) -> dict[str, Value]:
        """Only what the artist set to something else than the recommendation."""
        values = self.values()
        return {k: values[k] for k in sorted(self._touched) if self._preset.get(k) != values[k]}

    def _forms(self) -> list[ParamForm]:
        return [form for form in (self.basics, self.augment, self.more) if form is not None]

    def _make_form(self, params: dict[str, Param], place: QVBoxLayout) -> ParamForm:
        form = ParamForm(params)
        narrow(form)
        form.valueChanged.connect(self._value_changed)
        place.addWidget(form)
        return form

    def _value_changed(self, name: str, value: Value) -> None:
        before, self._shown[name] = self._shown[name], value
        is_first = name not in self._touched
        self._touched.add(name)
        self.changed.emit()
        if value != before:
            made = SetByHand(self.family, self._params[name], before, value, is_first)
            self.setByHand.emit(made)
