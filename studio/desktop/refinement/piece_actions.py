"""Pieces that are renamed, copied and deleted, and steps that go from one to another; undoably."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu, QWidget

from studio.desktop.base.piece_shelf import PieceShelf
from studio.desktop.base.studio import Studio
from studio.desktop.base.undo_step import UndoStep
from studio.desktop.i18n import tr
from studio.desktop.widgets.piece_list import PieceList
from studio.engine.errors import StudioError
from studio.engine.pieces import pieces, removed_pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project
from studio.engine.refinement.stack import Stack

ACTIONS = (
    ("rename", "Rename the piece…", "F2", ""),
    ("copy", "Copy the piece", "Ctrl+D", "copy"),
    ("delete", "Delete the piece", "Shift+Del", "trash"),
    ("copySteps", "Copy the steps", "Ctrl+Shift+C", "copy"),
    ("pasteSteps", "Paste the steps", "Ctrl+Shift+V", ""),
)


class PieceActions(QObject):
    """Of the piece that `current` gives; `reload` shows what became of it."""

    def __init__(
        self,
        studio: Studio,
        shelf: PieceShelf,
        current: Callable[[], int],
        reload: Callable[[int], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._studio, self._shelf = studio, shelf
        self._current, self._reload = current, reload
        self._window = parent
        self.stack: Callable[[], Stack] = Stack
        self.put: Callable[[Stack, str], object] = lambda stack, text: None

    def register(self, room: str) -> None:
        """The actions, for the palette, the menu and their keys."""
        calls = (self.ask_name, self.copy, self.delete, self.copy_steps, self.paste_steps)
        for (name, text, keys, icon), call in zip(ACTIONS, calls, strict=True):
            self._studio.actions.add(f"refinement.{name}", text, call, keys, room, icon)

    def attach(self, tiles: PieceList) -> None:
        """The same by the right button on a piece."""
        tiles.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tiles.customContextMenuRequested.connect(lambda place: self._open_menu(tiles, place))

    def _open_menu(self, tiles: PieceList, place: QPoint) -> None:
        if tiles.itemAt(place) is None:
            return
        menu = QMenu(tiles)
        for name, *_rest in ACTIONS:
            menu.addAction(self._studio.actions.get(f"refinement.{name}"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(tiles.viewport().mapToGlobal(place))

    # ------------------------------------------------------------------ pieces

    def ask_name(self) -> None:
        kept = self._shelf.kept.get(self._current())
        if kept is None:
            return
        title, words = tr("Rename the piece…"), tr("Name of the piece")
        name, chosen = QInputDialog.getText(self._window, title, words, text=kept.piece.name)
        if chosen:
            self.rename(name.strip())

    def rename(self, name: str) -> None:
        """Give the piece another name."""
        kept, project = self._shelf.kept.get(self._current()), self._shelf.project
        if kept is None or project is None or name == kept.piece.name:
            return
        key, before = kept.piece.id, kept.piece.name

        def set_name(wanted: str) -> None:
            write = partial(pieces.rename, project, key, wanted)
            self._studio.decisions.write(write, lambda _: self._reload(key))

        def done(_result: object) -> None:
            text = tr("Rename {name}", name=before)
            step = UndoStep(text, lambda: set_name(name), lambda: set_name(before), is_done=True)
            self._studio.undo.push(step)
            self._reload(key)

        self._studio.decisions.write(partial(pieces.rename, project, key, name), done)

    def copy(self) -> None:
        """Another piece that begins as this one is."""
        kept, project = self._shelf.kept.get(self._current()), self._shelf.project
        if kept is None or project is None:
            return
        copy = partial(removed_pieces.copy, project, kept.piece.id)
        self._studio.decisions.write(copy, self._copied)

    def _copied(self, made: Piece) -> None:
        self.came(made, tr("Copy {name}", name=made.name))

    def came(self, made: Piece, text: str) -> None:
        """A piece is new by what `text` says, which undo takes back."""
        project = self._shelf.project
        if project is None:
            return
        there_and_back = _Coming(self, project, made.id)
        self._studio.undo.push(
            UndoStep(text, there_and_back.restore, there_and_back.remove, is_done=True)
        )
        self._reload(made.id)

    def delete(self) -> None:
        """Take the piece out of the project; undo brings it back."""
        kept, project = self._shelf.kept.get(self._current()), self._shelf.project
        if kept is None or project is None:
            return
        going = _Coming(self, project, kept.piece.id)
        text = tr("Delete {name}", name=kept.piece.name)
        going.remove(lambda: self._studio.undo.push(
            UndoStep(text, going.remove, going.restore, is_done=True)
        ))  # fmt: skip

    # ------------------------------------------------------------------ steps

    def copy_steps(self) -> None:
        """Onto the clipboard, as the text that `refine --stack` reads."""
        stack = self.stack()
        if stack.steps:
            QApplication.clipboard().setText(stack.to_toml())

    def paste_steps(self) -> None:
        """In the place of the steps of the piece."""
        if self._current() not in self._shelf.kept:
            return
        try:
            stack = Stack.from_toml(QApplication.clipboard().text())
        except StudioError as error:
            self._studio.notices.warn(error.said, error.detail)
            return
        if stack.steps:
            self.put(stack, tr("Paste the steps"))
        else:
            self._studio.notices.warn(tr("There are no steps on the clipboard: copy some first."))


class _Coming:
    """A piece that goes and comes back, as often as undo and redo want."""

    def __init__(self, of: PieceActions, project: Project, piece_id: int) -> None:
        self._of, self._project, self._id = of, project, piece_id
        self._removed: removed_pieces.Removed | None = None

    def remove(self, then: Callable[[], object] = lambda: None) -> None:
        def write() -> None:
            self._removed = removed_pieces.remove(self._project, self._id)

        def gone(_: object) -> None:
            self._of._reload(0)
            then()

        self._of._studio.decisions.write(write, gone)

    def restore(self) -> None:
        def write() -> None:
            if self._removed is not None:  # else it could not be deleted, which was said
                removed_pieces.restore(self._project, self._removed)
                self._removed = None

        self._of._studio.decisions.write(write, lambda _: self._of._reload(self._id))
