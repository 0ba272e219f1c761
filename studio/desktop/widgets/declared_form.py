"""What forms made from declared parameters have in common: names that reset, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from models.parameters import Param
from studio.desktop.i18n import tr


class DeclaredForm(QWidget):
    """`valueChanged` tells the name and the new value; a double click on a name resets."""

    valueChanged = Signal(str, object)
    editors: Mapping[str, QWidget]
    """By the name of what they set; curves share one."""

    def __init__(self, params: Mapping[str, Param], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._params = dict(params)
        self.labels: dict[str, QLabel] = {}

    def values(self) -> dict[str, Any]:
        return {name: self._value(name) for name in self.editors}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Set some or all without telling anyone; unknown names are passed over."""
        for name, value in values.items():
            if name in self.editors:
                with QSignalBlocker(self.editors[name]):
                    self._put(name, value)

    def _put(self, name: str, value: Any) -> None:
        raise NotImplementedError

    def _value(self, name: str) -> Any:
        raise NotImplementedError

    def retranslate(self) -> None:
        """Set every word; called when the language changes."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick and watched in self.labels.values():
            name = next(key for key, label in self.labels.items() if label is watched)
            self.set_values({name: self._params[name].default})
            self.valueChanged.emit(name, self._value(name))
            return True
        return super().eventFilter(watched, event)


def name_choices(combo: QComboBox, declared: Param) -> None:
    """In the language of the window."""
    for place, choice in enumerate(declared.choices):
        combo.setItemText(place, tr(declared.names.get(choice, choice)))


def tip(declared: Param) -> str:
    """What it does, the field's term, and from where to where it goes."""
    term = declared.term or declared.name
    low, high = declared.low, declared.high
    span = f"{low:g} – {high:g}" if low is not None and high is not None else ""
    facts = " · ".join(part for part in (term, span) if part)
    return f"{tr(declared.help)}\n{facts}"
