"""What the menus of datasets and sources do: rename, delete, take out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from studio.desktop.base.studio import Studio
from studio.desktop.dataset.curation import set_steps
from studio.desktop.dataset.curation.curation import Curation
from studio.desktop.dataset.session.session import Session
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Action
from studio.engine.dataset.curation import sets
from studio.engine.dataset.curation.removed_sets import Removed
from studio.engine.dataset.index.store import Dataset
from studio.engine.dataset.intake.importer import Finished
from studio.engine.project import Project

_MOST_OFFERED = 3


class Managing(QObject):
    """Acts on the open dataset. Everything can be undone, so nothing is asked twice."""

    def __init__(self, room: QWidget, studio: Studio, session: Session, curation: Curation) -> None:
        super().__init__(room)
        self._room, self._studio = room, studio
        self._session, self._curation = session, curation

    def ask_rename(self) -> None:
        dataset = self._session.dataset
        if dataset is None:
            return
        name, chosen = QInputDialog.getText(
            self._room, tr("Rename the dataset…"), tr("Name of the dataset"),
            QLineEdit.EchoMode.Normal, dataset.name,
        )  # fmt: skip
        if chosen:
            self.rename(dataset, name)

    def rename(self, dataset: Dataset, name: str) -> None:
        self._curation.plan(lambda project: set_steps.renaming(project, dataset, name))

    def remove_source(self, source_id: int | None) -> None:
        """Take a source out of the open dataset; None where none of several is chosen."""
        sources, threads = self._session.sources, self._session.threads
        if source_id is None and len(sources) == 1:
            source_id = sources[0].id
        if source_id is None:
            if sources:
                self._studio.notices.info(tr("Choose in the list which source is to be removed."))
        elif threads is not None and self._is_quiet():
            stopping = threads.stopping
            self._curation.plan(lambda p: set_steps.taking_out(p, source_id, stopping))

    def way_out(self, finished: Finished) -> Action | None:
        """The "Undo" of an import: what it brought goes again, which is a step like another. None
        where it only brought up to date what was there."""
        if finished.is_new:
            return tr("Undo"), partial(self._delete, finished.dataset)

        def take_out() -> None:
            for source in finished.added:
                self.remove_source(source)

        return (tr("Undo"), take_out) if finished.added else None

    def offer(self, left: Sequence[Removed]) -> None:
        """Say what was removed before and can still come back; the newest of it."""
        for each in left[-_MOST_OFFERED:]:
            back = (tr("Bring it back"), partial(self._bring_back, each))
            self._studio.notices.info(
                tr("{name} was removed and can come back until this project is closed.",
                   name=each.name), "", back,
            )  # fmt: skip

    def _bring_back(self, left: Removed) -> None:
        threads = self._session.threads
        if threads is not None and self._is_quiet():
            stopping = threads.stopping
            self._curation.plan(lambda p: set_steps.coming_back(p, left, stopping))

    def delete(self) -> None:
        session = self._session
        dataset, project, threads = session.dataset, session.project, session.threads
        if dataset is None or project is None or threads is None or not self._is_quiet():
            return
        threads.plan(partial(_complaint, project, dataset), done=partial(self._asked, dataset))

    def _asked(self, dataset: Dataset, complaint: str) -> None:
        if complaint:
            anyway = (tr("Delete it all the same"), partial(self._delete, dataset, with_runs=True))
            self._studio.notices.warn(complaint, "", anyway)
        else:
            self._delete(dataset)

    def _delete(self, dataset: Dataset, *, with_runs: bool = False) -> None:
        if self._is_quiet():
            self._curation.plan(lambda p: set_steps.deleting(p, dataset, with_runs))

    def _is_quiet(self) -> bool:
        if self._session.imports.running:
            self._studio.notices.warn(
                tr("Pictures are being imported: wait until that is done, or stop it first.")
            )
        return not self._session.imports.running


def _complaint(project: Project, dataset: Dataset) -> str:
    try:
        sets.check_unused(project, dataset)
    except sets.InUse as error:
        return error.said
    return ""
