"""Noise: its seed, its strength, and that of each layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.param_slider import ParamSlider
from studio.desktop.widgets.seed_box import SeedBox

if TYPE_CHECKING:
    from models.bending import Layer

MOST = 4.0


class NoisePanel(QWidget):
    """Says what the hand did; shows what it is told."""

    seedChosen = Signal(object)
    strengthMoved = Signal(float)
    layerMoved = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word, self.seed = Label(), SeedBox()
        self.strength = ParamSlider("", 0.0, MOST, 1.0, 0.05, "×", bipolar=True)
        self.layers: dict[int, ParamSlider] = {}
        self.more, self._each = secondary(), QWidget()
        self.more.setCheckable(True)
        self._rows = column(on=self._each, gap=4)
        self._each.setVisible(False)
        self._noisy: list[tuple[int, Layer]] = []
        line = row(self.word, None, self.seed, gap=-1)
        whole = column(line, self.strength, self.more, self._each, on=self, gap=6)
        whole.setAlignment(self.more, Qt.AlignmentFlag.AlignLeft)
        self.more.toggled.connect(self._each.setVisible)
        self.seed.seedEntered.connect(self.seedChosen)
        self.strength.valueChanged.connect(self.strengthMoved)

    def set_layers(self, layers: Sequence[Layer]) -> None:
        self._noisy = [(number, layer) for number, layer in enumerate(layers) if layer.noisy]
        for old in self.layers.values():
            self._rows.removeWidget(old)
            old.deleteLater()
        self.layers = {}
        for number, _ in self._noisy:
            slider = ParamSlider("", 0.0, MOST, 1.0, 0.05, "×", bipolar=True)
            slider.valueChanged.connect(
                lambda value, number=number: self.layerMoved.emit(number, value)
            )
            self.layers[number] = slider
            self._rows.addWidget(slider)
        self.retranslate()

    def show_values(self, seed: int, strength: float, layers: dict[int, float]) -> None:
        """`layers` has those that differ from `strength`."""
        self.seed.show_seed(seed)
        self.strength.set_value(strength)
        for number, slider in self.layers.items():
            slider.set_value(layers.get(number, strength))

    def retranslate(self) -> None:
        which = tr("The number that the noise of the model is drawn from (noise seed)")
        much = tr("How much of the noise that the model has learnt is added in all layers "
                  "(noise strength); double-click resets")  # fmt: skip
        own = tr("The same of this layer alone; double-click resets")
        self.word.setText(tr("Noise seed"))
        self.word.setToolTip(which)
        each = tr("Show a slider for each layer: coarse ones move shapes, fine ones grain")
        set_words((self.seed, tr("Noise seed"), which), (self.more, tr("Layer by layer"), each))
        self.strength.set_label(tr("Strength"))
        self.strength.setToolTip(much)
        for number, layer in self._noisy:
            slider = self.layers[number]
            slider.set_label(layer_name(number, layer))
            slider.setToolTip(own)


def layer_name(number: int, layer: Layer) -> str:
    """The number of a layer and how many cells it has."""
    return tr("Layer {n} · {width} × {height}", n=number, width=layer.width, height=layer.height)
