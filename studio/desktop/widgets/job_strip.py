"""What goes on in a place, with a way to pause it and a way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from studio.desktop.base.amounts import count, duration
from studio.desktop.base.jobs import AnyJob, Jobs
from studio.desktop.i18n import said, tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.engine.jobs import Ending

ROW_HEIGHT = 44


def how_far(job: AnyJob) -> str:
    """So many of so many, how quick, and how long it has to go."""
    parts = []
    if job.note is not None:
        parts.append(said(job.note))
    elif job.total or job.done:
        parts.append(f"{count(job.done)} / {count(job.total)}" if job.total else count(job.done))
    rate, left = job.rate, job.seconds_left
    if job.is_cancelling:
        parts.append(tr("stopping…"))
    elif job.is_paused:
        parts.append(tr("paused"))
    elif rate is not None:
        many = count(rate) if rate >= 10 else f"{rate:.1f}"
        parts.append(tr("{n} a second", n=many))
        if left is not None:
            parts.append(tr("{time} left", time=duration(left)))
    return " · ".join(parts)


def job_commands(job: AnyJob) -> list[tuple[str, Callable[[], object]]]:
    """What can be done about a job, in words."""
    found: list[tuple[str, Callable[[], object]]] = []
    title = said(job.title)
    if job.can_cancel and not job.is_cancelling:
        found.append((f"{_cancel_word(job)}: {title}", job.cancel))
    if job.can_pause and not job.is_cancelling:
        act = job.resume if job.is_paused else job.pause
        found.append((f"{_pause_word(job)}: {title}", act))
    return found


def _cancel_word(job: AnyJob | None) -> str:
    return tr("Stop") if job is not None and job.ending is Ending.STOP else tr("Cancel")


def _pause_word(job: AnyJob | None) -> str:
    return tr("Resume") if job is not None and job.is_paused else tr("Pause")


class JobRow(QFrame):
    """One job."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setFixedHeight(ROW_HEIGHT)
        self.job: AnyJob | None = None
        self.text, self.bar = Label(), QProgressBar()
        self.pause, self.cancel = secondary(), secondary()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(140, 6)
        parts = self.bar, (self.text, 1), self.pause, self.cancel
        row(*parts, on=self, gap=12, margins=(16, 0, 16, 0))
        self.pause.clicked.connect(self._toggle)
        self.cancel.clicked.connect(self._give_up)

    def show_job(self, job: AnyJob | None) -> None:
        self.job = job
        self.setHidden(job is None)
        if job is None:
            return
        title = said(job.title)
        self.bar.setRange(0, job.total)
        self.bar.setValue(job.done)
        self.text.setText(" · ".join(part for part in (title, how_far(job)) if part))
        self.pause.setVisible(job.can_pause)
        self.cancel.setVisible(job.can_cancel)
        for button in (self.pause, self.cancel):
            button.setEnabled(not job.is_cancelling)
        self.retranslate()

    @Slot()
    def _toggle(self) -> None:
        if self.job is not None:
            self.job.resume() if self.job.is_paused else self.job.pause()
            self.show_job(self.job)

    @Slot()
    def _give_up(self) -> None:
        if self.job is not None:
            self.job.cancel()
            self.show_job(self.job)

    def retranslate(self) -> None:
        job = self.job
        keeps = job is not None and job.ending is Ending.STOP
        stays = tr("Stop here; what was done so far stays")
        goes = tr("Give up; nothing is left behind")
        set_words(
            (self.bar, "", tr("How far it is")),
            (self.pause, _pause_word(job), tr("Hold this work, or let it go on")),
            (self.cancel, _cancel_word(job), stays if keeps else goes),
        )
        if job is not None:
            for button in (self.pause, self.cancel):
                button.setAccessibleName(f"{button.text()}: {said(job.title)}")


class JobStrip(QWidget):
    """The jobs of a place, over the foot of its parent: nothing moves when it comes and goes."""

    def __init__(self, jobs: Jobs, place: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._jobs, self._place, self._below = jobs, place, parent
        self.rows = [JobRow()]
        self._column = column(self.rows[0], on=self, gap=1)
        jobs.changed.connect(self.refresh)
        parent.installEventFilter(self)
        self.hide()

    @Slot()
    def refresh(self) -> None:
        going = self._jobs.in_strip(self._place)
        while len(self.rows) < len(going):
            self.rows.append(JobRow())
            self._column.addWidget(self.rows[-1])
        for place, shown in enumerate(self.rows):
            shown.show_job(going[place] if place < len(going) else None)
        if going:
            self._place_it(len(going))
        self.setVisible(bool(going))

    def _place_it(self, count: int) -> None:
        height = count * (ROW_HEIGHT + 1)
        self.setGeometry(0, self._below.height() - height, self._below.width(), height)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place_it(sum(not row.isHidden() for row in self.rows))
        return super().eventFilter(watched, event)

    def retranslate(self) -> None:
        for each in self.rows:
            each.retranslate()
        self.refresh()
