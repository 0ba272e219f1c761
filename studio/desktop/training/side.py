"""The left panel: runs, how far the chosen one is, and what happened to it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.desktop.base import amounts
from studio.desktop.i18n import tr
from studio.desktop.run_names import distinct, run_name, when
from studio.desktop.training import words
from studio.desktop.training.fields import Facts
from studio.desktop.training.queue_panel import QueuePanel
from studio.desktop.training.session.run_record import Mark, MarkKind, RunRecord
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.count_list import CountList, Entry
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SIDE_WIDTH, SectionHeader
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column
from studio.engine.events import RunState

if TYPE_CHECKING:
    from studio.engine.events import Preflight
    from studio.engine.training.planning.runs import Run

NEW = "+"
FACTS = ("seen", "rate", "left", "took", "first", "checkpoint", "risk", "best")
MARKS = 40


class Side(QWidget):
    """Runs, facts, marks."""

    runChosen = Signal(str)
    runActivated = Signal(str)
    searched = Signal(str)
    newRequested = Signal()
    foreignRequested = Signal()
    """Models of other programs are wanted."""
    momentChosen = Signal(int)
    """The artist went to a mark at this number of images."""
    checkpointActivated = Signal(str)
    """Enter or a double click on the mark of a checkpoint that is still there: its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(SIDE_WIDTH)
        self.runs, self.marks = CountList(most=9), CountList(most=8)
        self.facts = Facts(FACTS)
        self.new, self.foreign = secondary(""), secondary("")
        self.search, self.none, self.queue = QLineEdit(), text_label(quiet=True), QueuePanel()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.searched)
        heads = (SectionHeader("") for _ in range(3))
        self.runs_header, self.facts_header, self.marks_header = heads
        inner, column = panel_column(4)
        for part in (
            self.runs_header, self.search, self.runs, self.none, self.new, self.foreign, 12,
            self.queue, 12, self.facts_header, self.facts, 12, self.marks_header, self.marks, None,
        ):  # fmt: skip
            boxes.add(column, part)
        boxes.column(SteadyScroll(inner), on=self)
        self.runs.chosen.connect(lambda name: self.runChosen.emit(name))
        self.runs.opened.connect(lambda name: self.runActivated.emit(name))
        self.new.clicked.connect(self.newRequested)
        self.foreign.clicked.connect(self.foreignRequested)
        self.marks.chosen.connect(self._mark_chosen)
        self.marks.opened.connect(self._mark_activated)
        self._record: RunRecord | None = None

    def show_runs(
        self, runs: Sequence[Run], current: str, running: str, record: RunRecord | None
    ) -> None:
        """List the runs; `running` is the one being trained, whose record is `record`."""
        entries = []
        texts = {
            run.name: f"{run_name(run.name, run.family, run.title)} · {when(run.created)}"
            for run in runs
        }
        texts, shown = distinct(texts), self._found(runs)
        for run in shown:
            live = run.name == running
            right = words.status(run.status)
            if live and record is not None:
                stage = record.stage or RunState.RUNNING
                right = words.percent(record.fraction) or words.status(stage)
            elif run.queued and not live:
                right = tr("no. {n}", n=run.queued)
            said = (run.name, words.said(run.message), run.note)
            help = "\n".join(each for each in said if each)
            entries.append(Entry(run.name, texts[run.name], right, help=help, dot=live))
        self.runs.set_entries(entries, current)
        self.runs.setVisible(bool(entries))
        self.search.setVisible(len(runs) > 1)
        self.none.setVisible(bool(runs) and not entries)
        waiting = sorted((run for run in runs if run.queued), key=lambda run: run.queued)
        names = distinct({run.name: run_name(run.name, run.family, run.title) for run in runs})
        self.queue.show_runs(waiting, names, current, busy=bool(running))

    def _found(self, runs: Sequence[Run]) -> Sequence[Run]:
        """Those with all words that are searched for in their names or notes."""
        searched = self.search.text().strip()
        if not searched:
            return runs
        from studio.engine.training.planning.run_notes import is_found

        return [run for run in runs if is_found(run, searched)]

    def show_record(self, record: RunRecord | None) -> None:
        for widget in (self.facts_header, self.facts, self.marks_header, self.marks):
            widget.setVisible(record is not None)
        self._record = record
        if record is None:
            return
        saved, best = record.checkpoint_name, record.saves.best.lstrip("0")
        values = {
            "seen": tr("{n} images", n=amounts.count(record.images_seen)),
            "rate": words.rate(record.images_per_second),
            "left": amounts.duration(record.seconds_left),
            "took": amounts.duration(record.seconds or None),
            "checkpoint": saved and tr("checkpoint {name}", name=saved),
            "risk": _at_risk(record),
            "first": _first(record.needs),
            "best": best and tr("checkpoint {name}", name=best) + " ★",
        }
        for name, text in values.items():
            self.facts.set_value(name, text)
        self.show_marks(record)

    def show_marks(self, record: RunRecord) -> None:
        """Checkpoints and warnings, newest first; how long ago where that is known."""
        now = time.monotonic()
        entries = []
        for number, mark in reversed(list(enumerate(record.marks))[-MARKS:]):
            ago = amounts.duration(now - mark.moment) if mark.moment else ""
            seen = tr("{n} images", n=words.short_count(mark.images_seen))
            text, tip = _told(mark, record)
            entries.append(Entry(number, text, ago or seen, help=f"{tip}\n{seen}"))
        self.marks.set_entries(entries, self.marks.current_key())
        self.marks_header.setVisible(bool(entries))
        self.marks.setVisible(bool(entries))

    def _mark(self, number: int) -> Mark | None:
        marks = self._record.marks if self._record is not None else []
        return marks[number] if number < len(marks) else None

    def _mark_chosen(self, number: int) -> None:
        mark = self._mark(number)
        if mark is not None:
            self.momentChosen.emit(mark.images_seen)

    def _mark_activated(self, number: int) -> None:
        mark = self._mark(number)
        if mark is not None and mark.kind is MarkKind.CHECKPOINT:
            self.checkpointActivated.emit(mark.sentence)

    def retranslate(self) -> None:
        self.runs_header.setText(tr("Runs"))
        self.search.setPlaceholderText(tr("Search runs"))
        self.none.setText(tr("No run has these words."))
        self.queue.retranslate()
        self.facts_header.setText(tr("This run"))
        self.marks_header.setText(tr("Marks"))
        set_words(
            (self.runs, tr("Runs"), tr("Choose a run to look at; Enter plays it on the canvas")),
            (self.marks, tr("Marks"),
             tr("Choose a mark to see its moment; Enter plays a checkpoint")),
            (self.new, tr("New run"), tr("Set up another run (N)")),
            (self.search, tr("Search runs"),
             tr("Only runs with all these words in their name, pictures or note (Ctrl+F)")),
            (self.foreign, tr("Bring in a model…"),
             tr("A StyleGAN2 of another program becomes a run: .pkl of NVIDIA's, .pt of "
                "lucidrains' or rosinality's. Nothing in the file is run (Ctrl+Shift+I)")),
        )  # fmt: skip
        self.facts.set_label("seen", tr("Seen"), tr("Pictures shown to the model so far (kimg)"))
        self.facts.set_label("rate", tr("Rate"), tr("Pictures a second (throughput)"))
        self.facts.set_label("left", tr("Time left"), tr("Time left at this rate (ETA)"))
        self.facts.set_label("took", tr("Took"), tr("Training time so far"))
        tip = tr("When somebody who knows the set first recognises it; a rule of thumb")
        self.facts.set_label("first", tr("Recognisable"), tip)
        tip = tr("The checkpoint whose pictures come nearest to unseen ones")
        self.facts.set_label("best", tr("Best"), tip)
        self.facts.set_label("checkpoint", tr("Saved"), tr("The latest checkpoint on the disk"))
        tip = tr("Training that a power cut would cost now, since the last checkpoint, and at most")
        self.facts.set_label("risk", tr("Not saved"), tip)


def _first(needs: Preflight | None) -> str:
    """When something can be recognised."""
    if needs is None:
        return ""
    if needs.ends_early:
        return tr("after the run's end")
    return tr("after {time}", time=amounts.duration(needs.first_picture_seconds))


def _at_risk(record: RunRecord) -> str:
    """What would be lost if all ended now, while it trains."""
    if not record.most_unsaved_seconds:
        return ""
    return tr(
        "{time}, at most {most}",
        time=amounts.duration(record.unsaved_seconds),
        most=amounts.duration(record.most_unsaved_seconds),
    )


def _told(mark: Mark, record: RunRecord) -> tuple[str, str]:
    """A mark in two or three words, and in full."""
    if mark.kind is not MarkKind.CHECKPOINT:
        return words.health(mark.about), words.told(mark.sentence, mark.action)
    text = tr("checkpoint {name}", name=mark.sentence.lstrip("0") or "0")
    if mark.sentence == record.saves.best:
        return f"★ {text}", tr("The best so far; Enter plays it")
    gone = record.checkpoint_of(mark.sentence) is None
    return text, tr("No longer on the disk") if gone else tr("Enter plays it")
