"""The stack of a piece as a list of steps, and the controls of the step that is chosen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import said, tr
from studio.desktop.refinement.add_menu import AddMenu
from studio.desktop.refinement.bench_view import ViewTool
from studio.desktop.refinement.crop_frame import CropFrame
from studio.desktop.refinement.group_form import GroupForm
from studio.desktop.refinement.histogram_view import HistogramView
from studio.desktop.refinement.laid_panel import LaidPanel
from studio.desktop.refinement.mask_tool import MaskTool
from studio.desktop.refinement.stack_editor import StackEditor
from studio.desktop.refinement.step_list import StepList, title_of
from studio.desktop.refinement.step_tools import has_tool, is_crop, kept_tool
from studio.desktop.widgets.boxes import add, column, row
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import EDGE, SectionHeader
from studio.desktop.widgets.slider_form import SliderForm
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column
from studio.engine.refinement.base import Operation, operations
from studio.engine.refinement.crop import Crop
from studio.engine.refinement.enlarge import Enlarge
from studio.engine.refinement.group import Group
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.places import Place, entry_at, moved
from studio.engine.refinement.stack import Stack, Step


class StepsPanel(QWidget):
    """Shows a stack; says what the artist wants of it, and changes nothing itself."""

    toolChanged = Signal()
    """Another step is worked on by hand on the picture, or none; see :meth:`tool`."""
    enlargerWanted = Signal()
    """A step is wanted that needs a network, which may have to be trained first."""
    pictureChosen = Signal(object, str, str)
    """The place of a step, a parameter of it, and the path of a picture to take it from."""
    maskChosen = Signal(object, str)
    """The place of a step, and the path of a picture that is to be its mask."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds: dict[str, type[Operation]] = operations()
        self._form: SliderForm | None = None
        self._form_op = ""
        self.histogram = HistogramView()
        self.header, self.step_header = SectionHeader(), SectionHeader()
        self.by_hand = QToolButton()
        self.by_hand.setCheckable(True)
        self.by_hand.setChecked(True)
        self.by_hand.toggled.connect(self._take_tool)
        self._tool: ViewTool | None = None
        self.hint = text_label(quiet=True)
        self._read_only = ""
        self.list = StepList()
        self.list.currentRowChanged.connect(lambda _row: self._show_step())
        self.list.itemSelectionChanged.connect(self._allow_moves)
        self.editor = StackEditor(self.list, self)
        self.laid = LaidPanel()
        self.laid.laid.connect(lambda values, key: self.editor.change(values, key))
        self.laid.pictureChosen.connect(lambda path: self.maskChosen.emit(self.list.place(), path))
        self.group_form = GroupForm()
        self.group_form.named.connect(lambda name: self.editor.change({"name": name}, ""))
        self.laid.brushChanged.connect(self._brush_taken)
        self.add = secondary()
        self._menu = AddMenu(self._kinds, self)
        self._menu.chosen.connect(self._chosen)
        self.add.setMenu(self._menu)
        self.presets = secondary()
        self.presets.setMenu(QMenu(self))
        self.group, self.up, self.down, self.remove = (QToolButton() for _ in range(4))
        self.group.clicked.connect(self.group_chosen)
        self.up.clicked.connect(lambda: self.editor.move_current(-1))
        self.down.clicked.connect(lambda: self.editor.move_current(1))
        self.remove.clicked.connect(self.editor.remove_current)
        self._form_place = column()
        self.reset, self.export = secondary(), primary()
        self.reset.clicked.connect(self.editor.reset)
        self._lay_out()
        self.set_stack(None)

    def _lay_out(self) -> None:
        moves = self.group, self.up, self.down, self.remove
        top = row((self.header, 1), *moves, gap=theme.SPACE // 2)
        tools = row((self.add, 1), (self.presets, 1), gap=theme.SPACE)
        margins = (EDGE, theme.SPACE, EDGE, EDGE)
        ends = row((self.reset, 1), (self.export, 1), gap=theme.SPACE, margins=margins)
        inner, parts = panel_column(theme.SPACE)
        head = row((self.step_header, 1), self.by_hand)
        steps = top, self.list, self.hint, tools
        forms = self.group_form, self._form_place
        for part in (self.histogram, *steps, 4, head, *forms, 4, self.laid, None):
            add(parts, part)
        column((SteadyScroll(inner), 1), ends, on=self)

    # ------------------------------------------------------------------ what is shown

    def set_stack(self, stack: Stack | None) -> None:
        """Show the stack of a piece; None when no piece is chosen."""
        self.editor.take_stack(stack or Stack())
        self._show_step()
        self._allow(stack is not None)

    def set_read_only(self, reason: str) -> None:
        """Why steps cannot be changed in this project; empty when they can."""
        self._read_only, self.editor.is_read_only = reason, bool(reason)
        self._allow(self.export.isEnabled())

    def _allow(self, there: bool) -> None:
        """A piece is there (or not): what can be done with it?"""
        may = there and not self._read_only
        self.export.setEnabled(there)
        for widget in (self.add, self.presets, self.list, self._form, self.laid, self.by_hand):
            if widget is not None:
                widget.setEnabled(may)
        self.reset.setEnabled(may and bool(self.editor.stack.steps))
        self._allow_moves()
        self.hint.setVisible(there and (bool(self._read_only) or not self.editor.stack.steps))
        self.hint.setText(
            said(self._read_only)
            or tr("No step yet: the piece leaves as it was kept. Steps change nothing for good.")
        )

    def _allow_moves(self) -> None:
        """What can be done with what is chosen."""
        place, chosen = self.list.place(), self.list.chosen()
        may = bool(place) and self.list.isEnabled()
        self.remove.setEnabled(may)
        for button, by in ((self.up, -1), (self.down, 1)):
            button.setEnabled(may and moved(self.editor.stack, place, by)[1] != place)
        entries = [entry_at(self.editor.stack, each) for each in chosen]
        lone = len(entries) == 1 and isinstance(entries[0], Group)
        steps = bool(entries) and not any(isinstance(each, Group) for each in entries)
        self.group.setEnabled(may and (lone or steps))
        words = (
            tr("Take the group apart: its steps stay (Ctrl+Shift+G)") if lone
            else tr("Make the chosen steps a group, laid over the picture as one (Ctrl+G)")
        )  # fmt: skip
        set_words((self.group, "", words))

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
        self.group_form.retranslate()
        self.histogram.retranslate()
        self.set_stack(self.editor.stack if self.export.isEnabled() else None)

    def restyle(self) -> None:
        for button, picture in (
            (self.up, "arrow-up"), (self.down, "arrow-down"), (self.remove, "trash"),
            (self.by_hand, "square"), (self.group, "folder"),
        ):  # fmt: skip
            button.setIcon(theme.icon(picture))
        self.list.restyle()

    def _show_step(self) -> None:
        place = self.list.place()
        self._allow_moves()
        if not place:
            self._drop_form()
            self.step_header.setText("")
            for part in (self.laid, self.group_form):
                part.hide()
            self._take_tool()
            return
        entry = entry_at(self.editor.stack, place)
        is_group = isinstance(entry, Group)
        self.step_header.setText(tr("Group") if is_group else title_of(entry))
        self.group_form.setVisible(is_group)
        if isinstance(entry, Group):
            self._drop_form()
            self.group_form.show_name(entry.name)
        else:
            self._show_form(entry)
        self.laid.setVisible(not entry.reshapes)
        self.laid.show_step(entry)
        self._take_tool()

    def _show_form(self, step: Step) -> None:
        if self._form is None or self._form_op != step.op:
            self._drop_form()
            self._make_form(step.op)
        if self._form is not None:
            self._form.blockSignals(True)
            self._form.set_values(self._kinds[step.op].from_mapping(step.params).as_dict())
            self._form.blockSignals(False)

    def _make_form(self, op: str) -> None:
        self._form, self._form_op = SliderForm(self._kinds[op].params()), op
        self._form.setEnabled(self.list.isEnabled())
        self._form.valueChanged.connect(self.editor.tune)
        self._form.pictureChosen.connect(
            lambda name, path: self.pictureChosen.emit(self.list.place(), name, path)
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
    def opened(self) -> Place:
        """The place of the step that `tool` belongs to; empty without one."""
        return self.list.place() if self._tool is not None else ()

    def _take_tool(self, _on: bool = True) -> None:
        step, before = self.editor.in_hand(), self._tool
        has_one = step is not None and has_tool(step)
        self.by_hand.setVisible(has_one)
        self._tool = None
        if step is not None and has_one and self.by_hand.isChecked() and not self._read_only:
            self._tool = kept_tool(step, before) or self._made_tool(step)
        if self._tool is not before:
            self.toolChanged.emit()

    def _made_tool(self, step: Step | Group) -> ViewTool | None:
        if is_crop(step):
            return CropFrame(Crop.from_mapping(step.params), self._cropped)
        if step.mask is None:
            return None
        return MaskTool(step.mask, self.laid.brush, self._masked, self.laid.set_radius)

    def _brush_taken(self) -> None:
        if self.laid.brush.is_painting:
            self.by_hand.setChecked(True)
        self.toolChanged.emit()

    def _cropped(self, box: dict[str, float]) -> None:
        self.editor.set_params(box, "frame")

    def _masked(self, mask: Mask, key: str) -> None:
        self.editor.change({"mask": mask}, f"mask/{key}" if key else "")

    def _chosen(self, op: str) -> None:
        if op == Enlarge.name:
            self.enlargerWanted.emit()
        else:
            self.editor.add_step(op)

    def group_chosen(self) -> None:
        if self.group.isEnabled():
            self.editor.group()
