"""Joins the thresholds to the open dataset, and looks for outliers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.ticker import Ticker
from studio.desktop.dataset import words
from studio.desktop.dataset.curation.decisions import decision
from studio.desktop.dataset.curation.steps import FINDINGS, Plan
from studio.desktop.dataset.doctor.threshold_panel import ThresholdPanel
from studio.desktop.dataset.session.collection import Collection
from studio.desktop.dataset.session.imports import PLACE
from studio.desktop.dataset.survey_parts import Around
from studio.desktop.i18n import tr
from studio.engine.dataset.doctor import outliers, thresholds
from studio.engine.dataset.doctor.checks.base import grouped
from studio.engine.dataset.doctor.outliers import KIND, Outliers
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said

_COUNTED_MS = 250


class Doctoring(QObject):
    """The panel is filled while it is open; nothing is read for one that is closed."""

    toggled = Signal(bool)
    found = Signal()
    """Outliers were looked for: findings are to be read again."""

    def __init__(self, around: Around, panel: ThresholdPanel) -> None:
        super().__init__(panel)
        self._around, self.panel = around, panel
        self.is_on = False
        self._job: Job[Outliers] | None = None
        around.studio.jobs.changed.connect(self._advanced)
        self._again = Ticker(panel, self._count, _COUNTED_MS)
        panel.hide()
        panel.kindChosen.connect(self._read_values)
        panel.changed.connect(self._change)
        panel.excludeWanted.connect(self.exclude)
        panel.outliersWanted.connect(self.find_outliers)
        panel.cancelled.connect(self._give_up)
        panel.closed.connect(lambda: self.show(False))
        around.session.opened.connect(self._read_again)
        around.session.changed.connect(lambda _: self._again.soon())
        around.curation.stored.connect(self._read_again)

    def show(self, on: bool, kind: str = "") -> None:
        self.is_on = on
        self.panel.setVisible(on)
        if on:
            self._read(kind)
            self.panel.histogram.setFocus()
        else:
            self._around.grid.setFocus()
        self.toggled.emit(on)

    def follow(self, kind: str) -> None:
        """The list of findings shows another kind: so does the panel."""
        if self.is_on and self.panel.choose(kind):
            self._read_values(kind)

    def close(self) -> None:
        self._give_up()
        self.panel.show_limits([])

    @Slot()
    def _read_again(self) -> None:
        if self.is_on:
            self._read("")

    # ------------------------------------------------------------------ reading

    def _read(self, kind: str) -> None:
        place = self._around.open_dataset()
        if place is None:
            self.panel.show_limits([])
            return
        threads = self._around.threads()
        threads.ask.latest(
            "limits", thresholds.limits, *place, done=partial(self._take_limits, place[1], kind)
        )

    def _take_limits(self, number: int, kind: str, limits: list[thresholds.Limit]) -> None:
        if not self._is_open(number):
            return
        self.panel.show_limits(limits)
        if kind:
            self.panel.choose(kind)
        self._read_values(self.panel.shown)

    @Slot(str)
    def _read_values(self, kind: str) -> None:
        place = self._around.open_dataset()
        if place is None or not kind:
            return
        self.panel.show_values(kind, None)
        threads = self._around.threads()
        threads.ask.latest(
            "values", threads.reader.values, *place, kind,
            done=partial(self._take_values, place[1], kind),
        )  # fmt: skip
        self._count()

    def _take_values(self, number: int, kind: str, values: np.ndarray) -> None:
        if self._is_open(number):
            self.panel.show_values(kind, values)

    def _is_open(self, number: int) -> bool:
        place = self._around.open_dataset()
        return place is not None and place[1] == number

    def _count(self) -> None:
        if self.is_on:
            self.panel.show_found(len(self._with(self.panel.shown)))

    def _with(self, kind: str) -> list[int]:
        """Included pictures that have a finding of a kind."""
        collection = self._around.session.collection
        found = (key for key in collection.findings if kind in collection.kinds(key))
        return [key for key in found if (row := collection.rows.get(key)) and row.trains]

    # ------------------------------------------------------------------ deciding

    @Slot(str, float)
    def _change(self, kind: str, value: float) -> None:
        place = self._around.open_dataset()
        if place is not None:
            self._around.curation.plan(lambda project: moving(project, place[1], kind, value))

    @Slot(str)
    def exclude(self, kind: str) -> None:
        desk = self._around.session.desk()
        if desk is None:
            return
        if desk.project.read_only_reason:
            self._around.studio.notices.warn(desk.project.read_only_reason)
            return
        chosen = self._with(kind)
        if kind in grouped():
            kept = _kept(desk.collection, kind, chosen)
            chosen = [key for key in chosen if key not in kept]
        step = decision(desk, "included", chosen, False)
        if step is not None:
            self._around.studio.undo.push(step)

    @Slot()
    def find_outliers(self) -> None:
        place = self._around.open_dataset()
        if place is None:
            return
        if not self.is_on:
            self.show(True, KIND)
        else:
            self.follow(KIND)
        self._give_up()
        self.panel.show_progress((0, 0))
        job = self._job = Job(
            Said("Looking for outliers"),
            lambda job: outliers.find(*place, job.cancelled, job.advance),
        )
        self._around.studio.jobs.start(
            job, PLACE, lane="survey", in_strip=False,
            done=partial(self._take_outliers, job), failed=partial(self._failed, job),
        )  # fmt: skip

    @Slot()
    def _give_up(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._end()

    def _end(self) -> None:
        self._job = None
        self.panel.show_progress(None)

    @Slot()
    def _advanced(self) -> None:
        job = self._job
        if job is not None and job.is_cancelled:  # by whomever
            self._end()
        elif job is not None:
            self.panel.show_progress((job.done, job.total))

    def _take_outliers(self, job: Job[Outliers], found: Outliers) -> None:
        if job is not self._job:
            return
        self._end()
        few = {0: tr("No outlier was found."), 1: tr("1 outlier was found.")}
        many = tr("{n} outliers were found.", n=words.number(found.count))
        self._around.studio.notices.info(few.get(found.count, many))
        self._around.session.judge_again()
        self._read(KIND)

    def _failed(self, job: Job[Outliers], sentence: str, detail: str) -> None:
        if job is self._job:
            self._end()
            self._around.studio.notices.warn(sentence, detail)


def _kept(collection: Collection, kind: str, ids: Sequence[int]) -> set[int]:
    """Of every group whose best does not train, the largest and sharpest of `ids`, as `fixes`."""
    rows = collection.rows
    ranked = sorted(ids, key=lambda n: (-rows[n].width * rows[n].height, -rows[n].sharpness, n))
    kept: dict[int, int] = {}
    for number in ranked:
        for finding in collection.findings[number]:
            there = rows.get(finding.of)
            if finding.kind == kind and (there is None or not there.trains):
                kept.setdefault(finding.of, number)
    return set(kept.values())


def moving(project: Project, dataset_id: int, kind: str, value: float) -> Plan:
    before = thresholds.read(project, dataset_id)[kind]
    return Plan(
        lambda: tr("Threshold of {finding}: {value}", finding=words.kind_title(kind),
                   value=f"{value:g}"),
        partial(thresholds.apply, project, dataset_id, {kind: value}),
        partial(thresholds.apply, project, dataset_id, {kind: before}),
        int(before != value),
        touches=frozenset((FINDINGS,)),
    )  # fmt: skip
