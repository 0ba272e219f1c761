"""All notices of this session in a list, with the details of the chosen one."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.i18n import said, tr
from studio.desktop.notices.notices import Action, Notice
from studio.desktop.notices.sign import sign
from studio.desktop.plain_text import Label, tip


class NoticeHistory(QFrame):
    """Sentences, the details of the chosen one, and what can be done about it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._before: QWidget | None = None
        self.setObjectName("raised")
        self.list, self.title, self.detail = QListWidget(), Label(), QPlainTextEdit()
        self.act, self.other, self.copy = QPushButton(), QPushButton(), QPushButton()
        self.title.setFont(theme.font(bold=True))
        self.list.setObjectName("notices")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._show_detail)
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.act.clicked.connect(lambda: self._act(0))
        self.other.clicked.connect(lambda: self._act(1))
        self.copy.clicked.connect(self._copy)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.act)
        buttons.addWidget(self.other)
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
            words = f"{notice.moment:%H:%M}  {said(notice.sentence)}"
            self.list.addItem(QListWidgetItem(QIcon(sign(notice.kind)), words))
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
        inside = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        if inside:
            with contextlib.suppress(RuntimeError):  # its widget may be gone by now
                (self._before or self._window).setFocus()
        self._before = None

    def place(self) -> None:
        window = self._window
        height = min(520, window.height() - 120)
        self.setGeometry(window.width() - 476, window.height() - 40 - height, 460, height)

    def retranslate(self) -> None:
        self.title.setText(tr("Notices"))
        self.list.setAccessibleName(tr("Notices"))
        self.list.setToolTip(tr("What was said, the newest first"))
        self.detail.setAccessibleName(tr("Details"))
        self.detail.setToolTip(tr("Everything known about the chosen notice"))
        self.copy.setText(tr("Copy details"))
        self.copy.setToolTip(tr("Copy the whole message for a report"))
        self.fill(self._history[::-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _chosen(self) -> Notice | None:
        row = self.list.currentRow()
        return self._history[row] if 0 <= row < len(self._history) else None

    def _show_detail(self) -> None:
        notice = self._chosen()
        self.detail.setPlainText(said(notice.detail) if notice is not None else "")
        self.detail.setVisible(bool(notice is not None and notice.detail))
        for button, action in zip((self.act, self.other), self._offered(), strict=True):
            button.setVisible(action is not None)
            button.setText(said(action[0]) if action is not None else "")
            button.setToolTip(tip(said(notice.sentence)) if notice is not None else "")

    def _offered(self) -> tuple[Action | None, Action | None]:
        notice = self._chosen()
        return (None, None) if notice is None else (notice.action, notice.other)

    def _act(self, which: int) -> None:
        if (action := self._offered()[which]) is not None:
            self.leave()
            action[1]()

    def _copy(self) -> None:
        notice = self._chosen()
        if notice is not None:
            QGuiApplication.clipboard().setText(notice.as_text())
