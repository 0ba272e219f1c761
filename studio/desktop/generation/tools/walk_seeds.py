"""Walking from seed to seed by keys."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PySide6.QtCore import Qt

from studio.desktop.generation.tools.tool import Tool, ToolAction, register
from studio.engine.seeds import following, previous

UP = (Qt.Key.Key_Right, Qt.Key.Key_Down)
DOWN = (Qt.Key.Key_Left, Qt.Key.Key_Up)


@register
class WalkSeeds(Tool):
    """Arrow keys on the picture, and keys that work everywhere."""

    name = "walk_seeds"

    def actions(self) -> Sequence[ToolAction]:
        return (
            ToolAction("generation.random", "Another seed", self.random, "R", "shuffle"),
            ToolAction("generation.next", "Next seed", self.following, "]", "arrow-right"),
            ToolAction("generation.previous", "Previous seed", self.previous, "[", "arrow-left"),
        )

    def random(self) -> None:
        self.hand.editing.set_seed(random.randrange(100_000))

    def following(self) -> None:
        self.hand.editing.set_seed(following(self.hand.editing.recipe().seed))

    def previous(self) -> None:
        self.hand.editing.set_seed(previous(self.hand.editing.recipe().seed))

    def key(self, key: Qt.Key) -> bool:
        if key in UP:
            self.following()
        elif key in DOWN:
            self.previous()
        return key in UP + DOWN
