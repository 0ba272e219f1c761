"""The right panel of the canvas: directions, truncation, seed, blending, keep."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from models.facts import Ability
from studio.desktop.generation.direction_line import DirectionLine
from studio.desktop.generation.direction_list import DirectionList
from studio.desktop.generation.direction_row import DirectionRow
from studio.desktop.generation.label_line import LabelLine
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import PANEL_WIDTH, SectionHeader
from studio.desktop.widgets.param_slider import ParamSlider
from studio.desktop.widgets.seed_box import SeedBox
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column
from studio.engine.seeds import following

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe


class Controls(QWidget):
    """Every control of the picture. Says what the hand did; shows what it is told."""

    directionMoved = Signal(str, float)
    directionRenamed = Signal(str, str)
    directionPinned = Signal(str, bool)
    directionOrdered = Signal(str, int)
    psiMoved = Signal(float)
    mixMoved = Signal(float)
    seedEntered = Signal(object)
    secondSeedEntered = Signal(object)
    resetAll = Signal()
    keep = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(PANEL_WIDTH)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.directions = DirectionList()
        self.search_bar, self.more = self.directions.search_bar, self.directions.more
        self.heads = [SectionHeader() for _ in range(2)]
        self.psi = ParamSlider("", 0.0, 1.5, 1.0, 0.01, "")
        self.mix = ParamSlider("", 0.0, 1.0, 0.0, 0.01, "")
        self.seed, self.second = SeedBox(), SeedBox()
        self.seed_label, self.second_label, self.label = Label(), Label(), LabelLine()
        self.reset, self.keep_button = secondary(), primary()
        self.sampling = QWidget()
        """Of how chance is used; filled for each model."""
        self._quiet = False
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        inner, panel = panel_column(6)
        whole = _line(self.seed_label, self.seed), self.label, self.sampling, self.psi
        blend = _line(self.second_label, self.second), self.mix
        heads = self.heads
        self._further = boxes.column(gap=10)
        whole_column = self.directions, 10, heads[0], *whole, 10, heads[1], *blend
        for part in (*whole_column, 10, self._further, None):
            boxes.add(panel, part)
        self.scroll_area = SteadyScroll(inner)
        foot = boxes.row((self.reset, 1), (self.keep_button, 1), gap=8, margins=(16, 8, 16, 16))
        boxes.column((self.scroll_area, 1), foot, on=self)

    def _connect(self) -> None:
        self.psi.valueChanged.connect(self._psi_moved)
        self.mix.valueChanged.connect(self._mix_moved)
        self.seed.seedEntered.connect(self.seedEntered)
        self.second.seedEntered.connect(self.secondSeedEntered)
        self.reset.clicked.connect(self.resetAll)
        directions = self.directions
        directions.moved.connect(self.directionMoved)
        directions.renamed.connect(self.directionRenamed)
        directions.pinned.connect(self.directionPinned)
        directions.ordered.connect(self.directionOrdered)
        self.keep_button.clicked.connect(self.keep)

    def set_abilities(self, able: Collection[Ability]) -> None:
        """Show the controls of what the model can do, and no others."""
        blend = self.heads[1], self.second_label, self.second, self.mix
        for ability, widgets in (
            (Ability.DIRECTIONS, (self.directions,)),
            (Ability.TRUNCATION, (self.psi,)),
            (Ability.BLEND, blend),
        ):
            for widget in widgets:
                widget.setVisible(ability in able)

    def add_below(self, sections: QWidget) -> None:
        """More sections, under those that are always there."""
        self._further.addWidget(sections)

    # ------------------------------------------------------------------ directions

    @property
    def rows(self) -> list[DirectionRow]:
        return self.directions.rows

    def set_directions(self, lines: Sequence[DirectionLine]) -> None:
        self.directions.set_lines(lines)

    def show_lines(self, lines: Sequence[DirectionLine], top: Sequence[str]) -> None:
        self.directions.show_lines(lines, top)

    def order(self) -> list[int]:
        return self.directions.order()

    def set_searching(self, done: int | None, total: int = 0) -> None:
        """Progress of looking for directions; None when they are there."""
        self.directions.set_searching(done, total)

    # ------------------------------------------------------------------ values

    def show_recipe(self, recipe: LatentRecipe) -> None:
        """Put every control where the recipe has it, without telling anybody."""
        self._quiet = True
        blend = recipe.blend
        zones = {str(move.direction): move.zone for move in recipe.along}
        self.directions.show_values(recipe.edits, zones)
        self.psi.setValue(recipe.beginning.truncation_psi)
        self.mix.setValue(blend.mix if blend else 0.0)
        self._quiet = False
        self.seed.show_seed(recipe.seed)
        self.second.show_seed(blend.seed if blend else following(recipe.seed))

    def _psi_moved(self, value: float) -> None:
        if not self._quiet:
            self.psiMoved.emit(value)

    def _mix_moved(self, value: float) -> None:
        if not self._quiet:
            self.mixMoved.emit(value)

    # ------------------------------------------------------------------ words

    def restyle(self) -> None:
        self.directions.restyle()

    def retranslate(self) -> None:
        self.directions.retranslate()
        words = (tr("Whole picture"), tr("Blend"))
        for head, text in zip(self.heads, words, strict=True):
            head.setText(text)
        _texts(self.psi, tr("Truncation ψ"), tr(
            "Below 1 nearer to the average picture, above 1 bolder (truncation ψ); "
            "double-click resets"
        ))  # fmt: skip
        _texts(self.mix, tr("Blend with seed"), tr(
            "From this picture to the other seed, along the sphere (slerp); double-click resets"
        ))  # fmt: skip
        self.seed_label.setText(tr("Seed"))
        self.second_label.setText(tr("Other seed"))
        back = tr("Every slider back to where the seed put it (Ctrl+0)")
        begins = tr("The number the picture begins from (random seed); R takes another")
        other = tr("The picture to blend with (second latent point)")
        set_words(
            (self.seed, tr("Seed"), begins),
            (self.second, tr("Other seed"), other),
            (self.reset, tr("Reset all"), back),
            (self.keep_button, tr("Keep"), tr("Keep this picture as a piece (Enter)")),
        )
        self.keep_button.setText(tr("Keep ↵"))
        for box, label in ((self.seed, self.seed_label), (self.second, self.second_label)):
            label.setBuddy(box)
            label.setToolTip(box.toolTip())
        self.restyle()


def _line(label: QLabel, box: QWidget) -> QHBoxLayout:
    return boxes.row(label, None, box, gap=-1)


def _texts(slider: ParamSlider, label: str, tip: str) -> None:
    slider.set_label(label)
    slider.setToolTip(tip)
