r"""The training process: events as lines on stdout, commands as lines on stdin.

    python -m studio.engine.training.process.child RUN_FOLDER PROJECT_FOLDER \
        [--resume] [--images=TOTAL | --minutes=TOTAL] | --preflight

With `--preflight` the recipe in RUN_FOLDER is measured, and nothing is left of it. The project
is never opened for writing: the parent holds it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from studio.engine.errors import StudioError
from studio.engine.events import Command, Event, Failed, RunState, Stage, Stop, from_line, to_line
from studio.engine.said import Said

NICENESS = 10


def main(arguments: list[str]) -> int:
    """Train; 0 when the run ended well."""
    options = dict(each.partition("=")[::2] for each in arguments if each.startswith("--"))
    folders = [Path(each) for each in arguments if not each.startswith("--")]
    lines = _claim_stdout()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)
    commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(commands,), daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: commands.put(Stop()))
    return _work(folders, options, commands, lines)


def _work(
    folders: list[Path],
    options: dict[str, str],
    commands: queue.SimpleQueue[Command],
    lines: IO[str],
) -> int:
    def next_command() -> Command | None:
        try:
            return commands.get_nowait()
        except queue.Empty:
            return None

    event: Event = Failed(Said("The run ended without a word."))
    try:
        for event in _events(folders, options, next_command):
            if not _say(lines, event):
                commands.put(Stop())  # the window is gone: save and end
            if event == Stage(RunState.TRAINING):
                # What is loaded now lives as long as the process: not worth searching again.
                gc.collect()
                gc.freeze()
    except Exception as error:  # noqa: BLE001  # whatever it is, the window must be told
        event = Failed(
            Said(
                "The training process failed ({kind}); the last checkpoint is intact: "
                "resume the run.",
                kind=type(error).__name__,
            ),
            traceback.format_exc(),
        )
        _say(lines, event)
    return 1 if isinstance(event, Failed) else 0


def _events(
    folders: list[Path], options: dict[str, str], next_command: Callable[[], Command | None]
) -> Iterator[Event]:
    run_folder, project_folder = folders
    if "--preflight" in options:
        from studio.engine.training.record.recipe import Recipe
        from studio.engine.training.session.preflight import preflight

        return preflight(Recipe.load(run_folder), project_folder, next_command)
    from studio.engine.training.session.loop import train

    return train(
        run_folder, project_folder, next_command,
        resume="--resume" in options,
        total_images=int(options["--images"]) if "--images" in options else None,
        minutes=float(options["--minutes"]) if "--minutes" in options else None,
    )  # fmt: skip


def _say(lines: IO[str], event: Event) -> bool:
    try:
        lines.write(to_line(event) + "\n")
        lines.flush()
    except OSError:
        return False
    return True


def _claim_stdout() -> IO[str]:
    """Keep the pipe for events alone; whatever a library prints goes to stderr."""
    pipe = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return pipe


def _listen(commands: queue.SimpleQueue[Command]) -> None:
    # A stream of its own: the interpreter would wait at its end for a reader of `sys.stdin`.
    stream = os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8", errors="replace")
    for line in stream:
        try:
            message = from_line(line)
        except StudioError:
            continue
        if isinstance(message, Command):
            commands.put(message)
    commands.put(Stop())  # the parent closed the pipe or died: save and end


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
