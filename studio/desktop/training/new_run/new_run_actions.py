"""The new run between the form and the engine: recommended, measured, prepared, begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices
from studio.desktop.training.new_run.form import NewRunForm
from studio.desktop.training.session.measurement import Measured
from studio.desktop.training.session.session import Session
from studio.engine.training.record.options import NewRun

if TYPE_CHECKING:
    from studio.engine.training.planning.runs import Run


class Planning(QObject):
    """Joins form and session; what takes a while is a job, of which there is one at a time."""

    waits = Signal(str)
    """A run is planned, and another one trains."""

    def __init__(
        self, session: Session, form: NewRunForm, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.form, self.notices = session, form, notices
        form.startRequested.connect(self.create)
        form.measureRequested.connect(self.measure)
        form.adviceWanted.connect(self._advise)
        form.extras.boardWanted.connect(session.check_board)
        session.adviceRead.connect(form.set_advice)
        session.sizesRead.connect(form.set_sizes)
        session.sizeWrong.connect(form.set_size_error)
        session.startsRead.connect(form.beginning.set_starts)
        session.boardChecked.connect(form.extras.set_board_error)
        session.preparingChanged.connect(self._show_busy)
        session.created.connect(self._created)
        session.picturesChanged.connect(session.resume)
        session.measured.connect(self._measured)
        session.createFailed.connect(self._tell)

    @Slot()
    def _advise(self) -> None:
        asked = self.form.asked()
        if asked is not None:
            self.session.read_advice(asked)

    @Slot()
    def _show_busy(self) -> None:
        self.form.foot.set_busy(
            preparing=self.session.is_creating, measuring=self.session.is_measuring
        )

    # ------------------------------------------------------------------ begun

    @Slot(object)
    def create(self, wanted: NewRun) -> None:
        """Prepare a run, and begin it or let it wait; a measurement is given up for it."""
        self.session.create(wanted)

    @Slot(object)
    def _created(self, run: Run) -> None:
        if self.session.training:
            self.waits.emit(run.name)
        else:
            self.session.start(run, resume=False)
            self.session.read_runs()

    @Slot(str, str)
    def go_on_with(self, name: str, dataset: str) -> None:
        if not self.session.training:
            self.session.change_pictures(name, dataset)

    # ------------------------------------------------------------------ measured

    @Slot(object)
    def measure(self, wanted: NewRun) -> None:
        if self.session.training:
            self.form.set_trouble(
                tr("Another run is training, so nothing true can be measured: stop it first.")
            )
        elif self.session.is_measuring:
            self.form.set_trouble(
                tr("The last measurement is still ending: try again in a moment.")
            )
        else:
            self.session.measure(wanted)

    @Slot(object)
    def _measured(self, measured: Measured) -> None:
        if measured.found is not None:
            self.form.set_measured(measured.wanted, measured.found, measured.notes)

    @Slot(object, str)
    def _tell(self, sentence: str, detail: str) -> None:
        self.form.set_trouble(sentence)
        self.notices.error(sentence, detail)
