"""What leaves the dataset place as files: the doctor's report and the dataset card."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.desktop.base.studio import Studio, pictures_folder
from studio.desktop.dataset.curation.curation import Curation
from studio.desktop.dataset.intake.task_strip import TaskStrip
from studio.desktop.dataset.session.session import Session
from studio.desktop.i18n import tr
from studio.engine.dataset.papers import dataset_card, report

Cancelled = Callable[[], bool]


class Outgoing(QObject):
    """Asks where to, writes beside the window, says what came of it."""

    _advanced = Signal(int, int)

    def __init__(
        self, room: QWidget, studio: Studio, session: Session, curation: Curation, strip: TaskStrip
    ) -> None:
        super().__init__(room)
        self._room, self._studio, self._session = room, studio, session
        self._curation, self._strip = curation, strip
        self._cancel = threading.Event()
        # The signal brings progress from the thread that works to that of the window.
        self._advanced.connect(strip.advance)
        strip.cancelled.connect(self.stop)
        curation.reading.connect(self._reading)

    # ------------------------------------------------------------------ asking

    def ask_report(self) -> None:
        """Choose a file for the report."""
        if self._may_begin():
            name = f"{self._name()} report.html"
            filters = f"{tr('Web page')} (*.html);;JSON (*.json)"
            start = str(pictures_folder().parent / name)
            file, _ = QFileDialog.getSaveFileName(
                self._room, tr("Save the report…"), start, filters
            )
            if file:
                path = Path(file)
                self.write_report(path if path.suffix else path.with_suffix(".html"))

    def ask_card(self) -> None:
        """Choose a folder for the dataset card."""
        if self._may_begin():
            start = str(pictures_folder().parent)
            folder = QFileDialog.getExistingDirectory(
                self._room, tr("Save the dataset card…"), start
            )
            if folder:
                self.write_card(Path(folder))

    def ask_captions(self) -> None:
        """Choose files with captions."""
        if self._may_begin():
            start = str(pictures_folder().parent)
            filters = f"{tr('Captions')} (*.csv *.jsonl *.txt)"
            files, _ = QFileDialog.getOpenFileNames(
                self._room, tr("Captions from files…"), start, filters
            )
            self._curation.import_captions([Path(file) for file in files])

    def _may_begin(self) -> bool:
        return self._session.dataset is not None and self._strip.isHidden()

    def _name(self) -> str:
        name = self._session.dataset.name if self._session.dataset is not None else ""
        return "".join("_" if each in '\\/:*?"<>|' else each for each in name).strip(". ")

    # ------------------------------------------------------------------ writing

    def write_report(self, target: Path) -> None:
        """The folder doctor's report as a web page or as JSON."""
        project, dataset = self._session.project, self._session.dataset
        if project is not None and dataset is not None:
            self._begin(
                tr("Writing the report"), target,
                lambda cancelled: report.write(
                    project, dataset, target, cancelled, self._advanced.emit
                ),
            )  # fmt: skip

    def write_card(self, folder: Path) -> None:
        """The dataset card, for people and for programs."""
        project, dataset = self._session.project, self._session.dataset
        if project is not None and dataset is not None:
            self._begin(
                tr("Writing the dataset card"), folder / dataset_card.MARKDOWN_NAME,
                lambda cancelled: dataset_card.write(project, dataset, folder, cancelled),
            )  # fmt: skip

    def stop(self) -> None:
        """Give up what is going on."""
        self._cancel.set()
        self._curation.stop_reading()

    def _begin(self, title: str, shown: Path, write: Callable[[Cancelled], object]) -> None:
        threads = self._session.threads
        if threads is None:
            return
        self._cancel = cancel = threading.Event()
        worker = threads.hand_out.worker
        assert worker is not None

        def cancelled() -> bool:
            return cancel.is_set() or worker.stopping()

        self._strip.begin(title)
        threads.hand_out.submit(
            threads.decisions.after_all, partial(write, cancelled),
            done=partial(self._written, shown), failed=self._failed,
        )  # fmt: skip

    def _written(self, file: Path, _result: object) -> None:
        self._strip.end()

        def open_it() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

        self._studio.notices.info(tr("Saved as {file}.", file=file), "", (tr("Open"), open_it))

    def _failed(self, sentence: str, detail: str) -> None:
        self._strip.end()
        if not self._cancel.is_set():  # stopping is what the artist asked for
            self._studio.notices.error(sentence, detail)

    def _reading(self, on: bool) -> None:
        if on:
            self._strip.begin(tr("Reading captions"))
        else:
            self._strip.end()

    def closed(self) -> None:
        """The project is closed: nothing more comes."""
        self.stop()
        self._curation.forget()
        self._strip.end()
