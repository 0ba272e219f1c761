"""The training place: runs, their samples and curves, and the next run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from studio.desktop import i18n
from studio.desktop.base.room import Room
from studio.desktop.base.studio import Studio
from studio.desktop.i18n import tr
from studio.desktop.notices.desktop_notice import DesktopNotice
from studio.desktop.run_names import run_name
from studio.desktop.training import words
from studio.desktop.training.centre import Centre
from studio.desktop.training.hand_values import HandValues
from studio.desktop.training.new_run.augmentation_controller import Previewing
from studio.desktop.training.new_run.elsewhere import Elsewhere
from studio.desktop.training.new_run.foreign_models import ForeignModels
from studio.desktop.training.new_run.form import NewRunForm
from studio.desktop.training.new_run.new_run_actions import Planning
from studio.desktop.training.pages import Pages
from studio.desktop.training.queueing import Queueing
from studio.desktop.training.run.commands import RunCommands
from studio.desktop.training.run.run_panel import RunPanel
from studio.desktop.training.run.run_steps import Managing
from studio.desktop.training.run_records import Records
from studio.desktop.training.run_view import Viewing
from studio.desktop.training.session.queries import DatasetCard, Opened
from studio.desktop.training.session.session import Session
from studio.desktop.training.side import Side
from studio.desktop.widgets import boxes
from studio.desktop.widgets.job_strip import JobStrip
from studio.desktop.widgets.panel import PANEL_WIDTH
from studio.engine import events
from studio.engine.events import RunState
from studio.engine.project import Project

if TYPE_CHECKING:
    from studio.engine.training.planning.runs import Run


class TrainingRoom(Room):
    """Joins the panels; the engine is behind `session`."""

    key: ClassVar[str] = "training"
    playRequested = Signal(str)
    checkpointRequested = Signal(str, str)
    """A run, and the folder of the checkpoint of it to play."""
    runProgress = Signal(str, float, str)
    checkpointLanded = Signal(str, str)
    placeRequested = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.session = Session(studio.jobs, self)
        self.side, self.centre = Side(), Centre()
        self.form, self.panel = NewRunForm(), RunPanel()
        self.right = QStackedWidget()
        self.commands = RunCommands(self.session, self)
        self.planning = Planning(self.session, self.form, studio.notices, self)
        self.preview = Previewing(self.form, self.centre.wall, self)
        self.managing = Managing(self.session, studio.undo, studio.notices, self)
        self.viewing = Viewing(self.session, self.side, self.centre, self.panel, self)
        self.foreign = ForeignModels(self.session, studio.undo, studio.notices, self)
        self.queueing = Queueing(self.session, self.side, studio.undo, studio.notices, self)
        self.elsewhere = Elsewhere(self.session, self.form, studio.undo, studio.notices, self)
        self.records = Records(self.session, self.centre, studio, self)
        self.by_hand = HandValues(
            self.session, self.form, self.panel, studio.undo, studio.notices, self
        )
        self.away = DesktopNotice(self)
        self._wanted_dataset = ""
        self._has_offered = False
        self._lay_out()
        self._connect()
        self._show_form()
        self.retranslate()

    def _lay_out(self) -> None:
        self.right.setFixedWidth(PANEL_WIDTH)
        self.right.addWidget(self.form)
        self.right.addWidget(self.panel)
        self.strip = JobStrip(self.studio.jobs, self.key, self.centre)
        self.centre.splitter.set_share(self.studio.settings.samples_share / 100)
        full = QWidget()
        boxes.row(self.side, (self.centre, 1), self.right, on=full, gap=1)
        self.pages = Pages(full)
        boxes.column(self.pages, on=self)

    def _connect(self) -> None:
        session, form, panel, commands = self.session, self.form, self.panel, self.commands
        session.familiesRead.connect(form.set_families)
        session.machinesRead.connect(form.extras.set_machines)
        session.datasetsRead.connect(self._datasets)
        session.runsRead.connect(self._runs_read)
        session.opened.connect(self._run_opened)
        session.advanced.connect(self._advanced)
        session.ended.connect(self._ended)
        session.failed.connect(self.studio.notices.error)
        self.studio.jobs.changed.connect(self._show_busy)
        # Whatever it works out would slow down the saving.
        session.driving.saving.connect(self.preview.forget)
        self.preview.changed.connect(self._words)
        panel.pauseRequested.connect(commands.toggle_pause)
        panel.sampleRequested.connect(commands.sample_now)
        panel.checkpointRequested.connect(commands.checkpoint_now)
        panel.stopRequested.connect(commands.stop)
        panel.continueRequested.connect(self._go_on)
        panel.learnRequested.connect(commands.learn)
        panel.removeRequested.connect(commands.remove)
        panel.renamed.connect(self._rename)
        commands.learnRequested.connect(self._learn_from)
        commands.renameRequested.connect(panel.name.setFocus)
        commands.removeRequested.connect(self.managing.remove)
        self.managing.changed.connect(self._run_changed)
        for ways in (self.foreign, self.elsewhere):
            ways.changed.connect(self._run_changed)
            ways.arrived.connect(self._run_arrived)
            ways.playRequested.connect(self.playRequested)
        self.side.foreignRequested.connect(self.foreign.ask)
        panel.playRequested.connect(commands.play)
        panel.bestRequested.connect(commands.play_best)
        panel.health.momentChosen.connect(self.centre.samples.scrubber.go_to)
        self.side.runChosen.connect(self.session.view)
        self.side.runActivated.connect(self.playRequested)
        self.side.newRequested.connect(self._show_form)
        self.side.momentChosen.connect(self.centre.samples.scrubber.go_to)
        self.side.checkpointActivated.connect(commands.play_checkpoint)
        self.centre.curves.momentChosen.connect(self.centre.samples.scrubber.go_to)
        commands.playRequested.connect(self.playRequested)
        self.pages.datasetWanted.connect(lambda: self.placeRequested.emit("dataset"))
        commands.checkpointRequested.connect(self.checkpointRequested)
        commands.register(
            self.studio.actions, self.key, self._show_form, form.measure.click, form.start.click
        )
        self.preview.register(self.studio.actions, self.key)
        self.foreign.register(self.studio.actions, self.key)
        self.elsewhere.register(self.studio.actions, self.key)
        self.records.register(self.key)
        self.queueing.register(self.studio.actions, self.key)
        self.planning.waits.connect(self.queueing.add)
        panel.waitToggled.connect(self.queueing.toggle)
        panel.noted.connect(self.managing.note)
        for id, text, where, keys, icon in (
            ("training.search", "Search runs", self.side.search, "Ctrl+F", "search"),
            ("training.note", "Note about the run", panel.note, "Ctrl+M", "refine"),
        ):
            self.studio.actions.add(id, text, where.setFocus, keys, room=self.key, icon=icon)
        self.viewing.register(self.studio.actions, self.key)
        self.centre.splitter.shareChanged.connect(self._keep_share)
        self.studio.themeChanged.connect(self._restyle)

    # ------------------------------------------------------------------ the room's hooks

    def project_opened(self, project: Project) -> None:
        self.session.open(project)
        self.preview.open(project)
        self._show_form()

    def project_closed(self) -> None:
        if (left := self.panel.take_note()) is not None:
            self.managing.keep_note(*left)
        self.queueing.forget()
        self._has_offered = False
        self.elsewhere.close()
        self.preview.forget()
        self.session.close()
        self.preview.close()
        self.viewing.forget()
        self.pages.forget()
        self.form.forget_datasets()
        self.by_hand.forget()
        self.form.set_trouble("")
        self.form.beginning.set_starts([])
        self._show_form()

    def entered(self) -> None:
        """The families are read when the place is first seen; the datasets may have grown."""
        self.session.read_families()
        self.session.read_datasets()

    def main_view(self) -> QWidget:
        return self.side.runs

    def shutdown(self) -> None:
        self.queueing.queue.forget()
        self.away.clear()
        self.elsewhere.close()
        self.preview.forget()
        self.session.shutdown()
        self.preview.shutdown()

    def start_for(self, dataset: str) -> None:
        self._wanted_dataset = dataset
        self._show_form()
        self.session.read_families()
        self.session.read_datasets()
        self.form.start.setFocus()

    def datasets_changed(self) -> None:
        """One was renamed, deleted or brought back, perhaps by undo while this place is seen."""
        if self.isVisible():  # else they are read on entering
            self.session.read_datasets()

    def name_of(self, run: str) -> str:
        return self.viewing.name_of(run)

    # ------------------------------------------------------------------ the new run

    @Slot()
    def _show_form(self) -> None:
        self.session.look_away()
        self.right.setCurrentWidget(self.form)
        self.side.runs.setCurrentRow(-1)
        self.side.show_record(None)
        self.centre.samples.clear(self._empty_sentence())
        self._show_wall()
        focus = QApplication.focusWidget()
        if self.isVisible() and not (focus and self.form.isAncestorOf(focus)):
            # Else Qt chooses a number, and keys that are commands would be typed into it.
            self.side.new.setFocus()

    def _show_wall(self) -> None:
        """What the run that is being set up would see, once there is something to see."""
        there = self.session.project is not None and bool(self.form.dataset.key())
        self.centre.show_empty(wall=there)
        self._words()

    def _empty_sentence(self) -> str:
        if self.session.project is None:
            return tr("Open a project, or drop a folder of pictures on the window.")
        return tr(
            "Choose pictures and a model on the right, then start: after a few seconds "
            "its first pictures appear here."
        )

    @Slot(list)
    def _datasets(self, datasets: list[DatasetCard]) -> None:
        names = [card.name for card in datasets]
        choose = self._wanted_dataset if self._wanted_dataset in names else ""
        self._wanted_dataset = "" if choose else self._wanted_dataset
        self.form.set_datasets(datasets, choose)
        self.panel.set_datasets(datasets)
        self.pages.tell("datasets", bool(datasets))
        if self.session.viewed is None:
            self._show_wall()

    @Slot(list)
    def _runs_read(self, runs: list[Run]) -> None:
        self.pages.tell("runs", bool(runs))
        self._offer_interrupted(runs)

    def _offer_interrupted(self, runs: list[Run]) -> None:
        """Once after the program or the machine ended in the middle: what trained can go on."""
        project = self.session.project
        if project is None or not project.was_left_open or self._has_offered:
            return
        self._has_offered = True
        for run in runs:
            if run.status is RunState.INTERRUPTED:
                said = tr("{run} was interrupted: it can go on from its last checkpoint.",
                          run=run_name(run.name, run.family, run.title))  # fmt: skip
                resume = (tr("Resume"), partial(self.commands.resume, run.name))
                self.studio.notices.warn(said, "", resume)

    @Slot(str)
    def _learn_from(self, name: str) -> None:
        self._show_form()
        self.form.begin_with(name)

    @Slot(object)
    def _run_opened(self, _opened: Opened) -> None:
        focus = QApplication.focusWidget()
        if focus and self.form.isAncestorOf(focus):
            self.focus_main_view()  # or the name of the run would be typed over
        self.right.setCurrentWidget(self.panel)

    # ------------------------------------------------------------------ the run that trains

    @Slot(list)
    def _advanced(self, received: list[events.Event]) -> None:
        live = self.session.live
        if live is None:
            return
        for event in received:
            if isinstance(event, events.Checkpoint):
                self.checkpointLanded.emit(live.run.name, event.path)
        self.viewing.advance(live, received)
        self._tell_progress(live)

    @Slot()
    def _show_busy(self) -> None:
        """The run that trains is a job: it is one as soon as it was asked for."""
        self.form.foot.set_waiting(bool(self.session.training))

    def _tell_progress(self, live: Opened) -> None:
        self.runProgress.emit(live.run.name, live.record.fraction, words.progress(live.record))

    @Slot(object)
    def _ended(self, last: events.Done | events.Failed) -> None:
        name = self.session.driving.last_name
        self.runProgress.emit(name, -1.0, "")
        self._say_ended(name, last)
        if self.session.viewed is not None and self.session.viewed.run.name == name:
            self.session.view(name)

    def _say_ended(self, run: str, last: events.Done | events.Failed) -> None:
        if isinstance(last, events.Failed):
            resume = (tr("Resume"), lambda: self.commands.resume(run))
            self.studio.notices.error(last.message, last.detail, resume)
            self.away.tell(f"{self.name_of(run)}: {i18n.said(last.message)}")
            return
        done = last.reason is RunState.FINISHED
        text = tr("{run} is done." if done else "{run} was stopped.", run=self.name_of(run))
        self.studio.notices.info(text, "", (tr("Play it"), lambda: self.playRequested.emit(run)))
        self.away.tell(text)

    # ------------------------------------------------------------------ the run in view

    @Slot()
    def _go_on(self) -> None:
        """Train the run further, with other pictures where some were chosen."""
        viewed, other = self.session.viewed, self.panel.other_pictures()
        if viewed is not None and viewed.recipe is not None and viewed.recipe.brought_from:
            self.commands.learn()  # it has no pictures of its own to go on with
        elif viewed is not None and viewed.run.queued:
            self.queueing.queue.start(viewed.run.name)
        elif viewed is not None and other:
            self.planning.go_on_with(viewed.run.name, other)
        elif viewed is not None:
            self.commands.resume(viewed.run.name)

    @Slot(str)
    def _rename(self, title: str) -> None:
        if self.session.viewed is not None:
            self.managing.rename(self.session.viewed.run.name, title)

    @Slot(str)
    def _run_changed(self, name: str) -> None:
        self.session.read_runs()
        viewed = self.session.viewed
        if viewed is not None and viewed.run.name == name and not viewed.run.folder.exists():
            self._show_form()

    @Slot(str)
    def _run_arrived(self, name: str) -> None:
        self.session.read_runs()
        self.session.view(name)

    @Slot(float)
    def _keep_share(self, share: float) -> None:
        self.studio.settings.samples_share = round(min(90.0, max(10.0, 100 * share)))

    # ------------------------------------------------------------------ words

    @Slot()
    def _restyle(self) -> None:
        self.centre.restyle()
        self.panel.restyle()
        self.form.measured.restyle()
        self.side.facts.restyle()

    def _words(self) -> None:
        if self.session.viewed is None:
            self.centre.name_wall(self._empty_sentence())
        else:
            self.viewing.name_samples()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Training"))
        parts = (self.side, self.form, self.panel, self.centre, self.strip, self.pages)
        for part in parts:
            part.retranslate()
        self.viewing.show_run()
        if self.session.live is not None:
            self._tell_progress(self.session.live)
        self.viewing.show_runs()
        self._restyle()
        self._words()
