"""The form of a new run, made from the parameters that the chosen family declares."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from models.parameters import Param, Value
from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.training.engine import FamilyCard, NewRun
from studio.desktop.training.fields import (
    Choice,
    Field,
    Length,
    SizeBox,
    dataset_text,
    narrow,
)
from studio.desktop.widgets.buttons import primary
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.widgets.param_form import ParamForm

FIRST_FAMILY = "vae"


class NewRunForm(QWidget):
    """Says what to train; the room checks it with the engine and starts it."""

    startRequested = Signal(object)
    """A :class:`NewRun`."""
    presetWanted = Signal()
    """Dataset, family, size or device changed: the recommended values are other ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._cards: dict[str, FamilyCard] = {}
        self._preset: dict[str, Value] = {}
        self._touched: set[str] = set()
        self._trouble = ""
        self._datasets: list[tuple[str, int]] = []
        self._machines: list[tuple[str, str]] = []
        self.basics: ParamForm | None = None
        self.more: ParamForm | None = None
        self._make_editors()
        self._lay_out()
        self._connect()

    def _make_editors(self) -> None:
        self.dataset, self.family = Choice(), Choice()
        self.crop, self.device = Choice(), Choice()
        self.size_box, self.length, self.seed = SizeBox(), Length(), QLineEdit("0")
        self.fields = {
            "dataset": Field(self.dataset), "family": Field(self.family),
            "size": Field(self.size_box), "length": Field(self.length),
            "crop": Field(self.crop), "seed": Field(self.seed), "device": Field(self.device),
        }  # fmt: skip
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.trouble = QLabel()
        self.trouble.setWordWrap(True)
        self.trouble.setVisible(False)
        self.toggle = QToolButton()
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.start = primary("")

    def _lay_out(self) -> None:
        self.header, self.recipe_header = SectionHeader(""), SectionHeader("")
        inner = QWidget()
        inner.setObjectName("panel")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.header)
        for name in ("dataset", "family"):
            column.addWidget(self.fields[name])
        column.addWidget(self.summary)
        for name in ("size", "length"):
            column.addWidget(self.fields[name])
        column.addWidget(self.recipe_header)
        self._basics_place = _column()
        column.addLayout(self._basics_place)
        column.addWidget(self.toggle)
        self._more = QWidget()
        more = self._more_place = _column()
        self._more.setLayout(more)
        for name in ("crop", "seed", "device"):
            more.addWidget(self.fields[name])
        self._more.setVisible(False)
        column.addWidget(self._more)
        column.addStretch(1)
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidget(inner)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 16)
        foot.addWidget(self.trouble)
        foot.addWidget(self.start)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.scroll_area, 1)
        whole.addLayout(foot)

    def _connect(self) -> None:
        self.toggle.toggled.connect(self._show_more)
        self.family.picked.connect(self._family_picked)
        for choice in (self.dataset, self.device):
            choice.picked.connect(self._want_preset)
        self.size_box.sizeChanged.connect(self._size_changed)
        self.seed.textChanged.connect(self._check)
        self.start.clicked.connect(self._start)

    # ------------------------------------------------------------------ filling

    def set_families(self, cards: Sequence[FamilyCard]) -> None:
        """Offer these families."""
        self._cards = {card.name: card for card in cards}
        first = FIRST_FAMILY if FIRST_FAMILY in self._cards else ""
        self.family.set_choices(
            [(card.name, tr(card.title)) for card in cards], self.family.key() or first
        )
        self._family_picked(self.family.key())

    def set_datasets(self, datasets: Sequence[tuple[str, int]], choose: str = "") -> None:
        """Offer these datasets: (name, pictures that would train)."""
        self._datasets = list(datasets)
        before = self.dataset.key()
        self.dataset.set_choices([(name, dataset_text(name, n)) for name, n in datasets], choose)
        if self.dataset.key() != before:
            self._want_preset()
        self._check()

    def set_machines(self, machines: Sequence[tuple[str, str]]) -> None:
        """Offer these devices: (name, title)."""
        self._machines = list(machines)
        pairs = [("auto", tr("Best there is")), *((n, f"{t} ({n})") for n, t in machines)]
        self.device.set_choices(pairs)

    def set_preset(self, values: dict[str, Value]) -> None:
        """The recommended values; what the artist changed by hand stays."""
        self._preset = dict(values)
        self.fields["size"].set_error("")
        for form in self._forms():
            kept = {
                k: v for k, v in values.items() if k in form.values() and k not in self._touched
            }
            blocked = form.blockSignals(True)
            form.set_values(kept)
            form.blockSignals(blocked)
        self._check()

    def set_size_error(self, sentence: str) -> None:
        """The size is not possible."""
        self.fields["size"].set_error(sentence)
        self._check()

    def set_trouble(self, sentence: str) -> None:
        """Something about the whole form, above the button."""
        self._trouble = sentence
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
        self.trouble.setStyleSheet(f"color: {theme.colours().bad};")

    def wanted(self) -> NewRun | None:
        """What the form says; None while something is wrong."""
        size, seed = self.size_box.size_pixels(), _seed(self.seed.text())
        if size is None or seed is None or not self.dataset.key() or not self.family.key():
            return None
        if self._invalid():
            return None
        return NewRun(
            self.dataset.key(), self.family.key(), size[0], size[1], self.length.images(),
            self.length.minutes(), self.changed_values(), seed,
            self.device.key() or "auto", self.crop.key() or "centre",
        )  # fmt: skip

    def values(self) -> dict[str, Value]:
        """Every parameter of the family as the form has it."""
        merged: dict[str, Value] = {}
        for form in self._forms():
            merged.update(form.values())
        return merged

    def changed_values(self) -> dict[str, Value]:
        """Only what differs from the recommendation."""
        return {k: v for k, v in self.values().items() if self._preset.get(k) != v}

    # ------------------------------------------------------------------ reacting

    def _forms(self) -> list[ParamForm]:
        return [form for form in (self.basics, self.more) if form is not None]

    def _family_picked(self, name: str) -> None:
        card = self._cards.get(name)
        self.summary.setText(tr(card.summary) if card else "")
        self._touched.clear()
        self._preset = {}
        for form in self._forms():
            form.setParent(None)
            form.deleteLater()
        self.basics = self.more = None
        if card is None:
            return
        basic = {n: p for n, p in card.params.items() if not p.advanced}
        advanced = {n: p for n, p in card.params.items() if p.advanced}
        self.basics = self._make_form(basic, self._basics_place)
        self.more = self._make_form(advanced, self._more_place)
        self._want_preset()

    def _make_form(self, params: dict[str, Param], place: QVBoxLayout) -> ParamForm:
        form = ParamForm(params)
        narrow(form)
        form.valueChanged.connect(self._value_changed)
        place.addWidget(form)
        return form

    def _value_changed(self, name: str, _value: object) -> None:
        self._touched.add(name)
        self._check()

    def _size_changed(self) -> None:
        self.fields["size"].set_error(
            "" if self.size_box.size_pixels() else tr("Write a size in pixels, as 64 or 64 × 48.")
        )
        self._want_preset()
        self._check()

    def _want_preset(self, _key: str = "") -> None:
        if self._cards and self.size_box.size_pixels():
            self.presetWanted.emit()

    def _invalid(self) -> bool:
        return any(not field.error.isHidden() for field in self.fields.values())

    def _check(self, _text: str = "") -> None:
        wrong = _seed(self.seed.text()) is None
        self.fields["seed"].set_error(tr("A seed is a whole number from 0.") if wrong else "")
        counts = dict(self._datasets)
        name = self.dataset.key()
        empty = bool(name) and counts.get(name, 0) == 0
        self.fields["dataset"].set_error(
            tr("No picture of this dataset is included: include some first.") if empty else ""
        )
        self.start.setEnabled(self.wanted() is not None)

    def _start(self) -> None:
        self.set_trouble("")
        wanted = self.wanted()
        if wanted is not None:
            self.startRequested.emit(wanted)

    def _show_more(self, on: bool) -> None:
        self._more.setVisible(on)
        self.toggle.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.header.setText(tr("New run"))
        self.recipe_header.setText(tr("Recipe"))
        self.toggle.setText(tr("More settings"))
        self.toggle.setToolTip(tr("Settings for those who know the terms (hyperparameters)"))
        self.toggle.setAccessibleName(tr("More settings"))
        self._show_more(self.toggle.isChecked())
        texts = {
            "dataset": (tr("Pictures"), tr("The dataset to learn from")),
            "family": (tr("Model"), tr("The kind of model (architecture family)")),
            "size": (tr("Size"), tr("Side of the pictures in pixels, or width × height")),
            "length": (tr("Length"), tr("How long to train; it can go on later")),
            "crop": (tr("Framing"), tr("How pictures of another shape are fitted (crop mode)")),
            "seed": (tr("Seed"), tr("The number all chance comes from (random seed)")),
            "device": (tr("Machine"), tr("What does the arithmetic (device)")),
        }
        for name, (label, tip) in texts.items():
            self.fields[name].set_texts(label, tip)
        self.crop.set_choices(
            [("centre", tr("Crop the middle")), ("pad", tr("Add borders")),
             ("stretch", tr("Stretch"))]
        )  # fmt: skip
        self.length.retranslate()
        self.set_machines(self._machines)
        self.set_datasets(self._datasets)
        cards = list(self._cards.values())
        self.family.set_choices([(card.name, tr(card.title)) for card in cards])
        card = self._cards.get(self.family.key())
        self.summary.setText(tr(card.summary) if card else tr("Reading the model families…"))
        self.start.setText(tr("Start training"))
        self.start.setToolTip(tr("Prepare the pictures and train in the background"))
        self._check()


def _column() -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    return layout


def _seed(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 18 else None
