"""One process that decodes untrusted files, and the clock of its file."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from studio.engine import processes
from studio.engine.dataset.decoding import parts
from studio.engine.dataset.index.facts import Answer, broken
from studio.engine.errors import StudioError
from studio.engine.said import Said, SaidError, reason, spoken

FIRST_BATCH = 8
"""Files given to a process at once in the beginning, so that a few are shared among all."""
# Answers are taken a few at a time: waking for each costs as much as a check of a picture.
_GATHER_SECONDS = 0.01
_START_SECONDS = 60.0
_NICENESS = 5
_PIPE_BYTES = 1 << 16
_SURROUNDINGS = {
    # Threads reserve address space, which is limited here.
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    # Memory of one picture serves the next, instead of going back to the system in between.
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "134217728",
    "PILLOW_BLOCKS_MAX": "4",
}

File = tuple[str, str] | tuple[str, str, bool]
"""(path, member); member is empty for a plain file. Then whether words may lie beside it (True)."""


class LostError(SaidError):
    """The process could not go on with its file; `said` tells why."""


class Child:
    """One child process and the clock of the file that it is at."""

    def __init__(self, memory: int, seconds: float, *, is_urgent: bool = False) -> None:
        """`is_urgent` where somebody waits for each file: it is then not nice to others."""
        self._memory = memory
        self._niceness = 0 if is_urgent else _NICENESS
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self._deadline = float("inf")
        self._late = False
        self._ended = False
        self._guard = threading.Lock()

    def run(
        self, batch: list[tuple[int, File]], closing: threading.Event
    ) -> Iterator[list[tuple[int, Answer]]]:
        """Answers for the files of `batch` from the first on; stops early when the child dies."""
        process = self._start()
        if process is None:
            return
        line = json.dumps([file for _, file in batch]).encode("ascii") + b"\n"
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # a dead child shows when its answer is read
            process.stdin.write(line)
            process.stdin.flush()
        numbers = deque(number for number, _ in batch)
        while numbers:
            if len(numbers) > FIRST_BATCH:  # the last ones at once: the child waits for more
                closing.wait(_GATHER_SECONDS)
            answers = self._read(process, self._seconds)
            if closing.is_set():
                return
            if not answers:
                yield [(numbers[0], broken(self._death()))]
                return
            is_last = answers[-1].pop("memory", False)
            if is_last:
                self.reap()
                answers[-1] = answers[-1] or broken(self._out_of_memory())
            yield [(numbers.popleft(), answer) for answer in answers]
            if is_last:
                return

    def ask(self, request: parts.Head) -> Iterator[Any]:
        """What the process says to a request of :mod:`limited`, part by part.

        Raises :class:`StudioError` for what it says was wrong, :class:`LostError` when it dies.
        A caller that does not wait for the end loses the process, not the next file.
        """
        process, is_whole = self._start(), False
        if process is None or process.stdin is None:
            raise LostError(self._death())
        try:
            with contextlib.suppress(OSError):  # a dead child shows when its answer is read
                process.stdin.write(parts.line(request))
                process.stdin.flush()
            wrong: SaidError | None = None
            while True:
                head = json.loads(self._line(process))
                if "memory" in head:
                    raise LostError(self._out_of_memory())
                if "end" in head:
                    is_whole = True
                    break
                if "error" in head:
                    wrong = StudioError(parts.unpacked(head["error"]), head["detail"])
                elif "unforeseen" in head:
                    wrong = LostError(
                        Said("Its data is damaged ({reason}).", reason=head["unforeseen"])
                    )
                else:
                    yield parts.taken(head, lambda count: self._bytes(process, count))
            if wrong is not None:
                raise wrong
        finally:
            if not is_whole:
                self.reap()

    def _line(self, process: subprocess.Popen[bytes]) -> bytes:
        while b"\n" not in self._rest:
            self._more(process)
        found, _, self._rest = self._rest.partition(b"\n")
        return found

    def _bytes(self, process: subprocess.Popen[bytes], count: int) -> bytearray:
        """Exactly so many; a picture is read to where it stays."""
        made = bytearray(count)
        begun = min(count, len(self._rest))
        made[:begun], self._rest = self._rest[:begun], self._rest[begun:]
        view = memoryview(made)
        while begun < count:
            begun += self._into(process, view[begun:])
        return made

    def _more(self, process: subprocess.Popen[bytes]) -> None:
        room = bytearray(_PIPE_BYTES)
        self._rest += room[: self._into(process, memoryview(room))]

    def _into(self, process: subprocess.Popen[bytes], room: memoryview) -> int:
        assert process.stdout is not None
        self._deadline = time.monotonic() + self._seconds
        try:
            count = process.stdout.raw.readinto(room)  # type: ignore[attr-defined]
        finally:
            self._deadline = float("inf")
        if not count:
            raise LostError(self._death())
        return int(count)

    @property
    def pid(self) -> int:
        """Of the process; 0 where none runs."""
        process = self._process
        return process.pid if process else 0

    def _start(self) -> subprocess.Popen[bytes] | None:
        with self._guard:
            if self._ended:
                return None
            if self._process is not None and self._process.poll() is not None:
                _end(self._process)  # it died while nobody asked it anything
                self._process = None
            if self._process is None:
                self._process = _spawn(self._memory, self._niceness)
                self._rest, self._late = b"", False
                process = self._process
            else:
                return self._process
        if not self._read(process, _START_SECONDS) and not self._ended:
            raise _not_started(Said("code {code}", code=self.reap()))
        return process

    def _read(self, process: subprocess.Popen[bytes], seconds: float) -> list[Answer]:
        """The next answers, as many as there are; none when the child died before one."""
        assert process.stdout is not None
        self._deadline = time.monotonic() + seconds
        try:
            while b"\n" not in self._rest:
                part = os.read(process.stdout.fileno(), _PIPE_BYTES)
                if not part:
                    return []
                self._rest += part
        finally:
            self._deadline = float("inf")
        *lines, self._rest = self._rest.split(b"\n")
        return [_told(line) for line in lines]

    def reap(self) -> int:
        """Wait for a process that died or is no longer wanted; gives its code."""
        with self._guard:
            process, self._process = self._process, None
        return _end(process) if process else 0

    def _death(self) -> Said:
        code = self.reap()
        if self._late:
            n = self._seconds
            return Said("Decoding it took longer than {n:.0f} seconds; it was given up.", n=n)
        return Said("Decoding it ended the decoding process (code {code}).", code=code)

    def _out_of_memory(self) -> Said:
        n = self._memory >> 20
        return Said("Decoding it needs more memory than the {n} MB it may have.", n=n)

    def kill_if_late(self) -> None:
        """End the child when its file takes too long; called from the watchdog."""
        with self._guard:
            if self._process and time.monotonic() > self._deadline:
                self._late = True
                self._process.kill()

    def kill(self) -> None:
        with self._guard:
            self._ended = True
            process = self._process
            if process:
                process.kill()
        if process and threading.current_thread().name == "decode":
            self.reap()


def _told(line: bytes) -> Answer:
    """An answer; most hold no sentence, and looking for one takes as long as reading them."""
    found: Answer = json.loads(line)
    return spoken(found) if b'"template"' in line else found


def _spawn(*limits: int) -> subprocess.Popen[bytes]:
    try:
        return processes.spawn(processes.Child.DECODING, *map(str, limits), more=_SURROUNDINGS)
    except OSError as error:
        raise _not_started(reason(error)) from error


def _not_started(why: Said) -> StudioError:
    return StudioError(
        "The process that decodes pictures could not be started ({reason}): "
        "check the installation with `latent-studio doctor`.",
        reason=why,
    )


def _end(process: subprocess.Popen[bytes]) -> int:
    """Wait for a child that died or is no longer wanted, and close its pipes."""
    process.kill()
    code = process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    return code
