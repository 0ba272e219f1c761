"""The dataset place: what came in, what is wrong with it, and what will train."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QStackedWidget,
    QWidget,
)

from studio.desktop.base.received import Received
from studio.desktop.base.room import Room
from studio.desktop.base.studio import Studio
from studio.desktop.dataset.commands import Command, Commands
from studio.desktop.dataset.curation.curation import Curation
from studio.desktop.dataset.curation.report_files import Outgoing
from studio.desktop.dataset.curation.set_menus import Managing
from studio.desktop.dataset.details import Details
from studio.desktop.dataset.gallery import Gallery
from studio.desktop.dataset.grid.header import Header
from studio.desktop.dataset.grid.quick_look import QuickLook
from studio.desktop.dataset.inspector.inspector import Inspector
from studio.desktop.dataset.intake.intake import Intake
from studio.desktop.dataset.regions.crop_editor import CropEditor
from studio.desktop.dataset.selection import Selection
from studio.desktop.dataset.session.columns import Arrangement
from studio.desktop.dataset.session.session import Session
from studio.desktop.dataset.side import Side
from studio.desktop.dataset.survey import Survey
from studio.desktop.dataset.survey_parts import Around
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.empty_state import EmptyState
from studio.desktop.widgets.job_strip import JobStrip
from studio.desktop.widgets.thumb_grid import ThumbGrid
from studio.engine.dataset.intake.importer import Finished
from studio.engine.project import Project


class DatasetRoom(Room):
    """Joins the panels. The work is in `session`, the chosen tiles in `selection`."""

    key: ClassVar[str] = "dataset"
    trainRequested = Signal(str)
    datasetsChanged = Signal()
    imported = Signal(object)
    """An import came to its end: :class:`Finished`."""
    importFailed = Signal(object, str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.session = Session(studio.jobs, self)
        self.side, self.inspector = Side(), Inspector()
        self.intake = Intake(self, studio, self.session)
        self.header = Header(studio.settings.thumbnail_size)
        self.grid = ThumbGrid()
        self.gallery = Gallery(self.session, self.grid, self.header, studio.settings, self)
        self.model = self.gallery.model
        self.empty = EmptyState("images", "", "", self.intake.ask_folder)
        self.nothing = EmptyState("search", "", "", self.gallery.show_everything)
        self.centre = QStackedWidget()
        self.pages = QStackedWidget()
        self._lay_out()
        self.quick = QuickLook(self)
        self.selection = Selection(
            studio, self.session, self.model, self.grid, self.inspector, self.quick
        )
        self.curation = Curation(studio, self.session, self)
        self.selection.wholesale = self.curation.decide
        self.editor = CropEditor(self)
        self.around = Around(
            studio, self.session, self.model, self.grid, self.selection, self.curation, self
        )
        self.details = Details(self.around, self.inspector, self.editor)
        self.outgoing = Outgoing(self, studio, self.session, self.curation)
        self.survey = Survey(self.around)
        self.managing = Managing(self, studio, self.session, self.curation)
        self.commands = Commands(studio.actions, self, self._command_rows(), self.selection.rate)
        self.side.set_menus(*self.commands.set_menus())
        self.survey.furnish(self.centre, self.header, self.side, self.inspector)
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        for page in (self.grid, self.nothing):
            self.centre.addWidget(page)
        middle, full = QWidget(), QWidget()
        boxes.column(self.header, (self.centre, 1), on=middle)
        boxes.row(self.side, (middle, 1), self.inspector, on=full)
        boxes.column((self.pages, 1), on=self)
        self.strip = JobStrip(self.studio.jobs, self.key, middle)
        self.pages.addWidget(self.empty)
        self.pages.addWidget(full)

    def _connect(self) -> None:
        session, side = self.session, self.side
        session.datasetsChanged.connect(self._show_side)
        session.datasetsChanged.connect(self.datasetsChanged)
        session.rowsAdded.connect(self._rows_added)
        session.changed.connect(self._rows_changed)
        session.imports.imported.connect(self.imported)
        session.imports.imported.connect(self._imported)
        session.failed.connect(self.importFailed)
        session.failed.connect(self.studio.notices.error)
        gallery = self.gallery
        gallery.viewChanged.connect(self._view_changed)
        gallery.arranged.connect(self._arranged)
        side.datasetChosen.connect(session.choose)
        side.filterChosen.connect(lambda field, value: gallery.change_view(**{field: value}))
        side.reportWanted.connect(self.outgoing.ask_report)
        side.cardWanted.connect(self.outgoing.ask_card)
        side.addFolder.connect(self.intake.ask_folder)
        side.addFiles.connect(self.intake.ask_files)
        side.newDataset.connect(self.intake.ask_new)
        session.leftAside.connect(self.managing.offer)
        side.deleteWanted.connect(self.managing.delete)
        side.removeWanted.connect(self._remove_source)
        self.selection.groupWanted.connect(gallery.show_group)
        self.inspector.trainWanted.connect(self.train)
        self.inspector.metadata.importWanted.connect(self.outgoing.ask_captions)
        self.editor.closed.connect(self.grid.setFocus)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(
            lambda place: self.commands.pop_up(self.grid.viewport().mapToGlobal(place))
        )
        self.grid.doubleClicked.connect(lambda _: self.selection.enlarge())
        self.survey.frontChanged.connect(self._show_centre)
        self.studio.themeChanged.connect(self.model.refresh)
        self.studio.themeChanged.connect(side.retranslate)

    # ------------------------------------------------------------------ hooks

    def project_opened(self, project: Project) -> None:
        self.session.open(project)
        self.gallery.catch_up()

    def project_closed(self) -> None:
        self.quick.close_up()
        self.editor.close_up()
        self.curation.forget()
        self.survey.close()
        self.session.close()
        self.model.forget_tiles()
        self.gallery.start_anew()

    def main_view(self) -> QWidget:
        return self.grid

    def shutdown(self) -> None:
        self.gallery.stop()
        self.survey.close()
        self.session.close()

    def entered(self) -> None:
        self.grid.setFocus()

    def retranslate(self) -> None:
        frame = (self.side, self.header, self.inspector, self.strip)
        for part in (*frame, self.quick, self.editor, self.survey):
            part.retranslate()
        self.grid.setAccessibleName(tr("Pictures"))
        self.grid.setToolTip("")
        self.empty.set_texts(
            tr("Drop a folder of pictures here. The originals are only read, never changed."),
            tr("Add a folder…"),
        )
        self.nothing.set_texts(tr("No picture fits these filters."), tr("Show everything"))
        self.gallery.catch_up()

    def event(self, event: QEvent) -> bool:
        """Keys of one letter, digits and Space belong to the button or list that has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focus = self.focusWidget()
            typing = isinstance(focus, QAbstractButton | QComboBox | QAbstractSlider)
            if typing and event.modifiers() == Qt.KeyboardModifier.NoModifier:
                event.accept()
                return True
        return super().event(event)

    # ------------------------------------------------------------------ bringing pictures in

    def import_paths(self, paths: Sequence[Path]) -> None:
        self.intake.import_paths(paths)

    def take_received(self, held: Received) -> None:
        self.intake.take_received(held)

    @Slot(object)
    def _imported(self, finished: Finished) -> None:
        if not self.survey.watching.is_silent:
            undo = self.managing.way_out(finished)
            show_broken = partial(self.gallery.change_view, kind="broken")
            self.intake.say_imported(finished, show_broken, undo)

    def train(self) -> None:
        dataset, threads = self.session.dataset, self.session.threads
        if dataset is None or threads is None or not self.session.collection.trains():
            return
        name = dataset.name
        if threads.write.busy:  # what was decided about 100,000 pictures takes a while to store
            threads.decisions.put(lambda: None, lambda _: self.trainRequested.emit(name))
        else:
            self.trainRequested.emit(name)

    def _remove_source(self) -> None:
        self.managing.remove_source(self.gallery.view.source_id)

    # ------------------------------------------------------------------ what follows the pictures

    @Slot()
    def _view_changed(self) -> None:
        self.header.show_view(self.gallery.view)
        self.survey.doctor.follow(self.gallery.view.kind)

    @Slot(object)
    def _arranged(self, arranged: Arrangement) -> None:
        totals = arranged.counts.shown()
        self.selection.keep(arranged)
        self.header.show_totals(totals, len(arranged.ids))
        self.inspector.show_totals(totals["trains"])
        self.details.counted(arranged.counts.totals)
        self._show_side()
        self._show_centre()
        session = self.session
        there = totals["found"] or session.datasets or session.loading or session.imports.running
        self.pages.setCurrentIndex(1 if there else 0)
        self.selection.show()

    @Slot()
    def _rows_added(self) -> None:
        self.pages.setCurrentIndex(1)

    @Slot(object)
    def _rows_changed(self, ids: Sequence[int] | None) -> None:
        if ids is None or self.selection.current in ids:
            self.selection.show()

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
        self.side.show_counts(self.gallery.counts, session.sources, self.gallery.view)

    # ------------------------------------------------------------------ commands

    def _command_rows(self) -> tuple[Command, ...]:
        selection, survey, inspector = self.selection, self.survey, self.inspector
        return (
            ("exclude", "Exclude from training", lambda: selection.include(False), "X"),
            ("include", "Include in training", lambda: selection.include(True), "P"),
            ("enlarge", "Enlarge the picture", selection.enlarge, "Space"),
            ("add_folder", "Add a folder…", self.intake.ask_folder, "Ctrl+I"),
            ("add_files", "Add pictures or a zip…", self.intake.ask_files, "Ctrl+Shift+I"),
            ("new_dataset", "New dataset…", self.intake.ask_new, ""),
            ("rename", "Rename the dataset…", self.managing.ask_rename, "F2"),
            ("delete", "Delete the dataset", self.managing.delete, ""),
            ("remove_source", "Remove the source", self._remove_source, ""),
            ("search", "Search pictures", self.header.search.setFocus, "Ctrl+F"),
            ("select_all", "Select all pictures", self.grid.selectAll, "Ctrl+A"),
            ("reveal", "Show in the file manager", selection.reveal, ""),
            ("copy", "Copy the picture", selection.copy_picture, "Ctrl+C"),
            ("larger", "Larger tiles", lambda: self.gallery.resize_tiles(1), "Ctrl++|Ctrl+="),
            ("smaller", "Smaller tiles", lambda: self.gallery.resize_tiles(-1), "Ctrl+-"),
            ("train", "Train on this dataset", self.train, "Ctrl+Return"),
            ("crop", "Crop by hand…", self.details.crop, "C"),
            ("uncrop", "Whole picture", self.details.uncrop, "Shift+C"),
            ("no_training", "Do not train on these",
             lambda: self.curation.mark(selection.ids(), True), ""),
            ("report", "Save the report…", self.outgoing.ask_report, ""),
            ("card", "Save the dataset card…", self.outgoing.ask_card, ""),
            ("captions", "Captions from files…", self.outgoing.ask_captions, ""),
            ("page_picture", "Show the facts", lambda: inspector.show_page("picture"), "I"),
            ("page_preparation", "Show the preparation",
             lambda: inspector.show_page("preparation"), "R"),
            ("page_metadata", "Label, caption, state rights", inspector.write_metadata, "L"),
            ("map", "Map of the pictures", self.header.map.toggle, "M"),
            ("thresholds", "Thresholds…", survey.toggle_thresholds, "T"),
            ("outliers", "Find outliers", survey.doctor.find_outliers, ""),
            ("hide", "Hide parts of the picture…", survey.hiding.open, "H"),
            ("watch", "Watch the folders", survey.toggle_watch, ""),
            ("pages", "Take in all pages of scans", self.intake.take_pages, ""),
            ("stop_import", "Stop import", self.session.imports.cancel, ""),
        )  # fmt: skip
