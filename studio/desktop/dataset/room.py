"""The dataset place: what came in, what is wrong with it, and what will train."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.desktop.base.received import Received
from studio.desktop.base.studio import Studio
from studio.desktop.dataset.commands import Commands
from studio.desktop.dataset.curation.curation import Curation
from studio.desktop.dataset.curation.report_files import Outgoing
from studio.desktop.dataset.curation.set_menus import Managing
from studio.desktop.dataset.details import Details
from studio.desktop.dataset.grid.grid_model import PictureModel
from studio.desktop.dataset.grid.header import Header
from studio.desktop.dataset.grid.quick_look import QuickLook
from studio.desktop.dataset.inspector.inspector import Inspector
from studio.desktop.dataset.intake.intake import Intake
from studio.desktop.dataset.regions.crop_editor import CropEditor
from studio.desktop.dataset.selection import Selection
from studio.desktop.dataset.session.session import Session
from studio.desktop.dataset.shown import Shown
from studio.desktop.dataset.side import Side
from studio.desktop.dataset.survey import Survey
from studio.desktop.i18n import tr
from studio.desktop.widgets.empty_state import EmptyState
from studio.desktop.widgets.job_strip import JobStrip
from studio.desktop.widgets.thumb_grid import ThumbGrid
from studio.engine.dataset.intake.importer import Finished
from studio.engine.project import Project


class DatasetRoom(Shown):
    """Joins the panels. The work is in `session`, the chosen tiles in `selection`."""

    key: ClassVar[str] = "dataset"
    trainRequested = Signal(str)
    datasetsChanged = Signal()
    imported = Signal(object)
    """An import came to its end: :class:`Finished`."""
    importFailed = Signal(str, str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.session = Session(studio.jobs, self)
        self.side, self.inspector = Side(), Inspector()
        self.intake = Intake(self, studio, self.session)
        self.header = Header(studio.settings.thumbnail_size)
        self.grid = ThumbGrid()
        self.model = PictureModel(self.session.collection, self)
        self.grid.setModel(self.model)
        self.empty = EmptyState("images", "", "", self.intake.ask_folder)
        self.nothing = EmptyState("search", "", "", self.show_everything)
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
        self.details = Details(
            studio, self.session, self.selection, self.inspector, self.curation, self.editor
        )
        self.outgoing = Outgoing(self, studio, self.session, self.curation)
        self.survey = Survey(
            self, studio, self.session, self.model, self.grid, self.selection, self.curation
        )
        self.managing = Managing(self, studio, self.session, self.curation)
        self.commands = Commands(self)
        self.side.set_menus(*self.commands.set_menus())
        self.survey.furnish(self.centre, self.header, self.side, self.inspector)
        self._connect()
        self.resize_tiles(0)
        self.retranslate()

    def _lay_out(self) -> None:
        for page in (self.grid, self.nothing):
            self.centre.addWidget(page)
        middle = QWidget()
        column = QVBoxLayout(middle)
        full = QWidget()
        line = QHBoxLayout(full)
        whole = QVBoxLayout(self)
        for layout in (column, line, whole):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self.strip = JobStrip(self.studio.jobs, self.key, middle)
        column.addWidget(self.header)
        column.addWidget(self.centre, 1)
        line.addWidget(self.side)
        line.addWidget(middle, 1)
        line.addWidget(self.inspector)
        self.pages.addWidget(self.empty)
        self.pages.addWidget(full)
        whole.addWidget(self.pages, 1)

    def _connect(self) -> None:
        session, side, header = self.session, self.side, self.header
        session.datasetsChanged.connect(self._show_side)
        session.datasetsChanged.connect(self.datasetsChanged)
        session.imported.connect(self.imported)
        session.failed.connect(self.importFailed)
        session.opened.connect(self._start_anew)
        session.rowsAdded.connect(self._rows_added)
        session.changed.connect(self._rows_changed)
        session.tilesMade.connect(self._tiles_made)
        session.tilesStale.connect(self._tiles_stale)
        session.importNews.connect(self._import_news)
        session.imported.connect(self._imported)
        session.failed.connect(self._say_failed)
        self.model.tileWanted.connect(session.want_tile)
        self.model.allChanged.connect(self.grid.viewport().update)
        side.datasetChosen.connect(session.choose)
        side.kindChosen.connect(lambda kind: self.change_view(kind=kind))
        side.sourceChosen.connect(lambda source: self.change_view(source_id=source))
        side.labelChosen.connect(lambda label: self.change_view(label=label))
        side.rights.licenceChosen.connect(lambda licence: self.change_view(licence=licence))
        side.rights.authorChosen.connect(lambda author: self.change_view(author=author))
        side.rights.siteChosen.connect(lambda site: self.change_view(site=site))
        side.rights.consentChosen.connect(lambda note: self.change_view(consent=note))
        side.ratingChosen.connect(lambda stars: self.change_view(rating=stars))
        side.reportWanted.connect(self.outgoing.ask_report)
        side.cardWanted.connect(self.outgoing.ask_card)
        side.addFolder.connect(self.intake.ask_folder)
        side.addFiles.connect(self.intake.ask_files)
        side.newDataset.connect(self.intake.ask_new)
        session.leftAside.connect(self.managing.offer)
        side.deleteWanted.connect(self.managing.delete)
        side.removeWanted.connect(self.remove_source)
        header.sortChosen.connect(lambda sort: self.change_view(sort=sort))
        header.searched.connect(lambda text: self.change_view(text=text))
        header.tileSizeChosen.connect(self._size_tiles)
        self.selection.groupWanted.connect(self.show_group)
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
        """Read its datasets; the newest is shown."""
        self.session.open(project)
        self._catch_up()

    def project_closed(self) -> None:
        """Write out decisions, stop the threads, forget everything."""
        self.quick.close_up()
        self.editor.close_up()
        self.curation.forget()
        self.survey.close()
        self.session.close()
        self.model.forget_tiles()
        self._start_anew()

    def shutdown(self) -> None:
        """Stop the threads."""
        self._recount.stop()
        self.survey.close()
        self.session.close()

    def entered(self) -> None:
        """The keys act on the tiles."""
        self.grid.setFocus()

    def retranslate(self) -> None:
        """Every text in the current language."""
        for part in (
            self.side,
            self.header,
            self.inspector,
            self.strip,
            self.quick,
            self.editor,
            self.survey,
        ):
            part.retranslate()
        self.grid.setAccessibleName(tr("Pictures"))
        self.grid.setToolTip("")
        self.empty.set_texts(
            tr("Drop a folder of pictures here. The originals are only read, never changed."),
            tr("Add a folder…"),
        )
        self.nothing.set_texts(tr("No picture fits these filters."), tr("Show everything"))
        self._catch_up()

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
        """Import folders, pictures and archives into the open dataset, or into a new one."""
        self.intake.import_paths(paths)

    def take_received(self, held: Received) -> None:
        """A picture that has no file on this computer."""
        self.intake.take_received(held)

    @Slot()
    def _import_news(self) -> None:
        self._recount_soon()

    @Slot(object)
    def _imported(self, finished: Finished) -> None:
        if not self.survey.watching.is_silent:
            self.intake.say_imported(finished, lambda: self.change_view(kind="broken"))

    @Slot(str, str)
    def _say_failed(self, sentence: str, detail: str) -> None:
        self.studio.notices.error(sentence, detail)

    def train(self) -> None:
        dataset, threads = self.session.dataset, self.session.threads
        if dataset is None or threads is None or not self.session.collection.trains():
            return
        name = dataset.name
        if threads.write.busy:  # what was decided about 100,000 pictures takes a while to store
            threads.decisions.put(lambda: None, lambda: self.trainRequested.emit(name))
        else:
            self.trainRequested.emit(name)

    def remove_source(self) -> None:
        """Take the source that is chosen in the list out of the dataset."""
        self.managing.remove_source(self.view.source_id)

    def mark(self) -> None:
        """Mark the chosen pictures as not to be used for training."""
        self.curation.mark(self.selection.ids(), True)

    def write_metadata(self) -> None:
        """Go to the words of the chosen pictures."""
        self.inspector.show_page("metadata")
        self.inspector.metadata.begin()
