"""The card of a step, and the frame around what it is about."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from studio.desktop import theme
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.window.tour.steps import STEPS

WIDTH = 300
_GAP, _LINE = 12, 2


class TargetFrame(QWidget):
    """An amber line around a control; the mouse goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.colours().accent), _LINE))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)


class TourCard(QFrame):
    """Which step of how many, its words, and the ways on, back and out."""

    nextWanted = Signal()
    backWanted = Signal()
    endWanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._step = 0
        self.count, self.title = text_label(quiet=True, wrap=False), text_label()
        self.title.setFont(theme.font(15, bold=True))
        self.words = text_label()
        self.end, self.back, self.next = secondary(), secondary(), secondary()
        foot = row(self.end, None, self.back, self.next, gap=theme.SPACE)
        parts = (self.count, self.title, self.words, theme.SPACE // 2, foot)
        column(*parts, on=self, gap=theme.SPACE, margins=(16, 12, 16, 12))
        self.end.clicked.connect(self.endWanted)
        self.back.clicked.connect(self.backWanted)
        self.next.clicked.connect(self.nextWanted)
        for button in (self.end, self.back, self.next):
            button.installEventFilter(self)
        self.hide()

    def show_step(self, step: int) -> None:
        self._step = step
        self.retranslate()
        self.show()
        self.raise_()
        self.next.setFocus()

    def stand_beside(self, target: QRect, inside: QRect) -> None:
        """Right or left of `target`, where there is room for it; else in the corner of `inside`."""
        height = self.heightForWidth(WIDTH)
        self.resize(WIDTH, height)
        right, left = target.right() + _GAP, target.left() - _GAP - WIDTH
        corner = inside.bottomRight() - QPoint(_GAP + WIDTH, _GAP + height)
        middle = target.center().y() - height // 2
        y = max(inside.top() + _GAP, min(middle, corner.y()))
        if right <= corner.x():
            self.move(right, y)
        elif left >= inside.left() + _GAP:
            self.move(left, y)
        else:
            self.move(corner)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the card, while the keyboard is on it: buttons would take the arrows."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        ways = {
            Qt.Key.Key_Escape: self.endWanted, Qt.Key.Key_Right: self.nextWanted,
            Qt.Key.Key_Left: self.backWanted,
        }  # fmt: skip
        way = ways.get(Qt.Key(event.key()))
        if way is None:
            return super().eventFilter(watched, event)
        way.emit()
        return True

    def retranslate(self) -> None:
        step = STEPS[self._step]
        self.count.setText(tr("Step {n} of {total}", n=self._step + 1, total=len(STEPS)))
        self.title.setText(said(step.title))
        self.words.setText(said(step.words))
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription(self.words.text())
        is_last = self._step == len(STEPS) - 1
        on = tr("Done") if is_last else tr("Next step")
        set_words(
            (
                self.end,
                tr("End the tour"),
                tr("Close this card; the menu has the tour again (Esc)"),
            ),
            (self.back, tr("Back"), tr("The step before (Left)")),
            (self.next, on, tr("Close this card") if is_last else tr("The next step (Right)")),
        )
        self.back.setEnabled(self._step > 0)
