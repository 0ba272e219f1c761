"""A form made from declared parameters for the hand: a slider for every number with a range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from models.parameters import Param
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.curve_editor import CurveEditor
from studio.desktop.widgets.declared_form import DeclaredForm, name_choices, tip
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.param_slider import ParamSlider
from studio.desktop.widgets.text_fields import ColoursField, PictureField

Editor = ParamSlider | QCheckBox | ElidedCombo | ColoursField | PictureField | CurveEditor
LABEL_WIDTH = 96


class SliderForm(DeclaredForm):
    """Editors for `params`. Curves share one editor: its buttons choose which. Sliders reset by
    themselves.
    """

    pictureChosen = Signal(str, str)
    """The name of a parameter, and the path of the picture that it is to be taken from."""

    def __init__(self, params: Mapping[str, Param], parent: QWidget | None = None) -> None:
        # Which network enlarges is said where it is trained, not in a row of a form.
        shown = {n: each for n, each in params.items() if each.content != "enlarger"}
        super().__init__(shown, parent)
        self.editors: dict[str, Editor] = {}
        rows = column(on=self, gap=8)
        curves = [name for name, each in self._params.items() if each.content == "curve"]
        if curves:
            shared = CurveEditor(curves)
            shared.valueChanged.connect(self.valueChanged)
            self.editors |= dict.fromkeys(curves, shared)
            rows.addWidget(shared)
        for name, declared in self._params.items():
            if name not in curves:
                self._add(rows, declared)
        self.set_values({name: each.default for name, each in self._params.items()})
        self.retranslate()

    # ------------------------------------------------------------------ values

    def _put(self, name: str, value: Any) -> None:
        editor = self.editors[name]
        if isinstance(editor, ParamSlider):
            editor.set_value(float(value))
        elif isinstance(editor, QCheckBox):
            editor.setChecked(bool(value))
        elif isinstance(editor, ElidedCombo):
            editor.setCurrentIndex(editor.findData(value))
        elif isinstance(editor, CurveEditor):
            editor.set_curve(name, str(value))
        else:
            editor.set_text(str(value))

    def _value(self, name: str) -> Any:
        editor = self.editors[name]
        if isinstance(editor, ParamSlider):
            return self._params[name].kind(round(editor.value(), 6))
        if isinstance(editor, QCheckBox):
            return editor.isChecked()
        if isinstance(editor, ElidedCombo):
            return editor.currentData()
        return editor.curve(name) if isinstance(editor, CurveEditor) else editor.text()

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        for name, declared in self._params.items():
            editor, about = self.editors[name], tip(declared)
            words = tr(declared.label)
            if isinstance(editor, ParamSlider):
                editor.set_label(words)
                editor.number.setSuffix(f" {tr(declared.unit)}" if declared.unit else "")
            elif isinstance(editor, QCheckBox):
                editor.setText(words)
            elif isinstance(editor, CurveEditor):
                editor.set_words(name, words, about)
                continue
            if name in self.labels:
                self.labels[name].setText(words)
                self.labels[name].setToolTip(about)
            if isinstance(editor, ElidedCombo):
                name_choices(editor, declared)
            editor.setAccessibleName(words)
            editor.setToolTip(about)

    # ------------------------------------------------------------------ editors

    def _add(self, rows: QVBoxLayout, declared: Param) -> None:
        editor = self.editors[declared.name] = self._editor(declared)
        if isinstance(editor, ParamSlider | QCheckBox):
            rows.addWidget(editor)
            return
        label = self.labels[declared.name] = Label()
        label.setBuddy(editor)
        label.installEventFilter(self)
        if isinstance(editor, ElidedCombo):
            label.setFixedWidth(LABEL_WIDTH)
            rows.addLayout(row(label, (editor, 1), gap=8))
        else:
            rows.addLayout(column(label, editor, gap=4))

    def _editor(self, declared: Param) -> Editor:
        name = declared.name
        if declared.kind is bool:
            check = QCheckBox()
            check.toggled.connect(lambda on: self.valueChanged.emit(name, on))
            return check
        if declared.choices:
            combo = ElidedCombo()
            for choice in declared.choices:
                combo.addItem(choice, choice)
            combo.currentIndexChanged.connect(self._tell(name))
            combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            return combo
        if declared.kind is str:
            return self._text_field(declared)
        low, high = float(declared.low or 0.0), float(declared.high or 1.0)
        step = declared.step or (high - low) / 100
        default = float(declared.default)
        slider = ParamSlider(tr(declared.label), low, high, default, step, bipolar=low < default)
        slider.number.setDecimals(0 if declared.kind is int else 3 if step < 0.01 else 2)
        slider.set_value(default)
        slider.valueChanged.connect(self._tell(name))
        return slider

    def _text_field(self, declared: Param) -> ColoursField | PictureField:
        name = declared.name
        if declared.content == "picture":
            field = PictureField()
            field.chosen.connect(lambda path: self.pictureChosen.emit(name, path))
            return field
        colours = ColoursField(several=declared.content != "colour")
        colours.edited.connect(self._tell(name))
        return colours

    def _tell(self, name: str) -> Any:
        return lambda *_: self.valueChanged.emit(name, self._value(name))
