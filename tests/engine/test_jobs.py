"""A job: how far it is, how it is held and ended, and what came of it."""

from __future__ import annotations

import threading

import pytest

from studio.engine.errors import StudioError
from studio.engine.jobs import Ending, Job, State
from studio.engine.said import Said

PATIENCE = 20.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_job_gives_what_its_work_gave() -> None:
    job = Job(Said("Counting to {n}", n=3), lambda job: sum(range(4)))
    assert (job.state, job.is_over, str(job.title)) == (State.WAITING, False, "Counting to 3")
    job.start()
    assert job.wait(PATIENCE)
    assert (job.state, job.result, job.is_over) == (State.DONE, 6, True)


def test_rate_and_time_left_leave_pauses_out() -> None:
    clock = Clock()
    job: Job[None] = Job(Said("Work"), can_pause=True, clock=clock)
    job.begin()
    job.advance(10, 100)
    assert job.rate is None  # a guess so far
    clock.now = 5.0
    assert (job.rate, job.seconds_left) == (2.0, 45.0)
    job.pause()
    clock.now = 95.0
    assert job.rate == 2.0
    job.resume()
    clock.now = 100.0
    job.advance(20, 100)
    assert (job.rate, job.seconds_left) == (2.0, 40.0)
    job.advance(30)
    assert (job.rate, job.seconds_left) == (3.0, None)


def test_a_paused_job_stands_still_until_it_is_resumed_or_cancelled() -> None:
    looked, go = threading.Event(), threading.Event()

    def work(job: Job[str]) -> str:
        looked.set()
        go.wait(PATIENCE)
        return "given up" if job.cancelled() else "done"

    for end, result in ((Job.resume, "done"), (Job.cancel, "given up")):
        looked.clear()
        go.clear()
        job = Job(Said("Work"), work, can_pause=True)
        job.start()
        assert looked.wait(PATIENCE)
        job.pause()
        go.set()
        assert not job.wait(0.2)
        end(job)
        assert job.wait(PATIENCE)
        assert job.result == result


def test_what_a_cancelled_job_raises_is_no_failure() -> None:
    def stopped(job: Job[None]) -> None:
        job.cancel()
        raise StudioError("It was stopped.")

    job = Job(Said("Work"), stopped)
    job.run()
    assert (job.state, job.error) == (State.CANCELLED, None)
    never: Job[None] = Job(Said("Work"), lambda _: pytest.fail("ran"))
    never.cancel()
    never.run()
    assert never.state is State.CANCELLED


@pytest.mark.parametrize(
    ("error", "reason", "detail"),
    [
        (StudioError("The disk is full.", "errno 28"), "The disk is full.", "errno 28"),
        (StudioError("The disk is full."), "The disk is full.", "Traceback"),
        (ZeroDivisionError("by zero"), "ZeroDivisionError: by zero", "Traceback"),
    ],
)
def test_a_failure_has_a_sentence_and_a_detail(error: Exception, reason: str, detail: str) -> None:
    def fail(_: Job[None]) -> None:
        raise error

    job = Job(Said("Work"), fail)
    job.run()
    assert (job.state, job.reason) == (State.FAILED, reason)
    assert job.detail.startswith(detail)


def test_what_cannot_be_paused_or_cancelled_does_not_mind() -> None:
    job: Job[None] = Job(Said("Work"), ending=Ending.FINISH, can_cancel=False)
    job.begin()
    job.pause()
    job.cancel()
    assert not job.is_paused
    assert not job.cancelled()
