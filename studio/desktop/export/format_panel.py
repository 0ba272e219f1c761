"""How to write the files: the format as cards, its options as a form, the folder and the names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.widgets.param_form import ParamForm
from studio.engine.export.formats.base import Format, formats

OPTIONS_WIDTH = 420


class FormatCard(QPushButton):
    """One format: its name and what it is good for."""

    def __init__(self, kind: type[Format], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.setCheckable(True)
        self.setObjectName("formatCard")
        self._title, self._summary = Label(), Label()
        self._title.setObjectName("cardTitle")
        self._summary.setObjectName("quiet")
        self._summary.setWordWrap(True)
        for label in (self._title, self._summary):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        margins = (12, 10, 12, 10)
        column(self._title, self._summary, None, on=self, gap=4, margins=margins)

    def retranslate(self) -> None:
        self._title.setText(tr(self.kind.title))
        self._summary.setText(tr(self.kind.summary))
        self.setToolTip(tr(self.kind.summary))
        self.setAccessibleName(tr(self.kind.title))


class FormatPanel(QWidget):
    """Cards and options; `changed` whenever either does."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = formats()
        self._forms: dict[str, ParamForm] = {}
        self._group = QButtonGroup(self)
        self.cards = {name: FormatCard(kind) for name, kind in self._kinds.items()}
        self.options_header = SectionHeader()
        table = QGridLayout()
        table.setSpacing(theme.SPACE)
        for place, card in enumerate(self.cards.values()):
            self._group.addButton(card)
            table.addWidget(card, place // 4, place % 4)
            table.setColumnStretch(place % 4, 1)
        self._holder = column()
        column(table, self.options_header, self._holder, on=self, gap=theme.SPACE)
        self._group.buttonClicked.connect(lambda _button: self._show())
        self.choose(next(iter(self.cards)))

    @property
    def name(self) -> str:
        return next((n for n, card in self.cards.items() if card.isChecked()), "")

    def values(self) -> dict[str, Any]:
        form = self._forms.get(self.name)
        return form.values() if form is not None else {}

    def choose(self, name: str) -> None:
        """Choose a format; an unknown name leaves the choice as it is."""
        if name in self.cards:
            self.cards[name].setChecked(True)
            self._show()

    def suffix(self) -> str:
        return self._kinds[self.name].suffix

    def retranslate(self) -> None:
        self.options_header.setText(tr("Options"))
        for card in self.cards.values():
            card.retranslate()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All cards as high as the wordiest one: a button takes its size from its own text only."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = (self.width() - 3 * theme.SPACE) // 4
        layouts = [card.layout() for card in self.cards.values()]
        high = max((each.heightForWidth(wide) for each in layouts if each is not None), default=0)
        for card in self.cards.values():
            card.setFixedHeight(max(high, 72))

    def _show(self) -> None:
        name = self.name
        params = self._kinds[name].params()
        if name not in self._forms and params:
            form = ParamForm(params)
            form.setMaximumWidth(OPTIONS_WIDTH)
            form.valueChanged.connect(lambda _name, _value: self.changed.emit())
            self._forms[name] = form
            self._holder.addWidget(form)
        for key, form in self._forms.items():
            form.setVisible(key == name)
        self.options_header.setVisible(bool(params))
        self.changed.emit()


def short(path: Path, limit: int = 36) -> str:
    """A folder for a narrow button: home as `~`, the middle left out."""
    text = str(path)
    home = str(Path.home())
    if text.startswith(home):
        text = "~" + text[len(home) :]
    return text if len(text) <= limit else f"{text[: limit // 3]}…{text[-2 * limit // 3 :]}"
