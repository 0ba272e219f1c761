"""Reads the pieces of a project for their review, and writes what is decided, undoably."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from studio.desktop.base.piece_shelf import Kept, read
from studio.desktop.base.studio import Studio
from studio.desktop.base.threads import WorkerThread
from studio.desktop.evaluation.review_page import ReviewPage
from studio.desktop.evaluation.worker import reviewed, write_ledger
from studio.desktop.i18n import tr
from studio.engine.pieces.review import Review
from studio.engine.project import Project

if TYPE_CHECKING:
    from studio.engine.pieces.verdicts import Verdict

Read = tuple[list[Kept], dict[int, "list[Verdict]"]]


class ReviewSession(QObject):
    """Pieces are read when the page comes into sight, and again after every decision."""

    def __init__(self, studio: Studio, thread: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.page = ReviewPage()
        self._studio, self._thread = studio, thread
        self._project: Project | None = None
        self._kept: dict[int, Kept] = {}
        self._is_on = False
        self.page.decided.connect(self._decide)
        studio.decisions.changed.connect(self.reload)
        studio.decisions.failed.connect(self.reload)
        self.page.ledgerWanted.connect(self._ask_ledger)

    def show(self, on: bool) -> None:
        """The page comes into sight, or goes out of it."""
        self._is_on = on
        self.reload()

    def set_project(self, project: Project | None) -> None:
        if project is not self._project:
            self._project, self._kept = project, {}
            self.page.show_pieces({}, {}, may_write=False)

    @Slot()
    def reload(self) -> None:
        if self._project is not None and self._is_on:
            self._studio.decisions.ask(
                partial(reviewed, self._project, dict(self._kept), read),
                partial(self._take, self._project), self._thread, "reviewed",
            )  # fmt: skip

    def _take(self, project: Project, found: Read) -> None:
        if project is self._project:
            kept, verdicts = found
            self._kept = {each.piece.id: each for each in kept}
            self._studio.decisions.take(each.piece for each in kept)
            self.page.show_pieces(
                self._kept, verdicts, may_write=not project.read_only_reason
            )  # fmt: skip

    def _decide(self, ids: Sequence[int], review: Review, reason: str) -> None:
        n = len(ids)
        text = {
            Review.APPROVED: tr("Approve {n} pieces", n=n) if n > 1 else tr("Approve 1 piece"),
            Review.REJECTED: tr("Reject {n} pieces", n=n) if n > 1 else tr("Reject the piece"),
        }.get(review) or tr("Reopen {n} pieces", n=n)
        self._studio.decisions.review_all(ids, review, text, reason)

    @Slot()
    def _ask_ledger(self) -> None:
        if self._project is None:
            return
        start = str(self._project.folder.parent / f"{self._project.name}.csv")
        file, _ = QFileDialog.getSaveFileName(
            self.page, tr("Save the ledger…"), start, "CSV (*.csv)"
        )
        if file:
            path = Path(file)
            path = path if path.suffix else path.with_suffix(".csv")
            self._thread.submit(write_ledger, self._project, path, done=partial(self._said, path))

    def _said(self, path: Path, rows: int) -> None:
        self._studio.notices.info(
            tr("{name} has {n} rows of exports and decisions.", name=path.name, n=rows), str(path)
        )
