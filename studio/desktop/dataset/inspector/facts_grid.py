"""Facts of a picture: quiet words left, values right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel

from studio.desktop.widgets.labels import text_label


class FactsGrid(QGridLayout):
    """Made anew for every picture: which facts there are differs."""

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(12)
        self.setVerticalSpacing(6)
        self.setColumnMinimumWidth(0, 76)
        self.setColumnStretch(1, 1)
        self._pairs: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: list[tuple[str, str]]) -> None:
        """These (name, value) in place of those before."""
        for pair in self._pairs:
            for label in pair:
                self.removeWidget(label)
                label.hide()
                label.deleteLater()
        self._pairs = [(text_label(n, quiet=True), text_label(v, copied=True)) for n, v in facts]
        for place, (name, value) in enumerate(self._pairs):
            value.setMinimumWidth(40)
            value.setToolTip(value.text())
            self.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
            self.addWidget(value, place, 1, Qt.AlignmentFlag.AlignTop)

    def shown(self) -> dict[str, str]:
        return {name.text(): value.text() for name, value in self._pairs}
