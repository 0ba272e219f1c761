"""Some layers of another model: which, from where on, and how softly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.run_names import run_name
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.param_slider import ParamSlider

if TYPE_CHECKING:
    from models.bending import Layer
    from studio.engine.generation.moves.model_mix import ModelMix
    from studio.engine.generation.other_models import OtherModel

PARTS = ("fine", "coarse")


class ShareBars(QWidget):
    """How much of the other model each layer is, from coarse to fine."""

    def __init__(self) -> None:
        super().__init__()
        self.shares: tuple[float, ...] = ()
        self.setFixedHeight(32)

    def show_shares(self, shares: Sequence[float]) -> None:
        self.shares = tuple(shares)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        width = self.width() / max(1, len(self.shares))
        for place, share in enumerate(self.shares):
            whole = QRectF(place * width + 1, 0, width - 2, self.height())
            painter.fillRect(whole, QColor(c.raised))
            whole.setTop(self.height() * (1 - share))
            painter.fillRect(whole, QColor(c.accent))


class ModelMixPanel(QWidget):
    """Says what the hand did; shows what it is told."""

    wanted = Signal(object)
    """Values of a :class:`ModelMix`, or None for no other model."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word, self.model = Label(), ElidedCombo()
        self.part_word, self.part = Label(), QComboBox()
        self.model.setMinimumContentsLength(14)
        self.model.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        for box in (self.model, self.part):
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            box.activated.connect(lambda _: self._tell())
        self.bars, self.note = ShareBars(), text_label(quiet=True)
        self.cut = ParamSlider("", 1.0, 2048.0, 16.0, 1.0, "px")
        self.softness = ParamSlider("", 0.0, 6.0, 1.0, 0.1)
        self.share = ParamSlider("", 0.0, 1.0, 1.0, 0.01)
        for slider in self._sliders():
            slider.valueChanged.connect(lambda _: self._tell())
        self._others: list[OtherModel] = []
        column(
            row(self.word, None, self.model, gap=-1), row(self.part_word, None, self.part, gap=-1),
            self.bars, self.cut, self.softness, self.share, self.note, on=self, gap=6,
        )  # fmt: skip

    def _sliders(self) -> tuple[ParamSlider, ParamSlider, ParamSlider]:
        return self.cut, self.softness, self.share

    def set_layers(self, layers: Sequence[Layer]) -> None:
        if layers:
            sides = [min(layer.height, layer.width) for layer in layers]
            self.cut.set_range(sides[0], sides[-1], sides[len(sides) // 2])
        self.bars.show_shares([0.0] * len(layers))

    def set_others(self, others: Sequence[OtherModel]) -> None:
        """The models that can be chosen."""
        chosen = self.model.currentData()
        self._others = list(others)
        self.model.clear()
        self.model.addItem(tr("none"), "")
        for other in others:
            run = run_name(other.run, other.family)
            name = tr("{run} · checkpoint {n}", run=run, n=other.number)
            self.model.addItem(name, other.sha256)
        self._choose(chosen)
        self.note.setVisible(not others)

    def show_mix(self, mix: ModelMix | None, layers: Sequence[Layer]) -> None:
        self._choose(mix.model if mix else "")
        for widget in (self.part, *self._sliders()):
            widget.setEnabled(mix is not None)
        if mix is not None:
            self.part.setCurrentIndex(PARTS.index(mix.part))
            for slider, value in zip(
                self._sliders(), (mix.cut, mix.softness, mix.share), strict=True
            ):
                slider.set_value(value)
        self.bars.show_shares([mix.share_of(layer) if mix else 0.0 for layer in layers])

    def _choose(self, sha256: str | None) -> None:
        if sha256 and self.model.findData(sha256) < 0:
            self.model.addItem(tr("Model {name}", name=sha256[:12]), sha256)
        self.model.setCurrentIndex(max(0, self.model.findData(sha256 or "")))

    def _tell(self) -> None:
        values = {
            "model": self.model.currentData(), "part": PARTS[max(0, self.part.currentIndex())],
            "cut": self.cut.value(), "softness": self.softness.value(), "share": self.share.value(),
        }  # fmt: skip
        self.wanted.emit(values if values["model"] else None)

    def retranslate(self) -> None:
        self.set_others(self._others)
        which = tr("Another checkpoint of the same family and size (layer-wise interpolation)")
        part = tr("Which layers are those of the other model: fine ones hold surfaces and colours, "
                  "coarse ones forms")  # fmt: skip
        place = max(0, self.part.currentIndex())
        self.part.clear()
        self.part.addItems([tr("fine layers"), tr("coarse layers")])
        self.part.setCurrentIndex(place)
        self.word.setText(tr("Other model"))
        self.part_word.setText(tr("Takes part in"))
        set_words((self.model, tr("Other model"), which), (self.part, tr("Takes part in"), part))
        self.word.setToolTip(which)
        self.part_word.setToolTip(part)
        for slider, label, tip in (
            (self.cut, tr("Border"), tr("The resolution at which one model hands over to the other "
                                        "(resolution cut); double-click resets")),
            (self.softness, tr("Softness"), tr("Over how many doublings of the resolution; 0 is a "
                                               "hard border; double-click resets")),
            (self.share, tr("Share"), tr("How much of the other model there is at its end; "
                                         "double-click resets")),
        ):  # fmt: skip
            slider.set_label(label)
            slider.setToolTip(tip)
        curve = tr("How much of the other model each layer is, from coarse to fine")
        set_words((self.bars, tr("Curve of the mix"), curve))
        self.note.setText(tr("There is no other model of this family and size in the project yet."))
