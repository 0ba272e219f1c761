"""A small pool of worker processes that decode untrusted files under limits.

A file that crashes its worker, hangs it or exhausts its memory costs that file and
nothing else: the worker is started again and goes on behind it.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from studio.engine.dataset.decoding.child import FIRST_BATCH, Child, File
from studio.engine.dataset.index.facts import Answer
from studio.engine.errors import StudioError

MEMORY_BYTES = 3 << 30
SECONDS_PER_FILE = 30.0
_BATCH = 32
_AHEAD = 96  # files a worker may be ahead of the slowest one


def default_workers() -> int:
    """One process for each core, up to eight."""
    return max(1, min(8, os.cpu_count() or 1))


@dataclass(slots=True)
class _Slot:
    """The place of one file in the order of the answers."""

    done: bool
    answer: Answer | None = None


class Pool:
    """Decodes files in worker processes. Use as a context manager; nothing outlives it."""

    def __init__(
        self,
        workers: int = 0,
        *,
        memory: int = MEMORY_BYTES,
        seconds: float = SECONDS_PER_FILE,
    ) -> None:
        self._tasks: queue.SimpleQueue[list[tuple[int, File]] | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[list[tuple[int, Answer]] | BaseException] = (
            queue.SimpleQueue()
        )
        count = workers or default_workers()
        self._limit = count * _AHEAD
        self._closing = threading.Event()
        self._workers = [Child(memory, seconds) for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._serve, args=(worker,), name="decode", daemon=True)
            for worker in self._workers
        ]
        self._watch = threading.Thread(target=self._watchdog, name="decode-watch", daemon=True)
        for thread in (*self._threads, self._watch):
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers at once, also in the middle of a file."""
        self._closing.set()
        for _ in self._threads:
            self._tasks.put(None)
        for worker in self._workers:
            worker.kill()
        for thread in (*self._threads, self._watch):
            thread.join()

    def probe(
        self,
        files: Iterable[File | None],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Answer | None]:
        """The answer of `probe.probe` for each file, in order; None stays None.

        `files` is drawn from lazily. Ends early, without an error, when `cancelled`.
        Raises :class:`StudioError` when worker processes cannot be started.
        """
        source = iter(files)
        pending: deque[_Slot] = deque()
        waiting: dict[int, _Slot] = {}
        number, exhausted = 0, False
        while not cancelled():
            batch: list[tuple[int, File]] = []
            size = min(_BATCH, FIRST_BATCH + number // 16)
            while not exhausted and len(batch) < size:
                if not self._has_room(pending, waiting, size - len(batch)):
                    break
                try:
                    file = next(source)
                except StopIteration:
                    exhausted = True
                    break
                slot = _Slot(done=file is None)
                pending.append(slot)
                if file is not None:
                    waiting[number] = slot
                    batch.append((number, file))
                    number += 1
                elif not batch and pending[0] is slot:
                    break
            if batch:
                self._tasks.put(batch)
            while pending and pending[0].done:
                yield pending.popleft().answer
            if exhausted and not pending:
                return
            full = exhausted or not self._has_room(pending, waiting, size)
            self._collect(waiting, block=full and bool(waiting))

    def _has_room(self, pending: deque[_Slot], waiting: dict[int, _Slot], size: int) -> bool:
        return len(waiting) <= self._limit - size and len(pending) < _AHEAD * self._limit

    def _collect(self, waiting: dict[int, _Slot], *, block: bool) -> None:
        try:
            while True:
                found = self._answers.get(timeout=0.1) if block else self._answers.get_nowait()
                if isinstance(found, BaseException):
                    raise found
                for number, answer in found:
                    slot = waiting.pop(number)
                    slot.answer, slot.done = answer, True
                block = False
        except queue.Empty:
            return

    def _serve(self, worker: Child) -> None:
        try:
            while not self._closing.is_set():
                batch = self._tasks.get()
                while batch and not self._closing.is_set():
                    for found in worker.run(batch, self._closing):
                        self._answers.put(found)
                        batch = batch[len(found) :]
                if batch is None:
                    break
        except (StudioError, OSError) as error:
            self._answers.put(error)
        finally:
            worker.kill()

    def _watchdog(self) -> None:
        while not self._closing.wait(0.2):
            for worker in self._workers:
                worker.kill_if_late()
