"""What forms made from declared parameters have in common: names that reset, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QLabel, QWidget

from models.parameters import Param
from studio.desktop.i18n import tr


class DeclaredForm(QWidget):
    """`valueChanged` tells the name and the new value; a double click on a name resets."""

    valueChanged = Signal(str, object)

    def __init__(self, params: Mapping[str, Param], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._params = dict(params)
        self.labels: dict[str, QLabel] = {}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Set some or all without telling anyone; unknown names are passed over."""
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


def tip(declared: Param) -> str:
    """What it does, the field's term, and from where to where it goes."""
    term = declared.term or declared.name
    low, high = declared.low, declared.high
    span = f"{low:g} – {high:g}" if low is not None and high is not None else ""
    facts = " · ".join(part for part in (term, span) if part)
    return f"{tr(declared.help)}\n{facts}"
