"""`app`: open the window."""

from __future__ import annotations

import argparse

from studio.engine.errors import StudioError
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, folder


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    parser = verbs.add("app", "Open the window.", run)
    parser.add_argument("project", nargs="?", type=folder, help="project folder to open")


def run(options: argparse.Namespace, console: Console) -> Result:
    """Hand over to the window; one sentence where there cannot be one."""
    if options.open_window is None:
        raise StudioError("There is no window here: use the other verbs, see --help.")
    try:
        code = options.open_window(options.project)
    except ImportError as error:
        raise StudioError(
            f"The window cannot be opened because {error.name or 'a part of Qt'} is missing: "
            "run `python3 packaging/launch.py`, or use the other verbs.",
            repr(error),
        ) from error
    return Result({"closed": True}, exit_code=code)
