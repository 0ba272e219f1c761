"""The parts of the dataset place that look at the set as a whole, made and joined in one go."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.desktop.dataset.doctor.threshold_controller import Doctoring
from studio.desktop.dataset.doctor.threshold_panel import ThresholdPanel
from studio.desktop.dataset.grid.header import Header
from studio.desktop.dataset.inspector.about_block import AboutBlock
from studio.desktop.dataset.inspector.inspector import Inspector
from studio.desktop.dataset.map.map_controller import Mapping
from studio.desktop.dataset.map.map_page import MapPage
from studio.desktop.dataset.regions.region_controller import Hiding
from studio.desktop.dataset.regions.region_editor import RegionEditor
from studio.desktop.dataset.side import Side
from studio.desktop.dataset.survey_parts import Around
from studio.desktop.dataset.watch.watch_controller import Watching
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.papers.about import About


class Survey(QObject):
    """Everything the room has to know of it."""

    frontChanged = Signal()
    """The map takes the place of the grid, or gives it back."""

    def __init__(self, around: Around) -> None:
        super().__init__(around.room)
        self.around = around
        self.map = Mapping(self.around, MapPage())
        self.doctor = Doctoring(self.around, ThresholdPanel())
        self.hiding = Hiding(self.around, RegionEditor(around.room))
        self.watching = Watching(self.around)
        self.about = AboutBlock()
        self._item: Item | None = None
        self._watched = False
        around.studio.themeChanged.connect(self.map.page.view.fit)

    def furnish(
        self, centre: QStackedWidget, header: Header, side: Side, inspector: Inspector
    ) -> None:
        centre.addWidget(self.map.page)
        middle = header.parentWidget()
        column = middle.layout() if middle is not None else None
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(1, self.doctor.panel)
        inspector.blocks.addWidget(self.about)
        inspector.itemShown.connect(self.show_item)
        header.mapToggled.connect(self.map.show)
        self.map.toggled.connect(header.map.setChecked)
        self.map.toggled.connect(lambda _: self.frontChanged.emit())
        side.thresholdsWanted.connect(self.toggle_thresholds)
        side.fixWanted.connect(self.doctor.exclude)
        side.outliersWanted.connect(self.doctor.find_outliers)
        side.watchWanted.connect(self.watching.set_on)
        self.watching.shown.connect(side.show_watch)
        self.watching.shown.connect(self._watch_shown)

    def toggle_thresholds(self) -> None:
        self.doctor.show(not self.doctor.is_on, self.around.model.asked_for)

    def toggle_watch(self) -> None:
        self.watching.set_on(not self._watched)

    @Slot(bool, bool)
    def _watch_shown(self, on: bool, _possible: bool) -> None:
        self._watched = on

    @property
    def front(self) -> QWidget:
        return self.map.page if self.map.is_on else self.around.grid

    @Slot(object)
    def show_item(self, item: Item | None) -> None:
        same = item is not None and self._item is not None and item.sha256 == self._item.sha256
        same = same and item is not None and item.hidden == getattr(self._item, "hidden", ())
        self._item = item
        if same:
            return
        self.about.show_about(None)
        if item is not None and item.usable and self.around.session.project is not None:
            threads = self.around.threads()
            threads.ask.latest(
                "about", threads.reader.about, item,
                done=partial(self._take_about, item), failed=lambda *_: None,
            )  # fmt: skip

    def _take_about(self, item: Item, about: About) -> None:
        if self._item is not None and self._item.id == item.id:
            self.about.show_about(about, len(self._item.hidden))

    def close(self) -> None:
        self._item = None
        self.about.show_about(None)
        self.hiding.editor.close_up()
        for part in (self.map, self.doctor, self.watching):
            part.close()
        self.around.close()

    def retranslate(self) -> None:
        for part in (self.map.page, self.doctor.panel, self.hiding.editor, self.about):
            part.retranslate()
