"""The headless face: parses, runs one verb, and turns whatever happens into an exit code.

0 done, 1 the work failed (one sentence on stderr), 2 wrong usage, 130 interrupted after
saving. No traceback reaches the user: what was not foreseen goes into a log file.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Sequence

from models.errors import ParameterError
from studio import __version__
from studio.engine.errors import StudioError
from studio.verbs.console import Console, output
from studio.verbs.interruption import Handlers, insist
from studio.verbs.options import Parser, Verbs

INTERRUPTED = 130
VERBS = (
    "app", "demo", "import_pictures", "dataset", "train", "runs", "model", "generate", "breed",
    "versions", "picture_map", "directions", "invert", "drag", "iterate", "enlarger", "evaluate",
    "walk", "live", "refine", "review", "export", "inspect", "lists", "doctor", "extras",
    "self_test",
)  # fmt: skip
"""The files of `studio/verbs`, in the order of the help."""

OpenWindow = Callable[..., int]
"""Of the project, and of what refuses; with `check=True` the window is closed again at once."""


def main(arguments: Sequence[str] | None = None, open_window: OpenWindow | None = None) -> int:
    """Run one command line and return its exit code. `open_window` is what `app` does."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["--self-test"]:
        arguments[0] = "self-test"
    stdout, stderr = output()
    console = Console("--json" in arguments, stdout, stderr)
    try:
        with Handlers(insist), contextlib.ExitStack() as stack:
            if console.as_json:  # whatever a library prints must not mix with the JSON
                stack.enter_context(contextlib.redirect_stdout(stderr))
            return _run(arguments, console, open_window)
    except (StudioError, ParameterError) as error:
        code = error.exit_code if isinstance(error, StudioError) else 2
        console.fail(str(error), code)
        return code
    except KeyboardInterrupt:
        console.fail("Interrupted; nothing half-written was left behind.", INTERRUPTED)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough (`| head`).
        return 1
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        console.fail(f"The system refused{where}: {error.strerror or error}.", 1)
        return 1
    except Exception as error:  # noqa: BLE001  # the last line of defence: no traceback for the user
        console.fail(_unexpected(error), 1)
        return 1


def parser(names: Sequence[str] = VERBS) -> argparse.ArgumentParser:
    """The parser with these verbs; neither torch nor a window is imported for it."""
    whole = Parser(
        prog="latent-studio",
        description="Train a generative model on your own pictures and play it. "
        "Without a verb, the window opens.",
        epilog="PROJECT is a folder, made by the first import. "
        "`latent-studio VERB --help` shows the options of a verb.",
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"latent-studio {__version__}")
    whole.add_argument(
        "--self-test", action="store_true", help="try whether this copy works: the verb self-test"
    )
    verbs = Verbs(whole)
    for name in names:
        importlib.import_module(f"studio.verbs.{name}").add(verbs)
    return whole


def _run(arguments: list[str], console: Console, open_window: OpenWindow | None) -> int:
    # The window waits for no other verb to be read.
    is_window = not arguments or arguments[0] == "app"
    try:
        options = parser(VERBS[:1] if is_window else VERBS).parse_args(arguments or ["app"])
    except SystemExit as end:  # --help and --version have printed
        console.say()
        return int(end.code or 0)
    options.open_window = open_window
    if options.verb is None:
        options = parser().parse_args([*arguments, "app"])
        options.open_window = open_window
    result = options.run(options, console)
    console.finish(result)
    return int(result.exit_code)


def _unexpected(error: Exception) -> str:
    """One sentence; the traceback goes to a log file."""
    import datetime
    import traceback

    from studio.engine.settings import home

    what = f"Something unforeseen happened ({type(error).__name__})"
    moment = f"{datetime.datetime.now():%Y-%m-%d-%H%M%S}"
    path = home() / "logs" / f"{moment}-{os.getpid()}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(traceback.format_exception(error)), "utf-8", "backslashreplace")
    except OSError:
        return f"{what}: {error}. It could not be logged in {path}."
    return f"{what}; what led to it is in {path}: please report it with that file."
