"""Start the window: painted first, everything heavy afterwards."""

from __future__ import annotations

import contextlib
import gc
import logging
import sys
import traceback
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from studio.desktop.base.field_guard import guard_fields
from studio.desktop.base.studio import Studio
from studio.desktop.i18n import tr
from studio.desktop.qt_messages import QtMessages, Refuse
from studio.desktop.window import whereabouts
from studio.desktop.window.main_window import MainWindow
from studio.engine import processes, settings

SWITCH_SECONDS = 0.0002
"""Threads hand the interpreter over this often, so that work beside the window stays beside it."""
_log = logging.getLogger("studio")


def run(project: Path | None, refuse: Refuse, *, check: bool = False) -> int:
    """Open the window, on `project` if one is given; returns when it is closed. With `check` it is
    closed as soon as it was painted and its rooms were made.

    Where the display does not answer, `refuse` is called with the sentence, and the process ends.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    processes.sleep_soon()
    messages = QtMessages(refuse)
    qInstallMessageHandler(messages)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    # As an argument, because `setStyle` wraps the style for Python, which delays the first paint.
    app = QApplication.instance() or QApplication([*sys.argv[:1], "-style", "fusion"])
    messages.begin()
    QApplication.setApplicationName("Latent Studio")
    QApplication.setDesktopFileName("latent-studio")
    studio = Studio(guarded=False)
    window = MainWindow(studio)
    _report_to(studio)
    window.firstPainted.connect(_after_first_paint)
    window.firstPainted.connect(guard_fields)
    if check:
        window.firstPainted.connect(partial(_check, window))
    elif project is not None:
        window.firstPainted.connect(lambda: studio.open_or_make(project))
    else:
        window.firstPainted.connect(lambda: whereabouts.come_back(window.studio, window.go))
    whereabouts.fit_screen(window)
    window.show()
    code = int(app.exec())
    sys.excepthook = sys.__excepthook__
    qInstallMessageHandler(None)
    return code


def _check(window: MainWindow) -> None:
    """Make all that a day's work shows; what cannot be made ends the process with its error."""
    sys.excepthook = sys.__excepthook__
    try:
        window.make_rooms()
    except Exception:
        QApplication.exit(1)
        raise
    window.close()


def _after_first_paint() -> None:
    """What can wait until there is something to look at."""
    # What the start made stays to the end: the collector, off until now, need not look at it.
    gc.freeze()
    gc.enable()
    _start_log()


def _log_file() -> Path:
    return settings.home() / "logs" / "studio.log"


def _start_log() -> None:
    """A small rotating log under the user's own folder; without one, stderr serves."""
    import logging.handlers

    path = _log_file()
    _log.setLevel(logging.INFO)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=1 << 20, backupCount=3)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        _log.addHandler(handler)


def _report_to(studio: Studio) -> None:
    """An error that nobody foresaw becomes a notice and a line in the log, never a console."""

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        detail = "".join(traceback.format_exception(kind, error, trace))
        _log.error("%s", detail)
        studio.notices.error(
            tr("Something went wrong inside ({kind}). Your work is saved; details are in {file}.",
               kind=kind.__name__, file=str(_log_file())),
            detail,
        )  # fmt: skip

    sys.excepthook = report
