"""Ctrl+C and SIGTERM: the first one asks for an orderly end, the second one insists."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

NUMBERS = (signal.SIGINT, signal.SIGTERM)


def insist(*_: object) -> None:
    """A handler that ends the work as Ctrl+C does: files that are being written are tidied."""
    raise KeyboardInterrupt


class Handlers:
    """A context in which both signals go to `handler`; a no-op outside the main thread."""

    def __init__(self, handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
        self._handler = handler
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in NUMBERS:
                self._before[number] = signal.signal(number, self._handler)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


class Interruption(Handlers):
    """A context in which the first signal sets `requested` and says `sentence`."""

    def __init__(self, say: Callable[[str], None], sentence: str) -> None:
        super().__init__(self._receive)
        self.requested = False
        self._say = say
        self._sentence = sentence

    def is_requested(self) -> bool:
        return self.requested

    def _receive(self, *_: object) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        self._say(self._sentence)
