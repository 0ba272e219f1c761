"""What the artist did to the picture, as named steps that can be taken back.

One step is a whole recipe with the name of what changed, so that any of them
can be gone back to; the shared undo stack holds the commands. Undo and redo walk along one line
of steps; the tree has the others, too, that were left when something else was done from an older
step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from studio.desktop.base.undo_step import Joined
from studio.desktop.i18n import said

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe

KEPT = 200
"""Steps of a line."""
MOST = 400
"""Of the tree: the oldest are forgotten where they are not on the line."""


@dataclass(frozen=True)
class Step:
    """A recipe and what led to it. `key` names the control: one drag of it is one step.

    `run` says of which model the recipe speaks; `number` is that of the step in its history, and
    `parent` that of the step that it went on from.
    """

    run: str
    text: str
    """A :class:`Said` where it is to follow the language."""
    key: str
    recipe: LatentRecipe
    number: int = 0
    parent: int | None = None


class History:
    """The steps so far and where the artist is among them."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.position = -1
        self.tree: dict[int, Step] = {}
        """All steps by number, also those beside the line."""
        self._count = 0
        self.changed: Callable[[], None] = lambda: None

    def start(self, step: Step) -> None:
        """Forget everything: a model was opened."""
        self.tree, self._count = {}, 1
        self.put([replace(step, number=0, parent=None)], 0)

    @property
    def current(self) -> Step | None:
        return self.steps[self.position] if 0 <= self.position < len(self.steps) else None

    def put(self, steps: list[Step], position: int) -> None:
        """Take over a whole list, at one of its steps."""
        self.steps, self.position = steps, position
        for step in steps:
            self.tree[step.number] = step
        self._forget()
        self.changed()

    def grown(self, step: Step) -> Step:
        """The same as one that goes on from the current one."""
        current, number = self.current, self._count
        self._count += 1
        return replace(step, number=number, parent=None if current is None else current.number)

    def swallow(self, steps: list[Step], position: int, number: int) -> None:
        """Take over a list in silence; the step of this number became part of another."""
        self.steps, self.position = steps, position
        self.tree.pop(number, None)
        self.tree[steps[position].number] = steps[position]

    def line_to(self, number: int) -> tuple[list[Step], int]:
        """The line that a step is on, and its place there: the present one if it can be."""
        for place, step in enumerate(self.steps):
            if step.number == number:
                return self.steps, place
        line = [self.tree[number]]
        while (parent := line[-1].parent) is not None and parent in self.tree:
            line.append(self.tree[parent])
        line = line[:KEPT][::-1]
        return line, len(line) - 1

    def _forget(self) -> None:
        if len(self.tree) > MOST:
            own = {step.number for step in self.steps}
            beside = (number for number in sorted(self.tree) if number not in own)
            for number in list(beside)[: len(self.tree) - MOST]:
                del self.tree[number]

    # ------------------------------------------------------------------ as a list

    def rows(self) -> list[tuple[Step, int]]:
        """Every step, the newest first, and how deep its branch is: 0 for the newest one.

        A branch that was left stands above the step that it began at, one deeper.
        """
        after: dict[int | None, list[int]] = {}
        for number, step in sorted(self.tree.items()):
            parent = step.parent if step.parent in self.tree else None
            after.setdefault(parent, []).append(number)
        found: list[tuple[Step, int]] = []

        def lay(first: int, depth: int) -> None:
            line = [first]
            while line[-1] in after:
                line.append(after[line[-1]][-1])
            for number in reversed(line):
                for other in reversed(after.get(number, [])[:-1]):
                    lay(other, depth + 1)
                found.append((self.tree[number], depth))

        for root in reversed(after.get(None, [])):
            lay(root, 0)
        return found


class Change(Joined):
    """From one step to a new one; a later change of the same gesture is swallowed."""

    def __init__(self, history: History, step: Step, gesture: int) -> None:
        super().__init__(said(step.text))
        self._history = history
        self._before = (history.steps, history.position)
        steps = [*history.steps[: history.position + 1], history.grown(step)][-KEPT:]
        self._after = (steps, len(steps) - 1)
        self._gesture = gesture
        self._key = step.key

    def takes(self, other: QUndoCommand) -> bool:
        """The same gesture on the same control."""
        return isinstance(other, Change) and (other._key, other._gesture) == (
            self._key,
            self._gesture,
        )

    def take(self, other: Change) -> None:
        own, newer = self._after[0][-1], other._after[0][-1]
        last = replace(newer, number=own.number, parent=own.parent)
        merged = [*self._after[0][:-1], last]
        self._after = (merged, len(merged) - 1)
        self.setText(other.text())
        # In silence: `other` has just been carried out, so its picture is on its way.
        self._history.swallow(*self._after, newer.number)

    def redo(self) -> None:
        self._history.put(*self._after)

    def undo(self) -> None:
        """Go back to where the artist was."""
        # The later steps stay in sight, so that the list shows what redo would bring.
        steps, position = self._before
        later = self._after[0][position + 1 :] if position == len(steps) - 1 else []
        self._history.put([*steps, *later] if later else steps, position)
