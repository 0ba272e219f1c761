"""What the artist did to the picture, as named steps that can be taken back.

One step is a whole recipe with the name of what changed, so that any of them
can be gone back to; the shared undo stack holds the commands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe

KEPT = 200


@dataclass(frozen=True)
class Step:
    """A recipe and what led to it. `key` names the control: one drag of it is one step.

    `run` says of which model the recipe speaks.
    """

    run: str
    text: str
    key: str
    recipe: LatentRecipe


class History:
    """The steps so far and where the artist is among them."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.position = -1
        self.changed: Callable[[], None] = lambda: None

    def start(self, step: Step) -> None:
        """Forget everything: a model was opened."""
        self.steps, self.position = [step], 0
        self.changed()

    def clear(self) -> None:
        self.steps, self.position = [], -1
        self.changed()

    @property
    def current(self) -> Step | None:
        return self.steps[self.position] if 0 <= self.position < len(self.steps) else None

    def put(self, steps: list[Step], position: int) -> None:
        """Take over a whole list, at one of its steps."""
        self.steps, self.position = steps, position
        self.changed()


class Change(QUndoCommand):
    """From one step to a new one; a later change of the same gesture is swallowed."""

    def __init__(self, history: History, step: Step, gesture: int) -> None:
        super().__init__(step.text)
        self._history = history
        self._before = (history.steps, history.position)
        steps = [*history.steps[: history.position + 1], step][-KEPT:]
        self._after = (steps, len(steps) - 1)
        self._gesture = gesture
        self._key = step.key

    def id(self) -> int:
        """Any number above -1 allows merging."""
        return 4011

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Swallow `other` when it goes on with the same gesture on the same control."""
        if not isinstance(other, Change):
            return False
        if (other._key, other._gesture) != (self._key, self._gesture):
            return False
        steps, _ = other._after
        merged = [*self._after[0][:-1], steps[-1]]
        self._after = (merged, len(merged) - 1)
        self.setText(other.text())
        # In silence: the stack has just carried `other` out, so its picture is on its way.
        self._history.steps, self._history.position = self._after
        return True

    def redo(self) -> None:
        self._history.put(*self._after)

    def undo(self) -> None:
        """Go back to where the artist was."""
        # The later steps stay in sight, so that the list shows what redo would bring.
        steps, position = self._before
        later = self._after[0][position + 1 :] if position == len(steps) - 1 else []
        self._history.put([*steps, *later] if later else steps, position)
