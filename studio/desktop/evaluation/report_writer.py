"""Writes a report of the chosen run to where the artist wants it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from studio.desktop.base.studio import Studio
from studio.desktop.evaluation.side import Side
from studio.desktop.evaluation.worker import RunRow, report
from studio.desktop.i18n import tr
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said


class ReportWriter(QObject):
    """One report after another, beside the window."""

    def __init__(self, studio: Studio, side: Side, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio, self._side = studio, side
        self._project: Project | None = None
        self._row: RunRow | None = None

    def set_run(self, project: Project | None, row: RunRow | None) -> None:
        """The run that a report is to be of."""
        self._project, self._row = project, row
        self._side.report.setEnabled(bool(row and row.checkpoint))

    @Slot()
    def ask(self) -> None:
        """Ask for a file, and write it."""
        if self._project is None or self._row is None or not self._row.checkpoint:
            return
        start = str(self._project.folder.parent / f"{self._row.name}.pdf")
        kinds = {"PDF (*.pdf)": ".pdf", "HTML (*.html)": ".html"}
        file, chosen = QFileDialog.getSaveFileName(
            self._side, tr("Write a report…"), start, ";;".join(kinds)
        )
        if file:
            path = Path(file)
            known = path.suffix.lower() in kinds.values()
            self.write(path if known else path.with_name(path.name + kinds[chosen]))

    def write(self, path: Path) -> None:
        """Measure and write, as a job."""
        project, row = self._project, self._row
        if project is None or row is None:
            return
        count, seed = int(self._side.compared.currentData()), self._side.seed.seed()
        job = Job(
            Said("Writing a report"),
            partial(report, project, row.name, count, seed, row.shown, path),
        )  # fmt: skip
        self._studio.jobs.start(job, "evaluation", lane="report", done=self._written)

    def _written(self, path: Path) -> None:
        if not path.exists():
            return  # it was cancelled

        def open_it() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

        text = tr("{name} was written to {folder}.", name=path.name, folder=path.parent)
        self._studio.notices.info(text, str(path), (tr("Open"), open_it))
