"""The room's dealings with the engine: reading runs and making one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from models.parameters import Value
from studio.desktop.base.jobs import Jobs
from studio.desktop.base.threads import WorkerThread
from studio.desktop.training.session import queries, upkeep
from studio.desktop.training.session.live_run import Driving
from studio.desktop.training.session.measurement import Measured, measure
from studio.desktop.training.session.queries import Opened
from studio.desktop.training.session.run_record import Sheet
from studio.engine import events
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said
from studio.engine.training.record.options import NewRun

if TYPE_CHECKING:
    from studio.engine.training.planning.runs import Run

Result = TypeVar("Result")
PLACE = "training"
SHEETS_KEPT = 24


class Session(QObject):
    """One project's runs. At most one of them trains at a time."""

    familiesRead = Signal(list)
    machinesRead = Signal(list)
    datasetsRead = Signal(list)
    sizesRead = Signal(object)
    """Width and height by the name of the dataset."""
    adviceRead = Signal(object)
    """An :class:`Advice`."""
    sizeWrong = Signal(object)
    startsRead = Signal(list)
    boardChecked = Signal(object)
    """Why TensorBoard files cannot be written, or empty."""
    runsRead = Signal(list)
    opened = Signal(object)
    """An :class:`Opened`."""
    preparingChanged = Signal()
    """Of :attr:`is_creating` or :attr:`is_measuring`, perhaps."""
    planned = Signal(object)
    """A :class:`NewRun` whose pictures lie ready."""
    measured = Signal(object)
    """A :class:`Measured`."""
    created = Signal(object)
    picturesChanged = Signal(str)
    """The run of this name goes on with other pictures from now on."""
    createFailed = Signal(object, str)
    advanced = Signal(list)
    """Events of the run that trains; its record is up to date already."""
    ended = Signal(object)
    """`Done` or `Failed`."""
    otherRead = Signal(object)
    """An :class:`Opened` that the one on the screen is compared with."""
    sheetRead = Signal(object, QImage)
    arrived = Signal(object)
    """An :class:`Arrived`."""
    notArrived = Signal(object, str)
    returned = Signal(object)
    """A :class:`Returned`."""
    failed = Signal(object, str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.project: Project | None = None
        self.thread_ = WorkerThread(parent=self)
        self.thread_.failed.connect(self.failed)
        self.driving = Driving(jobs, self.thread_, self)
        self.driving.began.connect(self._began)
        self.driving.advanced.connect(self.advanced)
        self.driving.ended.connect(self._ended)
        self.driving.failed.connect(self.failed)
        self.viewed: Opened | None = None
        """The run on the screen."""
        self._looks = 0
        self._unseen = ""
        """A run that begins without being shown, where the artist looks at something else."""
        self._sheets: dict[Path, QImage] = {}
        self._creating: Job[Run] | Job[None] | None = None
        self._measuring: Job[Measured] | None = None
        self._families_asked = False

    # ------------------------------------------------------------------ the project

    def open(self, project: Project) -> None:
        self.project = project
        self.thread_.submit(upkeep.purge_runs, project)
        self.read_runs()
        self.read_datasets()

    def close(self) -> None:
        """Save and end what trains, within seconds; let go of the project."""
        self.jobs.end(PLACE)
        self.thread_.clear()
        self.driving.close()
        self.project = self.viewed = None
        self._sheets.clear()

    def shutdown(self) -> None:
        """As `close`, and end the thread."""
        self.close()
        self.thread_.stop()

    # ------------------------------------------------------------------ reading

    def read_families(self) -> None:
        """Ask for the families and machines, once: this is what loads torch."""
        if self._families_asked:
            return
        self._families_asked = True
        self.thread_.submit(queries.family_cards, done=self.familiesRead.emit)
        self.thread_.submit(queries.machine_names, done=self.machinesRead.emit)

    def read_runs(self) -> None:
        """Ask for the list of runs, and which of them can be begun with."""
        if self.project is not None:
            self.thread_.latest("runs", queries.list_runs, self.project, done=self.runsRead.emit)
            self.thread_.latest("starts", queries.starts, self.project, done=self.startsRead.emit)

    def read_datasets(self) -> None:
        if self.project is not None:
            self.thread_.latest(
                "sizes", queries.dataset_sizes, self.project, done=self.sizesRead.emit
            )
            self.thread_.latest(
                "datasets", queries.dataset_cards, self.project, done=self.datasetsRead.emit
            )

    def read_advice(self, asked: NewRun) -> None:
        if self.project is not None:
            self.thread_.latest(
                "advice", queries.advise, self.project, asked,
                done=self.adviceRead.emit, failed=lambda sentence, _: self.sizeWrong.emit(sentence),
            )  # fmt: skip

    def check_board(self) -> None:
        self.thread_.latest(
            "board", queries.check_board, done=lambda _: self.boardChecked.emit(""),
            failed=lambda sentence, _: self.boardChecked.emit(sentence),
        )  # fmt: skip

    def view(self, name: str) -> None:
        """Show a run; the one that trains is already in memory."""
        if self.live is not None and self.live.run.name == name:
            self._opened(self.live)
        elif self.project is not None:
            asked = self._looks = self._looks + 1
            self.thread_.latest(
                "open", queries.open_run, self.project, name,
                done=lambda opened: self._opened(opened) if asked == self._looks else None,
            )  # fmt: skip

    def look_away(self) -> None:
        """No run is to be shown, not even one that is still being read."""
        self._looks += 1
        self.viewed = None

    @Slot(object)
    def _opened(self, opened: Opened) -> None:
        self.viewed = opened
        self.opened.emit(opened)

    @Slot(object)
    def _began(self, opened: Opened) -> None:
        viewed = self.viewed
        looks_on = viewed is not None and viewed.run.name == self.driving.last_name
        if opened.run.name == self._unseen and not looks_on:
            self.read_runs()
        else:
            self._opened(opened)

    def take_words(self, runs: Sequence[Run]) -> None:
        """What is said of runs, and whether they wait, may be something else by now."""
        known = {run.name: run for run in runs}
        live, viewed = self.live, self.viewed
        self.driving.live = _up_to_date(live, known)
        self.viewed = self.live if viewed is live else _up_to_date(viewed, known)

    def read_other(self, name: str) -> None:
        if self.project is not None:
            self.thread_.latest(
                "other", queries.open_run, self.project, name, done=self.otherRead.emit
            )

    def read_sheet(self, sheet: Sheet, key: str = "sheet") -> None:
        """Of those asked for with one `key` only the newest is read."""
        known = self._sheets.get(sheet.path)
        if known is not None:
            self.sheetRead.emit(sheet, known)
            return
        self.thread_.latest(
            key, queries.read_sheet, sheet.path, done=lambda image: self._sheet(sheet, image)
        )

    def _sheet(self, sheet: Sheet, image: QImage) -> None:
        while len(self._sheets) >= SHEETS_KEPT:
            self._sheets.pop(next(iter(self._sheets)))
        self._sheets[sheet.path] = image
        self.sheetRead.emit(sheet, image)

    # ------------------------------------------------------------------ training

    @property
    def training(self) -> str:
        return self.driving.name

    @property
    def live(self) -> Opened | None:
        return self.driving.live

    @property
    def is_creating(self) -> bool:
        """Whether pictures are prepared for a run that then trains."""
        return self._creating in self.jobs.of(PLACE)

    @property
    def is_measuring(self) -> bool:
        """Whether something is being measured, or its end is waited for."""
        return self._measuring in self.jobs.of(PLACE)

    def create(self, wanted: NewRun) -> None:
        """Check, prepare and write a new run; answers with `created` or `createFailed`."""
        project = self.project
        if project is None or self.is_creating:
            return
        self._give_up_measuring()
        self._creating = job = _preparing(
            lambda job: queries.create(project, wanted, job.advance, job.cancelled)
        )
        self._prepare(job, self.created.emit)

    def plan(self, wanted: NewRun) -> None:
        """Check and prepare a run that others train; answers with `planned` or `createFailed`."""
        project = self.project
        if project is None or self.is_creating:
            return
        self._give_up_measuring()
        self._creating = job = _preparing(
            lambda job: queries.prepare_run(project, wanted, job.advance, job.cancelled)
        )
        self._prepare(job, lambda _: self.planned.emit(wanted))

    def _give_up_measuring(self) -> None:
        if self._measuring is not None:
            self._measuring.cancel()  # both would prepare the same pictures at once

    def measure(self, wanted: NewRun) -> None:
        """Try the first steps of a run; answers with `measured` or `createFailed`."""
        project = self.project
        if project is not None:
            preparing = Said("Preparing pictures")
            self._measuring = Job(preparing, lambda job: measure(project, wanted, job))
            self._prepare(self._measuring, self.measured.emit)

    def change_pictures(self, name: str, dataset: str) -> None:
        """Let a run go on with another dataset; answers with `changed` or `createFailed`."""
        project = self.project
        if project is None or self.is_creating:
            return
        self._creating = job = _preparing(
            lambda job: upkeep.change_pictures(project, name, dataset, job.advance, job.cancelled)
        )
        self._prepare(job, lambda _: self.picturesChanged.emit(name))

    def _prepare(self, job: Job[Result], done: Callable[[Result], object]) -> None:
        self.jobs.start(
            job, PLACE, lane="new run", done=done, failed=self.createFailed.emit,
            over=self.preparingChanged.emit,
        )  # fmt: skip
        self.preparingChanged.emit()

    def bring_in(self, path: Path) -> None:
        """Make a run of a model in a file; answers with `arrived` or `notArrived`."""
        project = self.project
        if project is not None:
            job = Job(
                Said("Bringing in {file}", file=path.name),
                lambda job: upkeep.bring_in(project, path, job.advance, job.cancelled),
            )
            self.jobs.start(
                job, PLACE, lane="foreign", done=self.arrived.emit, failed=self.notArrived.emit
            )

    def take_back(self, path: Path) -> None:
        """Make a run of what another machine trained; answers with `returned` or `failed`."""
        project = self.project
        if project is not None:
            job = Job(
                Said("Taking {file} back", file=path.name),
                lambda job: upkeep.take_back(project, path, job.advance, job.cancelled),
            )
            self.jobs.start(
                job, PLACE, lane="returned", done=self.returned.emit, failed=self.failed.emit
            )

    def manage(
        self, function: Callable[..., object], *given: object, done: Callable[..., None]
    ) -> None:
        """Have the thread do something with the project; answers with `done`, or `failed`."""
        if self.project is not None:
            self.thread_.submit(function, self.project, *given, done=done)

    def resume(self, name: str) -> None:
        """Go on with an older run from its newest good checkpoint."""
        if self.project is not None:
            self.thread_.submit(
                queries.open_run, self.project, name,
                done=lambda opened: self.start(opened.run, resume=True, opened=opened),
            )  # fmt: skip

    def start(
        self, run: Run, *, resume: bool, opened: Opened | None = None, unseen: bool = False
    ) -> None:
        """Train a run in its own process. Nothing happens while another one trains.

        It is shown, with `unseen` only where the one before was on the screen.
        """
        if self.project is not None:
            self._unseen = run.name if unseen else ""
            self.driving.start(self.project, run, resume=resume, opened=opened)

    def send(self, command: events.Command) -> None:
        self.driving.send(command)

    def set_live(self, key: str, value: Value) -> None:
        self.send(events.Set(key, value))

    @Slot(object)
    def _ended(self, last: events.Done | events.Failed | None) -> None:
        self.read_runs()
        if last is not None:
            self.ended.emit(last)


def _preparing(run: Callable[[Job[Result]], Result]) -> Job[Result]:
    return Job(Said("Preparing pictures"), run, can_pause=True)


def _up_to_date(opened: Opened | None, known: dict[str, Run]) -> Opened | None:
    """The same run with the words of today; itself where that is nothing new."""
    if opened is None or opened.run.name not in known:
        return opened
    now = known[opened.run.name]
    run = dataclasses.replace(opened.run, title=now.title, note=now.note, queued=now.queued)
    return opened if run == opened.run else dataclasses.replace(opened, run=run)
