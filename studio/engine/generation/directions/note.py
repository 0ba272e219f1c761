"""What the artist says of a direction."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_NAME = 40


@dataclass(frozen=True)
class Note:
    """`zone` is where the next move along it goes (:mod:`zones`)."""

    name: str = ""
    pinned: bool = False
    zone: str = "all"


NO_NOTE = Note()
