"""Work beside the window: one thread per room, tasks in order, results on the window's thread.

Connect a worker's signals to bound methods of QObjects only: Qt queues those to
the window's thread, while a plain function or lambda would run on the worker's.
Callbacks given to `submit` and `latest` may be anything; they always run on the
thread that owns the `WorkerThread`.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from studio.engine.errors import StudioError
from studio.engine.said import unforeseen


class Worker(QObject):
    """Base of an object whose methods run on a `WorkerThread` and report by signals."""

    failed = Signal(object, str)
    """A sentence for the user and a detail for "copy details"."""

    def __init__(self) -> None:
        super().__init__()
        self._stop = threading.Event()

    def stopping(self) -> bool:
        """Whether the room is closing; long work asks this often and returns early."""
        return self._stop.is_set()

    def stop(self) -> None:
        self._stop.set()


@dataclass
class _Task:
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    done: Callable[[Any], object] | None
    failed: Callable[[str, str], object] | None
    key: str
    number: int
    in_between: bool = False
    era: int = 0
    result: Any = None
    error: tuple[str, str] | None = None


class _Loop(QThread):
    """Takes tasks from the owner's queue until told to stop."""

    finished_task = Signal(object)

    def __init__(self, owner: WorkerThread) -> None:
        super().__init__()
        self._owner = owner

    def run(self) -> None:
        while (task := self._owner.take()) is not None:
            try:
                task.result = task.function(*task.arguments)
            except StudioError as error:
                task.error = (error.said, error.detail or traceback.format_exc())
            except Exception as error:  # noqa: BLE001  # nothing may end the thread in silence
                task.error = (unforeseen(error), traceback.format_exc())
            self.finished_task.emit(task)
            del task  # or the last one, with all that it found, stays until another comes


class WorkerThread(QObject):
    """Owner of one thread. Give it a `Worker`, or submit plain functions."""

    failed = Signal(object, str)
    """Any task that failed without a `failed` callback of its own: sentence and detail."""

    def __init__(self, worker: Worker | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worker = worker
        self._queue: deque[_Task] = deque()
        self._ready = threading.Condition()
        self._stopped = False
        self._count = 0
        self._running = 0
        self._newest: dict[str, int] = {}
        self._era = 0
        self._thread = _Loop(self)
        self._thread.finished_task.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        if worker is not None:
            worker.failed.connect(self.failed)

    def submit(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[str, str], object] | None = None,
    ) -> None:
        """Run `function(*arguments)` after everything submitted before it."""
        self._add(_Task(function, arguments, done, failed, "", 0))

    def latest(
        self,
        key: str,
        function: Callable[..., Any],
        *arguments: Any,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[str, str], object] | None = None,
        in_between: bool = False,
    ) -> None:
        """As `submit`, but a newer call with the same `key` replaces a waiting one.

        Of calls with one key only the newest result is delivered; with `in_between` also that of
        a call which had begun before the newest came, so that a hand that never rests sees
        something.
        """
        with self._ready:
            self._queue = deque(task for task in self._queue if task.key != key)
        self._add(_Task(function, arguments, done, failed, key, 0, in_between))

    @property
    def busy(self) -> bool:
        with self._ready:
            return bool(self._queue) or self._running > 0

    def clear(self) -> None:
        """Forget every task that has not begun, and the answer of the one that has."""
        self._era += 1
        with self._ready:
            self._queue.clear()

    def stop(self, timeout: float = 10.0) -> bool:
        """As :meth:`retire`, and join the thread; False when it did not end in `timeout` seconds.

        For a room that is out of sight: whoever joins stands still.
        """
        self.retire()
        return bool(self._thread.wait(int(timeout * 1000))) if self._thread.isRunning() else True

    def retire(self) -> None:
        """Drop what waits and ask the worker to return early; nothing is delivered after this.

        The thread ends by itself, even if this object is gone by then: see :func:`join_retired`.
        """
        with self._ready:
            self._stopped = True
            self._queue.clear()
            self._ready.notify_all()
        if self.worker is not None:
            self.worker.stop()
        _retired[:] = [each for each in _retired if each.isRunning()]
        if self._thread.isRunning():
            _retired.append(self._thread)

    def take(self) -> _Task | None:
        """The next task, waiting for one; None when stopped. Called by the thread."""
        with self._ready:
            self._ready.wait_for(lambda: self._stopped or bool(self._queue))
            if self._stopped:
                return None
            self._running += 1
            return self._queue.popleft()

    def _add(self, task: _Task) -> None:
        if self._stopped:
            return
        self._count += 1
        task.number, task.era = self._count, self._era
        if task.key:
            self._newest[task.key] = task.number
        with self._ready:
            self._queue.append(task)
            self._ready.notify_all()
        if not self._thread.isRunning():
            self._thread.start()

    @Slot(object)
    def _deliver(self, task: _Task) -> None:
        with self._ready:
            self._running -= 1
        newest = self._newest.get(task.key) == task.number or task.in_between
        stale = bool(task.key) and not newest
        if self._stopped or stale or task.era != self._era:
            return
        if task.error is None:
            if task.done is not None:
                task.done(task.result)
        elif task.failed is not None:
            task.failed(*task.error)
        else:
            self.failed.emit(*task.error)


_retired: list[_Loop] = []
"""Held until they have ended: Qt ends the program when a running thread is destroyed."""


def join_retired(timeout: float = 10.0) -> None:
    """Wait for threads that were asked to end, all of them together no longer than `timeout`."""
    ends = time.monotonic() + timeout
    for each in _retired:
        each.wait(max(1, int(1000 * (ends - time.monotonic()))))
