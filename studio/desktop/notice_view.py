"""Notices on the screen: bottom right, one above the other, never taking the focus."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QEvent, QPoint, QPropertyAnimation, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QFontDatabase, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.i18n import lines, sentence, tr, word
from studio.desktop.notices import Notice, Notices

WIDTH = 380
SECONDS = {"info": 5.0, "warn": 9.0, "error": 15.0}
SHOWN = 4
_MARGIN = 16


class NoticeCard(QFrame):
    """One notice. It goes by itself, but not while the mouse is on it."""

    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notice" if notice.kind != "info" else "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.notice = notice
        self.words = words = QLabel()
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        picture = QLabel()
        shade = {"error": theme.colours().bad, "warn": theme.colours().accent_text}
        name = "info" if notice.kind == "info" else "alert"
        picture.setPixmap(theme.pixmap(name, 16, shade.get(notice.kind, theme.colours().quiet)))
        self.close_button = QToolButton()
        self.close_button.setObjectName("bare")
        self.close_button.setIcon(theme.icon("x"))
        self.copy_button, self.act_button = QPushButton(), QPushButton()
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_button.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
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
        if self.notice.action is not None:
            act, callback = self.act_button, self.notice.action[1]
            act.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            act.clicked.connect(self.dismiss)
            act.clicked.connect(lambda: callback())
            row.addWidget(act)
        if self.notice.detail:
            copy = self.copy_button
            copy.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.notice.as_text()))
            row.addWidget(copy)
        return row if row.count() > 1 else None

    def retranslate(self) -> None:
        """What was said, and the buttons."""
        self.words.setText(sentence(self.notice.sentence))
        if self.notice.action is not None:
            self.act_button.setText(word(self.notice.action[0]))
            self.act_button.setToolTip(self.words.text())
        self.close_button.setToolTip(tr("Close"))
        self.close_button.setAccessibleName(tr("Close"))
        self.copy_button.setText(tr("Copy details"))
        self.copy_button.setToolTip(tr("Copy the whole message for a report"))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Somebody reads it."""
        self._clock.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """The time begins again."""
        self._clock.start()

    def dismiss(self) -> None:
        """Go."""
        self._clock.stop()
        self.hide()
        self.deleteLater()


class NoticeView(QWidget):
    """Stacks cards over `window` and holds the history."""

    def __init__(self, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self.hide()
        self._notices, self._window = notices, window
        self._cards: list[NoticeCard] = []
        self._slides: list[QPropertyAnimation] = []
        self.history = _History(window)
        notices.posted.connect(self.show_notice)
        for waiting in notices.history:
            self.show_notice(waiting)

    def show_notice(self, notice: Notice) -> None:
        """Slide a card in."""
        card = NoticeCard(notice, self._window)
        card.destroyed.connect(self._forget)
        self._cards.append(card)
        for old in self._cards[:-SHOWN]:
            old.dismiss()
        card.adjustSize()
        card.show()
        self.place()
        slide = QPropertyAnimation(card, b"pos", card)
        slide.setDuration(180)
        slide.setStartValue(card.pos() + QPoint(24, 0))
        slide.setEndValue(card.pos())
        slide.start()
        if self.history.isVisible():
            self.history.fill(self._notices.history)

    def place(self) -> None:
        """Stack the cards at the bottom right; called when the window changes its size."""
        self._cards = [card for card in self._cards if card.isVisible()]
        bottom = self._window.height() - 32 - _MARGIN
        for card in reversed(self._cards):
            card.adjustSize()
            bottom -= card.height()
            card.move(self._window.width() - WIDTH - _MARGIN, bottom)
            card.raise_()
            bottom -= theme.SPACE
        if self.history.isVisible():
            self.history.place()

    def toggle_history(self) -> None:
        """Show or hide all that was said."""
        if self.history.isVisible():
            self.history.leave()
        else:
            self.show_history()

    def show_history(self) -> None:
        """All that was said, the newest chosen. Whoever asks for it gets the focus into it."""
        self.history.fill(self._notices.history)
        self.history.list.setCurrentRow(0)
        self.history.enter()

    def retranslate(self) -> None:
        """Cards and history; called by the window."""
        self.history.retranslate()
        for card in self._cards:
            with contextlib.suppress(RuntimeError):  # it may have gone by itself
                card.retranslate()
        if self._window.isVisible():
            self.place()

    def _forget(self) -> None:
        alive = []
        for card in self._cards:
            try:
                if card.isVisible():
                    alive.append(card)
            except RuntimeError:
                continue  # the C++ side is gone already
        self._cards = alive
        if self._window.isVisible():
            self.place()


class _History(QFrame):
    """Sentences, the details of the chosen one, and what can be done about it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._before: QWidget | None = None
        self.setObjectName("raised")
        self.list, self.title, self.detail = QListWidget(), QLabel(), QPlainTextEdit()
        self.act, self.copy = QPushButton(), QPushButton()
        self.list.setWordWrap(True)
        self.list.currentRowChanged.connect(self._show_detail)
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.act.clicked.connect(self._act)
        self.copy.clicked.connect(self._copy)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.act)
        buttons.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.addWidget(self.title)
        column.addWidget(self.list, 1)
        column.addWidget(self.detail, 1)
        column.addLayout(buttons)
        self._history: list[Notice] = []
        self.retranslate()
        self.hide()

    def fill(self, history: list[Notice]) -> None:
        """Newest first; what was chosen stays chosen."""
        chosen = self._chosen()
        self._history = list(reversed(history))
        self.list.clear()
        for notice in self._history:
            self.list.addItem(f"{notice.moment:%H:%M}  {sentence(notice.sentence)}")
        places = [place for place, notice in enumerate(self._history) if notice is chosen]
        self.list.setCurrentRow(places[0] if places and self.isVisible() else 0)
        self.copy.setEnabled(bool(self._history))
        self._show_detail()

    def enter(self) -> None:
        """Come up, with the keyboard in the list."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self.place()
        self.show()
        self.raise_()
        self.list.setFocus()

    def leave(self) -> None:
        """Go, and give the keyboard back."""
        inside = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        if inside:
            with contextlib.suppress(RuntimeError):  # its widget may be gone by now
                (self._before or self._window).setFocus()
        self._before = None

    def place(self) -> None:
        """Above the status bar, at the right."""
        window = self._window
        height = min(520, window.height() - 120)
        self.setGeometry(window.width() - 476, window.height() - 40 - height, 460, height)

    def retranslate(self) -> None:
        """Set every visible text."""
        self.title.setText(tr("Notices"))
        self.list.setAccessibleName(tr("Notices"))
        self.list.setToolTip(tr("What was said, the newest first"))
        self.detail.setAccessibleName(tr("Details"))
        self.detail.setToolTip(tr("Everything known about the chosen notice"))
        self.copy.setText(tr("Copy details"))
        self.copy.setToolTip(tr("Copy the whole message for a report"))
        self.fill(self._history[::-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _chosen(self) -> Notice | None:
        row = self.list.currentRow()
        return self._history[row] if 0 <= row < len(self._history) else None

    def _show_detail(self) -> None:
        notice = self._chosen()
        self.detail.setPlainText(lines(notice.detail) if notice is not None else "")
        self.detail.setVisible(bool(notice is not None and notice.detail))
        action = notice.action if notice is not None else None
        self.act.setVisible(action is not None)
        self.act.setText(word(action[0]) if action is not None else "")
        self.act.setToolTip(sentence(notice.sentence) if notice is not None else "")

    def _act(self) -> None:
        notice = self._chosen()
        if notice is not None and notice.action is not None:
            self.leave()
            notice.action[1]()

    def _copy(self) -> None:
        notice = self._chosen()
        if notice is not None:
            QGuiApplication.clipboard().setText(notice.as_text())
