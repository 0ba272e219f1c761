"""Every action of the program in one place: menu, command palette and shortcut sheet read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from studio.desktop import theme
from studio.desktop.i18n import tr

GUIDE_PAGE = "guidePage"
"""Qt's property of a window beside the main one: the page of the guide that F1 opens there."""


@dataclass(frozen=True)
class Entry:
    """One action; `text` is its English source, `room` the place it belongs to or empty."""

    id: str
    text: str
    room: str
    icon: str
    action: QAction


class ActionRegistry(QObject):
    """Holds the actions. The main window hangs room actions on their room, so that their
    shortcuts work only while that room is on the screen."""

    def __init__(self, parent: QObject | None = None, overrides: dict[str, str] | None = None):
        super().__init__(parent)
        self._entries: dict[str, Entry] = {}
        self._overrides = overrides or {}
        self._icons_drawn = False

    def add(
        self,
        id: str,
        text: str,
        callback: Callable[..., Any],
        shortcut: str = "",
        room: str = "",
        icon: str = "",
        checkable: bool = False,
    ) -> QAction:
        """Add an action. `text` may be English or already translated; an id replaces its like.

        `callback` is called with the checked state when `checkable`, else with nothing.
        """
        old = self._entries.pop(id, None)
        if old is not None:
            old.action.setShortcut(QKeySequence())
            old.action.deleteLater()
        action = QAction(self)
        action.setObjectName(id)
        action.setCheckable(checkable)
        keys = self._overrides.get(id, shortcut)
        if keys:
            action.setShortcuts([QKeySequence(one) for one in keys.split("|")])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if checkable:
            action.toggled.connect(callback)
        else:
            action.triggered.connect(lambda _checked=False: callback())
        entry = Entry(id, getattr(text, "template", text), room, icon, action)
        self._entries[id] = entry
        self._dress(entry)
        return action

    def get(self, id: str) -> QAction:
        """The action called `id`; KeyError when there is none."""
        return self._entries[id].action

    def all(self) -> list[Entry]:
        return list(self._entries.values())

    def retranslate(self) -> None:
        """Give every action its text and icon again, after a change of language or theme."""
        for entry in self._entries.values():
            self._dress(entry)

    def draw_icons(self) -> None:
        """Icons are seen in menus and lists only: the window is painted before they are drawn."""
        self._icons_drawn = True
        self.retranslate()

    def _dress(self, entry: Entry) -> None:
        entry.action.setText(tr(entry.text))
        keys = entry.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        entry.action.setToolTip(f"{tr(entry.text)}  ({keys})" if keys else tr(entry.text))
        if entry.icon and self._icons_drawn:
            entry.action.setIcon(theme.icon(entry.icon))
