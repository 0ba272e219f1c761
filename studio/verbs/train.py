"""`train`: one run, or more of one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError, UsageError
from studio.engine.events import Command, Done, Event, Failed, Health, Progress, Stage, Stop
from studio.engine.project import Project
from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Verbs, folder, number, pair, size, whole

if TYPE_CHECKING:
    from studio.engine.training.runs import Run

INTERRUPTED = 130
MOST = 1 << 40


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    parser = verbs.add("train", "Train a model on a dataset, or go on with a run.", run)
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument("--dataset", metavar="N", help="name of the dataset")
    parser.add_argument("--family", metavar="F", help="kind of model; see `families`")
    parser.add_argument("--size", type=size, help="64, or width x height as 48x64 (default 64)")
    parser.add_argument("--resume", metavar="RUN", help="go on with this run")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--images", type=whole(1, MOST), help="pictures to see in the whole run")
    length.add_argument("--minutes", type=number(0.001, 1e6), help="minutes of the whole run")
    parser.add_argument(
        "--set", dest="overrides", action="append", type=pair, default=[], metavar="KEY=VALUE",
        help="change a parameter of the family; may be given again",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=whole(0, (1 << 63) - 1), default=0, help="seed of all chance"
    )
    parser.add_argument("--crop", default="centre", choices=("centre", "pad", "stretch"))
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps, xpu")
    parser.add_argument("--precision", default="auto", choices=("auto", "bf16", "fp32"))


def run(options: argparse.Namespace, console: Console) -> Result:
    """Train in this process; the first signal saves a checkpoint and ends."""
    with Project.open(options.project) as project:
        name = options.resume or _create(project, options, console)
        return _train(project, name, options, console)


def _create(project: Project, options: argparse.Namespace, console: Console) -> str:
    from studio.engine.training import runs

    missing = [f"--{key}" for key in ("dataset", "family") if getattr(options, key) is None]
    if missing:
        raise UsageError(f"A new run needs {' and '.join(missing)} (or --resume RUN).")
    width, height = options.size or (64, 64)
    recipe = runs.create_run(
        project, options.dataset, options.family, width, height,
        images=options.images, minutes=options.minutes, overrides=dict(options.overrides),
        seed=options.seed, device=options.device, precision=options.precision, crop=options.crop,
        progress=lambda done, total: console.progress(
            f"preparing {done} of {total} pictures", done / total
        ),
    )  # fmt: skip
    console.note(f"run {recipe.run}")
    return recipe.run


def _train(project: Project, name: str, options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.training import checkpoint, runs
    from studio.engine.training.driver import run_training

    chosen = runs.run(project, name)
    _refuse_changes(options)
    with Interruption(console.note, "Saving a checkpoint, then ending.") as stop:
        last = run_training(
            project, name,
            resume=bool(checkpoint.folders(chosen.folder)),
            commands=_commands(stop),
            on_event=lambda event: _tell(event, console),
            total_images=options.images if options.resume else None,
            minutes=options.minutes if options.resume else None,
        )  # fmt: skip
    if isinstance(last, Failed):
        raise StudioError(last.message, last.detail)
    return _result(chosen, last, INTERRUPTED if stop.requested else 0)


def _refuse_changes(options: argparse.Namespace) -> None:
    fixed = [key for key in ("dataset", "family", "size") if getattr(options, key) is not None]
    if options.resume and (fixed or options.overrides):
        named = ", ".join(f"--{key}" for key in fixed) or "--set"
        raise UsageError(f"{named} cannot change in a run that goes on: start a new run for that.")


def _commands(stop: Interruption) -> Callable[[], Command | None]:
    sent = False

    def next_command() -> Command | None:
        nonlocal sent
        if stop.requested and not sent:
            sent = True
            return Stop()
        return None

    return next_command


def _tell(event: Event, console: Console) -> None:
    match event:
        case Stage(name=name):
            console.progress(name)
        case Progress():
            left = "" if event.seconds_left is None else f", {event.seconds_left / 60:.1f} min left"
            fraction = event.images_seen / event.total_images if event.total_images else None
            rate = f"{event.images_per_second:.0f} images/s"
            console.progress(f"{event.images_seen} images, {rate}{left}", fraction)
        case Health():
            console.note(f"{event.sentence} {event.action}".strip())
        case _:
            pass


def _result(run: Run, done: Done, code: int) -> Result:
    rate = done.images_seen / done.seconds if done.seconds > 0 else 0.0
    facts = {
        "run": run.name,
        "family": run.family,
        "reason": done.reason,
        "images_seen": done.images_seen,
        "seconds": round(done.seconds, 3),
        "images_per_second": round(rate, 2),
        "final": done.final,
        "checkpoint": done.checkpoint,
        "sha256": done.sha256,
    }
    lines = [f"{run.name}: {done.images_seen} images, {rate:.0f} a second.", done.checkpoint]
    return Result(facts, lines, code)
