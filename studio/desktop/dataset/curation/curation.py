"""From a wish in a panel to an undoable step: worked out and stored beside the window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.desktop.base.studio import Studio
from studio.desktop.base.undo_step import UndoStep
from studio.desktop.base.way_back import way_back
from studio.desktop.dataset import words
from studio.desktop.dataset.curation import steps
from studio.desktop.dataset.curation.steps import (
    DATASET,
    FINDINGS,
    PICTURES,
    SETS,
    SOURCES,
    TILES,
    Plan,
    step,
)
from studio.desktop.dataset.session.imports import PLACE
from studio.desktop.dataset.session.session import Session
from studio.desktop.i18n import tr
from studio.engine.dataset.curation.crops import Crop
from studio.engine.dataset.curation.edits import Change
from studio.engine.dataset.intake import caption_files
from studio.engine.dataset.intake.caption_files import Found
from studio.engine.errors import StudioError
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said


class Curation(QObject):
    """Every method returns at once; what came of it arrives by signals."""

    stored = Signal()
    """A step was stored or taken back: what the panels show may be another."""
    preparationChanged = Signal()
    """How pictures are prepared or divided is another."""
    refused = Signal(object)
    """A wish that cannot be fulfilled, and why. The panels show again what holds."""

    def __init__(self, studio: Studio, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio, self._session = studio, session
        self._untold: deque[tuple[Plan, UndoStep]] = deque(maxlen=8)
        self._line: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()

    # ------------------------------------------------------------------ wishes

    def change_texts(self, field: str, ids: Sequence[int], way: str, text: str, find: str) -> None:
        try:
            change = Change(way, text, find)
        except StudioError as error:
            self.refused.emit(error.said)
            return
        self._for_pictures(ids, lambda project: steps.texts(project, field, ids, change))

    def state_rights(self, ids: Sequence[int], values: dict[str, str]) -> None:
        self._for_pictures(ids, lambda project: steps.item_rights(project, ids, values))

    def state_source(self, source_id: int, name: str, values: dict[str, str]) -> None:
        self.plan(lambda project: steps.source_rights(project, source_id, name, values))

    def mark(self, ids: Sequence[int], marked: bool) -> None:
        self._for_pictures(ids, lambda project: steps.marking(project, ids, marked))

    def mark_source(self, source_id: int, name: str, marked: bool) -> None:
        """Mark a whole source, with what it will have later, or take the mark off."""
        self.plan(lambda project: steps.source_marking(project, source_id, name, marked))

    def decide(self, field: str, ids: Sequence[int], value: int) -> None:
        self._for_pictures(ids, lambda project: steps.deciding(project, field, ids, value))

    def crop(self, wanted: dict[int, Crop | None]) -> None:
        """Crop pictures by hand; None is all of a picture."""
        self._for_pictures(list(wanted), lambda project: steps.cropping(project, wanted))

    def prepare(self, fields: dict[str, Any]) -> None:
        self._for_dataset(lambda project, number: steps.preparing(project, number, fields))

    def set_size(self, width: int, height: int) -> None:
        self._for_dataset(lambda project, n: steps.sizing(project, n, (width, height)))

    def hold_out(self, share: float) -> None:
        self._for_dataset(lambda project, number: steps.dividing(project, number, share))

    def import_captions(self, paths: Sequence[Path]) -> None:
        dataset, project = self._session.dataset, self._session.project
        if dataset is None or project is None or not self._may_write() or not paths:
            return
        job = Job(
            Said("Reading captions"),
            lambda job: caption_files.read(project, dataset.id, list(paths), job.cancelled),
            can_pause=True,
        )
        done = partial(self._captions_found, project)
        self._studio.jobs.start(job, PLACE, lane="report", done=done, failed=self._refuse)

    # ------------------------------------------------------------------ planning

    def _for_pictures(self, ids: Sequence[int], make: Callable[[Project], Plan]) -> None:
        if ids:
            self.plan(make)

    def _for_dataset(self, make: Callable[[Project, int], Plan]) -> None:
        dataset = self._session.dataset
        if dataset is not None:
            self.plan(lambda project: make(project, dataset.id))

    def plan(self, make: Callable[[Project], Plan]) -> None:
        """Any step, worked out by `make` beside the window."""
        project = self._session.project
        if project is not None and self._may_write():
            self._submit(partial(make, project), self._push)

    def _submit(self, make: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._line.append((make, done))
        if len(self._line) == 1:
            self._plan_next()

    def _plan_next(self) -> None:
        """One wish at a time: the next finds what the one before has written."""
        threads = self._session.threads
        if threads is None:
            self._line.clear()
        elif self._line:
            at = self._session.life, self._studio.undo.index()
            threads.plan(self._line[0][0], partial(self._planned, at), self._failed)

    def _planned(self, at: tuple[int, int], result: Any) -> None:
        life, index = at
        if life != self._session.life or not self._line:
            return
        if index != self._studio.undo.index():  # a step came or went meanwhile
            self._plan_next()
            return
        _, done = self._line.popleft()
        done(result)
        self._plan_next()

    def forget(self) -> None:
        self._line.clear()

    def _may_write(self) -> bool:
        project = self._session.project
        if project is not None and project.read_only_reason:
            self._studio.notices.warn(project.read_only_reason)
            self.refused.emit("")
            return False
        return True

    def _failed(self, sentence: str, detail: str) -> None:
        if self._line:
            self._line.popleft()
        self._plan_next()
        self._refuse(sentence, detail)

    def _refuse(self, sentence: str, detail: str) -> None:
        self._studio.notices.warn(sentence, detail)
        self.refused.emit(sentence)

    def _captions_found(self, project: Project, found: Found) -> None:
        if not found.texts:
            self._studio.notices.warn(
                tr("None of the {n} captions is for a picture of this dataset.",
                   n=words.number(found.rows))
            )  # fmt: skip
            return
        used = words.pictures(len(found.texts))
        self._studio.notices.info(
            tr("{n} captions read for {pictures}.", n=words.number(found.rows), pictures=used)
        )
        self._submit(partial(steps.captions, project, found), self._push)

    # ------------------------------------------------------------------ steps

    def _push(self, plan: Plan) -> None:
        if plan.count:
            made = step(plan, self._write)
            if plan.said is not None:
                self._untold.append((plan, made))
            self._studio.undo.push(made)
        else:
            self.stored.emit()  # a field may hold what was typed but is none of it

    def _write(self, plan: Plan, write: Callable[[], object]) -> None:
        session = self._session
        if plan.reopen and session.imports.running:  # what is being read may be what comes or goes
            session.imports.after(partial(self._write, plan, write))
        elif session.threads is not None:
            session.threads.decisions.put(write, partial(self._written, session.life, plan))

    def _written(self, life: int, plan: Plan, _result: object) -> None:
        session = self._session
        if life != session.life:
            return
        self._say_done(plan)
        if SETS in plan.touches:
            session.survey(choose=plan.reopen or None)
        if SOURCES in plan.touches:
            session.sources_again()
        if TILES in plan.touches:
            session.tilesStale.emit(plan.ids)
        if PICTURES in plan.touches:
            session.read_again(plan.ids)
        if FINDINGS in plan.touches:
            session.judge_again()
        if DATASET in plan.touches:
            self.preparationChanged.emit()
        self.stored.emit()

    def _say_done(self, plan: Plan) -> None:
        """Say once what went, with a way back."""
        found = next((each for each in self._untold if each[0] is plan), None)
        if found is not None and plan.said is not None and (sentence := plan.said()):
            self._untold.remove(found)
            studio = self._studio
            studio.notices.info(sentence, "", way_back(studio.undo, studio.notices, found[1]))
