"""A slider with its name and its number; double-click brings the default back."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDoubleSpinBox, QSlider, QWidget

from studio.desktop import theme
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row


class Track(QSlider):
    """A slider that fills from a point of its own."""

    reset = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.origin = 0
        """Where the amber begins."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, left, width = self.height() / 2, 6.0, self.width() - 12.0
        painter.setBrush(QColor(c.line))
        painter.drawRoundedRect(0, int(middle - 2), self.width(), 4, 2, 2)
        span = max(1, self.maximum() - self.minimum())
        at = left + width * (self.sliderPosition() - self.minimum()) / span
        origin = left + width * (self.origin - self.minimum()) / span
        start = 0.0 if self.origin <= self.minimum() else origin
        painter.setBrush(QColor(c.accent if self.isEnabled() else c.quiet))
        low, high = sorted((start, at))
        painter.drawRoundedRect(int(low), int(middle - 2), int(high - low), 4, 2, 2)
        if self.minimum() < self.origin < self.maximum():
            painter.setBrush(QColor(c.quiet))
            painter.drawRect(int(origin), int(middle - 5), 1, 10)
        shade = c.accent if self.hasFocus() else c.text
        painter.setBrush(QColor(shade if self.isEnabled() else c.quiet))
        painter.drawEllipse(int(at - 6), int(middle - 6), 12, 12)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset.emit()


class ParamSlider(QWidget):
    """A number between `low` and `high` in steps of `step`."""

    valueChanged = Signal(float)

    def __init__(
        self,
        label: str,
        low: float,
        high: float,
        default: float,
        step: float,
        unit: str = "",
        bipolar: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._step, self.default = low, step, default
        self.label, self.slider, self.number = Label(), Track(), QDoubleSpinBox()
        self.slider.setRange(0, round((high - low) / step))
        self.slider.setPageStep(max(1, self.slider.maximum() // 10))
        self.slider.origin = round((default - low) / step) if bipolar else 0
        self.number.setRange(low, high)
        self.number.setSingleStep(step)
        self.number.setDecimals(max(0, -math.floor(math.log10(step) + 1e-9)))
        self.number.setSuffix(f" {unit}" if unit else "")
        self.number.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setFixedWidth(84)
        self.number.setKeyboardTracking(False)
        head = row((self.label, 1), self.number, gap=-1)
        column(head, self.slider, on=self, gap=2)
        self.set_value(default)
        self.slider.valueChanged.connect(self._slid)
        self.number.valueChanged.connect(self._typed)
        self.slider.reset.connect(self.reset)
        self.set_label(label)

    def set_range(self, low: float, high: float, default: float) -> None:
        """Other ends and another default; the number goes to it."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self._low, self.default = low, default
            self.slider.setRange(0, round((high - low) / self._step))
            self.slider.setPageStep(max(1, self.slider.maximum() // 10))
            self.number.setRange(low, high)
        self.set_value(default)

    def value(self) -> float:
        """The number, as it was set or typed."""
        return self.number.value()

    def set_value(self, value: float) -> None:
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.number.setValue(value)
            self.slider.setValue(round((self.number.value() - self._low) / self._step))
        self.slider.update()

    setValue = set_value

    def set_label(self, label: str) -> None:
        self.label.setText(label)
        self.slider.setAccessibleName(label)
        self.number.setAccessibleName(label)

    def setToolTip(self, text: str) -> None:
        super().setToolTip(text)
        for part in (self.label, self.slider, self.number):
            part.setToolTip(text)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """To the slider. Not by a focus proxy: Tab would pass over the number then."""
        self.slider.setFocus(reason)

    def reset(self) -> None:
        if self.value() != self.default:
            self.set_value(self.default)
            self.valueChanged.emit(self.default)

    def _slid(self, place: int) -> None:
        with QSignalBlocker(self.number):
            self.number.setValue(self._low + place * self._step)
        self.valueChanged.emit(self.number.value())

    def _typed(self, value: float) -> None:
        self.set_value(value)
        self.valueChanged.emit(value)
