"""The parent's side of a training process. Knows no Qt; see `child.py` for the other end."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from studio.engine import processes
from studio.engine.errors import StudioError
from studio.engine.events import Command, Done, Event, Failed, Metrics, Progress, from_line, to_line
from studio.engine.said import Said
from studio.engine.training.record import checkpoint

STDERR_LINES = 60
BACKLOG = 256


class TrainingProcess:
    """One training child. Not restartable: make another one."""

    def __init__(
        self,
        run_folder: Path,
        project_folder: Path,
        resume: bool,
        *,
        total_images: int | None = None,
        minutes: float | None = None,
        preflight: bool = False,
    ) -> None:
        """`total_images` or `minutes`, totals of the run, give a resumed run another end.

        With `preflight` the recipe in `run_folder` is measured, and nothing is trained.
        """
        self._run_folder = run_folder
        self._arguments = [str(run_folder.absolute()), str(project_folder.absolute())]
        if resume:
            self._arguments.append("--resume")
        if total_images is not None:
            self._arguments.append(f"--images={total_images}")
        if minutes is not None:
            self._arguments.append(f"--minutes={minutes}")
        if preflight:
            self._arguments.append("--preflight")
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []
        self._events: deque[Event] = deque()
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._news = threading.Condition()
        self._ended = False

    def start(self) -> None:
        """Start the child; its first events come from :meth:`poll`."""
        try:
            self._process = processes.spawn(
                processes.Child.TRAINING, *self._arguments,
                stderr=subprocess.PIPE, more={"PYTHONUNBUFFERED": "1"},
                own_session=True,  # the parent asks the child to stop
            )  # fmt: skip
        except OSError as error:
            raise StudioError("The training process could not be started.", repr(error)) from error
        # The reader of events comes last: it waits for the other one when the child has died.
        for target in (self._read_stderr, self._read_events):
            thread = threading.Thread(target=target, daemon=True)
            self._threads.append(thread)
            thread.start()

    def poll(self, timeout: float) -> list[Event]:
        """All events that came, waiting up to `timeout` seconds for the first."""
        with self._news:
            if not self._events:
                self._news.wait(timeout)
            received = list(self._events)
            self._events.clear()
        return received

    def send(self, command: Command) -> None:
        """Hand a command to the child; a child that has ended does not mind."""
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write((to_line(command) + "\n").encode())
            self._process.stdin.flush()

    def wait(self, timeout: float) -> bool:
        """Wait for the end and let go of the pipes; False when it still runs."""
        if self._process is None:
            return True
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        self._release()
        return True

    def kill(self) -> None:
        """End the child at once, if it still runs, and let go of it."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._release()

    def _release(self) -> None:
        for thread in self._threads:
            thread.join(5.0)
        assert self._process is not None
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    # ------------------------------------------------------------------ reader threads

    def _read_events(self) -> None:
        assert self._process is not None
        for line in _lines(self._process.stdout):
            try:
                message = from_line(line)
            except StudioError:
                self._stderr.append(line)
                continue
            if isinstance(message, Event):
                self._add(message)
        if not self._ended:
            self._add(self._death())

    def _add(self, event: Event) -> None:
        with self._news:
            # A reader that is slow sees the newest progress, not all of it, and no more of
            # the numbers than it can hold: they are in the run's diary.
            if isinstance(event, Progress):
                self._forget(Progress)
            elif isinstance(event, Metrics) and len(self._events) >= BACKLOG:
                self._forget(Metrics)
            self._events.append(event)
            self._ended = self._ended or isinstance(event, Done | Failed)
            self._news.notify_all()

    def _forget(self, kind: type[Event]) -> None:
        oldest = next((each for each in self._events if isinstance(each, kind)), None)
        if oldest is not None:
            self._events.remove(oldest)

    def _death(self) -> Failed:
        assert self._process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5.0)
        self._threads[0].join(1.0)  # the last lines of stderr
        code = self._process.returncode
        why = Said("code {code}", code=code)
        if code is not None and code < 0:
            why = Said("signal {n}", n=-code)
        good = checkpoint.load_latest(self._run_folder)
        hope = Said("start it again; it had no checkpoint yet.")
        if good:
            hope = Said("resume the run to go on from its last checkpoint.")
        return Failed(
            Said(
                "The training process ended unexpectedly ({reason}): {hope}", reason=why, hope=hope
            ),
            "\n".join(self._stderr),
            str(good.folder) if good else "",
        )

    def _read_stderr(self) -> None:
        assert self._process is not None
        for line in _lines(self._process.stderr):
            self._stderr.append(line.rstrip())


def _lines(pipe: IO[bytes] | None) -> Iterator[str]:
    for line in pipe or ():
        yield line.decode("utf-8", "replace")
