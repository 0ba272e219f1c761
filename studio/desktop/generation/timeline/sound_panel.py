"""The part of the timeline that a sound has: its file, its wave, and what it moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.generation.timeline.drive_rows import Choices, DriveRows
from studio.desktop.generation.timeline.wave import Wave
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label

if TYPE_CHECKING:
    from studio.desktop.generation.timeline.track import Track
    from studio.engine.generation.sound.drive import Drive
    from studio.engine.generation.sound.heard import Heard

_SHOWN = 3
"""Rows of drives that are seen at once: the picture is the largest thing on the screen."""


class SoundPanel(QWidget):
    """Hidden while a film has no sound."""

    driveWanted = Signal()
    soundRemoved = Signal()
    worded = Signal()
    """The window has another language: what is moved has other names."""

    def __init__(self, track: Track) -> None:
        super().__init__()
        self.wave, self.rows = Wave(track), DriveRows()
        self.file, self.facts = (text_label(quiet=True, wrap=False) for _ in range(2))
        self.add, self.cross, self.mute = secondary(), QToolButton(), secondary()
        self.mute.setCheckable(True)
        self.cross.setObjectName("cross")
        self.cross.setFixedSize(22, 20)
        self.cross.setIconSize(QSize(14, 14))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.rows)
        head = row(self.file, self.facts, None, self.mute, self.add, self.cross, gap=8)
        column(self.wave, head, self._scroll, on=self, gap=4)
        self.add.clicked.connect(self.driveWanted)
        self.cross.clicked.connect(self.soundRemoved)
        self.setVisible(False)

    def show_heard(self, name: str, heard: Heard | None, sentence: str) -> None:
        """A file and what is heard in it; until then a sentence."""
        self.file.setText(name)
        tempo = heard.tempo if heard is not None else None
        self.facts.setText(tr("{n} BPM", n=round(tempo)) if tempo else "")
        self.wave.show_heard(heard, sentence)

    def show_drives(self, drives: Sequence[Drive], targets: Choices) -> None:
        self.rows.show_drives(drives, targets)
        self.add.setEnabled(bool(targets))
        self._scroll.setVisible(bool(drives))
        self._fit()

    def _fit(self) -> None:
        """As high as the first drives; a part of a row more says that there are others below."""
        layout, count = self.rows.layout(), len(self.rows.rows)
        assert layout is not None
        layout.activate()
        whole = layout.sizeHint().height()
        part = (_SHOWN + 1.4) / (count + 1) if count > _SHOWN else 1.0
        self._scroll.setFixedHeight(round(whole * part))

    def restyle(self) -> None:
        self.cross.setIcon(theme.icon("x", theme.colours().quiet))
        self.rows.restyle()
        self.wave.update()

    def retranslate(self) -> None:
        set_words(
            (self.wave, tr("Sound"),
             tr("How loud the sound is, and above it where sounds begin (waveform, onsets); click "
                "to move the playhead")),
            (self.mute, tr("Mute"),
             tr("Play the film without hearing it; the file that is rendered keeps its sound "
                "(Shift+Q)")),
            (self.add, tr("Let it move…"),
             tr("Let loudness, a band, onsets or the beat move the picture (audio reactive, "
                "Shift+U)")),
            (self.cross, "", tr("Take the sound away")),
        )  # fmt: skip
        self.rows.retranslate()
        self.restyle()
        self.worded.emit()
