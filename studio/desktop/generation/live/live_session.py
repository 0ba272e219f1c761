"""Playing live meets the engine: ports are opened and closed here, and files read and written."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.desktop.base.threads import WorkerThread
from studio.desktop.base.write_queue import WriteQueue
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.live.desk import Desk
    from studio.engine.live.feedback import Feedback
    from studio.engine.live.lessons import Lessons, Taught
    from studio.engine.live.listener import Listener
    from studio.engine.live.midi import Backend, Inputs
    from studio.engine.live.setup import Setup

Failed = Callable[[str, str], None]


class LiveSession(QObject):
    """Nothing is open until it is asked for. Ports are looked for on a thread of their own: a name
    that no machine has may take seconds, and the canvas is not to wait for it."""

    arrived = Signal()
    """Emitted on threads that listen; of many messages that wait, once."""
    failed = Signal(object, str)

    def __init__(self, thread: WorkerThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread, self._ports = thread, WorkerThread(parent=self)
        self._ports.failed.connect(self.failed)
        self._writes = WriteQueue(thread, self.failed.emit)
        self._is_told = False
        self._listener: Listener | None = None
        self._feedback: Feedback | None = None
        self._inputs: Inputs | None = None
        self.backend: Backend | None = None
        """Of MIDI; None is that of the system."""

    def new_desk(self, setup: Setup) -> Desk:
        """A desk by the clocks of this machine."""
        from studio.engine.live.desk import Desk
        from studio.engine.live.inbox import Inbox
        from studio.engine.live.tempo import Tempo

        return Desk(Inbox(time.monotonic, time.time), Tempo(setup.bpm), setup)

    # ------------------------------------------------------------------ what is kept

    def ask_setup(self, folder: Path, done: Callable[[Setup], None], failed: Failed) -> None:
        """Ask for what the project in `folder` keeps."""
        self._thread.latest(
            "live", self._writes.after_all, partial(_stored, folder), done=done, failed=failed
        )

    def keep_setup(self, folder: Path, setup: Setup) -> None:
        self._writes.put(partial(_keep, folder, setup), key=folder)

    def finish(self) -> None:
        """Write what waits, once the thread is cleared or stopped."""
        self._writes.finish()

    def shutdown(self) -> None:
        """The program goes; ports are closed by then."""
        self._ports.stop()

    # ------------------------------------------------------------------ OSC

    @property
    def port(self) -> int | None:
        """That is listened on now."""
        return None if self._listener is None else self._listener.port

    def listen(self, desk: Desk) -> None:
        """Listen as the desk is set up; :class:`StudioError` where the port is taken."""
        from studio.engine.live.listener import EVERYWHERE, THIS_MACHINE, Listener

        self.close_port()
        setup = desk.setup
        host = EVERYWHERE if setup.others else THIS_MACHINE
        self._listener = Listener(desk.inbox, self._wake, host, setup.port)

    def close_port(self) -> None:
        """Stop listening."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    def tell(self, desk: Desk, recipe: LatentRecipe) -> None:
        """Tell the controllers where everything stands, where that is wanted."""
        if self._feedback is not None:
            self._feedback.tell(desk.controls, desk.setup, recipe, desk.news)
        desk.news.clear()

    def open_feedback(self, setup: Setup, done: Callable[[], None]) -> None:
        """Tell controllers from now on, as far as that is wanted."""
        self.close_feedback()
        if setup.feedback:

            def opened(feedback: Feedback) -> None:
                self.close_feedback()
                self._feedback = feedback
                done()

            self._ports.latest(
                "feedback", _feedback_to, setup.feedback_host, setup.feedback_port, done=opened,
                failed=self.failed.emit,
            )  # fmt: skip

    def close_feedback(self) -> None:
        feedback, self._feedback = self._feedback, None
        if feedback is not None:
            feedback.close()

    def _wake(self) -> None:
        if not self._is_told:
            self._is_told = True
            self.arrived.emit()

    def looked(self) -> None:
        """What has arrived is being looked at: tell of what comes after it."""
        self._is_told = False

    # ------------------------------------------------------------------ MIDI

    def _midi(self, desk: Desk) -> Inputs:
        from studio.engine.live.midi import Inputs

        if self._inputs is None:
            self._inputs = Inputs(desk.inbox, desk.tempo, self.backend, self._wake)
        return self._inputs

    def ask_inputs(self, desk: Desk, done: Callable[[list[str]], None], failed: Failed) -> None:
        """Ask which MIDI inputs are plugged in."""
        self._ports.latest("midi names", self._midi(desk).names, done=done, failed=failed)

    def open_input(self, desk: Desk, name: str, done: Callable[[], None], failed: Failed) -> None:
        """Listen to a MIDI input."""
        self._ports.submit(self._midi(desk).open, name, done=lambda _: done(), failed=failed)

    def look_at_input(self, done: Callable[[Said], None]) -> None:
        """Ask whether the MIDI input is still there."""
        if self._inputs is not None:
            self._ports.latest("midi look", self._inputs.look, done=done)

    @property
    def midi_is_open(self) -> bool:
        return self._inputs is not None and self._inputs.is_open

    def close_input(self) -> None:
        self._ports.clear()
        inputs, self._inputs = self._inputs, None
        if inputs is not None:
            inputs.close()

    # ------------------------------------------------------------------ lessons

    def teach(
        self, player: Player, lessons: Lessons, done: Callable[[Taught], None], failed: Failed
    ) -> None:
        """Ask for what lies between the lessons, on a model."""
        self._thread.latest("lessons", _taught, player, lessons, done=done, failed=failed)


def _stored(folder: Path) -> Setup:
    from studio.engine.live import setup

    return setup.read(folder)


def _keep(folder: Path, what: Setup) -> None:
    from studio.engine.live import setup

    setup.write(folder, what)


def _feedback_to(host: str, port: int) -> Feedback:
    from studio.engine.live.feedback import Feedback

    return Feedback(host, port)


def _taught(player: Player, lessons: Lessons) -> Taught:
    from studio.engine.live.lessons import Taught

    return Taught(player, lessons)
