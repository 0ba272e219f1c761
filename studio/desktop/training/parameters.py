"""The parameters that a family declares: the usual ones, and those for who knows the terms."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout

from models.parameters import Param, Value
from studio.desktop.training.engine import FamilyCard
from studio.desktop.training.fields import narrow
from studio.desktop.widgets.param_form import ParamForm


class FamilyForms(QObject):
    """Two forms in two places. What the artist changed by hand outlives a new recommendation."""

    changed = Signal()

    def __init__(self, basics: QVBoxLayout, more: QVBoxLayout, parent: QObject) -> None:
        super().__init__(parent)
        self._places = basics, more
        self._preset: dict[str, Value] = {}
        self._touched: set[str] = set()
        self.family = ""
        """Whose parameters are shown, or empty."""
        self.basics: ParamForm | None = None
        self.more: ParamForm | None = None

    def show_family(self, card: FamilyCard | None) -> None:
        """Show the parameters of a family; another one than before begins untouched."""
        name = card.name if card is not None else ""
        if name == self.family:
            return
        self.family = name
        self._touched.clear()
        self._preset = {}
        for form in self._forms():
            form.setParent(None)
            form.deleteLater()
        self.basics = self.more = None
        if card is None:
            return
        basic = {n: p for n, p in card.params.items() if not p.advanced}
        advanced = {n: p for n, p in card.params.items() if p.advanced}
        self.basics = self._make_form(basic, self._places[0])
        self.more = self._make_form(advanced, self._places[1])

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

    def values(self) -> dict[str, Value]:
        """Every parameter of the family as the forms have it."""
        merged: dict[str, Value] = {}
        for form in self._forms():
            merged.update(form.values())
        return merged

    def changed_values(self) -> dict[str, Value]:
        """Only what the artist set to something else than the recommendation."""
        values = self.values()
        return {k: values[k] for k in sorted(self._touched) if self._preset.get(k) != values[k]}

    def _forms(self) -> list[ParamForm]:
        return [form for form in (self.basics, self.more) if form is not None]

    def _make_form(self, params: dict[str, Param], place: QVBoxLayout) -> ParamForm:
        form = ParamForm(params)
        narrow(form)
        form.valueChanged.connect(self._value_changed)
        place.addWidget(form)
        return form

    def _value_changed(self, name: str, _value: object) -> None:
        self._touched.add(name)
        self.changed.emit()
