"""What the artist wants of a stack: every change as a whole new stack, with a name for undo."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.desktop.i18n import tr
from studio.desktop.refinement.step_list import StepList, title_of
from studio.engine.refinement import base
from studio.engine.refinement.group import Group
from studio.engine.refinement.masks.picture import PictureMask
from studio.engine.refinement.places import (
    Place,
    changed,
    dissolved,
    entry_at,
    grouped,
    moved,
    places,
    without,
)
from studio.engine.refinement.stack import Stack, Step


class StackEditor(QObject):
    """Speaks of what is chosen in `steps`; the stack is only changed by who hears of it."""

    stackEdited = Signal(object, str, str)
    """The wanted stack, the name of the step for undo, and a key: one drag is one undo step."""

    def __init__(self, steps: StepList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._list = steps
        self.stack = Stack()
        """The one that is shown."""
        self.is_read_only = False
        self._next: Place | None = None
        steps.toggled.connect(self._toggle)
        steps.foldWanted.connect(self._fold)

    def take_stack(self, stack: Stack) -> None:
        """Another one is to be shown; what it gained is chosen, or what was."""
        before, place = self.stack, self._list.place()
        self.stack = stack
        if len(list(stack.each())) > len(list(before.each())):
            place = places(stack)[-1]
        self._list.show_stack(stack, self._list.currentRow(), self._next or place)
        self._next = None

    def in_hand(self) -> Step | Group | None:
        place = self._list.place()
        return entry_at(self.stack, place) if place else None

    def set_params(self, values: dict[str, Any], key: str) -> None:
        """Want other parameters of the step in hand."""
        step = self.in_hand()
        if isinstance(step, Step):
            self.change({"params": {**step.params, **values}}, key)

    def tune(self, name: str, value: Any) -> None:
        self.set_params({name: value}, name)

    def change(self, values: dict[str, Any], key: str) -> None:
        """Want other values of what is in hand; one `key` in a row is one step of undo."""
        place, entry = self._list.place(), self.in_hand()
        if entry is not None:
            made = changed(self.stack, place, entry.model_copy(update=values))
            whole = f"{place}/{key}" if key else ""
            self._want(made, tr("Change {step}", step=title_of(entry)), whole)

    def add_step(self, op: str) -> None:
        """Add a step with its defaults at the end."""
        title = tr(base.operation(op).title)
        step = Step(op=op, enabled=True, params=base.operation(op)().as_dict())
        self._want(Stack([*self.stack.steps, step]), tr("Add {step}", step=title))

    def remove_current(self) -> None:
        """Remove what is chosen."""
        gone = self._list.chosen()
        if len(gone) > 1:
            self._want(without(self.stack, gone), tr("Remove {n} steps", n=len(gone)))
        elif gone:
            title = title_of(entry_at(self.stack, gone[0]))
            self._want(without(self.stack, gone), tr("Remove {step}", step=title))

    def use_stack(self, stack: Stack, text: str) -> None:
        """Want a whole stack in the place of this one."""
        self._want(stack, text)

    def move_current(self, by: int) -> None:
        """Move the step in hand: -1 earlier, 1 later, into a group and out of it."""
        place = self._list.place()
        if place:
            stack, self._next = moved(self.stack, place, by)
            self._want(stack, tr("Reorder the steps"))

    def group(self) -> None:
        """Make the chosen steps a group, or take the chosen group apart."""
        chosen = self._list.chosen()
        if len(chosen) == 1 and isinstance(entry_at(self.stack, chosen[0]), Group):
            self.ungroup()
        elif chosen:
            stack, self._next = grouped(self.stack, chosen)
            self._want(stack, tr("Group the steps"))

    def ungroup(self) -> None:
        """Take the group in hand apart, or that of the step in hand."""
        place = self._list.place()[:1]
        group = entry_at(self.stack, place) if place else None
        if isinstance(group, Group):
            self._next = place
            self._want(dissolved(self.stack, place), tr("Take the group apart"))

    def _fold(self, place: Place, on: bool) -> None:
        folded = entry_at(self.stack, place).model_copy(update={"folded": on})
        self._next = place
        text = tr("Fold the group") if on else tr("Unfold the group")
        self._want(changed(self.stack, place, folded), text)

    def take(self, place: Place, name: str, value: Any) -> None:
        """Set a parameter of the step at a place, which is chosen for it."""
        if place in places(self.stack):
            step = entry_at(self.stack, place)
            if isinstance(step, Step) and name in base.operation(step.op).params():
                self._list.setCurrentRow(self._list.row_of(place))
                self.tune(name, value)

    def take_mask(self, place: Place, picture: str) -> None:
        """Set the picture of the mask at a place, where it still is one."""
        if place not in places(self.stack):
            return
        entry = entry_at(self.stack, place)
        if entry.mask is not None and entry.mask.kind == PictureMask.name:
            params = {**entry.mask.params, "picture": picture}
            mask = entry.mask.model_copy(update={"params": params})
            made = changed(self.stack, place, entry.model_copy(update={"mask": mask}))
            self._want(made, tr("Change {step}", step=title_of(entry)))

    def _toggle(self, place: Place, on: bool) -> None:
        entry = entry_at(self.stack, place)
        made = changed(self.stack, place, entry.model_copy(update={"enabled": on}))
        text = tr("Use {step}" if on else "Leave out {step}", step=title_of(entry))
        self._want(made, text)

    def reset(self) -> None:
        """Remove all steps."""
        if self.stack.steps:
            self._want(Stack(), tr("Remove all steps"))

    def _want(self, stack: Stack, text: str, key: str = "") -> None:
        if not self.is_read_only:
            self.stackEdited.emit(stack, text, key)
        self._next = None
