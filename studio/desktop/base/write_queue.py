"""Decisions on their way to the index: all are written in order, also when all is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

from studio.desktop.base.threads import WorkerThread
from studio.engine.errors import StudioError

Result = TypeVar("Result")


class WriteQueue:
    """Writes beside the window through `thread`; :meth:`finish` writes what still waits.

    A thread that is cleared or stopped forgets its tasks, and a decision must not be
    forgotten with them.
    """

    def __init__(
        self,
        thread: WorkerThread,
        failed: Callable[[str, str], object],
        saved: Callable[[], object] = lambda: None,
    ) -> None:
        """`saved` is called after each write that names nobody else to tell."""
        self._thread, self._failed, self._saved = thread, failed, saved
        self._waiting: dict[Hashable, Callable[[], object]] = {}
        self._line, self._writing = threading.Lock(), threading.Lock()

    def put(
        self,
        write: Callable[[], object],
        done: Callable[[], object] | None = None,
        key: Hashable = None,
    ) -> None:
        """Have `write` called in its turn; it replaces one of the same `key` that waits."""
        with self._line:
            self._waiting[object() if key is None else key] = write

        def stored(_: object) -> None:
            (done or self._saved)()

        self._thread.submit(self.write_all, done=stored)

    def write_all(self) -> None:
        """Write what waits, on any thread. A failure loses that one, not the rest."""
        with self._writing:  # so that an older value cannot be written after a newer one
            while True:
                with self._line:
                    if not self._waiting:
                        return
                    write = self._waiting.pop(next(iter(self._waiting)))
                write()

    def after_all(self, function: Callable[[], Result]) -> Result:
        """What `function` finds once everything that was decided is stored."""
        self.write_all()
        return function()

    def finish(self) -> None:
        """Write what waits now, on this thread. Call it after clearing or stopping the other."""
        while self._waiting:
            try:
                self.write_all()
            except StudioError as error:
                self._failed(error.said, error.detail)
