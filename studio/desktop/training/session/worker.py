"""Where the training room meets the engine: the thread that drives a training process,
and the functions that the room's own thread runs.
"""

from __future__ import annotations

import contextlib
import time
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QThread, Signal

from studio.engine import events
from studio.engine.awake import held_awake
from studio.engine.errors import StudioError
from studio.engine.events import RunState
from studio.engine.project import Project
from studio.engine.said import Said, unforeseen
from studio.engine.training.record import checkpoint

POLL_SECONDS = 1 / 30
UPDATE_SECONDS = 2.0
"""How often the index learns how far a run is."""
STOP_SECONDS = 15.0
"""How long a run may take to save where nobody can wait longer, before it is ended."""
HURRY_SECONDS = 1.0
"""As long as that where the artist chose not to wait."""


class Process(Protocol):
    """The parent side of a training process, as `engine.training.client` has it."""

    def start(self) -> None:
        """Start the child."""

    def poll(self, timeout: float) -> list[events.Event]:
        """Events that came, waiting up to `timeout` seconds for the first."""

    def send(self, command: events.Command) -> None:
        """Hand a command to the child."""

    def wait(self, timeout: float) -> bool | int | None:
        """Wait for the child's end."""

    def kill(self) -> None:
        """End the child at once."""


class TrainingDriver(QThread):
    """Drives one run: starts its process, passes events on in batches, commands in.

    The window's thread only ever puts commands into a queue and receives lists.
    """

    batch = Signal(list)
    """Events since the last batch, at most thirty times a second; the last one that
    ever comes ends with `Done` or `Failed`."""
    saved = Signal(object)
    """The checkpoints there are, as :class:`Saves`, before the batch that tells of a new one."""

    def __init__(
        self,
        project: Project,
        run_name: str,
        folder: Path,
        *,
        resume: bool,
        total_images: int | None = None,
        minutes: float | None = None,
        make: Callable[[], Process] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.run_name = run_name
        self.folder = folder
        self._project = project
        self._make = make or (
            lambda: _process(folder, project.folder, resume, total_images, minutes)
        )
        self._commands: deque[events.Command] = deque()
        self.is_stopping = False
        """Whether it was asked to save and end."""
        self._deadline = 0.0
        self._written = 0.0
        self.last: events.Done | events.Failed | None = None
        """How it ended; read it after `finished`."""

    def send(self, command: events.Command) -> None:
        """Queue a command for the next poll. Safe from any thread."""
        self.is_stopping = self.is_stopping or isinstance(command, events.Stop)
        self._commands.append(command)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Save and end; after `seconds` the process is ended where it stands."""
        self._deadline = time.monotonic() + seconds
        self.send(events.Stop())

    def run(self) -> None:
        process: Process | None = None
        try:
            process = self._make()
            process.start()
            self._note(status=RunState.RUNNING, message="")
            with held_awake(f"Training {self.run_name}"):
                self._drive(process)
        except StudioError as error:
            self._fail(error.said, error.detail)
        except Exception as error:  # noqa: BLE001  # the window must learn of any end
            self._fail(unforeseen(error), traceback.format_exc())
        finally:
            if process is not None:
                process.kill()

    def _drive(self, process: Process) -> None:
        while True:
            while self._commands:
                process.send(self._commands.popleft())
            began = time.monotonic()
            received = process.poll(POLL_SECONDS)
            self._remember(received)
            if received:
                if any(isinstance(event, events.Checkpoint) for event in received):
                    self.saved.emit(checkpoint.saves(self.folder))
                self.batch.emit(received)
                if any(isinstance(event, events.Done | events.Failed) for event in received):
                    process.wait(2.0)
                    return
            if self._deadline and time.monotonic() > self._deadline:
                self._fail(
                    Said("The run was ended before it could save; its last checkpoint is kept.")
                )
                return
            # A poll that returns at once must not become a flood of batches.
            time.sleep(max(0.0, POLL_SECONDS - (time.monotonic() - began)))

    def _fail(self, sentence: Said, detail: str = "") -> None:
        failure = events.Failed(sentence, detail, "")
        self._remember([failure])
        self.batch.emit([failure])

    def _remember(self, received: list[events.Event]) -> None:
        """Keep the index in step: ends at once, progress now and then."""
        for event in received:
            if isinstance(event, events.Done | events.Failed):
                self.last = event
            match event:
                case events.Done():
                    self._note(status=event.reason, images_seen=event.images_seen, message="")
                case events.Failed():
                    self._note(status=RunState.FAILED, message=event.message)
                case events.Progress() if time.monotonic() - self._written > UPDATE_SECONDS:
                    self._written = time.monotonic()
                    self._note(images_seen=event.images_seen, total_images=event.total_images)
                case _:
                    pass

    def _note(self, **values: str | int) -> None:
        from studio.engine.training.planning import runs

        # A list that cannot be written is no reason to end a run: its folder says the same.
        with contextlib.suppress(StudioError):
            runs.update(self._project, self.run_name, **values)


def _process(
    folder: Path,
    project_folder: Path,
    resume: bool,
    total_images: int | None,
    minutes: float | None,
) -> Process:
    from studio.engine.training.process.client import TrainingProcess

    return TrainingProcess(
        folder, project_folder, resume, total_images=total_images, minutes=minutes
    )
