"""What the artist has decided about a piece."""

from __future__ import annotations

from enum import StrEnum


class Review(StrEnum):
    """As it is stored. `look` means: closer to a training picture than unseen pictures are; it
    is not exported until the artist has looked and approved."""

    NEW = "new"
    LOOK = "look"
    APPROVED = "approved"
    REJECTED = "rejected"
