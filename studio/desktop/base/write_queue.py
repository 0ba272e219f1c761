"""Decisions on their way to the index: all are written in order, also when all is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from studio.desktop.base.threads import WorkerThread
from studio.engine.errors import StudioError

Result = TypeVar("Result")


@dataclass(eq=False)
class _Write:
    write: Callable[[], Any]
    result: Any = None
    error: StudioError | None = None


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
        self._waiting: dict[Hashable, _Write] = {}
        self._line, self._writing = threading.Lock(), threading.Lock()

    def put(
        self,
        write: Callable[[], Result],
        done: Callable[[Result], object] | None = None,
        key: Hashable = None,
    ) -> None:
        """Have `write` called in its turn; it replaces one of the same `key` that waits. `done` is
        given what it returned."""
        made = _Write(write)
        with self._line:
            self._waiting[made if key is None else key] = made

        def stored(_: object) -> None:
            if made.error is not None:
                self._failed(made.error.said, made.error.detail)
            elif done is not None:
                done(made.result)
            else:
                self._saved()

        self._thread.submit(self.write_all, done=stored)

    def write_all(self) -> list[StudioError]:
        """Write what waits, on any thread. A failure loses that one, not the rest, and is told
        where it was put; those of this call are returned."""
        errors: list[StudioError] = []
        with self._writing:  # so that an older value cannot be written after a newer one
            while True:
                with self._line:
                    if not self._waiting:
                        return errors
                    made = self._waiting.pop(next(iter(self._waiting)))
                try:
                    made.result = made.write()
                except StudioError as error:
                    made.error = error
                    errors.append(error)

    def after_all(self, function: Callable[[], Result]) -> Result:
        """What `function` finds once everything that was decided is stored."""
        self.write_all()
        return function()

    def finish(self) -> None:
        """Write what waits now, on this thread. Call it after clearing or stopping the other."""
        for error in self.write_all():
            self._failed(error.said, error.detail)
