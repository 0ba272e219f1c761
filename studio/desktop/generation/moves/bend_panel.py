"""Network bending: a map of the layers, and what is done to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from studio.desktop.generation.moves.bend_row import BendRow
from studio.desktop.generation.moves.noise_panel import layer_name
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.cell_strip import CellStrip, Tone
from studio.desktop.widgets.labels import set_words, text_label

if TYPE_CHECKING:
    from models.bending import Layer
    from studio.engine.generation.moves.bend import Bend


class BendPanel(QWidget):
    """Says what the artist wants; changes nothing itself."""

    added = Signal(int, str)
    """A bend of this layer by the transform of this name."""
    changed = Signal(object, str)
    groupWanted = Signal(object, int)
    removed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map, self.name = CellStrip(), text_label(wrap=False)
        self.coarse, self.fine = text_label(quiet=True), text_label(quiet=True)
        self.transform, self.add = QComboBox(), secondary()
        self.transform.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.rows: dict[int, BendRow] = {}
        self._layers: tuple[Layer, ...] = ()
        self._layer = 0
        self._place = column(gap=8)
        ends = row(self.coarse, None, self.fine)
        line = row((self.transform, 1), self.add, gap=8)
        column(self.map, ends, self.name, line, self._place, on=self, gap=6)
        for signal in (self.map.pressed, self.map.swept, self.map.walked):
            signal.connect(self._choose)
        self.add.clicked.connect(self._add)

    def set_layers(self, layers: Sequence[Layer]) -> None:
        self._layers = tuple(layers)
        self._layer = min(self._layer, max(0, len(layers) - 1))
        self.show_bends(())
        self.retranslate()

    def show_bends(self, bends: Sequence[Bend]) -> None:
        """A row for each; those of the same transform and layer stay where they are."""
        wanted = {bend.place: bend for bend in bends if bend.layer < len(self._layers)}
        for place, old in list(self.rows.items()):
            new = wanted.get(place)
            before = old.bend.layer, old.bend.transform
            if new is None or (new.layer, new.transform) != before:
                self._place.removeWidget(old)
                old.hide()
                old.deleteLater()
                del self.rows[place]
        for at, (place, bend) in enumerate(wanted.items()):
            if place in self.rows:
                self.rows[place].show_bend(bend)
            else:
                self.rows[place] = self._row(bend)
                self._place.insertWidget(at, self.rows[place])
        self._show_map()

    def _row(self, bend: Bend) -> BendRow:
        made = BendRow(bend, self._layers[bend.layer])
        made.changed.connect(self.changed)
        made.groupWanted.connect(self.groupWanted)
        made.removed.connect(self.removed)
        return made

    def _choose(self, layer: int) -> None:
        self._layer = layer
        self._show_map()

    def _add(self) -> None:
        self.added.emit(self._layer, str(self.transform.currentData()))

    def _show_map(self) -> None:
        bent = {each.bend.layer for each in self.rows.values()}
        tones = [Tone.FULL if n in bent else Tone.PLAIN for n in range(len(self._layers))]
        names = [self._said(number, layer) for number, layer in enumerate(self._layers)]
        self.map.set_cells(tones, names)
        self.map.frame(self._layer)
        self.name.setText(names[self._layer] if names else "")

    @staticmethod
    def _said(number: int, layer: Layer) -> str:
        channels = tr("{n} channels", n=layer.channels)
        return f"{layer_name(number, layer)} · {channels}"

    def restyle(self) -> None:
        for each in self.rows.values():
            each.restyle()

    def retranslate(self) -> None:
        from studio.engine.generation.transforms.base import transforms

        chosen = self.transform.currentData()
        self.transform.clear()
        for name, kind in transforms().items():
            self.transform.addItem(tr(kind.title), name)
        self.transform.setCurrentIndex(max(0, self.transform.findData(chosen or "rotate")))
        hint = tr("Click the layer to bend: coarse ones hold forms, fine ones surfaces")
        set_words(
            (self.map, tr("Map of layers"), hint),
            (self.transform, tr("Transform"), tr("What is done to the layer (network bending)")),
            (self.add, tr("Bend"), tr("Bend the chosen layer by this transform")),
        )
        self.coarse.setText(tr("coarse"))
        self.fine.setText(tr("fine"))
        for each in self.rows.values():
            each.retranslate()
        self._show_map()
