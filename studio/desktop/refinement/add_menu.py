"""The menu of operations: by groups, with a field that finds one by what is typed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget, QWidgetAction

from studio.desktop.i18n import tr
from studio.desktop.widgets.labels import set_words
from studio.engine.refinement.base import GROUPS, Operation


class AddMenu(QMenu):
    """`chosen` gives the name of an operation."""

    chosen = Signal(str)

    def __init__(self, kinds: Mapping[str, type[Operation]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds
        self._actions: dict[str, QAction] = {}
        self._heads: dict[str, QAction] = {}
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self._field = QWidgetAction(self)
        self._field.setDefaultWidget(self.search)
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._begin)

    def fill(self) -> None:
        """The words in the language of now."""
        for action in [*self._actions.values(), *self._heads.values()]:
            self.removeAction(action)
        self._actions, self._heads = {}, {}
        self.addAction(self._field)
        self.search.setPlaceholderText(tr("Find a step"))
        found = tr("Type a part of its name or of what it does; Enter takes the first")
        set_words((self.search, tr("Find a step"), found))
        for group in GROUPS:
            kinds = {name: kind for name, kind in self._kinds.items() if kind.group == group}
            if kinds:
                # No section: a style sheet takes its words away.
                head = self._heads[group] = self.addAction(tr(group))
                head.setEnabled(False)
            for name, kind in sorted(kinds.items(), key=lambda each: tr(each[1].title)):
                action = self._actions[name] = self.addAction(tr(kind.title))
                action.setToolTip(tr(kind.summary))
                action.triggered.connect(lambda _on=False, name=name: self.chosen.emit(name))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes to the list, Enter takes the first that was found."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            found = [action for action in self._actions.values() if action.isVisible()]
            if event.key() == Qt.Key.Key_Down and found:
                self.setFocus()
                self.setActiveAction(found[0])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if found:
                    self.close()
                    found[0].trigger()
                return True
        return super().eventFilter(watched, event)

    def _begin(self) -> None:
        self.search.clear()
        self.search.setFocus()

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        for name, action in self._actions.items():
            kind = self._kinds[name]
            words = (name, kind.title, tr(kind.title), tr(kind.summary))
            action.setVisible(any(wanted in each.casefold() for each in words))
        for group, head in self._heads.items():
            members = [self._actions[n] for n, kind in self._kinds.items() if kind.group == group]
            head.setVisible(any(each.isVisible() for each in members))
