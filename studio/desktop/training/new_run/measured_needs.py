"""What the first steps of a run have shown that it needs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QWidget

from studio.desktop.base import amounts
from studio.desktop.i18n import tr
from studio.desktop.training import words
from studio.desktop.training.fields import Facts
from studio.desktop.widgets import boxes
from studio.desktop.widgets.labels import set_tone, text_label
from studio.engine.events import Health, Preflight

FACTS = ("rate", "first", "whole", "memory", "disk", "batch")


class MeasuredCard(QFrame):
    """Figures of a pre-flight; hidden while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("raised")
        self.title, self.notes, self.facts = text_label(), text_label(), Facts(FACTS)
        self.title.setObjectName("cardTitle")
        self._found: Preflight | None = None
        self._health: list[Health] = []
        boxes.column(self.title, self.facts, self.notes, on=self, gap=6, margins=(12, 8, 12, 8))
        self.setVisible(False)

    def show_figures(self, found: Preflight | None, notes: Sequence[Health] = ()) -> None:
        """Show the figures, with what went wrong on the way; None hides the card."""
        self._found, self._health = found, list(notes)
        self.setVisible(found is not None)
        self._words()

    def _words(self) -> None:
        found = self._found
        if found is None:
            return
        self.title.setText(tr("Measured on {device}", device=found.device))
        batch = amounts.count(found.batch_size)
        if found.part_size < found.batch_size:
            batch = tr("{n}, {part} at a time", n=batch, part=amounts.count(found.part_size))
        time, images = amounts.duration(found.seconds), amounts.count(found.images)
        for name, text in (
            ("rate", words.rate(found.images_per_second)),
            ("first", tr("after {time}", time=amounts.duration(found.first_picture_seconds))),
            ("whole", tr("{time}, {n} images", time=time, n=images)),
            ("memory", words.size(found.memory) if found.memory else ""),
            ("disk", words.size(found.disk)),
            ("batch", batch),
        ):
            self.facts.set_value(name, text)
        told = [words.told(each.sentence, each.action) for each in self._health]
        if found.is_rough:
            rough = tr(
                "Only {n} steps were timed, for they take long here: take time and rate as rough.",
                n=found.steps,
            )
            told.append(rough)
        early = found.ends_early
        if early:
            short = tr(
                "It would end before anything can be recognised: give it about {time}, or "
                "choose a smaller size or another model.",
                time=amounts.duration(1.5 * found.first_picture_seconds),
            )
            told.insert(0, short)
        self.notes.setProperty("quiet", not early)
        set_tone(self.notes, "accent" if early else "")
        self.notes.setText("\n".join(told))
        self.notes.setVisible(bool(told))

    def retranslate(self) -> None:
        for name, label, tip in (
            ("rate", tr("Rate"), tr("Pictures a second (throughput)")),
            ("first", tr("Recognisable"),
             tr("When somebody who knows the set first recognises it; a rule of thumb")),
            ("whole", tr("Whole run"), tr("Time and pictures of the whole run")),
            ("memory", tr("Memory"), tr("The most it takes at any moment (peak memory)")),
            ("disk", tr("Disk"), tr("What checkpoints and samples will take in all")),
            ("batch", tr("Batch"), tr("Pictures that one step learns from (batch size)")),
        ):  # fmt: skip
            self.facts.set_label(name, label, tip)
        self.facts.restyle()
        self._words()

    def restyle(self) -> None:
        self.facts.restyle()
        self.notes.style().polish(self.notes)
