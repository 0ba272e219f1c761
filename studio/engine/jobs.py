"""Work that takes longer than a blink: how far it is, how it is paused or cancelled, how it ends.

A job runs on a thread of its own (:meth:`Job.start`) or is driven by somebody else, who calls
:meth:`Job.advance` and :meth:`Job.end`. Whoever shows it looks at it now and then.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from enum import Enum, auto
from typing import Generic, TypeVar

from studio.engine.errors import StudioError
from studio.engine.said import NOTHING, Said, reason, unforeseen

Result = TypeVar("Result")

RATE_AFTER_SECONDS = 2.0
"""Before that a rate is a guess."""


class Ending(Enum):
    """What becomes of a job when its project changes or the window closes."""

    FINISH = auto()
    """It comes to its end first."""
    STOP = auto()
    """It is cancelled, and keeps what it has: that is waited for."""
    DROP = auto()
    """It is cancelled, and nobody is told."""


class State(Enum):
    """Where a job stands."""

    WAITING = auto()
    RUNNING = auto()
    DONE = auto()
    FAILED = auto()
    CANCELLED = auto()


class Job(Generic[Result]):
    """One piece of work, which may look at :meth:`cancelled` and tell :meth:`advance`."""

    def __init__(
        self,
        title: Said,
        work: Callable[[Job[Result]], Result] | None = None,
        *,
        ending: Ending = Ending.DROP,
        waiting: Said | None = None,
        can_pause: bool = False,
        can_cancel: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`waiting` is said while the window waits for it; without `work` others drive it.

        One that `can_pause` asks :meth:`cancelled` often, which holds it while it is paused.
        """
        self.title, self.ending, self.waiting = title, ending, waiting or title
        self.can_pause, self.can_cancel = can_pause, can_cancel
        self.state = State.WAITING
        self.done = self.total = 0
        """So many of so many; a total of 0 is not known."""
        self.note: Said | None = None
        """What else is to be said of how far it is."""
        self.result: Result | None = None
        self.error: Exception | None = None
        """What its work raised, unless it was cancelled by then."""
        self._work, self._clock, self._trace = work, clock, ""
        self._cancelled, self._go = threading.Event(), threading.Event()
        self._go.set()
        self._thread: threading.Thread | None = None
        self._began = self._paused_at = 0.0
        self._idle = 0.0

    # ------------------------------------------------------------------ for who shows it

    @property
    def is_over(self) -> bool:
        """Whether it came to an end of any kind."""
        return self.state not in (State.WAITING, State.RUNNING)

    @property
    def is_paused(self) -> bool:
        """Whether it was asked to pause."""
        return not self._go.is_set()

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to end early."""
        return self._cancelled.is_set()

    @property
    def is_cancelling(self) -> bool:
        """Whether it was, and has not ended yet."""
        return self.is_cancelled and not self.is_over

    @property
    def rate(self) -> float | None:
        """So many a second while it worked; None while that is not known."""
        if self.state is not State.RUNNING or not self.done:
            return None
        still = self._clock() - self._paused_at if self.is_paused else 0.0
        seconds = self._clock() - self._began - self._idle - still
        return self.done / seconds if seconds >= RATE_AFTER_SECONDS else None

    @property
    def seconds_left(self) -> float | None:
        """At that rate; None while it or the total is not known."""
        rate = self.rate
        return (self.total - self.done) / rate if rate and self.total >= self.done else None

    def cancel(self) -> None:
        """Ask for an early end; :attr:`is_over` says when. A job that cannot does not mind."""
        if self.can_cancel:
            self._cancelled.set()
            self.resume()

    def pause(self) -> None:
        """Hold it at its next look at :meth:`cancelled`."""
        if self.can_pause and not self.is_paused and not self._cancelled.is_set():
            self._paused_at = self._clock()
            self._go.clear()

    def resume(self) -> None:
        if self.is_paused:
            self._idle += self._clock() - self._paused_at
            self._go.set()

    # ------------------------------------------------------------------ for the work

    def advance(self, done: int, total: int = 0, note: Said | None = None) -> None:
        """So much of so much. Safe from any thread."""
        self.done, self.total, self.note = done, total, note

    def cancelled(self) -> bool:
        """Whether to end early; does not return while the job is paused."""
        self._go.wait()
        return self._cancelled.is_set()

    # ------------------------------------------------------------------ its life

    def start(self) -> None:
        self.begin()
        self._thread = threading.Thread(target=self._run, name=f"job: {self.title}", daemon=True)
        self._thread.start()

    def run(self) -> None:
        self.begin()
        self._run()

    def _run(self) -> None:
        try:
            if self._work is not None and not self._cancelled.is_set():
                self.end(self._work(self))
            else:
                self.state = State.CANCELLED
        except Exception as error:  # noqa: BLE001  # nothing may end a job in silence
            if self._cancelled.is_set():
                self.state = State.CANCELLED
            else:
                self.error, self._trace = error, traceback.format_exc()
                self.state = State.FAILED

    def begin(self) -> None:
        self._began, self.state = self._clock(), State.RUNNING

    def end(self, result: Result | None = None, state: State = State.DONE) -> None:
        self.result, self.state = result, state

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of its thread; False when that takes longer."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    @property
    def detail(self) -> str:
        """For "copy details" where it failed."""
        own = self.error.detail if isinstance(self.error, StudioError) else ""
        return own or self._trace

    @property
    def reason(self) -> Said:
        """Why it failed, as a sentence."""
        if self.error is None:
            return NOTHING
        ours = isinstance(self.error, StudioError)
        return reason(self.error) if ours else unforeseen(self.error)
