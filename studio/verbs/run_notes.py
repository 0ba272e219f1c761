"""`runs note`: what is written down about a run."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from studio.engine.errors import StudioError, UsageError
from studio.verbs.console import Console, Result
from studio.verbs.options import Run, folder, words

Action = Callable[[str, str, Run], argparse.ArgumentParser]


def declare(action: Action) -> None:
    note = action("note", "What is written down about a run, or write it down.", noted)
    note.add_argument("run_name", metavar="RUN", type=words)
    note.add_argument("text", metavar="TEXT", nargs="?", help="'' takes the note away")
    note.add_argument("--file", type=folder, metavar="FILE.txt", help="the text is in this file")


def noted(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.project import Project
    from studio.engine.training.planning import run_notes, runs

    if options.text is not None and options.file is not None:
        raise UsageError("Give the note as TEXT or with --file, not both.")
    text = _read(options) if options.file is not None else options.text
    with Project.open(options.project) as project:
        before = runs.run(project, options.run_name).note
        if text is not None:
            run_notes.set_note(project, options.run_name, text)
        note = runs.run(project, options.run_name).note
    facts = {"run": options.run_name, "note": note, "before": before}
    return Result(facts, [note or f"Nothing is written down about {options.run_name}."])


def _read(options: argparse.Namespace) -> str:
    from studio.engine import door
    from studio.engine.said import reason

    try:
        return door.read_text(options.file, links=True)
    except (OSError, ValueError) as error:
        raise StudioError(
            "The note {path} cannot be read ({reason}): give a text file in UTF-8.",
            path=options.file, reason=reason(error),
        ) from error  # fmt: skip
