"""One direction: its name (the artist's to choose), a star that keeps it on top, its slider."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.param_slider import Track as ParamTrack
from studio.desktop.widgets.seed_box import takes_enter

STEPS = 100
"""Slider steps in one standard deviation."""
LIMIT = 3.0


class Track(ParamTrack):
    """A slider of standard deviations that fills from its zero; a double click puts it there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(int(-LIMIT * STEPS), int(LIMIT * STEPS))
        self.setSingleStep(STEPS // 10)
        self.setPageStep(STEPS // 2)
        self.setFixedHeight(18)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the line goes there at once; the drag goes on from it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setSliderPosition(self._at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderPosition(self._at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setValue(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Delete and 0 reset; Enter belongs to the room."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_0):
            self.setValue(0)
        else:
            super().keyPressEvent(event)

    def _at(self, x: float) -> int:
        share = (x - 6) / max(1, self.width() - 12)
        value = self.minimum() + share * (self.maximum() - self.minimum())
        # Near the middle the slider catches, so that zero is easy to hit.
        return 0 if abs(value) < STEPS * 0.05 else round(value)


class Name(Label):
    """The name of a direction; it takes the focus so that F2 reaches it."""

    renameWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """An underline where the keyboard is."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(theme.colours().accent))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.renameWanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.renameWanted.emit()
        else:
            super().keyPressEvent(event)


class DirectionRow(QWidget):
    """Name, star and value above the slider. Values are standard deviations (σ)."""

    moved = Signal(int, float)
    """Index and value, by the artist's hand."""
    renamed = Signal(int, str)
    pinned = Signal(int, bool)

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self._own_name = ""
        self._explained = 0.0
        self.name, self.editor, self.value_text = Name(), QLineEdit(), Label()
        self.star, self.slider = QToolButton(), Track()
        self.star.setCheckable(True)
        self.star.setAutoRaise(True)
        self.star.setFixedSize(22, 20)
        self.editor.setVisible(False)
        self.editor.setMaxLength(40)
        head = row(self.name, (self.editor, 1), self.star, None, self.value_text, gap=4)
        column(head, self.slider, on=self, margins=(0, 2, 0, 2))
        self.slider.valueChanged.connect(self._moved)
        self.slider.installEventFilter(self)
        self.editor.installEventFilter(self)
        self.editor.editingFinished.connect(self._rename_done)
        self.name.renameWanted.connect(self.rename)
        self.star.toggled.connect(self._pinned)
        self._quiet = False
        self.show_value(0.0)

    @property
    def title(self) -> str:
        """The artist's name, or `Direction 3`."""
        return self._own_name or tr("Direction {n}", n=self.index + 1)

    def value(self) -> float:
        return self.slider.value() / STEPS

    def show_value(self, value: float) -> None:
        self._quiet = True
        self.slider.setValue(round(value * STEPS))
        self._quiet = False
        self.value_text.setText(f"{value:+.2f} σ")

    def show_name(self, name: str, pinned: bool) -> None:
        """The stored name (empty for none) and star."""
        self._own_name = name
        self._quiet = True
        self.star.setChecked(pinned)
        self._quiet = False
        self.retranslate()

    def set_explained(self, share: float) -> None:
        """How much of the variety lies along this direction, 0 to 1."""
        self._explained = share
        self.retranslate()

    def rename(self) -> None:
        self.editor.setText(self.title)
        self.name.setVisible(False)
        self.editor.setVisible(True)
        self.editor.selectAll()
        self.editor.setFocus()

    def _rename_done(self) -> None:
        if self.editor.isHidden():
            return
        text = self.editor.text().strip()
        self._close_editor()
        if text != self.title:
            self._own_name = text
            self.retranslate()
            self.renamed.emit(self.index, text)

    def _close_editor(self) -> None:
        focused = self.editor.hasFocus()
        self.editor.setVisible(False)
        self.name.setVisible(True)
        if focused:
            self.slider.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """F2 on the slider renames; Esc in the editor gives up, Enter stays in it."""
        if watched is self.editor and takes_enter(event):
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.slider and event.key() == Qt.Key.Key_F2:
                self.rename()
                return True
            if watched is self.editor and event.key() == Qt.Key.Key_Escape:
                self.editor.setText(self.title)
                self._close_editor()
                return True
        return False

    def _moved(self, step: int) -> None:
        if not self._quiet:  # first, so that the picture does not wait for the number
            self.moved.emit(self.index, step / STEPS)
        self.value_text.setText(f"{step / STEPS:+.2f} σ")

    def _pinned(self, on: bool) -> None:
        self.restyle()
        if not self._quiet:
            self.pinned.emit(self.index, on)

    def restyle(self) -> None:
        c = theme.colours()
        self.value_text.setStyleSheet(f"color: {c.quiet};")
        shade = c.accent if self.star.isChecked() else c.quiet
        self.star.setText("★" if self.star.isChecked() else "☆")
        self.star.setStyleSheet(
            f"QToolButton {{ color: {shade}; border: none; background: transparent; padding: 0; }}"
            f"QToolButton:focus {{ border: 1px solid {c.accent}; border-radius: 3px; }}"
        )

    def retranslate(self) -> None:
        self.name.setText(self.title)
        self.name.setToolTip(tr("Double-click or F2 to rename"))
        tip = tr(
            "Move along this direction in standard deviations (principal component {n}); "
            "double-click resets, F2 renames", n=self.index + 1,
        )  # fmt: skip
        if self._explained > 0:
            tip += "\n" + tr("{n} % of the variety", n=f"{100 * self._explained:.1f}")
        keys = tr("Enter keeps the name, Escape the one before")
        set_words(
            (self.slider, self.title, tip),
            (self.editor, tr("Name of the direction"), keys),
        )
        self.star.setToolTip(tr("Keep this direction on top (pin)"))
        self.star.setAccessibleName(tr("Pin {name}", name=self.title))
        self.restyle()
