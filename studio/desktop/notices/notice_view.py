"""Notices on the screen: bottom right, one above the other, never taking the focus.

Nor do they cover anything that is operated: they stand over the picture, beside the panel, and
above the buttons and fields that are below it.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPropertyAnimation, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.i18n import said, tr
from studio.desktop.notices.notices import Action, Notice, NoticeKind, Notices
from studio.desktop.notices.sign import sign
from studio.desktop.plain_text import Label, tip

if TYPE_CHECKING:
    from studio.desktop.notices.notice_history import NoticeHistory

WIDTH = 380
SECONDS = {NoticeKind.INFO: 5.0, NoticeKind.WARN: 9.0, NoticeKind.ERROR: 15.0}
SHOWN = 4
_MARGIN, _CLOSE = 16, 22
_LOOK_MS = 200
"""How often cards look for controls that came under them: an import that ends brings some."""
_OPERATED = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider)


class NoticeCard(QFrame):
    """One notice. It goes by itself, but not while the mouse is on it."""

    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notice" if notice.kind is not NoticeKind.INFO else "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedWidth(WIDTH)
        self.notice = notice
        self.slide = QPropertyAnimation(self, b"pos", self)
        self.slide.setDuration(180)
        self.words = words = Label()
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.picture = Label()
        self.close_button = QToolButton()
        self.close_button.setObjectName("cross")
        self.close_button.setFixedSize(_CLOSE, _CLOSE)
        self.copy_button = QPushButton()
        self.act_button, self.other_button = QPushButton(), QPushButton()
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_button.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(words, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 10)
        column.addLayout(head)
        buttons = self._buttons()
        if buttons is not None:
            column.addLayout(buttons)
        self.retranslate()
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(int(1000 * SECONDS[notice.kind]))
        self._clock.timeout.connect(self.dismiss)
        self._clock.start()

    def _buttons(self) -> QHBoxLayout | None:
        row = QHBoxLayout()
        row.addStretch(1)
        for act, (_, callback) in self._offered():
            act.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            act.clicked.connect(self.dismiss)
            act.clicked.connect(lambda _=False, callback=callback: callback())
            row.addWidget(act)
        if self.notice.detail:
            copy = self.copy_button
            copy.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.notice.as_text()))
            row.addWidget(copy)
        return row if row.count() > 1 else None

    def _offered(self) -> list[tuple[QPushButton, Action]]:
        both = ((self.act_button, self.notice.action), (self.other_button, self.notice.other))
        return [(button, action) for button, action in both if action is not None]

    def fit(self) -> None:
        """As high as the words need: `adjustSize` takes them for narrower than they are."""
        self.resize(WIDTH, self.heightForWidth(WIDTH))

    def retranslate(self) -> None:
        """What was said, and the buttons; their icons in the colours of the theme."""
        self.picture.setPixmap(sign(self.notice.kind))
        self.close_button.setIcon(theme.icon("x"))
        self.words.setText(said(self.notice.sentence))
        for act, (words, _) in self._offered():
            act.setText(said(words))
            act.setToolTip(tip(self.words.text()))
        self.close_button.setToolTip(tr("Close"))
        self.close_button.setAccessibleName(tr("Close"))
        self.copy_button.setText(tr("Copy details"))
        self.copy_button.setToolTip(tr("Copy the whole message for a report"))

    def event(self, event: QEvent) -> bool:
        """While the mouse moves on it somebody reads it. One that slides under a mouse which
        rests is not read: it would stay for ever beside a hand on the keys."""
        if event.type() == QEvent.Type.HoverMove:
            self._clock.stop()
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._clock.start()

    def dismiss(self) -> None:
        self._clock.stop()
        self.hide()
        self.deleteLater()


class NoticeView(QWidget):
    """Stacks cards over `window` and holds the history."""

    def __init__(self, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self.hide()
        self._notices, self._window = notices, window
        self._page, self._inset = window, 0
        self._cards: list[NoticeCard] = []
        self._history: NoticeHistory | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._place_cards)
        notices.posted.connect(self.show_notice)
        for waiting in notices.history:
            self.show_notice(waiting)

    @property
    def history(self) -> NoticeHistory:
        """All that was said; made on first use, after the window is painted."""
        if self._history is None:
            from studio.desktop.notices.notice_history import NoticeHistory

            self._history = NoticeHistory(self._window)
        return self._history

    def _open_history(self) -> NoticeHistory | None:
        """The history while it is on the screen."""
        there = self._history is not None and self._history.isVisible()
        return self._history if there else None

    def show_notice(self, notice: Notice) -> None:
        card = NoticeCard(notice, self._window)
        card.destroyed.connect(self._forget)
        self._cards.append(card)
        for old in self._cards[:-SHOWN]:
            old.dismiss()
        card.fit()
        card.show()
        self.place()
        card.slide.setStartValue(card.pos() + QPoint(24, 0))
        card.slide.setEndValue(card.pos())
        card.slide.start()
        self._look.start()
        if history := self._open_history():
            history.fill(self._notices.history)

    def stand_on(self, page: QWidget, inset: int) -> None:
        """Lie over `page`, whose panel at the right, `inset` pixels wide, stays free."""
        self._page, self._inset = page, inset
        self.place()

    def place(self) -> None:
        """Stack the cards at the bottom right; called when the window changes its size."""
        self._place_cards()
        if history := self._open_history():
            history.place()

    def _place_cards(self) -> None:
        # A window that is not shown yet has no visible cards, but has them.
        self._cards = [card for card in self._cards if not card.isHidden()]
        if not self._cards:
            self._look.stop()
            return
        avoid = self._operated()
        left = self._window.width() - self._inset - WIDTH - _MARGIN
        bottom = self._window.height() - 32 - _MARGIN
        for card in reversed(self._cards):
            card.fit()
            place = _free(QRect(left, bottom - card.height(), WIDTH, card.height()), avoid)
            _put(card, place.topLeft())
            bottom = place.top() - theme.SPACE

    def _operated(self) -> list[QRect]:
        """Where there is something to click, to type into or to pull, in the window."""
        page, window = self._page, self._window
        found: list[QWidget] = [each for kind in _OPERATED for each in page.findChildren(kind)]
        return [
            each.visibleRegion().boundingRect().translated(each.mapTo(window, QPoint(0, 0)))
            for each in found
            if each.isVisible()
        ]

    def toggle_history(self) -> None:
        if history := self._open_history():
            history.leave()
        else:
            self.show_history()

    def show_history(self) -> None:
        """All that was said, the newest chosen. Whoever asks for it gets the focus into it."""
        self.history.fill(self._notices.history)
        self.history.list.setCurrentRow(0)
        self.history.enter()

    def retranslate(self) -> None:
        """Cards and history; called by the window."""
        if self._history is not None:
            self._history.retranslate()
        for card in self._cards:
            with contextlib.suppress(RuntimeError):  # it may have gone by itself
                card.retranslate()
        if self._window.isVisible():
            self.place()

    def _forget(self) -> None:
        alive = []
        for card in self._cards:
            try:
                if not card.isHidden():
                    alive.append(card)
            except RuntimeError:
                continue  # the C++ side is gone already
        self._cards = alive
        if self._window.isVisible():
            self.place()


def _free(place: QRect, avoid: list[QRect]) -> QRect:
    """`place`, moved up until it covers none of `avoid`; as it was where there is no room."""
    wanted = QRect(place)
    while covered := [rect for rect in avoid if rect.intersects(wanted)]:
        wanted.moveBottom(min(rect.top() for rect in covered) - theme.SPACE)
    return wanted if wanted.top() >= 0 else place


def _put(card: NoticeCard, place: QPoint) -> None:
    """A card that is still sliding in ends where it belongs by now."""
    if card.slide.state() == QPropertyAnimation.State.Running:
        if card.slide.endValue() == place:
            return
        card.slide.stop()
    if card.pos() != place:
        card.move(place)
        card.raise_()
