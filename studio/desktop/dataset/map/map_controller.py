"""Joins the map to the rows and to the selection of the grid."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Signal, Slot
from PySide6.QtGui import QPixmap

from studio.desktop.base.ticker import Ticker
from studio.desktop.dataset.map.map_page import MapPage
from studio.desktop.dataset.session.imports import PLACE
from studio.desktop.dataset.survey_parts import Around
from studio.engine.dataset.doctor import atlas
from studio.engine.dataset.doctor.atlas import Atlas
from studio.engine.jobs import Job
from studio.engine.said import Said

_UNKNOWN = 0x808080
_VIVID, _ROWS_MS = 1.8, 120


class Mapping(QObject):
    """The map is drawn when it is first looked at, and again when that is asked for."""

    toggled = Signal(bool)

    def __init__(self, around: Around, page: MapPage) -> None:
        super().__init__(page)
        self._around, self.page = around, page
        self.is_on = False
        self._job: Job[Atlas] | None = None
        self._charted: frozenset[int] = frozenset()
        self._moved: frozenset[int] = frozenset()
        """Of those, pictures that look different since: where they lie is no longer known."""
        self._drawn_for: int | None = None
        view = page.view
        view.tile_of, view.words_of = self._tile, self._words
        self._follow_choice = Ticker(page, self._show_choice)
        self._follow_rows = Ticker(page, self._show_rows, _ROWS_MS)
        self._follow_tiles = Ticker(page, view.update)
        view.chosen.connect(self.choose)
        view.enlargeWanted.connect(around.selection.enlarge)
        page.drawWanted.connect(self.draw)
        page.cancelled.connect(self.cancel)
        around.studio.jobs.changed.connect(self._advanced)
        model, picker = around.model, around.grid.selectionModel()
        picker.selectionChanged.connect(lambda *_: self._follow_choice.soon())
        picker.currentChanged.connect(lambda *_: self._follow_choice.soon())
        model.modelReset.connect(self._follow_rows.soon)
        model.rowsInserted.connect(lambda *_: self._follow_rows.soon())
        model.dataChanged.connect(lambda *_: self._follow_tiles.soon())
        model.allChanged.connect(self._follow_tiles.soon)
        around.session.opened.connect(self._start_anew)
        around.session.tilesStale.connect(self._changed)

    # ------------------------------------------------------------------ drawing

    def show(self, on: bool) -> None:
        if on == self.is_on:
            return
        self.is_on = on
        self._around.grid.setFocusProxy(self.page.view if on else None)  # type: ignore[arg-type]
        if on and not self._is_drawn() and not self.page.is_waiting:
            self.draw()
        self.toggled.emit(on)

    def _is_drawn(self) -> bool:
        place = self._around.open_dataset()
        return place is not None and self._drawn_for == place[1]

    @Slot()
    def draw(self) -> None:
        place = self._around.open_dataset()
        if place is None or not self._around.session.collection.rows:
            self.page.show_nothing()
            return
        project, number = place
        self._give_up()
        self.page.show_waiting()
        job = self._job = Job(
            Said("Drawing the map"),
            lambda job: atlas.chart(project, number, job.cancelled, job.advance),
        )
        self._around.studio.jobs.start(
            job, PLACE, lane="survey", in_strip=False,
            done=partial(self._take, job, number), failed=partial(self._failed, job),
        )  # fmt: skip

    @Slot()
    def cancel(self) -> None:
        self._give_up()
        if self._is_drawn():
            self.page.show_map()
        else:
            self.page.show_nothing()

    @Slot()
    def _start_anew(self) -> None:
        self.close()
        if self.is_on:
            self._follow_rows.soon()

    def _give_up(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def close(self) -> None:
        self._give_up()
        self._drawn_for, self._charted, self._moved = None, frozenset(), frozenset()
        empty = np.empty(0, np.int64)
        self.page.view.show_points(empty, np.empty((0, 2)), np.empty((0, 3), np.uint8))
        self.page.show_nothing()

    @Slot()
    def _advanced(self) -> None:
        job = self._job
        if job is not None and job.is_cancelled:  # by whomever
            self.cancel()
        elif job is not None and self.page.is_waiting:
            self.page.show_progress(job.done, job.total)

    def _take(self, job: Job[Atlas], number: int, chart: Atlas) -> None:
        if job is not self._job:
            return
        if not len(chart.item_ids):
            self.page.show_nothing()
            return
        self._drawn_for, self._charted = number, frozenset(chart.item_ids.tolist())
        self._moved = frozenset()
        colours = self._colours(chart.item_ids)
        self.page.view.show_points(chart.item_ids, chart.places, colours)
        self.page.show_map()
        self._show_rows()
        self._show_choice()

    def _colours(self, ids: np.ndarray) -> np.ndarray:
        rows = self._around.session.collection.rows
        packed = np.array(
            [row.colour if (row := rows.get(key)) and row.colour >= 0 else _UNKNOWN
             for key in ids.tolist()], np.int64,
        )  # fmt: skip
        channels = np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=1)
        # A mean colour is paler than the picture, and a dark one must be seen on a dark ground.
        grey = channels.mean(axis=1, keepdims=True)
        vivid = grey * 0.8 + 48 + (channels - grey) * _VIVID
        return np.asarray(np.clip(vivid, 0, 255), np.uint8)

    def _failed(self, job: Job[Atlas], sentence: str, detail: str) -> None:
        if job is self._job:
            self.page.show_nothing(sentence)
            self._around.session.failed.emit(sentence, detail)

    # ------------------------------------------------------------------ rows and selection

    def _show_rows(self) -> None:
        """What the filters leave; what came in since the map was drawn."""
        if not self.is_on:
            return
        if not self._is_drawn():
            if not self.page.is_waiting and not self._around.session.loading:
                self.draw()
            return
        ids = self._around.model.ids
        if self._moved:
            ids = [key for key in ids if key not in self._moved]
        self.page.view.show_only(ids)
        rows, placed = self._around.session.collection.rows, self._charted - self._moved
        fresh = sum(row.usable and row.id not in placed for row in rows.values())
        self.page.show_stale(fresh)

    @Slot(object)
    def _changed(self, ids: Sequence[int]) -> None:
        self._moved |= self._charted & frozenset(ids)
        self._follow_rows.soon()

    def _show_choice(self) -> None:
        if self.is_on and self._is_drawn():
            selection = self._around.selection
            self.page.view.show_chosen(selection.ids(), selection.current)

    @Slot(object, bool)
    def choose(self, ids: np.ndarray, add: bool) -> None:
        """Choose pictures in the grid's own selection, beside what is chosen or instead of it."""
        model, picker = self._around.model, self._around.grid.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        shown = np.fromiter(model.ids, np.int64, len(model.ids))
        rows = np.flatnonzero(np.isin(shown, ids))
        if add and not len(rows):
            return
        first = int(rows[0]) if len(rows) else -1
        if add:  # all anew: Qt compares what is added with everything that is chosen
            rows = np.flatnonzero(np.isin(shown, [*ids.tolist(), *self._around.selection.ids()]))
        picker.clearSelection()
        if not len(rows):
            return
        wanted = QItemSelection()
        for part in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
            wanted.select(model.index(int(part[0])), model.index(int(part[-1])))
        picker.select(wanted, flags.Select)
        picker.setCurrentIndex(model.index(first), flags.NoUpdate)

    def _tile(self, key: int) -> QPixmap | None:
        return self._around.model.tile(key)

    def _words(self, key: int) -> str:
        row = self._around.session.collection.rows.get(key)
        return self._around.model.spoken(row) if row is not None else ""
