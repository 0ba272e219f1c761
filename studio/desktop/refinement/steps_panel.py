"""The stack of a piece as a list of steps, and the controls of the step that is chosen."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QMenu, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.boxes import add, column, row
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import EDGE, SectionHeader
from studio.desktop.widgets.param_form import ParamForm
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column
from studio.engine.refinement.base import Operation, operations
from studio.engine.refinement.stack import Stack, Step

MOST_ROWS = 10


class StepsPanel(QWidget):
    """Shows a stack; says what the artist wants of it, and changes nothing itself."""

    stackEdited = Signal(object, str, str)
    """The wanted stack, the name of the step for undo, and a key: one drag is one undo step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = Stack([])
        self._kinds: dict[str, type[Operation]] = operations()
        self._form: ParamForm | None = None
        self._form_op = ""
        self.header, self.step_header = SectionHeader(), SectionHeader()
        self.hint = text_label(quiet=True)
        self._read_only = ""
        self.list = QListWidget()
        self.list.setObjectName("steps")
        self.list.currentRowChanged.connect(self._show_step)
        self.list.itemChanged.connect(self._toggled)
        self.add = secondary()
        self._menu = QMenu(self)
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
        shown = self.header, self.list, self.hint, tools, self.step_header, self._form_place, None
        for part in shown:
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
        for widget in (self.add, self.presets, self.list, self._form):
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
        )
        self.restyle()
        self._fill_menu()
        self.set_stack(self._stack if self.export.isEnabled() else None)

    def restyle(self) -> None:
        for button, picture in (
            (self.up, "arrow-up"), (self.down, "arrow-down"), (self.remove, "trash"),
        ):  # fmt: skip
            button.setIcon(theme.icon(picture))

    def _fill_menu(self) -> None:
        self._menu.clear()
        for name, kind in self._kinds.items():
            action = self._menu.addAction(tr(kind.title))
            action.setToolTip(tr(kind.summary))
            action.triggered.connect(lambda _checked=False, op=name: self.add_step(op))
        self._menu.setToolTipsVisible(True)

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
            return
        step = self._stack.steps[row]
        self.step_header.setText(tr(self._kinds[step.op].title))
        if self._form is None or self._form_op != step.op:
            self._drop_form()
            self._form = ParamForm(self._kinds[step.op].params())
            self._form_op = step.op
            self._form.setEnabled(self.list.isEnabled())
            self._form.valueChanged.connect(self._tuned)
            self._form_place.addWidget(self._form)
        self._form.blockSignals(True)
        self._form.set_values(self._kinds[step.op].from_mapping(step.params).as_dict())
        self._form.blockSignals(False)

    def _drop_form(self) -> None:
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
        self._form, self._form_op = None, ""

    # ------------------------------------------------------------------ what is wanted

    def add_step(self, op: str) -> None:
        """Add a step with its defaults at the end."""
        title = tr(self._kinds[op].title)
        step = Step(op=op, enabled=True, params=self._kinds[op]().as_dict())
        self._want([*self._stack.steps, step], tr("Add {step}", step=title))

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

    def _tuned(self, name: str, value: Any) -> None:
        row = self.list.currentRow()
        if not 0 <= row < len(self._stack.steps):
            return
        step = self._stack.steps[row]
        changed = Step(op=step.op, enabled=step.enabled, params={**step.params, name: value})
        steps = list(self._stack.steps)
        steps[row] = changed
        title = tr(self._kinds[step.op].title)
        self._want(steps, tr("Change {step}", step=title), f"{row}/{name}")

    def _toggled(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        step = self._stack.steps[row]
        on = item.checkState() == Qt.CheckState.Checked
        if on == step.enabled:
            return
        steps = list(self._stack.steps)
        steps[row] = Step(op=step.op, enabled=on, params=step.params)
        self._want(steps, tr("Use {step}" if on else "Leave out {step}", step=item.text()))

    def _reset(self) -> None:
        if self._stack.steps:
            self._want([], tr("Remove all steps"))

    def _want(self, steps: list[Step], text: str, key: str = "") -> None:
        if self._read_only:
            return
        self.stackEdited.emit(Stack(steps), text, key)
