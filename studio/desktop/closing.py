"""Before a project is let go of, what is unfinished in it comes to its end, the window alive."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from studio.desktop.i18n import tr

if TYPE_CHECKING:
    from studio.desktop.main_window import MainWindow
    from studio.desktop.notices import Notice

LOOK_MS = 50
GRACE_SECONDS = 2.0
"""A second click within so long is a slip of the hand, not a wish to lose something."""


class Closing(QObject):
    """Waits in place of the window, however long saving takes; says so, and what not waiting costs.

    Where something fails meanwhile nothing is left: the artist has to see it first.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._then: Callable[[], object] | None = None
        self._since = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def is_waiting(self) -> bool:
        """Whether something is still being finished."""
        return self._then is not None

    def before(self, act: Callable[[], object]) -> None:
        """Do `act` once nothing is unfinished; at once where nothing is."""
        if self.is_waiting or self._unfinished():
            self._wait_for(act)
        else:
            act()

    def may_close(self) -> bool:
        """Whether the window may go now; if not, it is closed when it may.

        Asked again while it waits, it may: what is unfinished is then ended where it stands.
        """
        if self.is_waiting:
            if time.monotonic() - self._since < GRACE_SECONDS:
                return False
            self._end()
            return True
        if not self._unfinished() or _is_shutting_down():
            return True
        self._wait_for(self._window.close)
        return False

    def _unfinished(self) -> str:
        rooms = self._window.rooms
        return rooms.unfinished() if rooms is not None else ""

    def _wait_for(self, act: Callable[[], object]) -> None:
        self._then = act
        if self._timer.isActive():
            return
        window = self._window
        assert window.rooms is not None  # else nothing was unfinished
        window.rooms.finish()
        window.studio.notices.posted.connect(self._look_at_notice)
        window.setEnabled(False)
        self._since = time.monotonic()
        self._timer.start()
        self._look()

    @Slot()
    def _look(self) -> None:
        words = self._unfinished()
        if words:
            cost = tr("Close the window again to leave at once; what is not saved is then lost.")
            self._window.overlay.cover(words, cost)
            return
        act = self._then
        self._end()
        if act is not None:
            act()

    @Slot(object)
    def _look_at_notice(self, notice: Notice) -> None:
        if notice.kind == "error":
            self._end()

    def _end(self) -> None:
        self._then = None
        self._timer.stop()
        self._window.studio.notices.posted.disconnect(self._look_at_notice)
        self._window.setEnabled(True)
        self._window.overlay.hide()


def _is_shutting_down() -> bool:
    """Whether the machine ends the session: a window that does not close would stand in its way."""
    program = QGuiApplication.instance()
    return isinstance(program, QGuiApplication) and program.isSavingSession()
