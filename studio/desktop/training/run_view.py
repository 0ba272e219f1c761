"""The run that is looked at: its samples, curves and figures, and the list it is chosen from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage

from studio.desktop.base.actions import ActionRegistry
from studio.desktop.i18n import tr
from studio.desktop.run_names import distinct, run_name
from studio.desktop.training.centre import Centre
from studio.desktop.training.run.run_panel import RunPanel
from studio.desktop.training.session.queries import Opened
from studio.desktop.training.session.run_record import Sheet
from studio.desktop.training.session.session import Session
from studio.desktop.training.side import Side
from studio.engine import events

if TYPE_CHECKING:
    from studio.engine.training.planning.runs import Run


class Viewing(QObject):
    """Keeps what shows a run in step with it; which one that is, the session knows."""

    def __init__(
        self, session: Session, side: Side, centre: Centre, panel: RunPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._side, self._centre, self._panel = side, centre, panel
        self._runs: list[Run] = []
        session.runsRead.connect(self._runs_read)
        session.opened.connect(self._opened)
        session.sheetRead.connect(self._sheet_read)
        session.otherRead.connect(self._other_read)
        centre.other.picked.connect(self._compare)
        side.searched.connect(lambda _: self.show_runs())
        centre.samples.scrubber.moved.connect(self._scrubbed)
        centre.samples.otherWanted.connect(self._read_other_moment)

    def register(self, actions: ActionRegistry, room: str) -> None:
        samples = self._centre.samples
        for id, text, do, keys, icon in (
            ("training.beside", "Two moments side by side", samples.toggle, "B", "compare"),
            ("training.back", "A moment earlier", partial(samples.scrubber.step, -1), ",",
             "arrow-left"),
            ("training.forth", "A moment later", partial(samples.scrubber.step, 1), ".",
             "arrow-right"),
            ("training.other_back", "The left moment earlier", partial(samples.other.step, -1),
             "Alt+Left", "arrow-left"),
            ("training.other_forth", "The left moment later", partial(samples.other.step, 1),
             "Alt+Right", "arrow-right"),
        ):  # fmt: skip
            actions.add(id, text, do, keys, room=room, icon=icon)

    def forget(self) -> None:
        self._runs = []
        self._side.show_runs([], "", "", None)

    def name_of(self, run: str) -> str:
        shown = (self._session.live, self._session.viewed)
        known = [*(each.run for each in shown if each is not None), *self._runs]
        found = next((each for each in known if each.name == run), None)
        return run_name(run, found.family, found.title) if found is not None else run

    def show_runs(self) -> None:
        viewed, live = self._session.viewed, self._session.live
        name = viewed.run.name if viewed is not None else ""
        record = live.record if live is not None else None
        self._side.show_runs(self._runs, name, self._session.training, record)
        names = distinct(
            {run.name: run_name(run.name, run.family, run.title) for run in self._runs}
        )
        self._centre.offer_others([(own, text) for own, text in names.items() if own != name])

    def show_run(self) -> None:
        opened = self._session.viewed
        if opened is None:
            return
        running = opened.run.name == self._session.training
        busy = bool(self._session.training) and not running
        self._panel.show_run(opened, running=running, busy=busy)
        self._side.show_record(opened.record)
        self.name_samples()

    def name_samples(self) -> None:
        if self._session.viewed is not None:
            self._centre.name_samples(self.name_of(self._session.viewed.run.name))

    def advance(self, live: Opened, received: Sequence[events.Event]) -> None:
        """The run that trains has news; it may be the one that is looked at."""
        if self._session.viewed is live:
            if any(isinstance(event, events.Samples) for event in received):
                self._centre.samples.set_sheets(live.record.sheets, follow=False)
            self._centre.show_record(live.record, fresh=False)
            self.show_run()
        self.show_runs()

    @Slot(list)
    def _runs_read(self, runs: list[Run]) -> None:
        self._runs = runs
        self._session.take_words(runs)
        self.show_run()
        self.show_runs()

    @Slot(object)
    def _opened(self, opened: Opened) -> None:
        record = opened.record
        self._centre.open_record(record, live=opened.run.name == self._session.training)
        self._panel.set_health(tr("This run"), opened.complaint or record.message)
        self.show_run()
        self.show_runs()

    @Slot(int)
    def _scrubbed(self, _place: int) -> None:
        sheet = self._centre.samples.scrubber.current()
        if sheet is not None and self._session.viewed is not None:
            self._session.read_sheet(sheet)

    @Slot(object)
    def _read_other_moment(self, sheet: Sheet) -> None:
        self._session.read_sheet(sheet, "other sheet")

    @Slot(object, QImage)
    def _sheet_read(self, sheet: Sheet, image: QImage) -> None:
        self._centre.samples.show_other(sheet, image)
        if self._centre.show_sheet(sheet, image):
            self.name_samples()

    @Slot(str)
    def _compare(self, name: str) -> None:
        if name:
            self._session.read_other(name)
        else:
            self._centre.show_other(None)

    @Slot(object)
    def _other_read(self, other: Opened) -> None:
        if other.run.name == self._centre.other.key():
            own = self._session.viewed.run.name if self._session.viewed is not None else ""
            names = self.name_of(other.run.name), self.name_of(own)
            self._centre.show_other(other.record, names)
