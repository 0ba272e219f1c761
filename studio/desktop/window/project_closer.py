"""Before a project is let go of, what is unfinished in it comes to its end, the window alive."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from studio.desktop.base.studio import is_shutting_down
from studio.desktop.i18n import said, tr
from studio.desktop.notices.notices import Notice, NoticeKind
from studio.engine.jobs import Ending

if TYPE_CHECKING:
    from studio.desktop.base.jobs import AnyJob
    from studio.desktop.window.shell import Shell

LOOK_MS = 50
GRACE_SECONDS = 2.0
"""A second click within so long is a slip of the hand, not a wish to lose something."""


class Closing(QObject):
    """Waits in place of the window, however long saving takes; says so, and what not waiting costs.

    Where something fails meanwhile nothing is left: the artist has to see it first.
    """

    def __init__(self, shell: Shell, parent: QObject) -> None:
        super().__init__(parent)
        self._shell, self._jobs = shell, shell.studio.jobs
        self._then: Callable[[], object] | None = None
        self._is_closing = False
        self._since = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def is_waiting(self) -> bool:
        return self._then is not None

    def before(self, act: Callable[[], object]) -> None:
        """Do `act` once nothing is unfinished; at once where nothing is.

        Where the window is about to close it is not done.
        """
        if self._is_closing:
            return
        if self.is_waiting or self._jobs.unfinished:
            self._wait_for(act)
        else:
            act()

    def may_close(self) -> bool:
        """Whether the window may go now; if not, it is closed when it may.

        Asked again while it waits, it may: what is unfinished is then ended where it stands.
        """
        again = self._is_closing
        if again and time.monotonic() - self._since < GRACE_SECONDS and not is_shutting_down():
            return False
        if again or is_shutting_down() or not self._jobs.unfinished:
            self._jobs.cancel()
            self._end()
            return True
        self._wait_for(self._shell.close)
        self._is_closing, self._since = True, time.monotonic()
        return False

    def _wait_for(self, act: Callable[[], object]) -> None:
        if not self.is_waiting:
            self._shell.studio.notices.posted.connect(self._look_at_notice)
        self._then = act
        self._timer.start()
        self._look()

    @Slot()
    def _look(self) -> None:
        job = self._jobs.unfinished
        if job is not None:
            self._jobs.let_go()  # each time: another may have begun meanwhile
            cost = tr("Close the window again to leave at once; what is not saved is then lost.")
            self._shell.cover(_words(job), cost)
            return
        act = self._then
        self._end()
        if act is not None:
            act()

    @Slot(object)
    def _look_at_notice(self, notice: Notice) -> None:
        if notice.kind is NoticeKind.ERROR:
            self._end()

    def _end(self) -> None:
        if not self.is_waiting:
            return
        self._then, self._is_closing = None, False
        self._timer.stop()
        self._shell.studio.notices.posted.disconnect(self._look_at_notice)
        self._shell.uncover()


def _words(job: AnyJob) -> str:
    """What is waited for, and how far that is where it comes to its own end."""
    from studio.desktop.widgets.job_strip import how_far

    far = how_far(job) if job.ending is Ending.FINISH else ""
    return " · ".join(part for part in (said(job.waiting), far) if part)
