"""The chosen tiles: what the inspector and the enlarged view show, and what decisions act on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QMimeData, QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractItemView

from studio.desktop.base.studio import Studio
from studio.desktop.base.ticker import Ticker
from studio.desktop.dataset import words
from studio.desktop.dataset.curation.decisions import decision
from studio.desktop.dataset.grid.grid_model import PictureModel
from studio.desktop.dataset.grid.quick_look import QuickLook
from studio.desktop.dataset.inspector.inspector import Inspector
from studio.desktop.dataset.session.columns import Arrangement
from studio.desktop.dataset.session.session import Session
from studio.desktop.i18n import said, tr
from studio.engine.dataset.curation import rights
from studio.engine.dataset.index import store
from studio.engine.dataset.index.store import Item
from studio.engine.said import sentences

_LOOK_AFTER_MS = 40
_INSPECTED_SIDE = 640
_ENLARGED_SIDE = 2400
# Selections larger than this are not put back after the view changed.
_MOST_KEPT = 2000
# Decisions about more pictures are worked out beside the window.
_MOST_AT_ONCE = 2000


class Selection(QObject):
    """Joins grid, inspector and enlarged view."""

    groupWanted = Signal(int)
    shown = Signal()
    """What is chosen may be another, or what is known about it."""

    def __init__(
        self,
        studio: Studio,
        session: Session,
        model: PictureModel,
        grid: QAbstractItemView,
        inspector: Inspector,
        quick: QuickLook,
    ) -> None:
        super().__init__(grid)
        self._studio, self._session, self._model = studio, session, model
        self._grid, self._inspector, self._quick = grid, inspector, quick
        self._enlarged = 0
        self.wholesale: Callable[[str, Sequence[int], int], None] | None = None
        """Decides about more pictures than the window's thread has time for."""
        self._timer = Ticker(self, self.show, _LOOK_AFTER_MS)
        grid.selectionModel().selectionChanged.connect(lambda *_: self._timer.start())
        grid.selectionModel().currentChanged.connect(lambda *_: self._timer.start())
        inspector.includeWanted.connect(self.include)
        inspector.keepBest.connect(self.keep_best)
        inspector.showGroup.connect(self.groupWanted)
        inspector.preview.enlarged.connect(self.enlarge)
        quick.stepped.connect(self.step)
        quick.closed.connect(grid.setFocus)
        model.paths_of = self.paths_of

    # ------------------------------------------------------------------ what is chosen

    @property
    def current(self) -> int | None:
        return self._model.id_at(self._grid.currentIndex())

    def ids(self) -> list[int]:
        """The chosen pictures in the order of the view."""
        # By ranges: one index object for each of 100,000 tiles would take a second.
        ranges = list(self._grid.selectionModel().selection())  # type: ignore[call-overload]
        places = sorted(p for part in ranges for p in range(part.top(), part.bottom() + 1))
        return [self._model.ids[place] for place in places]

    def keep(self, arranged: Arrangement) -> None:
        """Let the grid show what a view came to, with what was chosen still chosen."""
        shown, known = arranged.ids, len(self._model.ids)
        if shown == self._model.ids:
            return
        if known and shown[:known] == self._model.ids:
            self._model.grow(shown, arranged.places)
            return
        chosen, current = self.ids(), self.current
        place = self._grid.currentIndex().row()
        self._model.show_ids(shown, arranged.places)
        if not shown or current is None:
            self._timer.start()
            return
        index = self._model.place(current)
        if not index.isValid():  # it left the view: go on with its neighbour
            index = self._model.index(min(max(place, 0), len(shown) - 1))
            chosen = []
        picker = self._grid.selectionModel()
        flag = QItemSelectionModel.SelectionFlag
        picker.setCurrentIndex(index, flag.ClearAndSelect)
        if len(chosen) <= _MOST_KEPT:
            for key in chosen:
                picker.select(self._model.place(key), flag.Select)
        self._timer.start()

    def step(self, by: int) -> None:
        place = self._grid.currentIndex().row() + by
        if 0 <= place < self._model.rowCount():
            index = self._model.index(place)
            self._grid.setCurrentIndex(index)
            self._grid.scrollTo(index)

    # ------------------------------------------------------------------ showing

    def show(self) -> None:
        self.shown.emit()
        ids = self.ids()
        key = ids[0] if len(ids) == 1 else None
        if ids and self._quick.isVisible():
            key = self.current
        elif len(ids) > 1:
            text = tr("{n} pictures are chosen.", n=words.number(len(ids)))
            help = tr("X excludes them, P includes them, 0 to 5 rates them.")
            self._inspector.show_many(said(sentences([text, help])))
            return
        if key is None or self._session.threads is None or self._session.project is None:
            self._inspector.show_none(
                tr("Choose a picture to see its facts and what the network will see of it.")
                if self._model.ids
                else ""
            )
            return
        threads, project = self._session.threads, self._session.project
        threads.look.latest(
            "details", threads.previewer.details, project, key, done=self._show_details
        )

    def _show_details(self, item: Item | None) -> None:
        threads = self._session.threads
        if item is None or threads is None or item.id not in self._session.collection.rows:
            return
        source = {s.id: s for s in self._session.sources}.get(item.source_id)
        known = self._inspector.item
        same = known is not None and _look_of(known) == _look_of(item)
        row = self._session.collection.rows[item.id]
        # What was decided a moment ago may not be in the index yet.
        item = replace(item, included=row.included, rating=row.rating)
        stated = rights.effective(item, source) if source else {}
        name = source.path.name if source else ""
        self._inspector.show_item(item, self._session.collection, name, stated)
        if self._quick.isVisible():
            self._look_closely(item)
        if same and not self._inspector.preview.image.isNull():
            return
        size = (item.width, item.height)
        tile = self._model.tile(item.id) if item.usable else None
        self._inspector.preview.show_picture(
            tile.toImage() if tile else QImage(), size, waiting=item.usable
        )
        if item.usable:
            show = partial(self._show_image, item.id)
            self._ask_picture("picture", item, _INSPECTED_SIDE, show)

    def _ask_picture(self, key: str, item: Item, side: int, done: Callable[[QImage], None]) -> None:
        if (threads := self._session.threads) is not None:
            threads.look.latest(
                key, threads.previewer.picture, item, side,
                done=done, failed=partial(self._no_image, item.id),
            )  # fmt: skip

    def _show_image(self, item_id: int, image: QImage) -> None:
        item = self._inspector.item
        if item is not None and item.id == item_id:
            self._inspector.preview.show_picture(image, (item.width, item.height))

    def _no_image(self, item_id: int, sentence: str, detail: str) -> None:
        self._show_image(item_id, QImage())
        self._studio.notices.warn(sentence, detail)

    # ------------------------------------------------------------------ enlarging

    def enlarge(self) -> None:
        if self._quick.isVisible():
            self._quick.close_up()
        elif self.current is not None:
            self._enlarged = 0
            self._quick.open()
            self.show()

    def _look_closely(self, item: Item) -> None:
        row = self._session.collection.rows[item.id]
        place = self._model.place(item.id).row() + 1
        count = f"{words.number(place)} / {words.number(len(self._model.ids))}"
        self._quick.show_words(f"{count} · {self._model.spoken(row)}")
        if item.id == self._enlarged:
            return
        self._enlarged = item.id
        if item.usable:
            self._ask_picture("enlarged", item, _ENLARGED_SIDE, self._quick.show_image)
        else:
            self._quick.show_image(QImage())

    # ------------------------------------------------------------------ deciding

    def include(self, included: bool) -> None:
        self._decide("included", self.ids(), included)

    def rate(self, stars: int) -> None:
        self._decide("rating", self.ids(), stars)

    def keep_best(self, item_id: int) -> None:
        """Leave out every copy of a picture but the best rated, or else the first."""
        rows = self._session.collection.rows
        copies = self._session.collection.group_of(item_id)
        if copies:
            best = max(copies, key=lambda key: (rows[key].included, rows[key].rating, -key))
            self._decide("included", [key for key in copies if key != best], False)

    def _decide(self, field: str, ids: Sequence[int], value: bool | int) -> None:
        desk = self._session.desk()
        if desk is None or not ids:
            return
        if desk.project.read_only_reason:
            self._studio.notices.warn(desk.project.read_only_reason)
            return
        if len(ids) > _MOST_AT_ONCE and self.wholesale is not None:
            self.wholesale(field, ids, int(value))
            return
        step = decision(desk, field, ids, value)
        if step is not None:
            self._studio.undo.push(step)

    # ------------------------------------------------------------------ files

    def paths_of(self, ids: Sequence[int]) -> list[Path]:
        """The files of pictures that are files of their own."""
        project = self._session.project
        if project is None:
            return []
        found = store.items_by_id(project, list(ids)[:_MOST_KEPT])
        return [item.path for item in found if not item.member]

    def reveal(self) -> None:
        """Show the folder of the current picture in the system's file manager."""
        project = self._session.project
        if project is None or self.current is None:
            return
        for item in store.items_by_id(project, [self.current]):
            folder = item.path.parent
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
                self._studio.notices.warn(tr("No file manager could show {folder}.", folder=folder))

    def copy_picture(self) -> None:
        """Put the chosen pictures on the clipboard as files; a single one as an image too."""
        ids, threads = self.ids(), self._session.threads
        item = self._inspector.item
        if not ids or threads is None:
            return
        if len(ids) > 1 or item is None or item.id != ids[0] or not item.usable:
            self._put_on_clipboard(ids, QImage())
            return
        put = partial(self._put_on_clipboard, ids)
        self._ask_picture("copied", item, max(item.width, item.height), put)

    def _put_on_clipboard(self, ids: list[int], image: QImage) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in self.paths_of(ids)])
        if not image.isNull():
            data.setImageData(image)
        QGuiApplication.clipboard().setMimeData(data)


def _look_of(item: Item) -> tuple[object, ...]:
    return item.id, item.sha256, item.hidden
