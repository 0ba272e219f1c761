"""How pieces leave: as files in a folder, as files of a drag, as a picture on the clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QPixmap
from PySide6.QtWidgets import QWidget

from studio.desktop.base.dragged_files import FileDrag, Written
from studio.desktop.base.studio import Studio
from studio.desktop.base.threads import WorkerThread
from studio.desktop.export import worker
from studio.desktop.export.format_panel import FormatPanel
from studio.desktop.export.names_row import NamesRow
from studio.desktop.export.origin_panel import OriginPanel
from studio.desktop.export.worker import Order
from studio.desktop.i18n import said, tr
from studio.desktop.pixels import to_qimage
from studio.engine.artwork import Pixels
from studio.engine.export.choices import Choices
from studio.engine.export.handover import Exported, planned
from studio.engine.jobs import Ending, Job
from studio.engine.pieces.pieces import Piece
from studio.engine.said import Said, sentences

PLACE = "export"


class Leaving(QObject):
    """Hands over with the settings that are on the screen."""

    ended = Signal()
    """An export is over, well or not."""

    def __init__(
        self,
        studio: Studio,
        thread: WorkerThread,
        formats: FormatPanel,
        names: NamesRow,
        origin: OriginPanel,
        tiles: QWidget,
    ) -> None:
        super().__init__(thread)
        self._studio, self._thread = studio, thread
        self._formats, self._names, self._origin = formats, names, origin
        self._drags = FileDrag(studio, tiles, PLACE)

    def _order(self, ids: Sequence[int], folder: Path) -> Order:
        return Order(
            tuple(ids), self._formats.name, self._formats.values(), folder,
            self._origin.creator.text().strip(), self._origin.rights.text().strip(),
            self._origin.replace.isChecked(), self._names.text(),
            self._origin.live.isChecked(),
            Choices.from_mapping(self._origin.proofs.values()),
            self._origin.credit.text().strip(), self._origin.signer.key,
        )  # fmt: skip

    def plan(self, chosen: Sequence[Piece]) -> list[str]:
        """The names of the files that an export of these pieces is to write."""
        project = self._studio.project
        if project is None or not chosen:
            return []
        values = self._formats.values()
        return planned(project, chosen, self._formats.name, values, self._names.text())

    def export(self, ids: Sequence[int]) -> None:
        project = self._studio.project
        if not ids or project is None or self.is_busy:
            return
        order = self._order(ids, self._origin.folder)

        def write(job: Job[list[Exported]]) -> list[Exported]:
            self._studio.decisions.write_all()  # a piece that was approved just now may leave
            return worker.export(project, order, job)

        title = Said("Exporting one piece") if len(ids) == 1 else Said("Exporting pieces")
        job = Job(title, write, ending=Ending.FINISH, can_pause=True)
        self._studio.jobs.start(job, PLACE, done=self._exported, over=self.ended.emit)
        self._origin.export.setEnabled(False)

    @property
    def is_busy(self) -> bool:
        return bool(self._studio.jobs.of(PLACE))

    def _exported(self, exported: list[Exported]) -> None:
        folder = exported[0].path.parent if exported else self._origin.folder
        show = (tr("Open the folder"), lambda: self._open(folder))
        detail = "\n".join(str(each.path) for each in exported)
        self._studio.notices.info(_written(exported, folder), detail, show)
        self._say_remarks(exported)

    def _say_remarks(self, exported: Sequence[Exported]) -> None:
        """Why files leave without a mark or a signature, each reason once."""
        for remark in dict.fromkeys(each for file in exported for each in file.finished.remarks):
            names = [file.path.name for file in exported if remark in file.finished.remarks]
            more = "" if len(names) == 1 else tr(" and {n} more", n=len(names) - 1)
            sentence = tr("{name}{more}: {remark}", name=names[0], more=more, remark=said(remark))
            self._studio.notices.info(sentence, "\n".join(names))

    def _open(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._studio.notices.warn(tr("No file manager could show {folder}.", folder=folder))

    def drag(self, ids: Sequence[int], small: QPixmap) -> None:
        """Have files of these pieces written and dragged, with `small` at the pointer."""
        project = self._studio.project
        if project is None:
            return
        # The settings that are on the screen now; the folder comes with the drag.
        order = self._order(ids, self._origin.folder)

        def write(folder: Path, job: Job[Written]) -> Written:
            self._studio.decisions.write_all()
            made = worker.export(project, replace(order, folder=folder), job)
            return Written(tuple(each.path for each in made))

        self._drags.begin(write, small, self.ended.emit)

    def copy(self, piece: Piece) -> None:
        """Put a piece on the clipboard as a picture."""
        choices = Choices.from_mapping(self._origin.proofs.values())
        self._thread.latest("copy", worker.copied, piece, choices, done=self._copied)

    def _copied(self, made: tuple[Pixels, Said]) -> None:
        pixels, unmarked = made
        # The clipboard outlives this picture's array, so it gets pixels of its own.
        QGuiApplication.clipboard().setImage(to_qimage(pixels).copy())
        text = (tr("Copied to the clipboard."), said(unmarked))
        self._studio.notices.info(sentences(part for part in text if part))


def _written(exported: Sequence[Exported], folder: Path) -> str:
    """What was written, and whether under another name than an artist expects."""
    renamed = [each for each in exported if each.renamed]
    if len(exported) == 1:
        name = exported[0].path.name
        if renamed:
            return tr(
                "{name} was there already: {other} was written to {folder}.",
                name=exported[0].asked, other=name, folder=folder,
            )  # fmt: skip
        return tr("{name} was written to {folder}.", name=name, folder=folder)
    if renamed:
        return tr(
            "{n} files were written to {folder}, {n_other} of them with the next free number.",
            n=len(exported), folder=folder, n_other=len(renamed),
        )  # fmt: skip
    return tr("{n} files were written to {folder}.", n=len(exported), folder=folder)
