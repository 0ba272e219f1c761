"""What a sender is. Adding one is adding one file to this folder: a class that is decorated with
`register`.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import ClassVar

from models.registry import Registry
from studio.engine.artwork import Pixels
from studio.engine.errors import UsageError
from studio.engine.said import Said


class Stream(ABC):
    """An open sender: others see it under its name until it is closed."""

    @abstractmethod
    def send(self, frame: Pixels) -> None:
        """Send uint8 [h, w, 1, 3 or 4], alpha straight. Does not wait for who receives."""

    @abstractmethod
    def close(self) -> None:
        """Closing twice is harmless."""


class Sender(ABC):
    """One way to send pictures."""

    name: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def missing(self) -> Said:
        """Why it cannot be used on this machine, and what to do; empty where it can."""

    @abstractmethod
    def open(self, name: str, rate: float) -> Stream:
        """Begin to send as `name`, about `rate` pictures a second; :class:`StudioError`."""


_REGISTRY = Registry[Sender](
    __package__,
    lambda name, known: (
        UsageError(said_of_others())
        if name in ("'spout'", "'syphon'")
        else UsageError("There is no sender {name}. Known: {known}.", name=name, known=known)
    ),
)
senders, sender = _REGISTRY.all, _REGISTRY.one


def register(kind: type[Sender]) -> type[Sender]:
    """Make a sender known under its `name`."""
    _REGISTRY.register(kind())
    return kind


NOT_HERE = {
    "win32": Said(
        "Spout is not built in, and Syphon is of the Mac: send by NDI, or capture the stage."
    ),
    "darwin": Said(
        "Syphon is not built in, and Spout is of Windows: send by NDI, or capture the stage."
    ),
}


def said_of_others() -> Said:
    """Why there is no Spout and no Syphon on this system."""
    usual = Said("Spout is of Windows and Syphon of the Mac: on this system send by NDI.")
    return NOT_HERE.get(sys.platform, usual)
