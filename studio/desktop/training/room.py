"""The training place: runs, their samples and curves, and the next run."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.desktop.context import Studio
from studio.desktop.i18n import tr
from studio.desktop.room import Room
from studio.desktop.training import words
from studio.desktop.training.centre import Centre
from studio.desktop.training.commands import RunCommands
from studio.desktop.training.engine import NewRun, Opened
from studio.desktop.training.form import NewRunForm
from studio.desktop.training.preparing import Preparing
from studio.desktop.training.record import Sheet
from studio.desktop.training.running import RunPanel
from studio.desktop.training.session import Session
from studio.desktop.training.side import Side
from studio.engine import events
from studio.engine.project import Project


class TrainingRoom(Room):
    """Joins the panels; the engine is behind `session`."""

    key: ClassVar[str] = "training"
    playRequested = Signal(str)
    runProgress = Signal(str, float, str)
    checkpointLanded = Signal(str, str)
    runsChanged = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.session = Session(self)
        self.side, self.centre = Side(), Centre()
        self.form, self.panel = NewRunForm(), RunPanel()
        self.right = QStackedWidget()
        self.commands, self.preparing = RunCommands(self.session, self), Preparing()
        self._runs: list[object] = []
        self._wanted_dataset = ""
        self._lay_out()
        self._connect()
        self._show_form()
        self.retranslate()

    def _lay_out(self) -> None:
        self.right.setFixedWidth(328)
        self.right.addWidget(self.form)
        self.right.addWidget(self.panel)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.centre, 1)
        middle.addWidget(self.preparing)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(1)
        whole.addWidget(self.side)
        whole.addLayout(middle, 1)
        whole.addWidget(self.right)

    def _connect(self) -> None:
        session, form, panel, commands = self.session, self.form, self.panel, self.commands
        session.familiesRead.connect(form.set_families)
        session.machinesRead.connect(form.set_machines)
        session.datasetsRead.connect(self._datasets)
        session.presetRead.connect(form.set_preset)
        session.sizeWrong.connect(form.set_size_error)
        session.runsRead.connect(self._runs_read)
        session.opened.connect(self._opened)
        session.prepared.connect(self.preparing.advance)
        session.created.connect(self._created)
        session.createFailed.connect(self._create_failed)
        session.advanced.connect(self._advanced)
        session.ended.connect(self._ended)
        session.sheetRead.connect(self._sheet_read)
        session.failed.connect(self.studio.notices.error)
        form.startRequested.connect(self._create)
        form.presetWanted.connect(self._preset)
        panel.pauseRequested.connect(commands.toggle_pause)
        panel.sampleRequested.connect(commands.sample_now)
        panel.checkpointRequested.connect(commands.checkpoint_now)
        panel.stopRequested.connect(commands.stop)
        panel.continueRequested.connect(commands.go_on)
        panel.playRequested.connect(commands.play)
        panel.liveChanged.connect(commands.set_live)
        self.side.runChosen.connect(self.session.view)
        self.side.runActivated.connect(self.playRequested)
        self.side.newRequested.connect(self._show_form)
        self.centre.samples.scrubber.moved.connect(self._scrubbed)
        self.preparing.cancel.clicked.connect(session.cancel_create)
        commands.playRequested.connect(self.playRequested)
        commands.register(self.studio.actions, self.key, self._show_form, form.start.click)
        self.studio.themeChanged.connect(self._restyle)

    # ------------------------------------------------------------------ the room's hooks

    def project_opened(self, project: Project) -> None:
        """Read its runs and datasets."""
        self.session.open(project)
        self._show_form()

    def project_closed(self) -> None:
        """Save what trains, and forget the rest."""
        self.session.close()
        self._runs = []
        self.side.show_runs([], "", "", None)
        self.form.set_datasets([])
        self._end_preparing()
        self._show_form()

    def entered(self) -> None:
        """The families are read when the place is first seen; the datasets may have grown."""
        self.session.read_families()
        self.session.read_datasets()

    def shutdown(self) -> None:
        """Save what trains and end the threads."""
        self.session.shutdown()

    def start_for(self, dataset: str) -> None:
        """The dataset place asks to train these pictures."""
        self._wanted_dataset = dataset
        self._show_form()
        self.session.read_families()
        self.session.read_datasets()
        self.form.start.setFocus()

    # ------------------------------------------------------------------ the new run

    @Slot()
    def _show_form(self) -> None:
        self.session.viewed = None
        self.right.setCurrentWidget(self.form)
        self.side.runs.setCurrentRow(-1)
        self.side.show_record(None)
        self.centre.samples.clear(self._empty_sentence())
        self.centre.show_empty()
        self._words()

    def _empty_sentence(self) -> str:
        if self.session.project is None:
            return tr("Open a project, or drop a folder of pictures on the window.")
        return tr(
            "Choose pictures and a model on the right, then start: after a few seconds "
            "its first pictures appear here."
        )

    @Slot(list)
    def _datasets(self, datasets: list[tuple[str, int]]) -> None:
        names = [name for name, _ in datasets]
        choose = self._wanted_dataset if self._wanted_dataset in names else ""
        self._wanted_dataset = "" if choose else self._wanted_dataset
        self.form.set_datasets(datasets, choose)

    @Slot()
    def _preset(self) -> None:
        size = self.form.size_box.size_pixels()
        if size is not None:
            self.session.read_preset(
                self.form.dataset.key(), self.form.family.key(), size, self.form.device.key()
            )

    @Slot(object)
    def _create(self, wanted: NewRun) -> None:
        if self.session.training:
            self.form.set_trouble(tr("Another run is training: stop it first, or let it finish."))
            return
        self.preparing.begin()
        self.form.start.setVisible(False)
        self.session.create(wanted)

    @Slot(object)
    def _created(self, run: object) -> None:
        self._end_preparing()
        self.runsChanged.emit()
        self.session.start(run, resume=False)  # type: ignore[arg-type]  # a Run
        self.session.read_runs()

    @Slot(str, str)
    def _create_failed(self, sentence: str, detail: str) -> None:
        cancelled = not self.preparing.going_on or self.session.cancelled
        self._end_preparing()
        if not cancelled:
            self.form.set_trouble(sentence)
            self.studio.notices.error(sentence, detail)

    def _end_preparing(self) -> None:
        self.preparing.end()
        self.form.start.setVisible(True)

    # ------------------------------------------------------------------ a run in view

    @Slot(list)
    def _runs_read(self, runs: list[object]) -> None:
        self._runs = runs
        self._show_runs()

    def _show_runs(self) -> None:
        viewed = self.session.viewed
        live = self.session.live
        self.side.show_runs(
            self._runs,  # type: ignore[arg-type]  # a list of Run
            viewed.run.name if viewed is not None else "",
            self.session.training,
            live.record if live is not None else None,
        )

    @Slot(object)
    def _opened(self, opened: Opened) -> None:
        self.right.setCurrentWidget(self.panel)
        record = opened.record
        if not record.sheets:
            self.centre.samples.clear(tr("The first pictures appear here in a moment."))
        self.centre.show_record(record, fresh=True)
        self.panel.set_health("", "")
        if opened.complaint or record.message:
            self.panel.set_health(tr("This run"), opened.complaint or record.message)
        self._show_viewed()
        self._show_runs()

    def _show_viewed(self) -> None:
        opened = self.session.viewed
        if opened is None:
            return
        running = opened.run.name == self.session.training
        busy = bool(self.session.training) and not running
        self.panel.show_run(opened, running=running, busy=busy)
        self.side.show_record(opened.record)
        self._words()

    @Slot(int)
    def _scrubbed(self, _place: int) -> None:
        sheet = self.centre.samples.scrubber.current()
        if sheet is not None and self.session.viewed is not None:
            self.session.read_sheet(sheet)

    @Slot(object, QImage)
    def _sheet_read(self, sheet: Sheet, image: QImage) -> None:
        if sheet != self.centre.samples.scrubber.current() or image.isNull():
            return
        self.centre.samples.view.set_sheet(image, sheet.columns, sheet.count)
        newest = self.centre.samples.scrubber.at_newest
        self.centre.curves.set_cursor(None if newest else sheet.images_seen)
        self.centre.moment.setText(tr("{n} images", n=words.count(sheet.images_seen)))

    # ------------------------------------------------------------------ the run that trains

    @Slot(list)
    def _advanced(self, received: list[events.Event]) -> None:
        live = self.session.live
        if live is None:
            return
        record = live.record
        viewing = self.session.viewed is live
        for event in received:
            if isinstance(event, events.Checkpoint):
                self.checkpointLanded.emit(live.run.name, event.path)
            elif isinstance(event, events.Samples) and viewing:
                self.centre.samples.scrubber.set_sheets(record.sheets, follow=False)
            elif isinstance(event, events.Health) and viewing:
                self.panel.set_health(event.sentence, event.action or event.sentence)
        if viewing:
            self.centre.show_record(record, fresh=False)
            self._show_viewed()
        self._show_runs()
        self.runProgress.emit(live.run.name, record.fraction, self._sentence(live))

    def _sentence(self, live: Opened) -> str:
        record = live.record
        if record.stage and record.stage not in ("training", "running"):
            return words.status(record.stage)
        parts = [words.percent(record.fraction), words.rate(record.images_per_second)]
        if record.seconds_left is not None:
            parts.append(tr("{time} left", time=words.duration(record.seconds_left)))
        return " · ".join(part for part in parts if part and part != "—")

    @Slot(object)
    def _ended(self, last: events.Done | events.Failed) -> None:
        name = self.session.last_name
        self.runsChanged.emit()
        self.runProgress.emit(name, -1.0, "")
        if isinstance(last, events.Failed):
            resume = (tr("Resume"), lambda: self.commands.resume(name))
            self.studio.notices.error(last.message, last.detail, resume)
        else:
            play = (tr("Play it"), lambda: self.playRequested.emit(name))
            text = tr("{run} is done.") if last.reason == "finished" else tr("{run} was stopped.")
            self.studio.notices.info(text.format(run=name), "", play)
        if self.session.viewed is not None and self.session.viewed.run.name == name:
            self.session.view(name)

    # ------------------------------------------------------------------ words

    @Slot()
    def _restyle(self) -> None:
        self.centre.restyle()
        self.panel.facts.restyle()
        self.side.facts.restyle()

    def _words(self) -> None:
        opened = self.session.viewed
        if opened is None:
            self.centre.title.setText(tr("Training"))
            self.centre.moment.setText("")
            self.centre.samples.view.set_sentence(self._empty_sentence())
            return
        sheet = self.centre.samples.scrubber.current()
        count = sheet.count if sheet is not None else 0
        self.centre.title.setText(
            tr("The same {n} seeds over time", n=count) if count else opened.run.name
        )

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.setAccessibleName(tr("Training"))
        self.side.retranslate()
        self.form.retranslate()
        self.panel.retranslate()
        self.centre.retranslate()
        self.preparing.retranslate()
        self._show_viewed()
        self._show_runs()
        self._restyle()
        self._words()
