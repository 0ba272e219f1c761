"""The one job of a page beside the canvas: the newest, and nothing of those before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from studio.engine.jobs import Job, State

if TYPE_CHECKING:
    from studio.desktop.base.studio import Studio

Result = TypeVar("Result")


class NewestJob(Generic[Result]):
    """A newer one, or another model, makes what an older one still finds worthless: it is
    cancelled, and neither its result nor its failure is told."""

    def __init__(self, studio: Studio, lane: str) -> None:
        self._studio, self._lane = studio, lane
        self._job: Job[Result] | None = None

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def start(
        self,
        job: Job[Result],
        done: Callable[[Result], object],
        *,
        failed: Callable[[], object] = lambda: None,
        in_strip: bool = True,
    ) -> None:
        """Run it in place of the one that runs. A failure becomes a notice, then `failed`,
        which is all where it was cancelled by hand."""
        self.give_up()
        self._job, is_newest = job, False

        def over() -> None:  # comes before the result or the failure
            nonlocal is_newest
            is_newest = job is self._job
            if is_newest:
                self._job = None
                if job.state is State.CANCELLED:
                    failed()

        def finished(found: Result) -> None:
            if is_newest:
                done(found)

        def told(sentence: str, detail: str) -> None:
            if is_newest:
                self._studio.notices.error(sentence, detail)
                failed()

        self._studio.jobs.start(
            job, "generation", lane=self._lane, in_strip=in_strip, over=over, done=finished,
            failed=told,
        )  # fmt: skip

    def give_up(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job = None
