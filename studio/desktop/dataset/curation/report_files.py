"""What leaves the dataset place as files: the doctor's report and the dataset card."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.desktop.base.studio import Studio, pictures_folder
from studio.desktop.dataset.curation.curation import Curation
from studio.desktop.dataset.session.imports import PLACE
from studio.desktop.dataset.session.session import Session
from studio.desktop.i18n import tr
from studio.engine.dataset.papers import dataset_card, report
from studio.engine.jobs import Ending, Job
from studio.engine.said import Said


class Outgoing(QObject):
    """Asks where to, writes beside the window, says what came of it."""

    def __init__(self, room: QWidget, studio: Studio, session: Session, curation: Curation) -> None:
        super().__init__(room)
        self._room, self._studio, self._session = room, studio, session
        self._curation = curation

    # ------------------------------------------------------------------ asking

    def ask_report(self) -> None:
        if self._session.dataset is not None:
            name = f"{self._name()} report.html"
            filters = f"{tr('Web page')} (*.html);;JSON (*.json)"
            start, title = str(pictures_folder().parent / name), tr("Save the report…")
            file, _ = QFileDialog.getSaveFileName(self._room, title, start, filters)
            if file:
                path = Path(file)
                self.write_report(path if path.suffix else path.with_suffix(".html"))

    def ask_card(self) -> None:
        if self._session.dataset is not None:
            start, title = str(pictures_folder().parent), tr("Save the dataset card…")
            folder = QFileDialog.getExistingDirectory(self._room, title, start)
            if folder:
                self.write_card(Path(folder))

    def ask_captions(self) -> None:
        if self._session.dataset is not None:
            start, title = str(pictures_folder().parent), tr("Captions from files…")
            filters = f"{tr('Captions')} (*.csv *.jsonl *.txt)"
            files, _ = QFileDialog.getOpenFileNames(self._room, title, start, filters)
            self._curation.import_captions([Path(file) for file in files])

    def _name(self) -> str:
        name = self._session.dataset.name if self._session.dataset is not None else ""
        return "".join("_" if each in '\\/:*?"<>|' else each for each in name).strip(". ")

    # ------------------------------------------------------------------ writing

    def write_report(self, target: Path) -> None:
        project, dataset = self._session.project, self._session.dataset
        if project is not None and dataset is not None:
            self._begin(
                Said("Writing the report"), target,
                lambda job: report.write(project, dataset, target, job.cancelled, job.advance),
            )  # fmt: skip

    def write_card(self, folder: Path) -> None:
        project, dataset = self._session.project, self._session.dataset
        if project is not None and dataset is not None:
            self._begin(
                Said("Writing the dataset card"), folder / dataset_card.MARKDOWN_NAME,
                lambda job: dataset_card.write(project, dataset, folder, job.cancelled),
            )  # fmt: skip

    def _begin(self, title: Said, shown: Path, write: Callable[[Job[object]], object]) -> None:
        threads = self._session.threads
        if threads is None:
            return
        after_all = threads.decisions.after_all
        job = Job(
            title, lambda job: after_all(partial(write, job)),
            ending=Ending.FINISH, can_pause=True,
        )  # fmt: skip
        self._studio.jobs.start(job, PLACE, lane="report", done=partial(self._written, shown))

    def _written(self, file: Path, _result: object) -> None:
        def open_it() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

        self._studio.notices.info(tr("Saved as {file}.", file=file), "", (tr("Open"), open_it))
