"""The page of MIDI and of the beat."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QSpinBox, QWidget

from studio.desktop import i18n
from studio.desktop.generation.live.live import Live
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader


class TempoPage(QWidget):
    """An input, a tempo, and what changes wait for."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live
        self.heads = [SectionHeader(), SectionHeader()]
        self.input, self.again = QComboBox(), secondary()
        self.said = text_label(quiet=True)
        self.bpm, self.tap = QDoubleSpinBox(), secondary()
        self.beat = text_label(quiet=True, wrap=False)
        self.wait, self.ahead = QComboBox(), QSpinBox()
        self.labels = [Label() for _ in range(4)]
        self._names: list[str] | None = None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        from studio.engine.live.tempo import FASTEST, SLOWEST, STEPS

        self.input.setMinimumWidth(280)
        self.bpm.setRange(SLOWEST, FASTEST)
        self.bpm.setDecimals(1)
        self.bpm.setKeyboardTracking(False)
        self.ahead.setRange(0, 1000)
        self.ahead.setSingleStep(10)
        self.ahead.setKeyboardTracking(False)
        for step in STEPS:
            self.wait.addItem(step, step)
        for box in (self.bpm, self.ahead, self.wait):
            box.setFixedWidth(140)
        rows = QFormLayout()
        rows.setHorizontalSpacing(16)
        rows.setVerticalSpacing(8)
        for label, part in zip(
            self.labels,
            (row(self.input, self.again, None, gap=8),
             row(self.bpm, self.tap, self.beat, None, gap=8),
             row(self.wait, None), row(self.ahead, None)),
            strict=True,
        ):  # fmt: skip
            if label is self.labels[1]:
                rows.addRow(self.said)
                rows.addRow(self.heads[1])
                self.heads[1].setContentsMargins(0, 12, 0, 0)
            rows.addRow(label, part)
        column(self.heads[0], rows, None, on=self, gap=8, margins=(16, 16, 16, 16))

    def _connect(self) -> None:
        live, editor = self._live, self._live.editor
        self.input.activated.connect(self._chosen)
        self.again.clicked.connect(self.ask)
        self.tap.pressed.connect(live.tap)
        self.bpm.valueChanged.connect(
            lambda bpm: editor.change(tr("{n} beats a minute", n=f"{bpm:.1f}"), "bpm", bpm=bpm)
        )
        self.wait.activated.connect(
            lambda place: editor.change(
                tr("Changes: {when}", when=self.wait.itemText(place)),
                wait_for=self.wait.itemData(place),
            )
        )
        self.ahead.valueChanged.connect(
            lambda ms: editor.change(tr("Look-ahead {n} ms", n=ms), "ahead", ahead_ms=ms)
        )

    def ask(self) -> None:
        """Look which inputs are plugged in."""
        if self._live.desk is not None:
            self._live.engine.ask_inputs(self._live.desk, self._found, self._none)

    def _found(self, names: list[str]) -> None:
        self._names = names
        self.said.setText(
            "" if names else tr("No MIDI input is plugged in: plug one in and look again.")
        )
        self.refresh()

    def _none(self, sentence: str, _detail: str) -> None:
        self._names = []
        self.said.setText(i18n.said(sentence))
        self.refresh()

    def _chosen(self, place: int) -> None:
        name = str(self.input.itemData(place) or "")
        self._live.editor.change(tr("MIDI input {name}", name=name or tr("none")), midi=name)
        if name:
            self._live.open_input(name)
        else:
            self._live.close_input()

    def refresh(self) -> None:
        """Show what is set."""
        setup = self._live.editor.setup
        self.setEnabled(setup is not None)
        if setup is None:
            return
        names = list(self._names or [])
        self.input.clear()
        self.input.addItem(tr("No input"), "")
        for name in names:
            self.input.addItem(name, name)
        opened = setup.midi if self._live.engine.midi_is_open else ""
        self.input.setCurrentIndex(max(0, self.input.findData(opened)))
        self.input.setEnabled(bool(names))
        for box, value in ((self.bpm, setup.bpm), (self.ahead, setup.ahead_ms)):
            box.blockSignals(True)
            box.setValue(value)  # type: ignore[arg-type]  # each its own kind of number
            box.blockSignals(False)
        self.wait.setCurrentIndex(self.wait.findData(setup.wait_for))
        self.look()

    def look(self) -> None:
        """What changes by itself."""
        desk = self._live.desk
        if desk is not None:
            from studio.engine.live.tempo import BEATS_A_BAR

            beat = int(desk.tempo.beat(desk.inbox.clock())) % BEATS_A_BAR + 1
            self.beat.setText(tr("Beat {n} · {bpm} a minute", n=beat, bpm=f"{desk.tempo.bpm:.1f}"))

    def retranslate(self) -> None:
        from studio.engine.live.tempo import TITLES

        for head, text in zip(self.heads, (tr("MIDI"), tr("The beat")), strict=True):
            head.setText(text)
        texts = tr("Input"), tr("Tempo"), tr("Changes"), tr("Look-ahead")
        for label, text in zip(self.labels, texts, strict=True):
            label.setText(text)
        self.ahead.setSuffix(f" {tr('ms')}")
        for place, name in enumerate(TITLES.values()):
            self.wait.setItemText(place, tr(name))
        set_words(
            (self.input, tr("Input"), tr("Which MIDI controller is listened to")),
            (self.again, tr("Look again"), tr("Look which MIDI inputs are plugged in")),
            (self.bpm, tr("Tempo"), tr("Beats a minute (BPM); a MIDI clock leads it")),
            (self.tap, tr("Tap"), tr("Tap the beat: the first tap is the first of a bar")),
            (self.wait, tr("Changes"),
             tr("What changes by controllers wait for (quantise): the next beat or bar")),
            (self.ahead, tr("Look-ahead"),
             tr("How much sooner changes are made, as pictures come late")),
        )  # fmt: skip
        self.refresh()
