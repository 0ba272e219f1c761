"""The room's actions: what the keys, the palette and the context menu do with the chosen tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from studio.desktop.i18n import tr

if TYPE_CHECKING:
    from studio.desktop.dataset.room import DatasetRoom

_MENU = (
    "exclude", "include", "no_training", "", "crop", "uncrop", "hide", "", "enlarge", "reveal",
    "copy", "", "rate", "", "page_metadata", "select_all",
)  # fmt: skip
_SET_MENUS = (
    ("rename", "delete", "", "new_dataset"),
    ("remove_source", "", "add_folder", "add_files", "watch"),
)


class Commands:
    """Registers the actions once; they always act on the room's own selection."""

    def __init__(self, room: DatasetRoom) -> None:
        self._room = room
        add = room.studio.actions.add
        self.actions: dict[str, QAction] = {}
        rows = (
            ("exclude", "Exclude from training", lambda: room.selection.include(False), "X"),
            ("include", "Include in training", lambda: room.selection.include(True), "P"),
            ("enlarge", "Enlarge the picture", room.selection.enlarge, "Space"),
            ("add_folder", "Add a folder…", room.intake.ask_folder, "Ctrl+I"),
            ("add_files", "Add pictures or a zip…", room.intake.ask_files, "Ctrl+Shift+I"),
            ("new_dataset", "New dataset…", room.intake.ask_new, ""),
            ("rename", "Rename the dataset…", room.managing.ask_rename, "F2"),
            ("delete", "Delete the dataset", room.managing.delete, ""),
            ("remove_source", "Remove the source", room.remove_source, ""),
            ("search", "Search pictures", room.header.search.setFocus, "Ctrl+F"),
            ("select_all", "Select all pictures", room.grid.selectAll, "Ctrl+A"),
            ("reveal", "Show in the file manager", room.selection.reveal, ""),
            ("copy", "Copy the picture", room.selection.copy_picture, "Ctrl+C"),
            ("larger", "Larger tiles", lambda: room.resize_tiles(1), "Ctrl++|Ctrl+="),
            ("smaller", "Smaller tiles", lambda: room.resize_tiles(-1), "Ctrl+-"),
            ("train", "Train on this dataset", room.train, "Ctrl+Return"),
            ("crop", "Crop by hand…", room.details.crop, "C"),
            ("uncrop", "Whole picture", room.details.uncrop, "Shift+C"),
            ("no_training", "Do not train on these", room.mark, ""),
            ("report", "Save the report…", room.outgoing.ask_report, ""),
            ("card", "Save the dataset card…", room.outgoing.ask_card, ""),
            ("captions", "Captions from files…", room.outgoing.ask_captions, ""),
            ("page_picture", "Show the facts", lambda: room.inspector.show_page("picture"), "I"),
            (
                "page_preparation",
                "Show the preparation",
                lambda: room.inspector.show_page("preparation"),
                "R",
            ),
            ("page_metadata", "Label, caption, state rights", lambda: room.write_metadata(), "L"),
            ("map", "Map of the pictures", lambda: room.header.map.toggle(), "M"),
            ("thresholds", "Thresholds…", room.survey.toggle_thresholds, "T"),
            ("outliers", "Find outliers", room.survey.doctor.find_outliers, ""),
            ("hide", "Hide parts of the picture…", room.survey.hiding.open, "H"),
            ("watch", "Watch the folders", room.survey.toggle_watch, ""),
            ("stop_import", "Stop import", room.session.cancel_import, ""),
        )
        for id, text, callback, keys in rows:
            self.actions[id] = add(f"dataset.{id}", text, callback, keys, "dataset")
        for stars in range(6):
            text = ("No stars", "1 star", "2 stars", "3 stars", "4 stars", "5 stars")[stars]
            self.actions[f"rate{stars}"] = add(
                f"dataset.rate{stars}",
                text,
                lambda stars=stars: room.selection.rate(stars),
                str(stars),
                "dataset",
            )

    def set_menus(self) -> tuple[QMenu, QMenu]:
        """The menus of the lists of datasets and of sources."""
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
        """The context menu of the chosen tiles."""
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
        """Show the context menu at a point of the screen."""
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
