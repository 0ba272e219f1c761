"""Stacks that are kept under a name: put on a piece, or made of what is on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from studio.desktop.base.studio import Studio
from studio.desktop.base.undo_step import UndoStep
from studio.desktop.i18n import tr
from studio.engine.errors import StudioError
from studio.engine.refinement import presets
from studio.engine.refinement.stack import Stack


class PresetMenu(QObject):
    """Fills `menu` whenever it opens. `current` gives the stack on the bench, `put` changes it."""

    def __init__(
        self,
        menu: QMenu,
        studio: Studio,
        current: Callable[[], Stack],
        put: Callable[[Stack, str], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._menu, self._studio, self._window = menu, studio, parent
        self._current, self._put = current, put
        menu.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """One entry for each name, and the one that makes a new one."""
        self._menu.clear()
        for name in presets.names():
            action = self._menu.addAction(name.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, name=name: self.use(name))
        if not self._menu.isEmpty():
            self._menu.addSeparator()
        keep = self._menu.addAction(tr("Save as preset…"))
        keep.setEnabled(bool(self._current().steps))
        keep.triggered.connect(self.ask)

    def use(self, name: str) -> None:
        """Put the stack called `name` in the place of the steps of the piece."""
        try:
            self._put(presets.load(name), tr("Preset {name}", name=name))
        except StudioError as error:
            self._studio.notices.error(error.said, error.detail)

    def ask(self) -> None:
        title = tr("Save as preset…")
        name, chosen = QInputDialog.getText(self._window, title, tr("Name of the preset"))
        if chosen:
            self.save(name)

    def save(self, name: str) -> None:
        """Keep the steps of the piece as `name`."""
        name = name.strip()
        stack, notices = self._current(), self._studio.notices

        def keep() -> bool:  # redo calls it: an error must not leave it, Qt would tell nobody
            try:
                presets.save(name, stack)
            except StudioError as error:
                notices.warn(error.said, error.detail)
                return False
            return True

        if keep():
            text = tr("Save preset {name}", name=name)
            forget = partial(presets.remove, name)
            self._studio.undo.push(UndoStep(text, keep, forget, is_done=True))
