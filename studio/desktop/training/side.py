"""The left panel: runs, how far the chosen one is, and what happened to it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.i18n import tr
from studio.desktop.training import words
from studio.desktop.training.fields import Facts
from studio.desktop.training.lists import Line, LineList
from studio.desktop.training.record import RunRecord
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.panel import SectionHeader

if TYPE_CHECKING:
    from studio.engine.training.runs import Run

NEW = "+"
FACTS = ("seen", "rate", "left", "took", "checkpoint")
MARKS = 40


class Side(QWidget):
    """Runs, facts, marks."""

    runChosen = Signal(str)
    runActivated = Signal(str)
    newRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(264)
        self.runs, self.marks = LineList(9), LineList(8)
        self.facts = Facts(FACTS)
        self.new = secondary("")
        self.runs_header, self.facts_header, self.marks_header = (
            SectionHeader("") for _ in range(3)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(4)
        groups: list[list[QWidget]] = [
            [self.runs_header, self.runs, self.new],
            [self.facts_header, self.facts],
            [self.marks_header, self.marks],
        ]
        for group in groups:
            for widget in group:
                column.addWidget(widget)
            column.addSpacing(12)
        column.addStretch(1)
        self.runs.chosen.connect(self.runChosen)
        self.runs.activatedKey.connect(self.runActivated)
        self.new.clicked.connect(self.newRequested)

    def show_runs(
        self, runs: Sequence[Run], current: str, running: str, record: RunRecord | None
    ) -> None:
        """List the runs; `running` is the one being trained, whose record is `record`."""
        lines = []
        for run in runs:
            live = run.name == running
            right = words.status(self._state(run, running))
            if live and record is not None:
                right = words.percent(record.fraction) or words.status(record.stage or "running")
            text = f"{_short(run.name, run.family)} · {words.when(run.created)}"
            lines.append(Line(run.name, text, right, f"{run.name}\n{run.message}".strip(), live))
        self.runs.set_lines(lines, current)
        self.runs.setVisible(bool(lines))

    @staticmethod
    def _state(run: Run, running: str) -> str:
        # The index says "running" of a run whose window was killed: nobody told it otherwise.
        return "interrupted" if run.status == "running" and run.name != running else run.status

    def show_record(self, record: RunRecord | None) -> None:
        """How far the run in view is."""
        for widget in (self.facts_header, self.facts, self.marks_header, self.marks):
            widget.setVisible(record is not None)
        if record is None:
            return
        seen = tr("{n} images", n=words.count(record.images_seen))
        self.facts.set_value("seen", seen)
        self.facts.set_value("rate", words.rate(record.images_per_second))
        self.facts.set_value("left", words.duration(record.seconds_left))
        self.facts.set_value("took", words.duration(record.seconds or None))
        saved = record.checkpoint_name
        self.facts.set_value("checkpoint", saved and tr("checkpoint {name}", name=saved))
        self.show_marks(record)

    def show_marks(self, record: RunRecord) -> None:
        """Checkpoints and warnings, newest first; how long ago where that is known."""
        now = time.monotonic()
        lines = []
        for number, mark in reversed(list(enumerate(record.marks))[-MARKS:]):
            text = mark.sentence
            if mark.kind == "checkpoint":
                text = tr("checkpoint {name}", name=mark.sentence.lstrip("0") or "0")
            ago = words.duration(now - mark.moment) if mark.moment else ""
            seen = tr("{n} images", n=words.short_count(mark.images_seen))
            lines.append(Line(str(number), text, ago or seen, f"{mark.sentence}\n{seen}"))
        self.marks.set_lines(lines, self.marks.current_key())
        self.marks_header.setVisible(bool(lines))
        self.marks.setVisible(bool(lines))

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.runs_header.setText(tr("Runs"))
        self.facts_header.setText(tr("This run"))
        self.marks_header.setText(tr("Marks"))
        self.runs.setAccessibleName(tr("Runs"))
        self.runs.setToolTip(tr("Choose a run to look at; Enter plays it on the canvas"))
        self.marks.setAccessibleName(tr("Marks"))
        self.new.setText(tr("New run"))
        self.new.setToolTip(tr("Set up another run (N)"))
        self.facts.set_label("seen", tr("Seen"), tr("Pictures shown to the model so far (kimg)"))
        self.facts.set_label("rate", tr("Rate"), tr("Pictures a second (throughput)"))
        self.facts.set_label("left", tr("Time left"), tr("Time left at this rate (ETA)"))
        self.facts.set_label("took", tr("Took"), tr("Training time so far"))
        self.facts.set_label("checkpoint", tr("Saved"), tr("The latest checkpoint on the disk"))


def _short(name: str, family: str) -> str:
    """`2026-11-23-vae-64-a1` as `vae 64`, `…-a2` as `vae 64 a2`."""
    _, found, rest = name.partition(f"-{family}-")
    return f"{family} {rest.removesuffix('-a1').replace('-', ' ')}" if found else name
