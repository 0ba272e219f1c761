"""`app`: the window."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys

from studio.engine.errors import StudioError
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, folder


def add(verbs: Verbs) -> None:
    parser = verbs.add("app", "Open the window.", run)
    parser.add_argument("project", metavar="PROJECT", nargs="?", type=folder, help="what to open")
    parser.add_argument(
        "--check", action="store_true",
        help="only look whether the window paints and its places can be made, and close it",
    )  # fmt: skip


def run(options: argparse.Namespace, console: Console) -> Result:
    """Open the window and wait until it is closed."""
    if not _is_installed():
        raise StudioError(
            "The window needs PySide6, which is not installed: `python3 packaging/launch.py` "
            "brings it; or work without a window: `latent-studio --help`."
        )
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in names):
        raise StudioError(
            "There is no display here, so the window cannot open; the same work goes on the "
            "command line: `latent-studio demo` shows all of it, "
            "`latent-studio import PROJECT FOLDER` begins with pictures of your own."
        )
    if options.open_window is None:
        raise StudioError("The window can be opened by `latent-studio app` only.")
    try:
        code = options.open_window(
            options.project, lambda said: console.fail(str(said), 1), check=options.check
        )
    except ImportError as error:  # a system library of Qt, most often
        raise StudioError(
            "The window cannot be opened ({reason}): `python3 packaging/launch.py` "
            "installs what is missing; the other verbs work without it.",
            repr(error),
            reason=error,
        ) from error
    return Result({"closed": True}, exit_code=code)


def _is_installed() -> bool:
    try:
        return importlib.util.find_spec("PySide6") is not None
    except (ImportError, ValueError):  # there in part only
        return False
