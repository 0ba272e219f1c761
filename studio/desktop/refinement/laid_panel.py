"""How a step is laid over the picture: opacity, blend mode, mask."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.refinement.mask_tool import Brush
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.widgets.param_slider import ParamSlider
from studio.desktop.widgets.slider_form import LABEL_WIDTH, SliderForm
from studio.engine.refinement.blend_modes import NAMES
from studio.engine.refinement.laid import Laid
from studio.engine.refinement.masks.base import mask_kinds
from studio.engine.refinement.masks.mask import Mask


class LaidPanel(QWidget):
    """`laid` tells new values of a step (opacity, blend, mask) and what of them changed."""

    laid = Signal(dict, str)
    brushChanged = Signal()
    pictureChosen = Signal(str)
    """The path of a picture that is to be the mask."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.brush = Brush()
        self._mask: Mask | None = None
        self._kinds = mask_kinds()
        self.header, self.mask_header = SectionHeader(), SectionHeader()
        self.opacity = ParamSlider("", 0.0, 1.0, 1.0, 0.01)
        self.blend_label, self.blend, self.kind = Label(), ElidedCombo(), ElidedCombo()
        self.invert = QCheckBox()
        self.paint, self.erase, self.clear = (secondary() for _ in range(3))
        self.brush_size = ParamSlider("", 0.005, 0.5, self.brush.radius, 0.005)
        self.hardness = ParamSlider("", 0.0, 1.0, self.brush.hardness, 0.01)
        self._form: SliderForm | None = None
        self._form_kind = ""
        self._form_place = column()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.blend_label.setFixedWidth(LABEL_WIDTH)
        self.blend_label.setBuddy(self.blend)
        for name in NAMES:
            self.blend.addItem(name, name)
        self.kind.addItem("", "")
        for name in self._kinds:
            self.kind.addItem(name, name)
        for button in (self.paint, self.erase):
            button.setCheckable(True)
        self._brush_part = QWidget()
        column(self.brush_size, self.hardness, self.clear, on=self._brush_part, gap=8)
        self._mask_part = QWidget()
        strokes = row((self.paint, 1), (self.erase, 1), gap=theme.SPACE)
        parts = strokes, self._brush_part, self._form_place, self.invert
        column(*parts, on=self._mask_part, gap=8)
        blend = row(self.blend_label, (self.blend, 1), gap=8)
        shown = (self.header, self.opacity, blend, self.mask_header, self.kind, self._mask_part)
        column(*shown, on=self, gap=8)

    def _connect(self) -> None:
        self.opacity.valueChanged.connect(
            lambda value: self.laid.emit({"opacity": round(value, 4)}, "opacity")
        )
        self.blend.currentIndexChanged.connect(
            lambda _place: self.laid.emit({"blend": self.blend.currentData()}, "blend")
        )
        self.kind.currentIndexChanged.connect(self._chosen)
        self.invert.toggled.connect(lambda on: self._change({"invert": on}, "invert"))
        self.clear.clicked.connect(lambda: self._change({"strokes": ()}, ""))
        self.paint.clicked.connect(lambda on: self._take_brush(on, erase=False))
        self.erase.clicked.connect(lambda on: self._take_brush(on, erase=True))
        self.brush_size.valueChanged.connect(self.set_radius)
        self.hardness.valueChanged.connect(self._set_hardness)

    # ------------------------------------------------------------------ what is shown

    def show_step(self, step: Laid) -> None:
        """The values of a step or group, without telling anyone."""
        with (
            QSignalBlocker(self.opacity), QSignalBlocker(self.blend), QSignalBlocker(self.kind),
            QSignalBlocker(self.invert),
        ):  # fmt: skip
            self.opacity.set_value(step.opacity)
            self.blend.setCurrentIndex(self.blend.findData(step.blend))
            self.kind.setCurrentIndex(self.kind.findData(step.mask.kind if step.mask else ""))
            self.invert.setChecked(step.mask is not None and step.mask.invert)
        self._mask = step.mask
        self._mask_part.setVisible(step.mask is not None)
        if step.mask is None:
            self._take_brush(False, erase=False)
            return
        if self._form is None or self._form_kind != step.mask.kind:
            self._make_form(step.mask.kind)
        if self._form is not None:
            with QSignalBlocker(self._form):
                self._form.set_values(step.mask.shape().as_dict())
        self.clear.setEnabled(bool(step.mask.strokes))

    def _make_form(self, kind: str) -> None:
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
        self._form, self._form_kind = SliderForm(self._kinds[kind].params()), kind
        self._form.valueChanged.connect(self._tuned)
        self._form.pictureChosen.connect(lambda _name, path: self.pictureChosen.emit(path))
        self._form_place.addWidget(self._form)

    def retranslate(self) -> None:
        self.header.setText(tr("Blending"))
        self.mask_header.setText(tr("Mask"))
        self.opacity.set_label(tr("Opacity"))
        self.opacity.setToolTip(tr("How much of the step is seen; 1 is all of it"))
        self.blend_label.setText(tr("Mode"))
        for place, words in enumerate(NAMES.values()):
            self.blend.setItemText(place, tr(words))
        self.kind.setItemText(0, tr("Whole picture"))
        for place, kind in enumerate(self._kinds.values()):
            self.kind.setItemText(place + 1, tr(kind.title))
            self.kind.setItemData(place + 1, tr(kind.summary), Qt.ItemDataRole.ToolTipRole)
        painting = tr("Add to the mask by painting on the picture; [ and ] size the brush")
        set_words(
            (self.blend, tr("Blend mode"), tr("How the step is laid over what was there")),
            (self.kind, tr("Mask"), tr("Where the step works (mask)")),
            (self.invert, tr("Everywhere else"), tr("Turn the mask round (invert)")),
            (self.paint, tr("Paint"), painting),
            (self.erase, tr("Erase"), tr("Take away from the mask by painting on the picture")),
            (self.clear, tr("Remove strokes"), tr("Take all that was painted out of the mask")),
        )
        self.brush_size.set_label(tr("Brush size"))
        self.brush_size.setToolTip(tr("Radius, as a share of the longer side"))
        self.hardness.set_label(tr("Brush hardness"))
        self.hardness.setToolTip(tr("1 has a sharp edge, 0 a soft one"))

    # ------------------------------------------------------------------ what is wanted

    def set_radius(self, radius: float) -> None:
        self.brush.radius = radius
        self.brush_size.set_value(radius)
        self.brushChanged.emit()

    def _set_hardness(self, hardness: float) -> None:
        self.brush.hardness = hardness

    def _take_brush(self, on: bool, *, erase: bool) -> None:
        is_new = (self.brush.is_painting, self.brush.erase) != (on, erase)
        self.brush.is_painting, self.brush.erase = on, erase
        self.paint.setChecked(on and not erase)
        self.erase.setChecked(on and erase)
        self._brush_part.setVisible(on)
        if is_new:
            self.brushChanged.emit()

    def _chosen(self, _place: int) -> None:
        kind = self.kind.currentData()
        mask = None
        if kind:
            strokes = self._mask.strokes if self._mask is not None else ()
            values = self._kinds[kind]().as_dict()
            mask = Mask(kind=kind, params=values, strokes=strokes)
        self.laid.emit({"mask": mask}, "")
        if kind == "brush" and not self.brush.is_painting:
            self._take_brush(True, erase=False)

    def _tuned(self, name: str, value: Any) -> None:
        if self._mask is not None:
            self._change({"params": {**self._mask.params, name: value}}, f"mask/{name}")

    def _change(self, values: dict[str, Any], key: str) -> None:
        if self._mask is not None:
            self.laid.emit({"mask": self._mask.model_copy(update=values)}, key)
