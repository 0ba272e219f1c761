"""The pictures on the screen: a view of the rows, which is filter, order and search."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from studio.desktop.base.ticker import Ticker
from studio.desktop.dataset.grid.grid_model import PictureModel
from studio.desktop.dataset.grid.header import STEP, Header
from studio.desktop.dataset.session.columns import GROUP, Arrangement, Counts, View
from studio.desktop.dataset.session.session import LARGE_TILE, TILE, Session
from studio.desktop.widgets.thumb_grid import ThumbGrid
from studio.engine.settings import Settings

# Sorting and laying out 100,000 rows takes a while: not for every portion of them, and
# never more than a tenth of the time.
_RECOUNT_MS, _RECOUNT_SHARE = 250, 10
_FIRST_SCREEN = 1000
_NO_LIMITS = {
    "source_id": None, "label": None, "rating": 0, "licence": None, "author": None, "site": None,
    "consent": None, "text": "",
}  # fmt: skip


class Gallery(QObject):
    """Keeps the grid in line with rows and view, and tells the panels around it."""

    viewChanged = Signal()
    """What :attr:`view` shows is being worked out."""
    arranged = Signal(object)
    """What it came to: an :class:`Arrangement`."""

    def __init__(
        self, session: Session, grid: ThumbGrid, header: Header, settings: Settings,
        parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._grid, self._header = session, grid, header
        self._settings = settings
        self.model = PictureModel(session.collection, self)
        grid.setModel(self.model)
        self.view = View()
        self.counts = Counts()
        self.arranging = False
        """Whether what the view shows is still being worked out."""
        self._began = 0.0
        self._came: int | None = None
        """The first picture that an import brought, until it is shown."""
        self._recount = Ticker(self, self._recount_due, _RECOUNT_MS)
        session.opened.connect(self.start_anew)
        session.rowsAdded.connect(self._rows_added)
        session.changed.connect(self._rows_changed)
        session.tilesMade.connect(self._tiles_made)
        session.tilesStale.connect(self._tiles_stale)
        session.imports.news.connect(self._recount.soon)
        session.imports.over.connect(self._import_over)
        self.model.tileWanted.connect(session.want_tile)
        self.model.allChanged.connect(grid.viewport().update)
        header.sortChosen.connect(lambda sort: self.change_view(sort=sort))
        header.searched.connect(lambda text: self.change_view(text=text))
        header.tileSizeChosen.connect(self._size_tiles)
        self.resize_tiles(0)

    def stop(self) -> None:
        self._recount.stop()

    def change_view(self, **fields: object) -> None:
        self.view = replace(self.view, **fields)  # type: ignore[arg-type]  # names of View
        self.model.asked_for = self.view.kind
        self.catch_up()

    def show_everything(self) -> None:
        self.change_view(kind="everything", **_NO_LIMITS)

    def show_group(self, item_id: int) -> None:
        copies = frozenset(self._session.collection.group_of(item_id))
        self.change_view(kind=GROUP, group=copies, **_NO_LIMITS)

    def resize_tiles(self, steps: int) -> None:
        self._header.tile_size.setValue(self._header.tile_size.value() + steps * STEP)
        self._size_tiles(self._header.tile_size.value())

    def _size_tiles(self, side: int) -> None:
        self._grid.set_tile_size(side)
        kept = self.model.set_side(round(side * self._grid.devicePixelRatioF()))
        self._session.tile = LARGE_TILE if kept > TILE else TILE
        self._settings.thumbnail_size = side

    @Slot()
    def start_anew(self) -> None:
        """Another dataset, or none: no filter, the order as it was."""
        sort = "imported" if self.view.sort == "similar" else self.view.sort
        self.view, self.counts = View(sort=sort), Counts()
        self.model.asked_for = self.view.kind
        self.model.show_ids([], {})
        self.catch_up()

    @Slot(object)
    def _rows_added(self, ids: list[int]) -> None:
        if self.view == View() and self.model.rowCount() < _FIRST_SCREEN:
            self.model.append(ids)
        if self._came is None and ids and self._session.imports.running:
            self._came = ids[0]
        self._recount.soon()

    @Slot(object)
    def _rows_changed(self, ids: Sequence[int] | None) -> None:
        self.model.refresh(ids)
        if ids is None:  # all is read: there is nothing more to wait for
            self.catch_up()
        else:
            self._recount.soon()

    @Slot(object)
    def _tiles_made(self, made: list[tuple[int, QImage]]) -> None:
        for key, image in made:
            self.model.set_tile(key, image)

    @Slot(object)
    def _tiles_stale(self, ids: Sequence[int]) -> None:
        self.model.forget_tiles(ids)
        self.model.refresh(ids)

    @Slot()
    def _recount_due(self) -> None:
        # A newer question would make the answer that is on its way worthless.
        if self.arranging:
            self._recount.start()
        else:
            self.catch_up()

    def catch_up(self) -> None:
        """Have everything brought in line with the rows and the view."""
        self._recount.stop()
        self._began = time.monotonic()
        self.arranging = True
        self.viewChanged.emit()
        self._session.arrange(self.view, self._show)

    def _show(self, arranged: Arrangement) -> None:
        """Show what a view came to; a newer one is on its way when it is another's."""
        self.arranging = False
        if arranged.view != self.view:
            return
        self.counts = arranged.counts
        self.arranged.emit(arranged)
        self._show_what_came()
        took = round((time.monotonic() - self._began) * 1000)
        self._recount.setInterval(max(_RECOUNT_MS, _RECOUNT_SHARE * took))

    @Slot()
    def _import_over(self) -> None:
        """Its end may be told after everything has got its place."""
        if not self.arranging and self._came is not None and self.model.place(self._came).isValid():
            self._show_what_came()

    def _show_what_came(self) -> None:
        """Scroll to what an import brought, once it is over and everything has its place."""
        if self._came is None or self._session.imports.running:
            return
        place, self._came = self.model.place(self._came), None
        if place.isValid():
            self._grid.scrollTo(place)
