"""How to write the files: destinations as cards, formats as a list, their options as a form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.param_form import ParamForm
from studio.engine.export.destinations import DESTINATIONS, Destination
from studio.engine.export.formats.base import Format
from studio.engine.export.ways import kinds

OPTIONS_WIDTH = 296
_COLUMNS = 4


class DestinationCard(QPushButton):
    """Where pictures go, and in which format that is."""

    def __init__(self, goal: Destination, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.goal = goal
        self.setCheckable(True)
        self.setObjectName("formatCard")
        self._title, self._summary = Label(), Label()
        self._title.setObjectName("cardTitle")
        self._summary.setObjectName("quiet")
        for label in (self._title, self._summary):
            label.setWordWrap(True)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        margins = (10, 8, 10, 8)
        column(self._title, self._summary, None, on=self, gap=2, margins=margins)

    def retranslate(self) -> None:
        self._title.setText(tr(self.goal.title))
        self._summary.setText(tr(self.goal.summary))
        self.setToolTip(tr(self.goal.summary))
        self.setAccessibleName(tr(self.goal.title))


class FormatPanel(QWidget):
    """Destinations as cards, every format and collection in a list, and the options of what is
    chosen, which stand where the room puts `options`. `changed` whenever any of it does."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds()
        self._forms: dict[str, ParamForm] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self.cards = {each.name: DestinationCard(each) for each in DESTINATIONS}
        self.formats, self._formats_label = ElidedCombo(), Label()
        self.formats.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for name in self._kinds:
            self.formats.addItem("", name)
        self.formats.insertSeparator(sum(issubclass(k, Format) for k in self._kinds.values()))
        self._formats_label.setBuddy(self.formats)
        self.summary = Label()
        self.summary.setObjectName("quiet")
        self.summary.setWordWrap(True)
        self._lay_out()
        self._group.buttonClicked.connect(self._card_clicked)
        self.formats.activated.connect(lambda _place: self.choose(self.formats.currentData()))
        self.choose(next(iter(self._kinds)))

    def _lay_out(self) -> None:
        table = QGridLayout()
        table.setSpacing(theme.SPACE)
        for place, card in enumerate(self.cards.values()):
            self._group.addButton(card)
            table.addWidget(card, place // _COLUMNS, place % _COLUMNS)
            table.setColumnStretch(place % _COLUMNS, 1)
        column(table, on=self)
        self.options = QWidget()
        self._holder = column()
        line = row(self._formats_label, (self.formats, 1), gap=16)
        inner = QWidget()
        column(line, self.summary, self._holder, None, on=inner, gap=12, margins=(0, 0, 8, 0))
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is on it takes the focus
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        for each in (scroll.viewport(), inner):
            each.setAutoFillBackground(False)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column(scroll, on=self.options)
        self.options.setFixedWidth(OPTIONS_WIDTH)

    @property
    def name(self) -> str:
        """Of the chosen destination where nothing of it was changed, else of the format."""
        goal = next((each for each, card in self.cards.items() if card.isChecked()), "")
        return goal or self.way

    @property
    def way(self) -> str:
        """Of the chosen format or collection."""
        return str(self.formats.currentData())

    def values(self) -> dict[str, Any]:
        form = self._forms.get(self.way)
        return form.values() if form is not None else {}

    def choose(self, name: str) -> None:
        """Choose a destination, a format or a collection; an unknown name changes nothing."""
        goal = self.cards[name].goal if name in self.cards else None
        way = goal.way if goal else name
        if way not in self._kinds:
            return
        for each, card in self.cards.items():
            card.setChecked(each == name)
        self.formats.setCurrentIndex(self.formats.findData(way))
        self._show(way)
        if goal and way in self._forms:
            defaults = {key: each.default for key, each in self._kinds[way].params().items()}
            self._forms[way].set_values({**defaults, **goal.options})
        self.changed.emit()

    def _card_clicked(self, card: QAbstractButton) -> None:
        if isinstance(card, DestinationCard):
            self.choose(card.goal.name)

    def _option_changed(self) -> None:
        """What differs from a destination is no longer what it asks for."""
        for card in self.cards.values():
            if card.isChecked():
                values = self.values()
                asked = all(values[key] == value for key, value in card.goal.options.items())
                card.setChecked(asked)
        self.changed.emit()

    def retranslate(self) -> None:
        self._formats_label.setText(tr("Format"))
        for place in range(self.formats.count()):
            if name := self.formats.itemData(place):
                self.formats.setItemText(place, tr(self._kinds[name].title))
        every = tr("Every format and collection; a card above chooses one with its options")
        set_words((self.formats, tr("Format"), every))
        for card in self.cards.values():
            card.retranslate()
        self._tell()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All cards as high as the wordiest one: a button takes its size from its own text only."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = (self.width() - (_COLUMNS - 1) * theme.SPACE) // _COLUMNS
        layouts = [card.layout() for card in self.cards.values()]
        high = max((each.heightForWidth(wide) for each in layouts if each is not None), default=0)
        for card in self.cards.values():
            card.setFixedHeight(max(high, 56))

    def _tell(self) -> None:
        self.summary.setText(tr(self._kinds[self.way].summary))

    def _show(self, way: str) -> None:
        params = self._kinds[way].params()
        if way not in self._forms and params:
            form = ParamForm(params)
            form.valueChanged.connect(lambda _name, _value: self._option_changed())
            self._forms[way] = form
            self._holder.addWidget(form)
        for key, form in self._forms.items():
            form.setVisible(key == way)
        self._tell()


def short(path: Path, limit: int = 36) -> str:
    """A folder for a narrow button: home as `~`, the middle left out."""
    text = str(path)
    home = str(Path.home())
    if text.startswith(home):
        text = "~" + text[len(home) :]
    return text if len(text) <= limit else f"{text[: limit // 3]}…{text[-2 * limit // 3 :]}"
