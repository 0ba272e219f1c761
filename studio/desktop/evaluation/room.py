"""The evaluation place: how close the generated pictures come to the real ones."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.desktop.base.room import Room
from studio.desktop.base.studio import Studio
from studio.desktop.base.threads import WorkerThread
from studio.desktop.evaluation.centre import Centre
from studio.desktop.evaluation.copy_search import Comparing
from studio.desktop.evaluation.figures import Figures, State
from studio.desktop.evaluation.front import Front
from studio.desktop.evaluation.lives import Lives
from studio.desktop.evaluation.measurement import Measuring
from studio.desktop.evaluation.report_writer import ReportWriter
from studio.desktop.evaluation.review_session import ReviewSession
from studio.desktop.evaluation.side import Side
from studio.desktop.evaluation.worker import Evaluator, Rebuilt, RunRow, Walls
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.empty_state import EmptyState
from studio.desktop.widgets.panel import PANEL_WIDTH
from studio.engine.project import Project

_PAIRS = 8


class EvaluationRoom(Room):
    """Asks the worker and shows the newest answer."""

    key: ClassVar[str] = "evaluation"
    placeRequested = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.project: Project | None = None
        self.runs: list[RunRow] = []
        self.run: str | None = None
        self.waiting: set[str] = set()
        self._asked = 0
        self._measured: RunRow | None = None
        self.front = Front.WALLS
        self.worker = Evaluator()
        self.thread_ = WorkerThread(self.worker, self)
        self.side, self.figures = Side(), Figures()
        self.comparing = Comparing(studio, self.side, self)
        self.measuring = Measuring(studio, self.figures.parts, self)
        self.lives = Lives(studio, self.side, self.thread_, self)
        self.reporting = ReportWriter(studio, self.side, self)
        self.reviewing = ReviewSession(studio, self.thread_, self)
        pages = self.comparing.page, self.lives.page, self.reviewing.page
        self.centre = Centre(*pages)
        self.real, self.generated = self.centre.real, self.centre.generated
        self.originals, self.rebuilt = self.centre.originals, self.centre.rebuilt
        self.pages, self.panels = QStackedWidget(), QStackedWidget()
        self.empty = EmptyState("scale", "", "", lambda: self.placeRequested.emit("training"))
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        full = QWidget()
        row(self.side, (self.centre, 1), self.panels, on=full)
        for panel in (self.figures, self.comparing.panel):
            self.panels.addWidget(panel)
        self.panels.setFixedWidth(PANEL_WIDTH)
        for page in (self.empty, full):
            self.pages.addWidget(page)
        column(self.pages, on=self)

    def _connect(self) -> None:
        self.side.runChosen.connect(self.choose)
        self.side.asked.connect(self.ask)
        self.side.report.clicked.connect(self.reporting.ask)
        self.centre.cancel.clicked.connect(self.stop_waiting)
        self.centre.frontChosen.connect(self.show_front)
        # The same place in both walls of a pair is the same picture.
        self.originals.stepped.connect(self.rebuilt.choose)
        self.rebuilt.stepped.connect(self.originals.choose)
        self.generated.stepped.connect(self._name_generated)
        self.measuring.changed.connect(self._show_state)
        add = self.studio.actions.add
        add("evaluation.shuffle", "Generate from other seeds", self.side.draw_seed, "R", self.key)
        add("evaluation.zero", "Generate from seed 0", lambda: self.side.set_seed(0), "0", self.key)
        add("evaluation.pairs", "Show the closest pairs, or the walls", self._turn, "C", self.key)
        add("evaluation.life", "Show figures over time, or the walls", self._turn_life, "T",
            self.key)  # fmt: skip
        add("evaluation.review", "Show the review queue, or the walls", self._turn_review, "V",
            self.key)  # fmt: skip
        add("evaluation.report", "Write a report…", self.reporting.ask, "Ctrl+Shift+R", self.key)
        add("evaluation.again", "Measure again", self._measure_again, "F5", self.key)
        add("evaluation.stop", "Stop measuring", self.stop_waiting, "", self.key)

    # ------------------------------------------------------------------ hooks

    def project_opened(self, project: Project) -> None:
        """The list of runs is read when the place is entered."""
        self.project = project
        self.reviewing.set_project(project)
        if self.isVisible():
            self.refresh()

    def project_closed(self) -> None:
        self.studio.jobs.end(self.key)
        self.thread_.clear()
        self._asked += 1
        self.project, self.run, self.runs = None, None, []
        self._measured = None
        self.waiting.clear()
        self.comparing.set_run(None, None)
        self.measuring.ask(None, None, 0)
        self._tell_runs()
        self.reviewing.set_project(None)
        self._clear()
        self._show_state()

    def entered(self) -> None:
        """Runs come and go in the place before, and pieces in others."""
        self.refresh()
        self.reviewing.reload()
        self.main_view().setFocus()

    def main_view(self) -> QWidget:
        if self.front is Front.LIFE:
            return self.lives.page.chart
        if self.front is Front.REVIEW:
            return self.reviewing.page.list
        return self.comparing.page.strip if self.comparing.is_on else self.generated

    def shutdown(self) -> None:
        """Join the thread; a picture being made is finished first."""
        self._asked += 1
        self.studio.jobs.end(self.key)
        self.thread_.stop()

    def retranslate(self) -> None:
        compared = self.comparing.page, self.comparing.panel, self.lives.page, self.reviewing.page
        for part in (self.side, self.figures, self.centre, *compared):
            part.retranslate()
        self.side.show_runs(self.runs, self.run)
        self._show_state()

    @Slot(object)
    def show_front(self, front: Front) -> None:
        """Put the walls in front, the closest pairs, or the lives of runs."""
        self.front = front
        pairs = front is Front.PAIRS
        self.centre.show_front(front)
        self.side.show_front(front)
        self.panels.setCurrentIndex(int(pairs))
        self.comparing.show(pairs)
        self.lives.show(front is Front.LIFE)
        self.reviewing.show(front is Front.REVIEW)
        self._show_state()
        self.main_view().setFocus()

    def _turn(self) -> None:
        self.show_front(Front.WALLS if self.front is Front.PAIRS else Front.PAIRS)

    def _turn_life(self) -> None:
        self.show_front(Front.WALLS if self.front is Front.LIFE else Front.LIFE)

    def _turn_review(self) -> None:
        self.show_front(Front.WALLS if self.front is Front.REVIEW else Front.REVIEW)

    def _tell_runs(self) -> None:
        """Those that go by themselves hear which runs there are, and which one is chosen."""
        self.lives.set_runs(self.project, self.runs, self.run)
        self.reporting.set_run(self.project, self._row())

    # ------------------------------------------------------------------ asking

    def refresh(self) -> None:
        """Read the list of runs again, and ask for the chosen run's pictures anew."""
        if self.project is None:
            return
        done = partial(self._take_runs, self.project)
        runs = partial(self.worker.runs, self.project)
        self.thread_.latest("runs", runs, done=done, failed=self.studio.notices.error)

    @Slot(object)
    def choose(self, run: str) -> None:
        self.run, self._measured = run, None
        self._clear()
        self.ask()

    def ask(self) -> None:
        """Ask for the walls; the figures too where they are not known yet."""
        row = self._row()
        self._asked += 1
        self._tell_runs()
        self.comparing.set_run(self.project, row)
        self.measuring.ask(self.project, row, int(self.side.compared.currentData()))
        if self.project is None or row is None or not row.checkpoint:
            self._show_state()
            return
        number = self._asked
        self.waiting = {"walls"}
        count, seed = self.side.count.currentData(), self.side.seed.seed()
        walls = partial(self.worker.walls, self.project, row.name, count, seed)
        done, failed = partial(self._take_walls, number), partial(self._failed, number, "walls")
        self.thread_.latest("walls", walls, done=done, failed=failed)
        if self._measured != row:
            self.waiting.add("rebuilt")
            self.figures.show_state(State.WAITING)
            rebuilt = partial(self.worker.rebuilt, self.project, row.name, _PAIRS)
            take = partial(self._take_rebuilt, number, row)
            failed = partial(self._failed, number, "rebuilt")
            self.thread_.latest("rebuilt", rebuilt, done=take, failed=failed)
        self._show_state()

    @Slot()
    def stop_waiting(self) -> None:
        """Drop what was asked for; what is shown stays."""
        self.comparing.stop()
        self.measuring.stop()
        if not self.waiting:
            return
        self.thread_.clear()
        self._asked += 1
        if "rebuilt" in self.waiting:
            self.figures.show_state(State.STOPPED)
        self.waiting.clear()
        self._show_state()

    def _measure_again(self) -> None:
        self.refresh()
        self.comparing.again()

    def _row(self) -> RunRow | None:
        return next((row for row in self.runs if row.name == self.run), None)

    # ------------------------------------------------------------------ answers

    def _take_runs(self, project: Project, runs: list[RunRow]) -> None:
        if project is not self.project:
            return
        before = self._row()
        self.runs = runs
        if self._row() is None:
            usable = [row.name for row in runs if row.checkpoint]
            self.run = next(iter(usable or [row.name for row in runs]), None)
            self._clear()
        self.side.show_runs(runs, self.run)
        self._tell_runs()
        if self._row() != before or not self.generated.images:
            self.ask()
        self._show_state()

    def _take_walls(self, number: int, walls: Walls) -> None:
        if number != self._asked:
            return
        self.waiting.discard("walls")
        self.real.set_pictures(walls.real)
        self.generated.set_pictures(walls.generated)
        self._name_generated(self.generated.current)
        self._show_state()

    def _take_rebuilt(self, number: int, row: RunRow, found: Rebuilt) -> None:
        if number != self._asked and self._measured is not None:
            return
        if row != self._row():
            return
        self.waiting.discard("rebuilt")
        self._measured = row
        self.originals.set_pictures(found.originals)
        self.rebuilt.set_pictures(found.rebuilt)
        self.centre.below.setVisible(bool(self.rebuilt.images))
        if found.figures:
            self.figures.show_values(found.figures, found.count)
        else:
            why = State.NO_HELD_OUT if found.has_encoder else State.NO_ENCODER
            self.figures.show_state(why)
        self._show_state()

    def _failed(self, number: int, what: str, sentence: str, detail: str) -> None:
        if number != self._asked:
            return
        self.waiting.discard(what)
        if what == "rebuilt":
            self.figures.show_state(State.FAILED)
        self.studio.notices.error(sentence, detail)
        self._show_state()

    # ------------------------------------------------------------------ showing

    def _clear(self) -> None:
        for wall in (self.real, self.generated, self.originals, self.rebuilt):
            wall.set_pictures(None)
        self.centre.below.hide()
        self.figures.show_state(State.NOTHING)

    def _show_state(self) -> None:
        """Header, busy bar and the sentences where there is nothing to show."""
        row = self._row()
        self.pages.setCurrentIndex(1 if self.runs else 0)
        self.empty.set_texts(
            tr("Nothing to compare yet: train a model first, then see it beside the real."),
            tr("Go to Training"),
        )
        busy = bool(self.waiting)
        self.centre.show_busy((busy or self.measuring.is_busy) and self.front is Front.WALLS)
        self.centre.show_run(row)
        waiting = tr("Generating…") if busy else tr("Nothing to show: press Shuffle.")
        if row is not None and not row.checkpoint:
            waiting = tr("This run has no checkpoint yet; its pictures appear after the first.")
        for wall in (self.real, self.generated):
            wall.placeholder = waiting
            wall.update()

    @Slot(int)
    def _name_generated(self, place: int) -> None:
        seed = self.side.seed.seed() + place
        self.generated.setAccessibleDescription(tr("Seed {n}", n=seed))
