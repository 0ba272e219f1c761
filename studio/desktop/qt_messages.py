"""What Qt has to say: lines of the log, and one sentence where it cannot open a display."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

from PySide6.QtCore import QMessageLogContext, QtMsgType

from studio.engine.said import Said

Refuse = Callable[[Said], object]
_log = logging.getLogger("studio")
_NO_ANSWER = "could not connect to display"


class QtMessages:
    """The handler of Qt's messages."""

    def __init__(self, refuse: Refuse) -> None:
        """`refuse` is told why there can be no window, as the last thing of the process."""
        self._refuse = refuse
        self._early: list[str] | None = []
        """Until there is an application: a fatal message is about its display then."""

    def begin(self) -> None:
        """There is an application: what was said before was no reason to give up."""
        early, self._early = self._early or [], None
        for text in early:
            _log.warning("Qt: %s", text)

    def __call__(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if self._early is None:
            serious = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
            _log.log(logging.ERROR if serious else logging.WARNING, "Qt: %s", text)
        elif kind is not QtMsgType.QtFatalMsg:
            self._early.append(text)
        else:
            self._refuse(why_no_window(self._early))
            # Qt aborts when this returns, and Python cannot raise through it.
            os._exit(1)


def why_no_window(messages: list[str]) -> Said:
    """From what Qt said before it gave up."""
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or ""
    if any(_NO_ANSWER in each.lower() for each in messages):
        return Said(
            "The display {display} does not answer, so the window cannot open: log in at the "
            "screen or set DISPLAY to one that runs. The same work goes on the command line: "
            "`latent-studio demo` shows all of it.",
            display=display,
        )
    reason = messages[-1].splitlines()[0].rstrip(".") if messages else "Qt gave no reason"
    return Said(
        "The window cannot be opened ({reason}): `python3 packaging/launch.py` "
        "installs what is missing; the other verbs work without it.",
        reason=reason,
    )
