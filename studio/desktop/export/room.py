"""The hand-over: choose pieces, a format and a folder; or drag and copy them out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from studio.desktop import i18n
from studio.desktop.base.piece_shelf import Kept, PieceShelf
from studio.desktop.base.room import Room
from studio.desktop.base.studio import Studio, pictures_folder
from studio.desktop.base.threads import WorkerThread
from studio.desktop.export import worker
from studio.desktop.export.drag_tiles import OutList, OutPicture
from studio.desktop.export.format_panel import FormatPanel, short
from studio.desktop.export.hand_over import Leaving
from studio.desktop.export.live_files import LiveFiles
from studio.desktop.export.names_row import NamesRow
from studio.desktop.export.origin_panel import OriginPanel
from studio.desktop.i18n import said, tr
from studio.desktop.pixels import to_qimage
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.empty_state import EmptyState
from studio.desktop.widgets.job_strip import JobStrip
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import RoomHeader, SectionHeader
from studio.desktop.widgets.piece_list import PieceTile, piece_pages
from studio.engine.export.choices import Choices
from studio.engine.export.ways import template_of
from studio.engine.pieces.origin import FIRST
from studio.engine.pieces.pieces import Piece
from studio.engine.pieces.review import Review
from studio.engine.project import Project


class ExportRoom(Room):
    """Pieces leave from here as finished files."""

    key = "export"
    generateRequested = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self._thread = WorkerThread(parent=self)
        self._thread.failed.connect(studio.notices.error)
        draw = partial(worker.refined, resized=False)
        self.shelf = PieceShelf(studio.decisions, self._thread, draw, self)
        self.shelf.loaded.connect(self._loaded)
        studio.decisions.changed.connect(self._decided)
        studio.decisions.failed.connect(self._decided)
        self._wanted: list[int] = []
        self._first = True
        self._shown: Piece | None = None
        self.pieces_header = SectionHeader()
        self.list = OutList()
        self.list.chosen.connect(lambda _ids: self._show_choice())
        self._header, self.hint = RoomHeader(), Label()
        self.title = self._header.title
        self.hint.setObjectName("quiet")
        self._header.add(self.hint)
        self.formats = FormatPanel()
        self.formats.choose(studio.settings.export_format)
        self.formats.changed.connect(self._remember)
        self.preview = OutPicture()
        self.names = NamesRow()
        self.names.template.setText(studio.settings.export_names)
        self.names.changed.connect(self._remember)
        self.origin = OriginPanel()
        self.origin.creator.setText(studio.settings.creator)
        self.origin.rights.setText(studio.settings.rights)
        self.origin.credit.setText(studio.settings.credit)
        self.origin.signer.set_key(studio.settings.signing_key)
        self._show_choices()
        self.origin.changed.connect(self._remember)
        self.origin.approveRequested.connect(self.approve_waiting)
        self.leaving = Leaving(
            studio, self._thread, self.formats, self.names, self.origin, self.list
        )
        self.leaving.ended.connect(self._show_choice)
        self.live = LiveFiles(studio, self._thread)
        self.list.take_out = self.leaving.drag
        self.preview.carried.connect(self._carry_shown)
        self.origin.copy.clicked.connect(self.copy)
        self.origin.export.clicked.connect(self.export)
        self.empty = EmptyState("export", "", "", self.generateRequested.emit)
        self._lay_out()
        add = studio.actions.add
        add("export.export", "Export the chosen pieces", self.export, "Ctrl+E", self.key, "export")
        add("export.copy", "Copy the piece", self.copy, "Ctrl+C", self.key, "copy")
        add("export.all", "Choose all pieces", self.list.selectAll, "Ctrl+A", self.key, "check")

    def _lay_out(self) -> None:
        centre = QWidget()
        below = row(self.formats.options, (self.preview, 1), gap=16)
        inner = column(self.formats, self.names, (below, 1), gap=16, margins=(16, 16, 16, 16))
        column(self._header, (inner, 1), on=centre)
        self.strip = JobStrip(self.studio.jobs, self.key, centre)
        left = (self.pieces_header, self.list)
        self._pages = piece_pages(self, left, centre, self.origin, self.empty)

    def retranslate(self) -> None:
        self.pieces_header.setText(tr("Pieces"))
        drag = tr("Choose what to export, or drag it into another program")
        zoom = tr(
            "Handed over as seen: drag it out as a file; the wheel zooms, a double click fits"
        )
        set_words(
            (self.list, tr("Pieces to export"), drag),
            (self.preview, tr("The first of the chosen pieces"), zoom),
        )
        self.hint.setText(tr("Drag any picture out of here into another program"))
        for part in (self.formats, self.names, self.origin, self.strip):
            part.retranslate()
        self._show_choices()
        for each in self.shelf.kept.values():
            self.list.set_tile(self._tile(each))
        self.empty.set_texts(
            tr("No piece yet. Keep a picture in Generation, then hand it over from here."),
            tr("Go to Generation"),
        )
        self._show_choice()

    # ------------------------------------------------------------------ the project

    def project_opened(self, project: Project) -> None:
        stored = self.studio.settings.export_folder
        self.origin.set_folder(Path(stored) if stored else _default_folder(project))
        self._first = True
        self.shelf.open(project)
        self.live.open(project)

    def project_closed(self) -> None:
        self.live.close()
        self.studio.jobs.end(self.key)
        self._thread.clear()
        self.shelf.close()
        self.list.show_pieces([])
        self._show_choice()

    def entered(self) -> None:
        self.reload()

    def main_view(self) -> QWidget:
        return self.preview

    def shutdown(self) -> None:
        """Stop the thread."""
        self.live.close()
        self.studio.jobs.end(self.key)
        self._thread.stop()

    def choose_pieces(self, ids: list[int]) -> None:
        self._wanted = list(ids)
        self.reload()

    @Slot()
    def _decided(self) -> None:
        if self.isVisible():  # else it is read when the place is entered
            self.reload()

    def reload(self) -> None:
        self.shelf.reload()
        if self.shelf.project is None:
            self._show_choice()

    def _loaded(self) -> None:
        self.studio.tell_of_damage()
        kept = self.shelf.kept
        self.list.show_pieces([self._tile(each) for each in kept.values()])
        first = any(each.piece.version == FIRST for each in kept.values())
        self.origin.show_first_pieces(first)
        wanted, self._wanted = self._wanted, []
        first_time, self._first = self._first, not kept
        if wanted or first_time:
            leaves = [key for key, each in kept.items() if each.piece.review is not Review.REJECTED]
            self.list.choose(wanted or leaves)
        self._show_choice()

    @staticmethod
    def _tile(kept: Kept) -> PieceTile:
        piece = kept.piece
        notes = {Review.LOOK: tr("waits for your eye"), Review.REJECTED: tr("rejected")}
        note = notes.get(piece.review, "")
        return PieceTile(
            piece.id, piece.name, piece.rating, kept.picture, said(kept.problem) or note,
            faded=piece.review is Review.REJECTED,
        )  # fmt: skip

    def _show_choice(self) -> None:
        self._pages.setCurrentIndex(0 if self.shelf.kept else 1)
        ids = self.list.chosen_ids()
        self.title.setText(tr("1 piece") if len(ids) == 1 else tr("{n} pieces", n=len(ids)))
        chosen = [self.shelf.kept[key].piece for key in ids if key in self.shelf.kept]
        self.origin.show_waiting([piece.name for piece in chosen if piece.review is Review.LOOK])
        may = self.origin.folder != Path() and not self.leaving.is_busy
        self.origin.show_count(len(chosen), may)
        self._show_preview(ids[0] if chosen else 0)
        self.names.show_plan(
            template_of(self.formats.name), short(self.origin.folder, 48),
            partial(self.leaving.plan, chosen),
        )  # fmt: skip

    def _show_preview(self, key: int) -> None:
        """At once what is known, then what is handed over, in its full size."""
        piece = self.shelf.kept[key].piece if key in self.shelf.kept else None
        if piece is not None and piece == self._shown:
            return
        self._shown = piece
        if piece is None:
            self.preview.set_image(QImage())
            return
        self.preview.set_image(self.shelf.kept[key].blurred())
        self._thread.latest(
            "preview", worker.refined, piece,
            done=lambda pixels: self.preview.set_image(to_qimage(pixels)),
        )  # fmt: skip

    def _remember(self) -> None:
        settings = self.studio.settings
        settings.creator = self.origin.creator.text().strip()
        settings.rights = self.origin.rights.text().strip()
        settings.credit = self.origin.credit.text().strip()
        settings.signing_key = self.origin.signer.key
        self._keep_choices()
        settings.export_format = self.formats.name
        settings.export_names = self.names.text()
        if self.studio.project is not None and self.origin.folder != Path():
            chosen = self.origin.folder
            is_default = chosen == _default_folder(self.studio.project)
            settings.export_folder = "" if is_default else str(chosen)
        self.studio.save_settings()
        self._show_choice()

    def _show_choices(self) -> None:
        usual = Choices.usual(i18n.language(), self.studio.settings.provenance)
        self.origin.proofs.set_values(usual.as_dict())

    def _keep_choices(self) -> None:
        """Only what is another than usual: the label of China goes with the language."""
        usual, chosen = Choices.usual(i18n.language(), {}).as_dict(), self.origin.proofs.values()
        kept = {name: str(value) for name, value in chosen.items() if value != usual[name]}
        self.studio.settings.provenance = kept

    # ------------------------------------------------------------------ leaving

    def export(self) -> None:
        self.leaving.export(self.list.chosen_ids())

    def copy(self) -> None:
        """Put the first chosen piece on the clipboard as a picture."""
        ids = self.list.chosen_ids()
        if ids:
            self.leaving.copy(self.shelf.kept[ids[0]].piece)

    def _carry_shown(self) -> None:
        if self._shown is not None:
            self.list.carry([self._shown.id])

    def approve_waiting(self) -> None:
        """Let the chosen pieces pass that resemble a training picture."""
        chosen = (self.shelf.kept[key].piece for key in self.list.chosen_ids())
        ids = [piece.id for piece in chosen if piece.review is Review.LOOK]
        text = tr("Approve 1 piece") if len(ids) == 1 else tr("Approve {n} pieces", n=len(ids))
        self.studio.decisions.review_all(ids, Review.APPROVED, text)


def _default_folder(project: Project) -> Path:
    """Beside the projects, where finished files are not taken for parts of one."""
    return pictures_folder().with_name("Latent Studio Exports") / project.name
