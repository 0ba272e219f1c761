"""The right panel of the canvas: directions, truncation, seed, blending, keep."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from models.facts import Ability
from studio.desktop import theme
from studio.desktop.generation.direction_row import DirectionRow
from studio.desktop.generation.label_line import LabelLine
from studio.desktop.generation.worker import Names
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

FIRST_SHOWN = 8


class Controls(QWidget):
    """Every control of the picture. Says what the hand did; shows what it is told."""

    directionMoved = Signal(int, float)
    directionRenamed = Signal(int, str)
    directionPinned = Signal(int, bool)
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
        self.rows: list[DirectionRow] = []
        self._pinned: set[int] = set()
        self.heads = [SectionHeader() for _ in range(3)]
        self.searching, self.search_bar = Label(), QProgressBar()
        self.search_bar.setTextVisible(False)
        self.search_bar.setFixedHeight(4)
        self.psi = ParamSlider("", 0.0, 1.5, 1.0, 0.01, "")
        self.mix = ParamSlider("", 0.0, 1.0, 0.0, 0.01, "")
        self.seed, self.second = SeedBox(), SeedBox()
        self.seed_label, self.second_label, self.label = Label(), Label(), LabelLine()
        self.reset, self.keep_button = secondary(), primary()
        self.more = secondary()
        self.more.setCheckable(True)
        self._quiet = False
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        inner, panel = panel_column(6)
        self._rows_place = boxes.column(gap=4)
        directions = self.searching, self.search_bar, self._rows_place, self.more
        whole = _line(self.seed_label, self.seed), self.label, self.psi
        blend = _line(self.second_label, self.second), self.mix
        heads = self.heads
        self._further = boxes.column(gap=10)
        whole_column = heads[0], *directions, 10, heads[1], *whole, 10, heads[2], *blend
        for part in (*whole_column, 10, self._further, None):
            boxes.add(panel, part)
        panel.setAlignment(self.more, Qt.AlignmentFlag.AlignLeft)
        self.scroll_area = SteadyScroll(inner)
        foot = boxes.row((self.reset, 1), (self.keep_button, 1), gap=8, margins=(16, 8, 16, 16))
        boxes.column((self.scroll_area, 1), foot, on=self)

    def _connect(self) -> None:
        self.psi.valueChanged.connect(self._psi_moved)
        self.mix.valueChanged.connect(self._mix_moved)
        self.seed.seedEntered.connect(self.seedEntered)
        self.second.seedEntered.connect(self.secondSeedEntered)
        self.reset.clicked.connect(self.resetAll)
        self.more.toggled.connect(self._show_more)
        self.keep_button.clicked.connect(self.keep)

    def set_abilities(self, able: Collection[Ability]) -> None:
        """Show the controls of what the model can do, and no others."""
        blend = self.heads[2], self.second_label, self.second, self.mix
        for ability, widgets in (
            (Ability.DIRECTIONS, (self.heads[0],)),
            (Ability.TRUNCATION, (self.psi,)),
            (Ability.BLEND, blend),
        ):
            for widget in widgets:
                widget.setVisible(ability in able)

    def add_below(self, sections: QWidget) -> None:
        """More sections, under those that are always there."""
        self._further.addWidget(sections)

    # ------------------------------------------------------------------ directions

    def set_directions(self, explained: Sequence[float], names: Names) -> None:
        """One row for each direction; rows that are there already stay."""
        while len(self.rows) > len(explained):
            row = self.rows.pop()
            self._rows_place.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(explained):
            self._add_row(len(self.rows))
        for row, share in zip(self.rows, explained, strict=True):
            row.set_explained(share)
        self.show_names(names)

    def show_names(self, names: Names) -> None:
        """What the directions are called, and those with a star on top."""
        self._pinned = set(names.pinned)
        for row in self.rows:
            row.show_name(names.names.get(row.index, ""), row.index in names.pinned)
        self._order()

    def _add_row(self, index: int) -> None:
        row = DirectionRow(index)
        row.moved.connect(self.directionMoved)
        row.renamed.connect(self.directionRenamed)
        row.pinned.connect(self.directionPinned)
        self.rows.append(row)
        self._rows_place.addWidget(row)

    def _order(self) -> None:
        ordered = sorted(self.rows, key=lambda row: (row.index not in self._pinned, row.index))
        previous: QWidget = self.scroll_area
        for place, row in enumerate(ordered):
            if self._rows_place.indexOf(row) != place:
                self._rows_place.removeWidget(row)
                self._rows_place.insertWidget(place, row)
            QWidget.setTabOrder(previous, row.slider)
            previous = row.slider

        for place, row in enumerate(ordered):
            # What is in use is never hidden, or it could not be put back.
            used = row.value() != 0 or row.index in self._pinned
            row.setVisible(place < FIRST_SHOWN or self.more.isChecked() or used)
        self.more.setVisible(len(ordered) > FIRST_SHOWN)

    def _show_more(self, on: bool) -> None:
        self.more.setText(tr("Fewer directions") if on else tr("More directions"))
        self._order()

    def order(self) -> list[int]:
        return [row.index for row in sorted(self.rows, key=self._rows_place.indexOf)]

    def set_searching(self, done: int | None, total: int = 0) -> None:
        """Progress of looking for directions; None when they are there."""
        for widget in (self.searching, self.search_bar):
            widget.setVisible(done is not None)
        self.search_bar.setRange(0, total)
        self.search_bar.setValue(done or 0)

    # ------------------------------------------------------------------ values

    def show_recipe(self, recipe: LatentRecipe) -> None:
        """Put every control where the recipe has it, without telling anybody."""
        self._quiet = True
        edits, blend = recipe.edits, recipe.blend
        for row in self.rows:
            row.show_value(edits.get(row.index, 0.0))
        self.psi.setValue(recipe.beginning.truncation_psi)
        self.mix.setValue(blend.mix if blend else 0.0)
        self._quiet = False
        self.seed.show_seed(recipe.seed)
        self.second.show_seed(blend.seed if blend else following(recipe.seed))

    def name_of(self, index: int) -> str:
        return self.rows[index].title

    def _psi_moved(self, value: float) -> None:
        if not self._quiet:
            self.psiMoved.emit(value)

    def _mix_moved(self, value: float) -> None:
        if not self._quiet:
            self.mixMoved.emit(value)

    # ------------------------------------------------------------------ words

    def restyle(self) -> None:
        self.searching.setStyleSheet(f"color: {theme.colours().quiet};")
        for row in self.rows:
            row.restyle()

    def retranslate(self) -> None:
        words = (tr("Directions"), tr("Whole picture"), tr("Blend"))
        for head, text in zip(self.heads, words, strict=True):
            head.setText(text)
        self.searching.setText(tr("Looking for directions…"))
        self.search_bar.setAccessibleName(tr("Looking for directions…"))
        _texts(self.psi, tr("Truncation ψ"), tr(
            "Below 1 nearer to the average picture, above 1 bolder (truncation ψ); "
            "double-click resets"
        ))  # fmt: skip
        _texts(self.mix, tr("Blend with seed"), tr(
            "From this picture to the other seed, along the sphere (slerp); double-click resets"
        ))  # fmt: skip
        self.seed_label.setText(tr("Seed"))
        self.second_label.setText(tr("Other seed"))
        finer = tr("Show the finer directions too (later principal components)")
        back = tr("Every slider back to where the seed put it (Ctrl+0)")
        begins = tr("The number the picture begins from (random seed); R takes another")
        other = tr("The picture to blend with (second latent point)")
        set_words(
            (self.seed, tr("Seed"), begins),
            (self.second, tr("Other seed"), other),
            (self.reset, tr("Reset all"), back),
            (self.keep_button, tr("Keep"), tr("Keep this picture as a piece (Enter)")),
            (self.more, tr("More directions"), finer),
        )
        self.keep_button.setText(tr("Keep ↵"))
        for box, label in ((self.seed, self.seed_label), (self.second, self.second_label)):
            label.setBuddy(box)
            label.setToolTip(box.toolTip())
        self._show_more(self.more.isChecked())
        for row in self.rows:
            row.retranslate()
        self.restyle()


def _line(label: QLabel, box: QWidget) -> QHBoxLayout:
    return boxes.row(label, None, box, gap=-1)


def _texts(slider: ParamSlider, label: str, tip: str) -> None:
    slider.set_label(label)
    slider.setToolTip(tip)
