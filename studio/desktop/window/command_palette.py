"""The command palette: any action, found by typing a part of its name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.base.actions import ActionRegistry, Entry
from studio.desktop.base.jobs import Jobs
from studio.desktop.i18n import tr
from studio.desktop.widgets.job_strip import job_commands
from studio.desktop.widgets.labels import set_words
from studio.desktop.window.top_bar import PLACES, place_title

WIDTH, HEIGHT = 560, 420
_ENTRY = Qt.ItemDataRole.UserRole
_KEYS = Qt.ItemDataRole.UserRole + 1


class _WithKeys(QStyledItemDelegate):
    """A command as any row, and its keys at the right end."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setFont(option.font)
        # The quiet colour is not read easily on the bar of the chosen row.
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QColor(theme.colours().text if chosen else theme.colours().quiet))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(8, 0, -8, 0), right, index.data(_KEYS))
        painter.restore()


class CommandPalette(QFrame):
    """Lies over the window; Escape or a click elsewhere closes it."""

    def __init__(
        self,
        registry: ActionRegistry,
        jobs: Jobs,
        parent: QWidget,
        run: Callable[[Entry], object],
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._of_jobs: dict[str, Callable[[], object]] = {}
        """What can be done about work that goes on, by its words."""
        self._run_entry = run
        self._window = parent
        self.setObjectName("raised")
        self._registry = registry
        self._room = ""
        self._before: QWidget | None = None
        """What had the focus, and gets it back."""
        self.field, self.list = QLineEdit(), QListWidget()
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        self.list.setObjectName("commands")
        self.list.setItemDelegate(_WithKeys(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.hide()

    def open_for(self, room: str) -> None:
        """Show all commands, those of `room` first; without one only the window's can be used."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self._room = room
        self._of_jobs = dict(each for job in self._jobs.of() for each in job_commands(job))
        self.field.setPlaceholderText(tr("Type a command"))
        tip = tr("Find any command by typing a part of its name")
        set_words((self.field, tr("Type a command"), tip), (self.list, tr("Commands"), tip))
        self.field.clear()
        self._filter("")
        width = min(WIDTH, self._window.width() - 32)
        left = (self._window.width() - width) // 2
        self.setGeometry(left, 64, width, min(HEIGHT, self._window.height() - 96))
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list, Enter runs, Escape and lost focus close."""
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = self.list.currentRow() + step
                self.list.setCurrentRow(min(self.list.count() - 1, max(0, row)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._close()
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        self.list.clear()
        for shown in self._of_jobs:
            if all(word in shown.casefold() for word in words):
                self.list.addItem(QListWidgetItem(shown))
        for entry in sorted(self._registry.all(), key=self._rank):
            place = place_title(entry.room) if entry.room in PLACES else ""
            shown = f"{place} {tr(entry.text)} {entry.room} {entry.text}".casefold()
            if all(word in shown for word in words):
                self.list.addItem(self._item(entry, place))
        self.list.setCurrentRow(0)

    def _rank(self, entry: Entry) -> int:
        """The place on the screen, the window, the places elsewhere."""
        return 0 if entry.room == self._room and entry.room else 1 if not entry.room else 2

    def _item(self, entry: Entry, place: str) -> QListWidgetItem:
        keys = entry.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        text = tr(entry.text)
        shown = tr("{place}: {command}", place=place, command=text) if place else text
        item = QListWidgetItem(shown)
        item.setData(_ENTRY, entry.id)
        item.setData(_KEYS, keys)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{shown}  {keys}".rstrip())
        if not entry.action.isEnabled() or (entry.room and not self._room):
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def _run(self, item: QListWidgetItem | None) -> None:
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        of_job = self._of_jobs.get(item.text()) if item.data(_ENTRY) is None else None
        wanted = str(item.data(_ENTRY))
        self._close()
        if of_job is not None:
            of_job()
            return
        self._run_entry(next(entry for entry in self._registry.all() if entry.id == wanted))

    def _close(self) -> None:
        self.hide()
        with contextlib.suppress(RuntimeError):  # its widget may be gone by now
            (self._before or self._window).setFocus()
