"""Joins the watch to the sources of the open dataset."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.ticker import Ticker
from studio.desktop.dataset.curation.steps import Plan
from studio.desktop.dataset.session.folder_watch import Watch
from studio.desktop.dataset.survey_parts import Around
from studio.desktop.i18n import tr
from studio.engine.dataset.index.settings import WATCH
from studio.engine.project import Project

_BUSY_MS = 1500
_AGAIN_MS = 5000
"""A file that is still being copied tells nobody when it is whole: it is looked at again, until
nothing is new any more."""


class Watching(QObject):
    """What appears in a watched folder is imported as if the folder had been added again."""

    shown = Signal(bool, bool)
    """Whether the dataset is watched, and whether it has a folder that can be."""

    def __init__(self, around: Around) -> None:
        super().__init__(around.room)
        self._around = around
        self.watch = Watch(self, self._ask)
        self._waiting: set[Path] = set()
        self._later = Ticker(self, self._import, _BUSY_MS)
        self._again = Ticker(self, self._import, _AGAIN_MS)
        self._scanned: list[Path] = []
        self.watch.changed.connect(self._changed)
        self.watch.lost.connect(self._lost)
        self.watch.returned.connect(self._returned)
        around.session.opened.connect(self.refresh)
        around.session.imports.imported.connect(lambda _: self.refresh())
        around.session.imports.news.connect(self._import_news)
        around.curation.stored.connect(self.refresh)

    def _ask(self, function: Callable[[], set[Path]], done: Callable[[set[Path]], None]) -> None:
        if self._around.open_dataset() is not None:
            self._around.threads().ask.submit(function, done=done)

    def set_on(self, on: bool) -> None:
        place = self._around.open_dataset()
        if place is not None:
            self._around.curation.plan(lambda project: setting(project, place[1], on))

    def close(self) -> None:
        self._later.stop()
        self._again.stop()
        self._waiting.clear()
        self._scanned = []
        self.watch.stop()

    @Slot()
    def refresh(self) -> None:
        place = self._around.open_dataset()
        if place is None:
            self.close()
            self.shown.emit(False, False)
            return
        threads = self._around.threads()
        threads.ask.latest(
            "watched", threads.reader.watched, *place, done=partial(self._take, place[1])
        )

    def _take(self, number: int, told: tuple[bool, list[Path], list[str]]) -> None:
        place = self._around.open_dataset()
        if place is None or place[1] != number:
            return
        is_on, roots, folders = told
        self.shown.emit(is_on, bool(roots))
        if not is_on or place[0].read_only_reason:
            self.watch.stop()
        elif self.watch.roots == roots:
            self.watch.extend(folders)
        else:
            self.watch.watch(roots, folders)

    @Slot(object)
    def _changed(self, roots: list[Path]) -> None:
        self._waiting.update(roots)
        self._import()

    def _import(self) -> None:
        session = self._around.session
        if session.dataset is None or not self._waiting:
            return
        if session.imports.running or session.loading:  # which sources it has is not known yet
            self._later.start()
            return
        # One that was taken out of the dataset meanwhile does not come back by itself.
        roots = sorted(self._waiting & {source.path for source in session.sources})
        self._waiting.clear()
        if roots:
            self._scanned = roots
            session.bring_in(roots, session.dataset.name)

    @property
    def is_silent(self) -> bool:
        """Whether an import that ends now was a look that found nothing."""
        return bool(self._scanned) and not self._around.session.imports.found

    @Slot()
    def _import_news(self) -> None:
        session = self._around.session
        if self._scanned and not session.imports.running:
            if session.imports.found:
                self._waiting.update(self._scanned)
                self._again.start()
            self._scanned = []

    @Slot(object)
    def _lost(self, root: Path) -> None:
        text = tr(
            "The watched folder {folder} is gone: its pictures stay in the dataset, and it is "
            "watched again when it is back.",
            folder=str(root),
        )
        self._around.studio.notices.warn(text)

    @Slot(object)
    def _returned(self, root: Path) -> None:
        self._around.studio.notices.info(
            tr("The watched folder {folder} is back.", folder=str(root))
        )
        self.watch.stop()  # what was watched there before is another folder now
        self.refresh()
        self._changed([root])


def setting(project: Project, dataset_id: int, on: bool) -> Plan:
    before = WATCH.read(project, dataset_id) is not None
    return Plan(
        lambda: tr("Watch the folders") if on else tr("Stop watching the folders"),
        partial(WATCH.put, project, dataset_id, on or None),
        partial(WATCH.put, project, dataset_id, before or None),
        int(before != on),
        touches=frozenset(),
    )
