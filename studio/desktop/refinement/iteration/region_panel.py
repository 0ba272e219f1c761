"""Where a region is drawn again: painted on the picture, or the mask of a step."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from models.parameters import ParameterError
from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.refinement.mask_tool import Brush, MaskTool
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.widgets.param_slider import ParamSlider
from studio.engine.errors import StudioError
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.region_masks import mask_of
from studio.engine.refinement.stack import Stack

_PAINTED = Mask(kind="brush")


class RegionPanel(QWidget):
    """`changed` tells that the mask is another one; `tool` paints it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.kind = SectionHeader(), ElidedCombo()
        self.paint, self.erase, self.clear = (secondary() for _ in range(3))
        self.brush = Brush(radius=0.08, is_painting=True)
        self.brush_size = ParamSlider("", 0.005, 0.5, self.brush.radius, 0.005)
        self._stack = Stack()
        self.chosen = _PAINTED
        self.tool = MaskTool(self.chosen, self.brush, self._painted, self.set_radius)
        for button in (self.paint, self.erase):
            button.setCheckable(True)
        self.paint.setChecked(True)
        brushes = row((self.paint, 1), (self.erase, 1), gap=theme.SPACE)
        column(self.header, self.kind, brushes, self.brush_size, self.clear, on=self, gap=8)
        self.kind.currentIndexChanged.connect(self._chosen)
        self.paint.clicked.connect(lambda: self._take(erase=False))
        self.erase.clicked.connect(lambda: self._take(erase=True))
        self.brush_size.valueChanged.connect(self.set_radius)
        self.clear.clicked.connect(lambda: self._painted(self._bare(), ""))

    def show_stack(self, stack: Stack) -> None:
        """The masks of these steps can be chosen; nothing is painted."""
        self._stack = stack
        with QSignalBlocker(self.kind):
            self.kind.clear()
            self.kind.addItem("", 0)
            for number in range(1, len(stack.steps) + 1):
                try:
                    mask_of(stack, number)
                except (StudioError, ParameterError):
                    continue
                self.kind.addItem("", number)
        self._name_kinds()
        self._painted(_PAINTED, "")

    @property
    def is_empty(self) -> bool:
        """Whether nothing was painted, and no step's mask taken."""
        return self.chosen == _PAINTED

    def set_radius(self, radius: float) -> None:
        self.brush.radius = radius
        self.brush_size.set_value(radius)

    def _bare(self) -> Mask:
        number = self.kind.currentData() or 0
        return mask_of(self._stack, number) if number else _PAINTED

    def _chosen(self, _place: int) -> None:
        self._painted(self._bare(), "")

    def _painted(self, mask: Mask, _key: str) -> None:
        self.chosen = mask
        self.tool.show_mask(mask)
        self.clear.setEnabled(mask != self._bare())
        self.changed.emit()

    def _take(self, *, erase: bool) -> None:
        self.brush.erase = erase
        self.paint.setChecked(not erase)
        self.erase.setChecked(erase)

    def _name_kinds(self) -> None:
        for place in range(self.kind.count()):
            number = self.kind.itemData(place)
            if number:
                title = tr(self._stack.steps[number - 1].title)
                words = tr("Mask of step {n}: {step}", n=number, step=title)
            else:
                words = tr("Painted here")
            self.kind.setItemText(place, words)

    def retranslate(self) -> None:
        self.header.setText(tr("Region"))
        painting = tr("Add to the mask by painting on the picture; [ and ] size the brush")
        set_words(
            (self.kind, tr("Mask of the region"),
             tr("What is drawn again: what you paint here, or where a step of this piece works")),
            (self.paint, tr("Paint"), painting),
            (self.erase, tr("Erase"), tr("Take away from the mask by painting on the picture")),
            (self.clear, tr("Remove strokes"), tr("Take all that was painted out of the mask")),
        )  # fmt: skip
        self.brush_size.set_label(tr("Brush size"))
        self.brush_size.setToolTip(tr("Radius, as a share of the longer side"))
        self._name_kinds()
