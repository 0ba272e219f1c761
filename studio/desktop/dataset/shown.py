"""What the dataset place shows of its pictures: the view, and everything that follows from it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.desktop.base.room import Room
from studio.desktop.base.studio import Studio
from studio.desktop.dataset.details import Details
from studio.desktop.dataset.grid.grid_model import PictureModel
from studio.desktop.dataset.grid.header import STEP, Header
from studio.desktop.dataset.inspector.inspector import Inspector
from studio.desktop.dataset.selection import Selection
from studio.desktop.dataset.session.collection import GROUP, Arrangement, Counts, View
from studio.desktop.dataset.session.session import LARGE_TILE, TILE, Session
from studio.desktop.dataset.side import Side
from studio.desktop.dataset.survey import Survey
from studio.desktop.widgets.empty_state import EmptyState
from studio.desktop.widgets.thumb_grid import ThumbGrid

# Sorting and laying out 100,000 rows takes a while: not for every portion of them, and
# never more than a tenth of the time.
_RECOUNT_MS, _RECOUNT_SHARE = 250, 10
_FIRST_SCREEN = 1000
_NO_LIMITS = {
    "source_id": None, "label": None, "rating": 0, "licence": None, "author": None, "site": None,
    "consent": None, "text": "",
}  # fmt: skip


class Shown(Room):
    """The part of the room that keeps its panels in line with rows and view."""

    session: Session
    side: Side
    header: Header
    inspector: Inspector
    grid: ThumbGrid
    model: PictureModel
    selection: Selection
    details: Details
    survey: Survey
    centre: QStackedWidget
    pages: QStackedWidget
    nothing: EmptyState

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.view = View()
        self.counts = Counts()
        self.arranging = False
        """Whether what the view shows is still being worked out."""
        self._began = 0.0
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.setInterval(_RECOUNT_MS)
        self._recount.timeout.connect(self._recount_due)

    def change_view(self, **fields: object) -> None:
        """Another filter, order or search."""
        self.view = replace(self.view, **fields)  # type: ignore[arg-type]  # names of View
        self.model.asked_for = self.view.kind
        self._catch_up()

    def show_everything(self) -> None:
        self.change_view(kind="everything", **_NO_LIMITS)

    def show_group(self, item_id: int) -> None:
        """Only the copies of one picture."""
        copies = frozenset(self.session.collection.group_of(item_id))
        self.change_view(kind=GROUP, group=copies, **_NO_LIMITS)

    def resize_tiles(self, steps: int) -> None:
        """Larger or smaller tiles."""
        self.header.tile_size.setValue(self.header.tile_size.value() + steps * STEP)
        self._size_tiles(self.header.tile_size.value())

    def _size_tiles(self, side: int) -> None:
        self.grid.set_tile_size(side)
        kept = self.model.set_side(round(side * self.grid.devicePixelRatioF()))
        self.session.tile = LARGE_TILE if kept > TILE else TILE
        self.studio.settings.thumbnail_size = side

    @Slot()
    def _start_anew(self) -> None:
        sort = "imported" if self.view.sort == "similar" else self.view.sort
        self.view, self.counts = View(sort=sort), Counts()
        self.model.asked_for = self.view.kind
        self.model.show_ids([], {})
        self._catch_up()

    @Slot(object)
    def _rows_added(self, ids: list[int]) -> None:
        if self.view == View() and self.model.rowCount() < _FIRST_SCREEN:
            self.model.append(ids)
            self.pages.setCurrentIndex(1)
        self._recount_soon()

    @Slot(object)
    def _rows_changed(self, ids: Sequence[int] | None) -> None:
        self.model.refresh(ids)
        if ids is None or self.selection.current in ids:
            self.selection.show()
        if ids is None:  # all is read: there is nothing more to wait for
            self._catch_up()
        else:
            self._recount_soon()

    @Slot(object)
    def _tiles_made(self, made: list[tuple[int, object]]) -> None:
        for key, image in made:
            self.model.set_tile(key, image)  # type: ignore[arg-type]  # QImages of the worker

    @Slot(object)
    def _tiles_stale(self, ids: Sequence[int]) -> None:
        self.model.forget_tiles(ids)
        self.model.refresh(ids)

    def _recount_soon(self) -> None:
        if not self._recount.isActive():
            self._recount.start()

    @Slot()
    def _recount_due(self) -> None:
        # A newer question would make the answer that is on its way worthless.
        if self.arranging:
            self._recount.start()
        else:
            self._catch_up()

    @Slot()
    def _catch_up(self) -> None:
        """Have everything brought in line with the rows and the view."""
        self._recount.stop()
        self._began = time.monotonic()
        self.header.show_view(self.view)
        self.survey.doctor.follow(self.view.kind)
        self.arranging = True
        self.session.arrange(self.view, self._show)

    def _show(self, arranged: Arrangement) -> None:
        """Show what a view came to; a newer one is on its way when it is another's."""
        self.arranging = False
        if arranged.view != self.view:
            return
        self.counts = arranged.counts
        shown, totals = arranged.ids, arranged.counts.totals
        self.selection.keep(arranged)
        self.header.show_totals(totals, len(shown))
        self.inspector.show_totals(totals["trains"])
        self.details.counted(totals)
        self._show_side()
        self._show_centre()
        waiting = self.session.loading or self.session.importing
        self.pages.setCurrentIndex(1 if totals["found"] or self.session.datasets or waiting else 0)
        self.selection.show()
        took = round((time.monotonic() - self._began) * 1000)
        self._recount.setInterval(max(_RECOUNT_MS, _RECOUNT_SHARE * took))

    @Slot()
    def _show_centre(self) -> None:
        there = self.model.ids or self.session.loading
        self.centre.setCurrentWidget(self.survey.front if there else self.nothing)

    @Slot()
    def _show_side(self) -> None:
        session = self.session
        if session.dataset is not None:
            session.counts[session.dataset.id] = len(session.collection.rows)
        current = session.dataset.id if session.dataset else None
        self.side.show_datasets(session.datasets, session.counts, current)
        self.side.show_counts(self.counts, session.sources, self.view)
