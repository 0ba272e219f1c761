"""How the files are called: a template, and what it makes of the chosen pieces."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from models.parameters import ParameterError
from studio.desktop.i18n import said, tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import row
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import ElidedLabel
from studio.engine.errors import StudioError
from studio.engine.export.name_template import FIELDS

_EDIT_WIDTH = 232
_SHOWN = 3


class NamesRow(QWidget):
    """`changed` when the template does; `plan` tells the files that it leads to."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.template, self._label, self.shown = QLineEdit(), Label(), ElidedLabel()
        self.shown.setProperty("quiet", True)
        self.template.setFixedWidth(_EDIT_WIDTH)
        self._label.setBuddy(self.template)
        self.template.textChanged.connect(lambda _text: self.changed.emit())
        row(self._label, self.template, (self.shown, 1), on=self, gap=16)

    def text(self) -> str:
        """The template; empty for that of the format."""
        return self.template.text().strip()

    def retranslate(self) -> None:
        self._label.setText(tr("Names"))
        fields = "\n".join(f"{{{name}}}  {said(what)}" for name, what in FIELDS.items())
        words = tr("How files are called (template); these are filled in:")
        set_words((self.template, tr("Names"), f"{words}\n{fields}"))

    def show_plan(self, usual: str, where: str, plan: Callable[[], list[str]]) -> None:
        """The first files and their folder, or why there are none."""
        self.template.setPlaceholderText(usual)
        try:
            names = plan()
        except (StudioError, ParameterError) as error:
            self.shown.setText(said(error.said))
            return
        more = " …" if len(names) > _SHOWN else ""
        listed = ", ".join(names[:_SHOWN]) + more
        words = tr("Files: {names} in {folder}", names=listed, folder=where) if names else ""
        self.shown.setText(words)
