"""One direction: its name (the artist's to choose), a star that keeps it on top, its layers, its
slider, and what lies at its ends."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from studio.desktop import i18n, theme
from studio.desktop.generation.direction_line import FIRST_KIND, DirectionLine
from studio.desktop.generation.direction_menu import DirectionMenu
from studio.desktop.generation.end_picture import EndPicture
from studio.desktop.generation.zone_button import ALL, ZoneButton
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.param_slider import Track as ParamTrack
from studio.desktop.widgets.seed_box import takes_enter
from studio.engine.generation.directions.note import LONGEST_NAME, REACH

STEPS = 100
"""Slider steps in one standard deviation."""
LIMIT = REACH
END = 2
"""Steps to what the pictures at the ends show."""


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
    """The name of a direction, cut at its end where it is long; it takes the focus so that F2
    reaches it."""

    renameWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """An underline where the keyboard is."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        elide = Qt.TextElideMode.ElideRight
        text = self.fontMetrics().elidedText(self.text(), elide, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
        if self.hasFocus():
            painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(theme.colours().accent))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.renameWanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.renameWanted.emit()
        else:
            super().keyPressEvent(event)


class DirectionRow(QWidget):
    """Name, star, layers and value above the slider, a picture at each of its ends.

    Values are steps (σ).
    """

    moved = Signal(str, float)
    """Identity and value, by the artist's hand."""
    renamed = Signal(str, str)
    pinned = Signal(str, bool)
    zoned = Signal(str, str)
    ordered = Signal(str, int)
    """Up (-1) or down (1) among those on top."""

    def __init__(self, line: DirectionLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = line
        self.name, self.editor, self.value_text = Name(), QLineEdit(), Label()
        self.star, self.slider, self.zone = QToolButton(), Track(), ZoneButton()
        self.menu = DirectionMenu()
        self.ends = EndPicture(), EndPicture()
        """What lies at minus and at plus :data:`END`."""
        self.star.setCheckable(True)
        self.star.setAutoRaise(True)
        self.star.setFixedSize(18, 18)
        self.value_text.setFont(theme.font(12))
        self.editor.setVisible(False)
        self.editor.setMaxLength(LONGEST_NAME)
        head = row(
            self.name, (self.editor, 1), self.star, self.zone, self.menu, None, self.value_text,
            gap=3,
        )  # fmt: skip
        middle = column(head, self.slider, gap=2)
        row(self.ends[0], (middle, 1), self.ends[1], on=self, gap=6, margins=(0, 3, 0, 3))
        self.slider.valueChanged.connect(self._moved)
        for watched in (self.slider, self.editor, self.name):
            watched.installEventFilter(self)
        self.editor.editingFinished.connect(self._rename_done)
        self.name.renameWanted.connect(self.rename)
        self.star.toggled.connect(self._pinned)
        self.zone.chosen.connect(lambda zone: self.zoned.emit(self.line.key, zone))
        for side, end in zip((-1, 1), self.ends, strict=True):
            end.clicked.connect(lambda _=False, side=side: self.slider.setValue(side * END * STEPS))
        self._quiet = False
        self.show_value(0.0)

    @property
    def title(self) -> str:
        """The artist's name, or `Direction 3`."""
        return self.line.name()

    def value(self) -> float:
        return self.slider.value() / STEPS

    def show_value(self, value: float) -> None:
        self._quiet = True
        self.slider.setValue(round(value * STEPS))
        self._quiet = False
        self.value_text.setText(f"{value:+.2f} σ")

    def show_line(self, line: DirectionLine) -> None:
        """Another direction, or the same with other words."""
        if line.key != self.line.key:
            for end in self.ends:
                end.show_picture(QImage())
        self.line, note = line, line.note
        self._quiet = True
        self.slider.setRange(round(note.low * STEPS), round(note.high * STEPS))
        self.star.setChecked(note.pinned)
        self._quiet = False
        self.menu.show_note(note)
        self.show_zone(line.note.zone)
        self.retranslate()

    def show_zone(self, zone: str) -> None:
        if zone != self.zone.zone:
            self.zone.show_zone(zone)
            self.restyle()

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
            self.line = replace(self.line, note=replace(self.line.note, name=text))
            self.retranslate()
            self.renamed.emit(self.line.key, text)

    def _close_editor(self) -> None:
        focused = self.editor.hasFocus()
        self.editor.setVisible(False)
        self.name.setVisible(True)
        if focused:
            self.slider.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """F2 on the slider renames, Alt and an arrow move the row; Esc in the editor gives up,
        Enter stays in it."""
        if watched is self.editor and takes_enter(event):
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.editor:
                return event.key() == Qt.Key.Key_Escape and self._give_up()
            return self._key(Qt.Key(event.key()), event.modifiers())
        return False

    def _give_up(self) -> bool:
        self.editor.setText(self.title)
        self._close_editor()
        return True

    def _key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if key in steps and modifiers & Qt.KeyboardModifier.AltModifier:
            self.ordered.emit(self.line.key, steps[key])
            return True
        if key == Qt.Key.Key_F2:
            self.rename()
            return True
        return False

    def _moved(self, step: int) -> None:
        if not self._quiet:  # first, so that the picture does not wait for the number
            self.moved.emit(self.line.key, step / STEPS)
        self.value_text.setText(f"{step / STEPS:+.2f} σ")

    def _pinned(self, on: bool) -> None:
        self.restyle()
        if not self._quiet:
            self.pinned.emit(self.line.key, on)

    def restyle(self) -> None:
        c = theme.colours()
        self.value_text.setStyleSheet(f"color: {c.quiet};")
        shade = c.accent if self.star.isChecked() else c.quiet
        self.star.setText("★" if self.star.isChecked() else "☆")
        bare = "border: none; background: transparent; padding: 0;"
        focus = f"QToolButton:focus {{ border: 1px solid {c.accent}; border-radius: 3px; }}"
        self.star.setStyleSheet(f"QToolButton {{ color: {shade}; {bare} }} {focus}")
        used = c.accent if self.zone.zone != ALL else c.quiet
        no_arrow = "QToolButton::menu-indicator { image: none; }"
        self.zone.setStyleSheet(f"QToolButton {{ color: {used}; {bare} }} {focus} {no_arrow}")
        self.menu.setStyleSheet(f"QToolButton {{ {bare} }} {focus} {no_arrow}")
        self.menu.restyle()

    def retranslate(self) -> None:
        title = self.title
        self.name.setText(title)
        self.name.setToolTip(tr("Double-click or F2 to rename"))
        keys = tr("Enter keeps the name, Escape the one before")
        set_words(
            (self.slider, title, self._tip()), (self.editor, tr("Name of the direction"), keys)
        )
        self.star.setToolTip(tr("Keep this direction on top (pin)"))
        self.star.setAccessibleName(tr("Pin {name}", name=title))
        self.zone.retranslate(title)
        self.menu.retranslate(title)
        for sign, end in zip("−+", self.ends, strict=True):
            words = tr("{name} at {value}: click to go there", name=title, value=f"{sign}{END} σ")
            set_words((end, "", words))
        self.restyle()

    def _tip(self) -> str:
        line = self.line
        tip = tr(
            "Move along this direction in steps that change pictures alike (σ); double-click "
            "resets, F2 renames, Alt and an arrow move a pinned one"
        )
        if line.about:
            tip += "\n" + i18n.said(line.about)
        elif line.share > 0 and line.kind == FIRST_KIND:
            tip += "\n" + tr(
                "Principal component {n}: {share} % of the variety",
                n=line.number, share=f"{100 * line.share:.1f}",
            )  # fmt: skip
        return tip
