"""One process that decodes untrusted files (:mod:`threads`), and the clock of its file."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator

from studio.engine import processes
from studio.engine.dataset.index.facts import Answer, broken
from studio.engine.errors import StudioError
from studio.engine.said import Said, reason, spoken

FIRST_BATCH = 8
"""Files given to a process at once in the beginning, so that a few are shared among all."""
# Answers are taken a few at a time: waking for each costs as much as a check of a picture.
_GATHER_SECONDS = 0.01
_START_SECONDS = 60.0
_PIPE_BYTES = 1 << 16
_SURROUNDINGS = {
    # Threads reserve address space, which is limited here.
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    # Memory of one picture serves the next, instead of going back to the system in between.
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "134217728",
    "PILLOW_BLOCKS_MAX": "4",
}

File = tuple[str, str]
"""(path, member); member is empty for a plain file."""


class Child:
    """One child process and the clock of the file that it is at."""

    def __init__(self, memory: int, seconds: float) -> None:
        self._memory = memory
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
                yield [(numbers[0], _death(self._reap(), self._late, self._seconds))]
                return
            is_last = answers[-1].pop("memory", False)
            if is_last:
                self._reap()
                answers[-1] = answers[-1] or _out_of_memory(self._memory)
            yield [(numbers.popleft(), answer) for answer in answers]
            if is_last:
                return

    def _start(self) -> subprocess.Popen[bytes] | None:
        with self._guard:
            if self._ended:
                return None
            if self._process is None:
                self._process = _spawn(self._memory)
                self._rest, self._late = b"", False
                process = self._process
            else:
                return self._process
        if not self._read(process, _START_SECONDS) and not self._ended:
            raise _not_started(Said("code {code}", code=self._reap()))
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
        return [spoken(json.loads(line)) for line in lines]

    def _reap(self) -> int:
        with self._guard:
            process, self._process = self._process, None
        return _end(process) if process else 0

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
            self._reap()


def _spawn(memory: int) -> subprocess.Popen[bytes]:
    try:
        return processes.spawn(processes.Child.DECODING, str(memory), more=_SURROUNDINGS)
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


def _death(code: int, late: bool, seconds: float) -> Answer:
    if late:
        return broken(
            Said("Decoding it took longer than {n:.0f} seconds; it was given up.", n=seconds)
        )
    return broken(Said("Decoding it ended the decoding process (code {code}).", code=code))


def _out_of_memory(limit: int) -> Answer:
    return broken(Said("Decoding it needs more memory than the {n} MB it may have.", n=limit >> 20))
