"""Folders of a dataset that are watched: what appears in them is imported by itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from studio.desktop.base.ticker import Ticker

Ask = Callable[[Callable[[], set[Path]], Callable[[set[Path]], None]], None]
MOST_FOLDERS = 2000
"""Systems hold only so many watches; folders beyond are looked at when a neighbour changes."""
_SETTLED_MS = 1200
_LOST_MS = 4000


class Watch(QObject):
    """Tells which roots changed, once they have been quiet for a moment."""

    changed = Signal(object)
    """Roots (Path) in which something appeared, changed or went."""
    lost = Signal(object)
    """A root (Path) that is not there any more; it is looked for until it comes back."""
    returned = Signal(object)

    def __init__(self, parent: QObject | None = None, ask: Ask | None = None) -> None:
        """`ask` runs a function beside the window: a drive that hangs must hold up nobody."""
        super().__init__(parent)
        self._ask: Ask = ask or (lambda function, done: done(function()))
        self._watcher: QFileSystemWatcher | None = None
        self.roots: list[Path] = []
        self._gone: set[Path] = set()
        self._touched: set[Path] = set()
        self._settle = Ticker(self, lambda: self._check(self._tell), _SETTLED_MS)
        self._look = QTimer(self)
        self._look.setInterval(_LOST_MS)
        self._look.timeout.connect(lambda: self._check(self._take))

    def watch(self, roots: Sequence[Path], folders: Sequence[str]) -> None:
        """Watch `roots` with all `folders` in them (see :func:`folders_below`)."""
        self.stop()
        self.roots = list(roots)
        if not self.roots:
            return
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._touch)
        if folders:
            self._watcher.addPaths(list(folders))
        self._check(self._take)
        self._look.start()

    def extend(self, folders: Sequence[str]) -> None:
        if self._watcher is not None:
            known = set(self._watcher.directories())
            fresh = [folder for folder in folders if folder not in known]
            if fresh:
                self._watcher.addPaths(fresh)

    def stop(self) -> None:
        self._settle.stop()
        self._look.stop()
        self._touched.clear()
        self._gone.clear()
        self.roots = []
        if self._watcher is not None:
            self._watcher.deleteLater()
            self._watcher = None

    @Slot(str)
    def _touch(self, folder: str) -> None:
        path = Path(folder)
        self._touched.update(root for root in self.roots if root == path or root in path.parents)
        self._settle.start()  # copying goes on: wait until it has been quiet

    def _tell(self, gone: set[Path]) -> None:
        self._take(gone)
        there = sorted(self._touched - self._gone)
        self._touched.clear()
        if there:
            self.changed.emit(there)

    def _check(self, done: Callable[[set[Path]], None]) -> None:
        roots = list(self.roots)
        self._ask(lambda: {root for root in roots if not root.is_dir()}, done)

    def _take(self, gone: set[Path]) -> None:
        """Which roots are not there; what is not watched any more is passed over."""
        for root in list(self.roots):
            if root in gone and root not in self._gone:
                self._gone.add(root)
                self.lost.emit(root)
            elif root in self._gone and root not in gone:
                self._gone.discard(root)
                self.returned.emit(root)


def folders_below(roots: Sequence[Path], most: int = MOST_FOLDERS) -> list[str]:
    """The roots and the folders in them, nearest first, links left alone; takes a while."""
    found: list[str] = []
    line = [str(root) for root in roots if root.is_dir()]
    while line and len(found) < most:
        folder = line.pop(0)
        found.append(folder)
        try:
            with os.scandir(folder) as entries:
                line += sorted(
                    entry.path
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
                )
        except OSError:
            continue  # it went, or may not be read: nothing to watch there
    return found
