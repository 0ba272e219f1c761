"""The right panel for a run that exists: its commands, what may still change, what is fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from studio.desktop import theme
from studio.desktop.base import amounts
from studio.desktop.i18n import tr
from studio.desktop.run_names import family_name, run_name
from studio.desktop.training import words
from studio.desktop.training.fields import Choice, Facts, Field, narrow
from studio.desktop.training.run.end_field import END, EndField
from studio.desktop.training.run.health_cards import Card, HealthCards
from studio.desktop.training.session.queries import DatasetCard, Opened, facts_of
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.widgets.param_form import ParamForm
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column
from studio.desktop.widgets.text_box import TextBox
from studio.engine.events import RunState

FIXED = ("family", "dataset", "size", "labels", "precision", "device", "seed", "start")
LONGEST_TITLE = 80
NOTE_HEIGHT, NOTE_AFTER_MS = 76, 1000


class RunPanel(QWidget):
    """Commands for the run in view. The room decides what they mean."""

    pauseRequested = Signal()
    """Pause, or go on."""
    sampleRequested = Signal()
    checkpointRequested = Signal()
    stopRequested = Signal()
    continueRequested = Signal()
    playRequested = Signal()
    bestRequested = Signal()
    """Play the best checkpoint."""
    liveChanged = Signal(str, object)
    renamed = Signal(str)
    """The artist calls the run in view something else."""
    learnRequested = Signal()
    """A new run is to begin with this one."""
    removeRequested = Signal()
    waitToggled = Signal()
    """The run in view is to wait for its turn, or no longer."""
    noted = Signal(str, str)
    """A run, and what the artist wrote down about it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._paused = False
        self._opened: Opened | None = None
        self.live: ParamForm | None = None
        self.end = EndField()
        self.pause, self.go_on = primary(""), primary("")
        self.sample, self.checkpoint = secondary(""), secondary("")
        self.stop, self.play = secondary(""), secondary("")
        self.best = secondary("")
        self.learn, self.remove = secondary(""), secondary("")
        self.wait = secondary("")
        self.note, self.note_header = TextBox(NOTE_HEIGHT, NOTE_AFTER_MS), SectionHeader("")
        self._busy = False
        self.name, self.pictures = QLineEdit(), Choice()
        self.name.setMaxLength(LONGEST_TITLE)
        self.name_field, self.pictures_field = Field(self.name), Field(self.pictures)
        self._datasets: list[DatasetCard] = []
        self.card, self.health = Card(), HealthCards()
        self.reason = text_label()
        self.facts = Facts(FIXED)
        self.live_header, self.fixed_header = SectionHeader(""), SectionHeader("")
        self._lay_out()
        self.pause.clicked.connect(self.pauseRequested)
        self.go_on.clicked.connect(self.continueRequested)
        self.sample.clicked.connect(self.sampleRequested)
        self.checkpoint.clicked.connect(self.checkpointRequested)
        self.stop.clicked.connect(self.stopRequested)
        self.play.clicked.connect(self.playRequested)
        self.best.clicked.connect(self.bestRequested)
        self.learn.clicked.connect(self.learnRequested)
        self.remove.clicked.connect(self.removeRequested)
        self.name.editingFinished.connect(self._named)
        self.wait.clicked.connect(self.waitToggled)
        self.end.moved.connect(self.liveChanged)
        self.note.written.connect(self._noted)

    def _lay_out(self) -> None:
        inner, column = panel_column(8)
        buttons = QGridLayout()
        buttons.setSpacing(8)
        for place, button in enumerate((self.pause, self.stop, self.sample, self.checkpoint)):
            buttons.addWidget(button, *divmod(place, 2))
        self._live_place = boxes.column(gap=-1)
        others = boxes.row((self.learn, 1), self.remove, gap=8)
        for part in (
            buttons, self.go_on, self.wait, self.pictures_field, self.name_field,
            self.note_header, self.note, self.card, self.health,
            8, self.live_header, self.end, self._live_place,
            8, self.fixed_header, self.facts, self.reason, 8, others, None,
        ):  # fmt: skip
            boxes.add(column, part)
        foot = boxes.column(self.best, self.play, gap=8, margins=(16, 8, 16, 16))
        boxes.column((SteadyScroll(inner), 1), foot, on=self)

    # ------------------------------------------------------------------ filling

    def show_run(self, opened: Opened, *, running: bool, busy: bool) -> None:
        """Show a run; `running` when it trains now, `busy` when another one does."""
        fresh = self._opened is None or self._opened.run.name != opened.run.name
        if fresh:
            self.note.keep()  # of the run before
        self._opened, self._busy = opened, busy
        if fresh or self.live is None:
            self._make_live(opened)
        if fresh:
            self._offer_pictures()
        self._show_name(opened)
        self._paused = running and opened.record.stage is RunState.PAUSED
        for button in (self.pause, self.stop, self.sample, self.checkpoint):
            button.setVisible(running)
        waits, can = bool(opened.run.queued), opened.recipe is not None and not _made_with(opened)
        # While another one trains it can wait, and be begun in its place where it does.
        self.go_on.setVisible(not running and (waits or not busy))
        self.wait.setVisible(not running and (waits or busy))
        self.wait.setEnabled(waits or can)
        if not self.note.is_being_typed:
            self.note.show_text(opened.run.note)
        others = len(self._datasets) > 1 and not _made_with(opened)
        self.pictures_field.setVisible(not running and not busy and others)
        self.remove.setEnabled(not running)
        self.learn.setEnabled(bool(opened.record.checkpoint))
        self.go_on.setEnabled(opened.recipe is not None)
        if self.live is not None:
            self.live.setEnabled(running)
        self.end.setEnabled(running)
        self.play.setEnabled(bool(opened.record.checkpoint))
        best = opened.record.best
        # Where the newest is the best, the other button plays it.
        self.best.setVisible(best is not None and best.name != opened.record.saves.newest)
        self.health.set_marks(opened.record.health)
        self._facts(opened)
        self._words()

    def set_health(self, title: str, sentence: str) -> None:
        """The card below the buttons; empty hides it."""
        self.card.set_texts(title, sentence)

    def set_datasets(self, datasets: Sequence[DatasetCard]) -> None:
        if list(datasets) != self._datasets:
            self._datasets = list(datasets)
            self._offer_pictures()

    def other_pictures(self) -> str:
        """The dataset to go on with, empty for the one that the run has."""
        opened, chosen = self._opened, self.pictures.key()
        if opened is None or opened.recipe is None or chosen == _dataset_of(opened):
            return ""
        return chosen

    def _offer_pictures(self) -> None:
        opened = self._opened
        own = _dataset_of(opened) if opened is not None else ""
        pairs = [(name, f"{name} · {amounts.count(n)}") for _, name, n in self._datasets if n]
        if own and own not in dict(pairs):
            pairs.insert(0, (own, own))
        self.pictures.set_choices(pairs, own)

    def _show_name(self, opened: Opened) -> None:
        if not self.name.hasFocus() or self.name.property("run") != opened.run.name:
            self.name.setText(opened.run.title)
        self.name.setProperty("run", opened.run.name)
        self.name.setPlaceholderText(run_name(opened.run.name, opened.run.family))

    def _named(self) -> None:
        if self._opened is not None and self.name.text().strip() != self._opened.run.title:
            self.renamed.emit(self.name.text())

    def take_note(self) -> tuple[str, str] | None:
        """A run and what is being written down about it, where that is not kept yet."""
        if self._opened is None or not self.note.is_new:
            return None
        self.note.show_text(self.note.toPlainText())
        return self._opened.run.name, self.note.toPlainText()

    def _noted(self) -> None:
        if self._opened is not None:
            self.noted.emit(self._opened.run.name, self.note.toPlainText())

    def _make_live(self, opened: Opened) -> None:
        if self.live is not None:
            self.live.hide()
            self._live_place.removeWidget(self.live)
            self.live.deleteLater()
            self.live = None
        changeable = {name: p for name, p in opened.params.items() if p.live}
        self.end.show_end(opened.recipe)
        self.live_header.setVisible(bool(changeable) or not self.end.isHidden())
        if not changeable or opened.recipe is None:
            return
        self.live = ParamForm(changeable)
        config = opened.recipe.config
        self.live.set_values({n: v for n, v in config.items() if n in changeable})
        self.live.valueChanged.connect(self.liveChanged)
        narrow(self.live)
        self._live_place.addWidget(self.live)

    def put_live(self, values: Mapping[str, Any]) -> None:
        """Show what was changed while the run trained."""
        if self.live is not None:
            self.live.set_values(values)
        if END.name in values:
            self.end.put(values[END.name])

    def _facts(self, opened: Opened) -> None:
        title = tr(opened.title) if opened.title else family_name(opened.run.family)
        self.facts.set_value("family", title)
        if opened.recipe is not None:
            for name, value in facts_of(opened.recipe).items():
                self.facts.set_value(name, tr("auto") if value == "auto" else str(value))
        reason = words.said(opened.recipe.reason) if opened.recipe is not None else ""
        if program := _made_with(opened):
            reason = tr(
                "Made with {program}. What its licence asks for stands in origin.md in the folder "
                "of the run.", program=program,
            )  # fmt: skip
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        self.fixed_header.setText(tr("Fixed for this run"))
        labels = {
            "family": tr("Model"), "dataset": tr("Pictures"), "size": tr("Size"),
            "precision": tr("Precision"), "device": tr("Device"),
            "seed": tr("Seed"), "start": tr("Began with"), "labels": tr("Labels"),
        }  # fmt: skip
        for name, text in labels.items():
            self.facts.set_label(name, text)
        self.pictures_field.set_texts(
            tr("Go on with"), tr("The pictures to go on with; others may be chosen (fine-tuning)")
        )
        self.name_field.set_texts(
            tr("Name"), tr("What you call this run; empty gives it its own name again (F2)")
        )
        self.facts.set_label(
            "start", tr("Began with"), tr("The run whose weights it took over (transfer learning)")
        )
        self.reason.setToolTip(tr("Why the studio chose this model"))
        self.health.retranslate()
        self.end.retranslate()
        self.note_header.setText(tr("Note"))
        self.note.setPlaceholderText(tr("What is to be remembered of this run"))
        set_words(
            (self.note, tr("Note"),
             tr("Kept by itself, found by the search above the runs, and goes into reports and the "
                "card of a model that leaves (Ctrl+M)")),
            (self.sample, tr("Sample now"), tr("Draw the fixed seeds after this step (S)")),
            (self.checkpoint, tr("Checkpoint"), tr("Save the model after this step (Ctrl+S)")),
            (self.stop, tr("Stop"), tr("Save a checkpoint and end; the run can go on later")),
            (self.learn, tr("New run from this one"),
             tr("Begin another run with what this one has learnt (transfer learning, T)")),
            (self.remove, tr("Remove"),
             tr("Take this run with its checkpoints out of the project; it can be undone (Del)")),
            (self.best, tr("Play the best ★"),
             tr("Open the checkpoint whose pictures come nearest to unseen ones (Shift+P)")),
            (self.play, tr("Play this model on the canvas →"),
             tr("Open the latest checkpoint in Generation, also while it trains (P)")),
        )  # fmt: skip
        self.card.retranslate()
        self._words()

    def restyle(self) -> None:
        self.facts.restyle()
        self.health.restyle()
        self.reason.setStyleSheet(f"color: {theme.colours().quiet};")
        self._words()

    def _words(self) -> None:
        icon = "play" if self._paused else "pause"
        self.pause.setIcon(theme.icon(icon, theme.colours().on_accent))
        finished = self._opened is not None and self._opened.run.status is RunState.FINISHED
        set_words(
            (self.pause, tr("Resume") if self._paused else tr("Pause"),
             tr("Hold after this step; memory is kept (Ctrl+P)")),
            (self.go_on, tr("Train longer") if finished else tr("Continue this run"),
             tr("Go on from the newest checkpoint that is whole (resume)")),
        )  # fmt: skip
        if self._opened is not None and _made_with(self._opened):
            tip = tr("Let it learn your own pictures, in a run that begins with it (fine-tuning)")
            set_words((self.go_on, tr("New run from this one"), tip))
        if self._opened is not None and not self._opened.record.checkpoint:
            tip = tr("Begin this run, which is planned and has not trained yet")
            set_words((self.go_on, tr("Start training"), tip))
        waits = self._opened is not None and bool(self._opened.run.queued)
        if waits and self._busy:
            tip = tr("Save and end the run that trains, and train this one in its place")
            set_words((self.go_on, tr("Train it now"), tip))
        then = tr("Go on with this run when those before it have ended (queue, Q)")
        out = tr("Take it out of the queue; the run stays (Q)")
        wait = tr("No longer wait") if waits else tr("Train it then")
        set_words((self.wait, wait, out if waits else then))
        running = self.live is not None and self.live.isEnabled()
        self.live_header.setText(
            tr("Recipe — may change while it runs") if running else tr("Recipe")
        )


def _made_with(opened: Opened) -> str:
    """The program that made the model, where that is another one."""
    return opened.recipe.brought_from if opened.recipe is not None else ""


def _dataset_of(opened: Opened) -> str:
    """What the dataset of a run is called: the recipe may know an older name."""
    return opened.run.dataset or (opened.recipe.dataset if opened.recipe is not None else "")
