"""Decisions on their way to the index: the newest of each is written, also when all is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any

from studio.desktop.base.threads import WorkerThread
from studio.engine.errors import StudioError

_Write = tuple[Callable[..., object], tuple[Any, ...]]


class Saving:
    """Writes beside the window through `thread`; :meth:`finish` writes what still waits.

    A thread that is cleared or stopped forgets its tasks, and a decision must not be
    forgotten with them.
    """

    def __init__(
        self,
        thread: WorkerThread,
        saved: Callable[[], None],
        failed: Callable[[str, str], object],
    ) -> None:
        self._thread = thread
        self._saved = saved
        self._failed = failed
        self._waiting: dict[Hashable, _Write] = {}
        self._guard = threading.Lock()

    def put(self, key: Hashable, function: Callable[..., object], *arguments: Any) -> None:
        """Have `function(*arguments)` called; a later call with the same `key` replaces it."""
        with self._guard:
            self._waiting[key] = (function, arguments)
        self._thread.submit(self._write, key, done=lambda _result: self._saved())

    def finish(self) -> None:
        """Write what waits now, on this thread. Call it after clearing or stopping the other."""
        for key in list(self._waiting):
            try:
                self._write(key)
            except StudioError as error:
                self._failed(str(error), error.detail)

    def _write(self, key: Hashable) -> None:
        # Under the guard, so that an older value cannot be written after a newer one.
        with self._guard:
            function, arguments = self._waiting.pop(key, (None, ()))
            if function is not None:
                function(*arguments)
