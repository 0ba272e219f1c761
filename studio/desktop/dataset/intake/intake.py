"""How pictures come in: asking for folders and files, importing, saying what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from studio.desktop.base.received import Received
from studio.desktop.base.studio import Studio, pictures_folder
from studio.desktop.dataset import words
from studio.desktop.dataset.session.session import Session
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Action
from studio.engine.dataset.index import left_out
from studio.engine.dataset.intake import received, scans
from studio.engine.dataset.intake.importer import Finished
from studio.engine.extras import named_in
from studio.engine.project import Project
from studio.engine.said import Said, lines, listed, sentences

_KINDS = 5
"""Named in a notice; the rest is in its detail."""


class Intake:
    """The room's way in; the import itself runs in the session's threads."""

    def __init__(self, room: QWidget, studio: Studio, session: Session) -> None:
        self._room, self._studio, self._session = room, studio, session

    def import_paths(self, paths: Sequence[Path]) -> None:
        """Import folders, pictures and archives into the open dataset, or into a new one."""
        dataset = self._session.dataset
        self._import(list(paths), dataset.name if dataset else None)

    def ask_folder(self) -> None:
        if folder := self._folder():
            self.import_paths([folder])

    def ask_new(self) -> None:
        if folder := self._folder():
            self._import([folder], None)

    def ask_files(self) -> None:
        start = str(pictures_folder().parent)
        files, _ = QFileDialog.getOpenFileNames(self._room, tr("Add pictures or a zip…"), start)
        if files:
            self.import_paths([Path(file) for file in files])

    def take_pages(self) -> None:
        """Let every page of the dataset's scans be a picture, and bring in those there are."""
        session = self._session
        dataset, project = session.dataset, session.project
        if project is None or dataset is None or session.threads is None or not self._may_write():
            return
        paths = [source.path for source in session.sources]
        session.threads.load.submit(
            scans.wanted, project, dataset.id, True,
            done=lambda _: self._import(paths, dataset.name),
        )  # fmt: skip

    def take_received(self, held: Received) -> None:
        """Keep a picture that has no file in the project, then import it from there."""
        session = self._session
        if session.project is None or session.threads is None or not self._may_write():
            return
        name = session.dataset.name if session.dataset else tr("Received")
        session.threads.load.submit(
            _kept, session.project, name, held, done=lambda folder: self._import([folder], name)
        )

    def _may_write(self) -> bool:
        project = self._session.project
        if project is None:
            self._studio.notices.warn(tr("Open or make a project first; pictures go into one."))
        elif project.read_only_reason:
            self._studio.notices.warn(project.read_only_reason)
        return project is not None and not project.read_only_reason

    def _folder(self) -> Path | None:
        start = str(pictures_folder().parent)
        chosen = QFileDialog.getExistingDirectory(self._room, tr("Add a folder…"), start)
        return Path(chosen) if chosen else None

    def _import(self, paths: list[Path], name: str | None) -> None:
        if self._may_write() and paths:
            self._session.bring_in(paths, name)

    def say_imported(
        self, finished: Finished, show_broken: Callable[[], None], undo: Action | None
    ) -> None:
        """One notice, with the way back, or the reason for every file that cannot be used."""
        name, usable = finished.dataset.name, words.pictures(finished.usable)
        stopped = [tr("The import was stopped.")] if self._session.imports.cancelling else []
        aside, asides = _left_out(finished)
        if not finished.rejected:
            said = tr("{dataset} now has {pictures}.", dataset=name, pictures=usable)
            self._studio.notices.info(sentences([*stopped, said, *aside]), asides, undo)
            return
        count = len(finished.rejected)
        sentence = (
            tr("{dataset} has {pictures}; one file cannot be used.", dataset=name, pictures=usable)
            if count == 1
            else tr(
                "{dataset} has {pictures}; {n} files cannot be used.",
                dataset=name, pictures=usable, n=words.number(count),
            )
        )  # fmt: skip
        # What a missing library costs is said once, with what adds it.
        lacking = dict.fromkeys(why for _, why in finished.rejected if named_in(why))
        sentence = sentences([*stopped, sentence, *lacking, *aside])
        broken = [
            Said("{file}: {reason}", file=file, reason=reason)
            for file, reason in finished.rejected
            if reason not in lacking
        ]
        detail = lines([*broken, *([asides] if asides else [])])
        # Where nothing else is wrong, the notice leads to what is missing.
        show = (tr("Show them"), show_broken) if broken else None
        offered = [way for way in (undo, show) if way is not None]
        self._studio.notices.warn(sentence, detail, *offered)


def _kept(project: Project, name: str, held: Received) -> Path:
    return received.keep(project, name, held.encoded(), held.name, held.origin)


def _left_out(finished: Finished) -> tuple[list[str], Said]:
    """How much was passed over, as a sentence, and a line for every kind of it."""
    count = sum(kind.count for kind in finished.left_out)
    if not count:
        return [], Said("")
    kinds = listed(left_out.words_of(kind.kind) for kind in finished.left_out[:_KINDS])
    said = tr("{n} other files were left out: {kinds}.", n=words.number(count), kinds=kinds)
    if count == 1:
        said = tr("One other file was left out: {kinds}.", kinds=kinds)
    return [said], lines(
        Said("{what} {files}", what=left_out.sentence(kind), files=", ".join(kind.files))
        for kind in finished.left_out
    )
