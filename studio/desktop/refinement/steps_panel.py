"""The stack of a piece as a list of steps, and the controls of the step that is chosen."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QMenu, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import said, tr
from studio.desktop.refinement.add_menu import AddMenu
from studio.desktop.refinement.bench_view import ViewTool
from studio.desktop.refinement.crop_frame import CropFrame
from studio.desktop.refinement.histogram_view import HistogramView
from studio.desktop.refinement.laid_panel import LaidPanel
from studio.desktop.refinement.mask_tool import MaskTool
from studio.desktop.refinement.step_tools import has_tool, kept_tool
from studio.desktop.widgets.boxes import add, column, row
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import EDGE, SectionHeader
from studio.desktop.widgets.slider_form import SliderForm
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column
from studio.engine.refinement.base import Operation, operations
from studio.engine.refinement.crop import Crop
from studio.engine.refinement.enlarge import Enlarge
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.stack import Stack, Step

MOST_ROWS = 10


class StepsPanel(QWidget):
    """Shows a stack; says what the artist wants of it, and changes nothing itself."""

    stackEdited = Signal(object, str, str)
    """The wanted stack, the name of the step for undo, and a key: one drag is one undo step."""

    toolChanged = Signal()
    """Another step is worked on by hand on the picture, or none; see :meth:`tool`."""
    enlargerWanted = Signal()
    """A step is wanted that needs a network, which may have to be trained first."""
    pictureChosen = Signal(int, str, str)
    """The row of a step, a parameter of it, and the path of a picture to take it from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = Stack([])
        self._kinds: dict[str, type[Operation]] = operations()
        self._form: SliderForm | None = None
        self._form_op = ""
        self.histogram = HistogramView()
        self.header, self.step_header = SectionHeader(), SectionHeader()
        self.by_hand = QToolButton()
        self.by_hand.setCheckable(True)
        self.by_hand.setChecked(True)
        self.by_hand.toggled.connect(self._take_tool)
        self.laid = LaidPanel()
        self.laid.laid.connect(self._lay)
        self.laid.brushChanged.connect(self._brush_taken)
        self._tool: ViewTool | None = None
        self.hint = text_label(quiet=True)
        self._read_only = ""
        self.list = QListWidget()
        self.list.setObjectName("steps")
        self.list.currentRowChanged.connect(self._show_step)
        self.list.itemChanged.connect(self._toggled)
        self.add = secondary()
        self._menu = AddMenu(self._kinds, self)
        self._menu.chosen.connect(self._chosen)
        self.add.setMenu(self._menu)
        self.presets = secondary()
        self.presets.setMenu(QMenu(self))
        self.up, self.down, self.remove = (QToolButton() for _ in range(3))
        self.up.clicked.connect(lambda: self.move_current(-1))
        self.down.clicked.connect(lambda: self.move_current(1))
        self.remove.clicked.connect(self.remove_current)
        self._form_place = column()
        self.reset, self.export = secondary(), primary()
        self.reset.clicked.connect(self._reset)
        self._lay_out()
        self.set_stack(None)

    def _lay_out(self) -> None:
        moves = self.up, self.down, self.remove
        tools = row(self.add, self.presets, None, *moves, gap=theme.SPACE // 2)
        margins = (EDGE, theme.SPACE, EDGE, EDGE)
        ends = row((self.reset, 1), (self.export, 1), gap=theme.SPACE, margins=margins)
        inner, parts = panel_column(theme.SPACE)
        head = row((self.step_header, 1), self.by_hand)
        steps = self.header, self.list, self.hint, tools
        for part in (self.histogram, *steps, 4, head, self._form_place, 4, self.laid, None):
            add(parts, part)
        column((SteadyScroll(inner), 1), ends, on=self)

    # ------------------------------------------------------------------ what is shown

    def set_stack(self, stack: Stack | None) -> None:
        """Show the stack of a piece; None when no piece is chosen."""
        row = self.list.currentRow()
        grew = stack is not None and len(stack.steps) > len(self._stack.steps)
        self._stack = stack or Stack([])
        self.list.blockSignals(True)
        self.list.clear()
        for step in self._stack.steps:
            self.list.addItem(self._item(step))
        last = self.list.count() - 1
        self.list.setCurrentRow(last if grew or row < 0 else min(row, last))
        self.list.blockSignals(False)
        self._fit_list()
        self._show_step(self.list.currentRow())
        self._allow(stack is not None)

    def set_read_only(self, reason: str) -> None:
        """Why steps cannot be changed in this project; empty when they can."""
        self._read_only = reason
        self._allow(self.export.isEnabled())

    def _allow(self, there: bool) -> None:
        """A piece is there (or not): what can be done with it?"""
        may = there and not self._read_only
        self.export.setEnabled(there)
        for widget in (self.add, self.presets, self.list, self._form, self.laid, self.by_hand):
            if widget is not None:
                widget.setEnabled(may)
        self.reset.setEnabled(may and bool(self._stack.steps))
        for button in (self.up, self.down, self.remove):
            button.setEnabled(button.isEnabled() and may)
        self.hint.setVisible(there and (bool(self._read_only) or not self._stack.steps))
        self.hint.setText(
            said(self._read_only)
            or tr("No step yet: the piece leaves as it was kept. Steps change nothing for good.")
        )

    def _fit_list(self) -> None:
        rows = min(self.list.count(), MOST_ROWS)
        self.list.setFixedHeight(rows * self.list.sizeHintForRow(0) + 2 * self.list.frameWidth())
        self.list.setVisible(rows > 0)

    def retranslate(self) -> None:
        self.header.setText(tr("Steps"))
        presets = tr("Use steps that were kept under a name, or keep these")
        by_hand = tr("Work on the frame or the mask on the picture; off shows the result")
        order = tr("Steps happen from top to bottom; untick one to leave it out")
        set_words(
            (self.add, tr("Add a step"), tr("Add a step to this piece (non-destructive)")),
            (self.presets, tr("Presets"), presets),
            (self.reset, tr("Remove all"), tr("Take all steps away; undo brings them back")),
            (self.export, tr("Export →"), tr("Take this piece to the Export place")),
            (self.up, "", tr("Move the step up: it happens earlier (Alt+Up)")),
            (self.down, "", tr("Move the step down: it happens later (Alt+Down)")),
            (self.remove, "", tr("Remove the step (Delete)")),
            (self.list, tr("Steps of this piece"), order),
            (self.by_hand, "", by_hand),
        )
        self.restyle()
        self._menu.fill()
        self.laid.retranslate()
        self.histogram.retranslate()
        self.set_stack(self._stack if self.export.isEnabled() else None)

    def restyle(self) -> None:
        for button, picture in (
            (self.up, "arrow-up"), (self.down, "arrow-down"), (self.remove, "trash"),
            (self.by_hand, "square"),
        ):  # fmt: skip
            button.setIcon(theme.icon(picture))

    def _item(self, step: Step) -> QListWidgetItem:
        item = QListWidgetItem(tr(self._kinds[step.op].title))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if step.enabled else Qt.CheckState.Unchecked)
        item.setToolTip(tr(self._kinds[step.op].summary))
        return item

    def _show_step(self, row: int) -> None:
        there = 0 <= row < len(self._stack.steps)
        self.remove.setEnabled(there)
        self.up.setEnabled(there and row > 0)
        self.down.setEnabled(there and row < len(self._stack.steps) - 1)
        if not there:
            self._drop_form()
            self.step_header.setText("")
            self.laid.hide()
            self._take_tool()
            return
        step = self._stack.steps[row]
        kind = self._kinds[step.op]
        self.step_header.setText(tr(kind.title))
        if self._form is None or self._form_op != step.op:
            self._drop_form()
            self._make_form(step.op)
        if self._form is not None:
            self._form.blockSignals(True)
            self._form.set_values(kind.from_mapping(step.params).as_dict())
            self._form.blockSignals(False)
        self.laid.setVisible(not kind.reshapes)
        self.laid.show_step(step)
        self._take_tool()

    def _make_form(self, op: str) -> None:
        self._form, self._form_op = SliderForm(self._kinds[op].params()), op
        self._form.setEnabled(self.list.isEnabled())
        self._form.valueChanged.connect(self._tuned)
        self._form.pictureChosen.connect(
            lambda name, path: self.pictureChosen.emit(self.list.currentRow(), name, path)
        )
        self._form_place.addWidget(self._form)

    def _drop_form(self) -> None:
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
        self._form, self._form_op = None, ""

    # ------------------------------------------------------------------ on the picture

    @property
    def tool(self) -> ViewTool | None:
        """What the chosen step has to be worked on by hand, where the artist wants to."""
        return self._tool

    @property
    def opened(self) -> int:
        """The row of the step that `tool` belongs to, or -1."""
        return self.list.currentRow() if self._tool is not None else -1

    def _take_tool(self, _on: bool = True) -> None:
        row, before = self.list.currentRow(), self._tool
        step = self._stack.steps[row] if 0 <= row < len(self._stack.steps) else None
        has_one = step is not None and has_tool(step)
        self.by_hand.setVisible(has_one)
        self._tool = None
        if step is not None and has_one and self.by_hand.isChecked() and not self._read_only:
            self._tool = kept_tool(step, before) or self._made_tool(step)
        if self._tool is not before:
            self.toolChanged.emit()

    def _made_tool(self, step: Step) -> ViewTool:
        if step.mask is None:
            return CropFrame(Crop.from_mapping(step.params), self._cropped)
        return MaskTool(step.mask, self.laid.brush, self._masked, self.laid.set_radius)

    def _brush_taken(self) -> None:
        if self.laid.brush.is_painting:
            self.by_hand.setChecked(True)
        self.toolChanged.emit()

    def _cropped(self, box: dict[str, float]) -> None:
        row = self.list.currentRow()
        self._change({"params": {**self._stack.steps[row].params, **box}}, f"{row}/frame")

    def _masked(self, mask: Mask, key: str) -> None:
        self._lay({"mask": mask}, f"mask/{key}" if key else "")

    def _lay(self, values: dict[str, Any], key: str) -> None:
        self._change(values, f"{self.list.currentRow()}/{key}" if key else "")

    def _change(self, values: dict[str, Any], key: str) -> None:
        """Want other values of the chosen step; one `key` in a row is one step of undo."""
        row = self.list.currentRow()
        if not 0 <= row < len(self._stack.steps):
            return
        steps = list(self._stack.steps)
        steps[row] = steps[row].model_copy(update=values)
        title = tr(self._kinds[steps[row].op].title)
        self._want(steps, tr("Change {step}", step=title), key)

    # ------------------------------------------------------------------ what is wanted

    def add_step(self, op: str) -> None:
        """Add a step with its defaults at the end."""
        title = tr(self._kinds[op].title)
        step = Step(op=op, enabled=True, params=self._kinds[op]().as_dict())
        self._want([*self._stack.steps, step], tr("Add {step}", step=title))

    def _chosen(self, op: str) -> None:
        if op == Enlarge.name:
            self.enlargerWanted.emit()
        else:
            self.add_step(op)

    def remove_current(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._stack.steps):
            title = tr(self._kinds[self._stack.steps[row].op].title)
            steps = [step for at, step in enumerate(self._stack.steps) if at != row]
            self._want(steps, tr("Remove {step}", step=title))

    @property
    def stack(self) -> Stack:
        return self._stack

    def use_stack(self, stack: Stack, text: str) -> None:
        """Want a whole stack in the place of this one."""
        self._want(list(stack.steps), text)

    def move_current(self, by: int) -> None:
        """Move the chosen step: -1 earlier, 1 later."""
        row = self.list.currentRow()
        if row < 0 or not 0 <= row + by < len(self._stack.steps):
            return
        steps = list(self._stack.steps)
        steps[row], steps[row + by] = steps[row + by], steps[row]
        self.list.blockSignals(True)
        self.list.setCurrentRow(row + by)
        self.list.blockSignals(False)
        self._want(steps, tr("Reorder the steps"))

    def take(self, row: int, name: str, value: Any) -> None:
        """Set a parameter of the step in a row, which is chosen for it."""
        if (
            0 <= row < len(self._stack.steps)
            and name in self._kinds[self._stack.steps[row].op].params()
        ):
            self.list.setCurrentRow(row)
            self._tuned(name, value)

    def _tuned(self, name: str, value: Any) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._stack.steps):
            params = {**self._stack.steps[row].params, name: value}
            self._change({"params": params}, f"{row}/{name}")

    def _toggled(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        step = self._stack.steps[row]
        on = item.checkState() == Qt.CheckState.Checked
        if on == step.enabled:
            return
        steps = list(self._stack.steps)
        steps[row] = step.model_copy(update={"enabled": on})
        self._want(steps, tr("Use {step}" if on else "Leave out {step}", step=item.text()))

    def _reset(self) -> None:
        if self._stack.steps:
            self._want([], tr("Remove all steps"))

    def _want(self, steps: list[Step], text: str, key: str = "") -> None:
        if self._read_only:
            return
        self.stackEdited.emit(Stack(steps), text, key)
