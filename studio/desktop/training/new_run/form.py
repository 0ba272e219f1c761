"""The form of a new run: what, with which model, how long; and what the studio recommends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from studio.desktop.i18n import tr
from studio.desktop.plain_text import tip
from studio.desktop.training import words
from studio.desktop.training.fields import Choice, Field, Length, SizeBox, size_text
from studio.desktop.training.new_run.dataset_field import DatasetField
from studio.desktop.training.new_run.extra_fields import Extras
from studio.desktop.training.new_run.form_foot import Starting
from studio.desktop.training.new_run.parameter_fields import FamilyForms
from studio.desktop.training.new_run.start_from_field import Beginning
from studio.desktop.training.session.queries import Advice, DatasetCard, FamilyCard
from studio.desktop.widgets import boxes
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.widgets.param_form import ParamForm
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column
from studio.engine.events import Health, Preflight
from studio.engine.training.record.options import AUTO, NewRun, RunOptions


class NewRunForm(QWidget):
    """Says what to train; the room checks it with the engine, measures it and starts it."""

    startRequested = Signal(object)
    """A :class:`NewRun`."""
    measureRequested = Signal(object)
    """A :class:`NewRun`."""
    elsewhereRequested = Signal(object)
    """A :class:`NewRun` that another machine is to train."""
    adviceWanted = Signal()
    """Something changed that the recommended values depend on."""
    lookChanged = Signal()
    """Something changed; what a run would see may be another thing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._cards: dict[str, FamilyCard] = {}
        self._advice = Advice()
        self._sizes: dict[str, tuple[int, int]] = {}
        self._offered = ""
        """The size that was put in last because the dataset is meant for it."""
        self._measured: tuple[NewRun, Preflight, Sequence[Health]] | None = None
        self._make_editors()
        self._lay_out()
        self._connect()

    def _make_editors(self) -> None:
        self.pictures, self.family = DatasetField(), Choice()
        self.dataset = self.pictures.choice
        self.size_box, self.length = SizeBox(), Length()
        self.beginning, self.extras = Beginning(), Extras()
        self.fields = {
            "dataset": self.pictures, "family": Field(self.family),
            "size": Field(self.size_box), "length": Field(self.length),
            "start": self.beginning.run_field, **self.extras.fields,
        }  # fmt: skip
        self.summary = text_label()
        self.toggle = QToolButton()
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.foot = Starting()
        self.start, self.measure = self.foot.start, self.foot.measure
        self.measured, self.trouble = self.foot.measured, self.foot.trouble

    def _lay_out(self) -> None:
        self.header, self.recipe_header = SectionHeader(""), SectionHeader("")
        self.augment_header = SectionHeader("")
        inner, column = panel_column(8)
        basics, augment = boxes.column(gap=-1), boxes.column(gap=-1)
        for part in (
            self.header, self.fields["dataset"], self.fields["family"], self.summary,
            self.fields["size"], self.fields["length"], self.beginning, 8, self.recipe_header,
            basics,
            8, self.augment_header, augment, 4, self.toggle, self.extras, None,
        ):  # fmt: skip
            boxes.add(column, part)
        self.extras.setVisible(False)
        self.forms = FamilyForms(basics, augment, self.extras.column, self)
        self.scroll_area = SteadyScroll(inner)
        boxes.column((self.scroll_area, 1), self.foot, on=self)

    def _connect(self) -> None:
        self.toggle.toggled.connect(self._show_more)
        self.family.picked.connect(self._family_picked)
        self.pictures.picked.connect(self._dataset_picked)
        self.extras.machineChanged.connect(self._want_advice)
        self.size_box.sizeChanged.connect(self._size_changed)
        self.length.changed.connect(self._want_advice)
        self.beginning.runPicked.connect(self._start_picked)
        self.beginning.changed.connect(self._beginning_changed)
        for signal in (self.extras.changed, self.forms.changed):
            signal.connect(self._check)
        self.foot.obstacle.showRequested.connect(self._show_field)
        self.start.clicked.connect(lambda: self._request(self.startRequested.emit))
        self.measure.clicked.connect(lambda: self._request(self.measureRequested.emit))
        self.foot.elsewhere.clicked.connect(lambda: self._request(self.elsewhereRequested.emit))

    # ------------------------------------------------------------------ filling

    @property
    def basics(self) -> ParamForm | None:
        return self.forms.basics

    def set_families(self, cards: Sequence[FamilyCard]) -> None:
        self._cards = {card.name: card for card in cards}
        self._offer_families()
        self._family_picked()

    def set_datasets(self, datasets: Sequence[DatasetCard], choose: str = "") -> None:
        """Offer these datasets, as :meth:`DatasetField.set_datasets`."""
        before = self.pictures.card()
        if self.pictures.set_datasets(datasets, choose):
            now = self.pictures.card()
            if (now and now.id) != (before and before.id):
                self._offer_size()
            self._measured = None
            self._want_advice()
        self._check()

    def forget_datasets(self) -> None:
        self.pictures.forget()
        self._measured = None
        self._check()

    def set_sizes(self, sizes: dict[str, tuple[int, int]]) -> None:
        """The size that each dataset is meant for, offered until another one is written."""
        self._sizes = dict(sizes)
        self._offer_size()

    def begin_with(self, run: str) -> None:
        self.family.choose(AUTO)
        self.beginning.run.choose(run)

    def set_advice(self, advice: Advice) -> None:
        """The recommended values; what the artist changed by hand stays."""
        self._advice = advice
        if self.size_box.size_pixels():  # else this answers what was written before
            self.fields["size"].set_error("")
        self.beginning.set_error(advice.start_error)
        if advice.family:
            self.forms.show_family(self._cards.get(advice.family))
            self.forms.set_preset(advice.values)
        self._words()
        self._check()

    def set_size_error(self, sentence: str) -> None:
        if self.size_box.size_pixels():
            self.fields["size"].set_error(sentence)
        self._check()

    def set_trouble(self, sentence: str) -> None:
        self.foot.set_trouble(sentence)

    def set_measured(self, wanted: NewRun, found: Preflight, notes: Sequence[Health]) -> None:
        """What was found for `wanted`; shown as long as the form says just that."""
        self._measured = wanted, found, notes
        self._check()

    # ------------------------------------------------------------------ reading

    def asked(self) -> NewRun | None:
        """What the form says, possible or not; None while there is no size."""
        size = self.size_box.size_pixels()
        if size is None or not self.family.key():
            return None
        return NewRun(
            self.dataset.key(), self.family.key(), *size,
            self.length.images(), self.length.minutes(), self.forms.changed_values(),
            RunOptions.from_mapping(self.extras.values() | self.beginning.values()),
            self.length.until(),
        )  # fmt: skip

    def wanted(self) -> NewRun | None:
        """What the form says; None while something is wrong."""
        asked = self.asked()
        return None if self._wrong() or asked is None or not asked.dataset else asked

    def _wrong(self) -> Field | None:
        return next((field for field in self.fields.values() if field.wrong), None)

    # ------------------------------------------------------------------ reacting

    def _offer_families(self) -> None:
        pairs = [(card.name, tr(card.title)) for card in self._cards.values()]
        if pairs:
            self.family.set_choices([(AUTO, tr("Recommended")), *pairs])

    def _family_picked(self, _key: str = "") -> None:
        family = self.family.key()
        critics = {card.name for card in self._cards.values() if card.has_critic}
        self.beginning.set_family(family, critics)
        if family != AUTO:
            self.forms.show_family(self._cards.get(family))
        self._words()
        self._want_advice()

    def _dataset_picked(self) -> None:
        self._offer_size()
        self._want_advice()

    def _offer_size(self) -> None:
        size = self._sizes.get(self.dataset.key())
        untouched = self.size_box.currentText() in (self._offered, "64")
        if size is not None and untouched and self.beginning.card() is None:
            self._offered = size_text(*size)
            self.size_box.setCurrentText(self._offered)

    def _start_picked(self) -> None:
        card = self.beginning.card()
        if card is not None:
            self.size_box.setCurrentText(size_text(card.width, card.height))
        self._want_advice()

    def _beginning_changed(self) -> None:
        self._words()
        self._want_advice()

    def _size_changed(self) -> None:
        self.fields["size"].set_error(
            "" if self.size_box.size_pixels() else tr("Write a size in pixels, as 64 or 64 × 48.")
        )
        self._want_advice()

    def _want_advice(self, _key: str = "") -> None:
        self._check()
        if self._cards and self.size_box.size_pixels():
            self.adviceWanted.emit()

    def _check(self, _text: str = "") -> None:
        self.pictures.check()
        wanted = self.wanted()
        self.foot.set_possible(wanted is not None, self._wrong())
        # The figures are only true of what was measured.
        if wanted is not None and self._measured is not None and self._measured[0] == wanted:
            self.measured.show_figures(*self._measured[1:])
        else:
            self.measured.show_figures(None)
        self.lookChanged.emit()

    def _request(self, tell: Callable[[NewRun], object]) -> None:
        self.set_trouble("")
        wanted = self.wanted()
        if wanted is not None:
            tell(wanted)

    def _show_field(self, field: Field) -> None:
        if self.extras.isAncestorOf(field):
            self.toggle.setChecked(True)
        field.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.scroll_area.reveal(field)

    def _show_more(self, on: bool) -> None:
        self.extras.setVisible(on)
        self.toggle.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        self.header.setText(tr("New run"))
        self.recipe_header.setText(tr("Recipe"))
        self.augment_header.setText(tr("Augmentation"))
        self.augment_header.setToolTip(
            tr("What is done to the pictures before the network sees them; the wall shows it")
        )
        tip = tr("Settings for those who know the terms (hyperparameters)")
        set_words((self.toggle, tr("More settings"), tip))
        self._show_more(self.toggle.isChecked())
        texts = {
            "family": (tr("Model"), tr("The kind of model (architecture family)")),
            "size": (tr("Size"), tr("Side of the pictures in pixels, or width × height")),
            "length": (tr("Length"), tr("How long to train; it can go on later")),
        }
        for name, (label, purpose) in texts.items():
            self.fields[name].set_texts(label, purpose)
        for part in (self.length, self.beginning, self.extras, self.foot):
            part.retranslate()
        self.pictures.retranslate()
        self._offer_families()
        self._words()
        self._check()

    def _words(self) -> None:
        card = self._cards.get(self.family.key())
        if not self._cards:
            text = tr("Reading the model families…")
        elif card is not None:
            text = tr(card.summary)
        elif self.beginning.card() is not None:
            text = tr("The kind of model of the run it begins with.")
        else:
            text = words.said(self._advice.reason) or tr("What suits pictures, machine and time.")
        self.summary.setText(text)
        self.summary.setToolTip(tip(text))
