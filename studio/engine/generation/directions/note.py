"""What the artist says of a direction."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_NAME = 40
REACH, FARTHEST_REACH = 3.0, 10.0
"""Steps that a slider goes to either side, and those that it can be let go to."""


@dataclass(frozen=True)
class Note:
    """`zone` is where the next move along it goes (:mod:`zones`), `low` to `high` how far its
    slider does, with 0 between; `linked` is the identity of one that moves together with it.
    Those of one `group` stand together under its name."""

    name: str = ""
    pinned: bool = False
    zone: str = "all"
    low: float = -REACH
    high: float = REACH
    linked: str = ""
    group: str = ""

    def within(self, value: float) -> float:
        """The nearest value that its slider goes to."""
        return min(self.high, max(self.low, value))


NO_NOTE = Note()
