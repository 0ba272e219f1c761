"""`runs take-back`: a run that another machine has trained."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Run, folder

STOPPING = "Stopping: nothing is changed."


def declare(action: Callable[[str, str, Run], argparse.ArgumentParser]) -> None:
    parser = action(
        "take-back",
        "Bring back a run that another machine has trained: its folder there, or a zip of it.",
        taken_back,
    )
    parser.add_argument("source", metavar="SOURCE", type=folder)


def taken_back(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.project import Project
    from studio.engine.training.planning.returned_runs import take_back

    def copied(done: int, total: int) -> None:
        console.progress("taking it back", done / total)

    with (
        Project.open(options.project) as project,
        Interruption(console.note, STOPPING) as stop,
    ):
        made = take_back(project, options.source, copied, stop.is_requested)
        place = project.runs / made.run
    facts = {
        "run": made.run, "folder": place, "images_seen": made.images_seen,
        "can_go_on": made.knows_pictures,
    }  # fmt: skip
    lines = [f"{made.run} is here, after {made.images_seen} images."]
    if not made.knows_pictures:
        lines.append("Its dataset is not in this project: it can be played, and not go on.")
    return Result(facts, lines)
