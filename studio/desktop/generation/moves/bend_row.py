"""One bend: what is done to a layer, with its sliders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QToolButton, QWidget

from models.parameters import Param, Value
from studio.desktop import theme
from studio.desktop.generation.moves.noise_panel import layer_name
from studio.desktop.generation.session import GROUPS
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.param_form import ParamForm
from studio.desktop.widgets.param_slider import ParamSlider

if TYPE_CHECKING:
    from models.bending import Layer
    from studio.engine.generation.moves.bend import Bend


class BendRow(QFrame):
    """Says what the hand did to a bend; shows what it is told."""

    changed = Signal(object, str)
    """The wanted bend, and a key of what was moved."""
    groupWanted = Signal(object, int)
    """For the bend the group of this number, from 1."""
    removed = Signal(object)

    def __init__(self, bend: Bend, layer: Layer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("raised")
        self.bend, self._layer = bend, layer
        self.title, self.cross = text_label(wrap=False), QToolButton()
        self.cross.setObjectName("cross")
        self.cross.setFixedSize(22, 20)
        self.cross.setIconSize(QSize(14, 14))
        self.cross.clicked.connect(lambda: self.removed.emit(self.bend))
        self.sliders: dict[str, ParamSlider] = {}
        self._params = type(bend.made).params()
        others = {name: each for name, each in self._params.items() if not _slides(each)}
        self.form = ParamForm(others)
        self.form.valueChanged.connect(self._moved)
        self.group_word, self.group = Label(), QComboBox()
        self.group.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.amount = ParamSlider("", 0.0, 1.0, 1.0, 0.01)
        self._lay_out()
        self.group.activated.connect(self._group_chosen)
        self.amount.valueChanged.connect(self._amount_moved)
        self.show_bend(bend)
        self.retranslate()

    def _lay_out(self) -> None:
        head = row(self.title, None, self.cross, gap=4)
        groups = row(self.group_word, None, self.group, gap=-1)
        sliders = column(gap=4)
        for name, each in self._params.items():
            if _slides(each):
                low, high, default = float(each.low or 0), float(each.high or 1), each.default
                slider = ParamSlider("", low, high, float(default), each.step or 0.01,
                                     tr(each.unit) if each.unit else "", bipolar=True)  # fmt: skip
                slider.valueChanged.connect(lambda value, name=name: self._moved(name, value))
                self.sliders[name] = slider
                sliders.addWidget(slider)
        column(head, sliders, self.form, self.amount, groups,
               on=self, gap=6, margins=(8, 6, 8, 8))  # fmt: skip
        self.form.setHidden(not self.form.editors)  # not before: shown alone it is a window

    def show_bend(self, bend: Bend) -> None:
        self.bend, values = bend, bend.made.as_dict()
        for name, slider in self.sliders.items():
            slider.set_value(float(values[name]))
        self.form.set_values(values)
        self.amount.set_value(bend.amount)
        self._show_group()

    def _show_group(self) -> None:
        bend = self.bend
        if bend.channels is None:
            self.group.setCurrentIndex(0)
        elif bend.group is not None and bend.group[1] == GROUPS:
            self.group.setCurrentIndex(bend.group[0])
        else:
            self.group.setCurrentIndex(-1)
            self.group.setPlaceholderText(tr("{n} channels", n=len(bend.channels)))

    def _moved(self, name: str, value: Value) -> None:
        kept = {**self.bend.values, name: int(value) if self._params[name].kind is int else value}
        self.changed.emit(
            self.bend.model_validate({**self.bend.model_dump(), "values": kept}), name
        )

    def _amount_moved(self, value: float) -> None:
        self.changed.emit(self.bend.model_copy(update={"amount": value}), "amount")

    def _group_chosen(self, place: int) -> None:
        if place:
            self.groupWanted.emit(self.bend, place)
        else:
            whole = self.bend.model_copy(update={"channels": None, "group": None})
            self.changed.emit(whole, "group")

    def restyle(self) -> None:
        self.cross.setIcon(theme.icon("x", theme.colours().quiet))

    def retranslate(self) -> None:
        made = self.bend.made
        self.title.setText(f"{tr(made.title)} · {layer_name(self.bend.layer, self._layer)}")
        self.title.setToolTip(tr(made.summary))
        set_words((self.cross, "", tr("Take this bend away")))
        for name, slider in self.sliders.items():
            declared = self._params[name]
            slider.set_label(tr(declared.label))
            slider.setToolTip(f"{tr(declared.help)}\n{declared.term}")
        self.form.retranslate()
        self.amount.set_label(tr("Strength of the bend"))
        self.amount.setToolTip(tr("How much of the change is made (0: none); double-click resets"))
        which = tr("All channels, or those that are active at the same places (k-means clusters)")
        self.group_word.setText(tr("Channels"))
        self.group_word.setToolTip(which)
        self.group.clear()
        self.group.addItem(tr("all"))
        self.group.addItems([tr("group {n} of {count}", n=n + 1, count=GROUPS)
                             for n in range(GROUPS)])  # fmt: skip
        self._show_group()
        set_words((self.group, tr("Channels"), which))
        self.restyle()


def _slides(param: Param) -> bool:
    """Whether its range is short enough for a slider."""
    if param.kind not in (int, float) or param.low is None or param.high is None:
        return False
    return param.high - param.low < 1000
