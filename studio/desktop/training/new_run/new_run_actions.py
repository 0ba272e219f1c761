"""The new run between the form and the engine: recommended, measured, prepared, begun."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices
from studio.desktop.training.new_run.form import NewRunForm
from studio.desktop.training.new_run.progress_strip import Preparing
from studio.desktop.training.session.measurement import Measured
from studio.desktop.training.session.session import Session
from studio.engine.training.record.options import NewRun


class Planning(QObject):
    """Joins form, strip and session."""

    """There is a new run, and its training starts."""

    def __init__(
        self, session: Session, form: NewRunForm, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.form, self.notices = session, form, notices
        self.strip = Preparing()
        self._next: NewRun | None = None
        """Asked for while a measurement was still ending."""
        form.startRequested.connect(self.create)
        form.measureRequested.connect(self.measure)
        form.adviceWanted.connect(self._advise)
        form.extras.boardWanted.connect(session.check_board)
        session.adviceRead.connect(form.set_advice)
        session.sizesRead.connect(form.set_sizes)
        session.sizeWrong.connect(form.set_size_error)
        session.startsRead.connect(form.beginning.set_starts)
        session.boardChecked.connect(self._board_checked)
        session.prepared.connect(self.strip.advance)
        session.created.connect(self._created)
        session.picturesChanged.connect(self._pictures_changed)
        session.createFailed.connect(self._create_failed)
        session.measuring.advanced.connect(self._measuring)
        session.measuring.ended.connect(self._measured)
        self.strip.cancel.clicked.connect(self.cancel)

    def end(self) -> None:
        """The project is gone, and what was being made of it."""
        self._next = None
        self.form.set_trouble("")
        self._show_end()

    @Slot()
    def cancel(self) -> None:
        """Give up what is being prepared or measured."""
        self._next = None
        if self.session.measuring.going_on:
            self.session.measuring.cancel()
            self._show_end()
        else:
            self.session.cancel_create()

    @Slot()
    def _advise(self) -> None:
        asked = self.form.asked()
        if asked is not None:
            self.session.read_advice(asked)

    @Slot(str)
    def _board_checked(self, sentence: str) -> None:
        self.form.extras.set_board_error(sentence)

    # ------------------------------------------------------------------ begun

    @Slot(object)
    def create(self, wanted: NewRun) -> None:
        """Prepare and begin a run; a measurement is given up for it."""
        if self.session.training:
            self.form.set_trouble(tr("Another run is training: stop it first, or let it finish."))
            return
        self.strip.begin()
        self.form.foot.set_busy(preparing=True, measuring=False)
        if self.session.measuring.going_on:
            # Both would prepare the same pictures at once.
            self._next = wanted
            self.session.measuring.cancel()
        else:
            self.session.create(wanted)

    @Slot(object)
    def _created(self, run: object) -> None:
        self._show_end()
        self.session.start(run, resume=False)  # type: ignore[arg-type]  # a Run
        self.session.read_runs()

    @Slot(str, str)
    def _create_failed(self, sentence: str, detail: str) -> None:
        cancelled = not self.strip.going_on or self.session.cancelled
        self._show_end()
        if not cancelled:
            self._tell(sentence, detail)

    @Slot(str, str)
    def go_on_with(self, name: str, dataset: str) -> None:
        """Train a run further with the pictures of another dataset."""
        if self.session.training:
            return
        self.strip.begin()
        self.form.foot.set_busy(preparing=True, measuring=False)
        self.session.change_pictures(name, dataset)

    @Slot(str)
    def _pictures_changed(self, name: str) -> None:
        self._show_end()
        self.session.resume(name)

    # ------------------------------------------------------------------ measured

    @Slot(object)
    def measure(self, wanted: NewRun) -> None:
        """Try the first steps of a run."""
        if self.session.training:
            self.form.set_trouble(
                tr("Another run is training, so nothing true can be measured: stop it first.")
            )
            return
        if self.session.measuring.going_on:
            self.form.set_trouble(
                tr("The last measurement is still ending: try again in a moment.")
            )
            return
        self.strip.begin()
        self.form.foot.set_busy(preparing=False, measuring=True)
        self.session.measure(wanted)

    @Slot(str, int, int)
    def _measuring(self, stage: str, done: int, total: int) -> None:
        if self._next is None and self.strip.going_on:
            self.strip.begin(stage)
            self.strip.advance(done, total)

    @Slot(object)
    def _measured(self, measured: Measured) -> None:
        if self._next is not None:
            wanted, self._next = self._next, None
            self.session.create(wanted)
            return
        self._show_end()
        if measured.found is not None:
            self.form.set_measured(measured.wanted, measured.found, measured.notes)
        elif measured.sentence:
            self._tell(measured.sentence, measured.detail)

    def _tell(self, sentence: str, detail: str) -> None:
        self.form.set_trouble(sentence)
        self.notices.error(sentence, detail)

    def _show_end(self) -> None:
        self.strip.end()
        self.form.foot.set_busy(preparing=False, measuring=False)
