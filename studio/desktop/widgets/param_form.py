"""A form made from declared parameters: one row each, nothing written twice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QSpinBox,
    QWidget,
)

from models.parameters import Param
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.declared_form import DeclaredForm, name_choices, tip

_WIDEST = 2**31 - 1
_FREE = 1e9
Editor = QCheckBox | QComboBox | QSpinBox | QDoubleSpinBox


class Number(QDoubleSpinBox):
    """Numbers of any size without trailing zeros, so that 0.0002 does not read 0.00."""

    def textFromValue(self, value: float) -> str:
        return f"{value:.0f}" if value.is_integer() else f"{value:.6g}"


class ParamForm(DeclaredForm):
    """Editors for `params`."""

    def __init__(self, params: Mapping[str, Param], parent: QWidget | None = None) -> None:
        super().__init__(params, parent)
        self.editors: dict[str, Editor] = {}
        rows = QFormLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setHorizontalSpacing(16)
        rows.setVerticalSpacing(6)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for name, declared in self._params.items():
            editor, label = self._editor(declared), Label()
            label.setBuddy(editor)
            label.setWordWrap(True)
            label.installEventFilter(self)
            self.editors[name], self.labels[name] = editor, label
            rows.addRow(label, editor)
        self.set_values({name: each.default for name, each in self._params.items()})
        self.retranslate()

    # ------------------------------------------------------------------ values

    def _put(self, name: str, value: Any) -> None:
        editor = self.editors[name]
        if isinstance(editor, QCheckBox):
            editor.setChecked(bool(value))
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(value))
        elif isinstance(editor, QSpinBox):
            editor.setValue(int(value))
        else:
            editor.setValue(float(value))

    def set_enabled_names(self, names: set[str]) -> None:
        for name, editor in self.editors.items():
            editor.setEnabled(name in names)

    def _value(self, name: str) -> Any:
        editor = self.editors[name]
        if isinstance(editor, QCheckBox):
            return editor.isChecked()
        if isinstance(editor, QComboBox):
            return editor.currentData()
        return editor.value()

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        for name, declared in self._params.items():
            label, editor, words = self.labels[name], self.editors[name], tip(declared)
            label.setText(tr(declared.label))
            editor.setAccessibleName(label.text())
            for each in (label, editor):
                each.setToolTip(words)
            if isinstance(editor, QSpinBox | QDoubleSpinBox) and declared.unit:
                editor.setSuffix(f" {tr(declared.unit)}")
            if isinstance(editor, QComboBox):
                name_choices(editor, declared)

    # ------------------------------------------------------------------ editors

    def _editor(self, declared: Param) -> Editor:
        name = declared.name
        editor: Editor
        if declared.kind is bool:
            editor = QCheckBox()
            editor.toggled.connect(lambda on: self.valueChanged.emit(name, on))
        elif declared.choices:
            editor = QComboBox()
            for choice in declared.choices:
                editor.addItem(choice, choice)
            editor.currentIndexChanged.connect(
                lambda _place: self.valueChanged.emit(name, self._value(name))
            )
        elif declared.kind is int:
            editor = QSpinBox()
            editor.setRange(
                int(declared.low if declared.low is not None else -_WIDEST),
                int(declared.high if declared.high is not None else _WIDEST),
            )
            editor.setSingleStep(int(declared.step or 1))
            editor.valueChanged.connect(lambda value: self.valueChanged.emit(name, value))
        else:
            editor = _number(declared)
            editor.valueChanged.connect(lambda value: self.valueChanged.emit(name, value))
        if isinstance(editor, QSpinBox | QDoubleSpinBox):
            editor.setKeyboardTracking(False)
            editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return editor


def _number(declared: Param) -> Number:
    editor = Number()
    smallest = min(declared.step or 0.01, abs(float(declared.default)) or 0.01)
    editor.setDecimals(min(12, max(2, 3 - math.floor(math.log10(smallest)))))
    editor.setRange(
        declared.low if declared.low is not None else -_FREE,
        declared.high if declared.high is not None else _FREE,
    )
    # A learning rate has no even step: a tenth of its default does.
    editor.setSingleStep(declared.step or abs(float(declared.default)) / 10 or 0.01)
    return editor
