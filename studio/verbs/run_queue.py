"""`runs queue`: runs that wait for their turn, in another order, or trained one after the other."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from studio.engine.errors import UsageError
from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Run, whole, words
from studio.verbs.run_progress import Watch
from studio.verbs.train import SAVING, trained

if TYPE_CHECKING:
    from studio.engine.project import Project

Action = Callable[[str, str, Run], argparse.ArgumentParser]
FAILED, INTERRUPTED = 1, 130


def declare(action: Action) -> None:
    queue = action("queue", "The runs that wait for their turn, in order.", queued)
    change = queue.add_mutually_exclusive_group()
    change.add_argument("--add", metavar="RUN", type=words, help="let this run wait behind them")
    change.add_argument("--remove", metavar="RUN", type=words, help="this run no longer waits")
    change.add_argument("--move", metavar="RUN", type=words, help="this run comes at --to")
    change.add_argument(
        "--train", action="store_true",
        help="train them all, one after the other; one that fails is told, and the next begins",
    )  # fmt: skip
    change.add_argument(
        "--until", nargs=2, metavar=("RUN", "HH:MM"), type=words,
        help="this run, which ends by the clock, ends at another time of it",
    )  # fmt: skip
    queue.add_argument(
        "--to", metavar="N", type=whole(1, 10**6), default=1, help="with --move (default 1)"
    )


def queued(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.project import Project
    from studio.engine.training.planning import queue
    from studio.engine.training.session.ranks import place

    if options.train and place() is not None:
        raise UsageError(
            "A queue is trained by one process: under torchrun resume its runs one by one (train "
            "--resume)."
        )
    with Project.open(options.project) as project:
        if options.train:
            return _trained(project, console)
        if options.add:
            queue.add(project, options.add)
        elif options.remove:
            queue.remove(project, options.remove)
        elif options.move:
            queue.move(project, options.move, options.to)
        elif options.until:
            console.note(f"{options.until[0]} ends at {queue.end_at(project, *options.until)}.")
        names = [run.name for run in queue.waiting(project)]
    lines = [f"{place}. {name}" for place, name in enumerate(names, 1)]
    return Result({"queue": names}, lines or ["No run waits for its turn."])


def _trained(project: Project, console: Console) -> Result:
    """All that wait. Ctrl+C saves the one that trains; it and the others go on waiting."""
    from studio.engine.awake import held_awake
    from studio.engine.errors import StudioError
    from studio.engine.events import Failed, RunState
    from studio.engine.training.planning import queue

    ended: list[dict[str, Any]] = []
    with Interruption(console.note, SAVING) as stop, held_awake("A queue of training runs"):
        while not stop.requested:
            run, passed = queue.take(project)
            for said in passed:
                console.note(said)
            if run is None:
                break
            console.note(f"Run {run.name}")
            try:
                last = trained(
                    project, run.name, queue.another_end(run), Watch(run.name, console), stop
                )
            except StudioError as error:
                last = Failed(error.said, error.detail, "")
            reason = RunState.FAILED if isinstance(last, Failed) else last.reason
            message = last.message if isinstance(last, Failed) else ""
            if message:
                console.note(f"{run.name}: {message}")
            ended.append({"run": run.name, "reason": reason, "message": message})
            if reason == RunState.STOPPED:  # it goes on where it is, when the others do
                queue.add(project, run.name)
                queue.move(project, run.name, 1)
        left = [each.name for each in queue.waiting(project)]
    lines = [f"{each['run']}: {each['reason']}" for each in ended]
    failures = any(each["reason"] == RunState.FAILED for each in ended)
    code = INTERRUPTED if stop.requested else FAILED if failures else 0
    return Result({"runs": ended, "queue": left}, lines or ["No run waits for its turn."], code)
