"""The room's actions: what the keys, the palette and the context menu do with the chosen tiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from studio.desktop.base.actions import ActionRegistry
from studio.desktop.i18n import tr

Command = tuple[str, str, Callable[[], object], str]
"""Its name, its words, what it does, and its keys."""

_MENU = (
    "exclude", "include", "no_training", "", "crop", "uncrop", "hide", "", "enlarge", "reveal",
    "copy", "", "rate", "", "page_metadata", "select_all",
)  # fmt: skip
_SET_MENUS = (
    ("rename", "delete", "", "new_dataset"),
    ("remove_source", "", "add_folder", "add_files", "watch", "pages"),
)


class Commands:
    """Registers the actions once, and makes menus of them."""

    def __init__(
        self,
        registry: ActionRegistry,
        room: QWidget,
        rows: Sequence[Command],
        rate: Callable[[int], object],
    ) -> None:
        self._room = room
        rating = ("No stars", "1 star", "2 stars", "3 stars", "4 stars", "5 stars")
        stars = [
            (f"rate{count}", text, lambda count=count: rate(count), str(count))
            for count, text in enumerate(rating)
        ]
        self.actions: dict[str, QAction] = {
            id: registry.add(f"dataset.{id}", text, callback, keys, "dataset")
            for id, text, callback, keys in (*rows, *stars)
        }

    def set_menus(self) -> tuple[QMenu, QMenu]:
        found = []
        for names in _SET_MENUS:
            menu = QMenu(self._room)
            for name in names:
                if name:
                    menu.addAction(self.actions[name])
                else:
                    menu.addSeparator()
            found.append(menu)
        return found[0], found[1]

    def menu(self) -> QMenu:
        menu = QMenu(self._room)
        for name in _MENU:
            if not name:
                menu.addSeparator()
            elif name == "rate":
                stars = menu.addMenu(tr("Rating"))
                for count in range(6):
                    stars.addAction(self.actions[f"rate{count}"])
            else:
                menu.addAction(self.actions[name])
        return menu

    def pop_up(self, place: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
