"""`train`: one training run, or more of one."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError, UsageError
from studio.verbs.augmentation_sheet import augmented
from studio.verbs.console import Console, Result
from studio.verbs.interruption import Handlers, Interruption
from studio.verbs.options import Verbs, folder, number, pair, size, whole, words
from studio.verbs.preflight import measured
from studio.verbs.run_progress import Watch

if TYPE_CHECKING:
    from studio.engine.events import Command, Done, Failed
    from studio.engine.project import Project
    from studio.engine.training.record.options import NewRun
    from studio.engine.training.record.recipe import Recipe
    from studio.engine.training.session.ranks import Place

SAVING = "Saving a checkpoint; a second Ctrl+C ends without one."


def add(verbs: Verbs) -> None:
    verbs.add("train", "Train a model on a dataset, or go on with a run.", run, _declare)


def _declare(parser: argparse.ArgumentParser) -> None:
    from studio.engine.training.record.options import RunOptions
    from studio.verbs.run_options import declare

    parser.add_argument("project", metavar="PROJECT", type=folder)
    parser.add_argument(
        "--dataset",
        metavar="N",
        type=words,
        help="may be left out when there is only one; with --resume the run goes on with this one",
    )
    parser.add_argument(
        "--family", metavar="F", type=words,
        help="auto (default) recommends one; see `latent-studio families`",
    )  # fmt: skip
    parser.add_argument(
        "--size", type=size,
        help="a side, or width x height as 48x64; default: that of the dataset, at first 64",
    )  # fmt: skip
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--images", type=whole(1, 10**12), help="length of the whole run")
    length.add_argument("--minutes", type=number(0.01, 1e6), help="default: 30")
    length.add_argument(
        "--until", metavar="HH:MM", type=words, help="end the next time that the clock says so"
    )
    parser.add_argument(
        "--set", metavar="KEY=VALUE", type=pair, action="append", help="a parameter of the family"
    )
    declare(parser, RunOptions)
    parser.add_argument(
        "--preflight", action="store_true", default=None,
        help="only measure what the run would need on this machine; nothing is trained",
    )  # fmt: skip
    parser.add_argument(
        "--augmentations", metavar="FILE.png", type=folder,
        help="only draw what augmentation does to a picture, and say what of it would show; "
        "nothing is trained",
    )  # fmt: skip
    parser.add_argument(
        "--picture", metavar="NAME", type=words, help="with --augmentations: of this picture"
    )
    parser.add_argument("--resume", metavar="RUN", type=words, help="go on with this run")
    parser.add_argument(
        "--queue", action="store_true",
        help="only let it wait for its turn behind the runs that do: see `runs queue`",
    )  # fmt: skip


def run(options: argparse.Namespace, console: Console) -> Result:
    """Train to the end, or until a signal; then say what came of it."""
    from studio.engine.project import Project
    from studio.engine.training.session.ranks import place

    own = place()
    if own is not None and not own.leads:
        return _follow(own, options.project, console)
    _check(options)
    if own is not None:
        if options.preflight or options.augmentations or options.queue:
            raise UsageError("Nothing is trained here: leave torchrun out.")
        console.note(f"{own.count} processes share every step")
    with Project.open(options.project) as project, Interruption(console.note, SAVING) as stop:
        if options.augmentations:
            return augmented(project, _asked(project, options), options, stop)
        if options.preflight:
            return measured(project, _plan(project, options, console, stop), console, stop)
        if options.queue:
            return _queued(project, options, console, stop)
        name = options.resume or _create(project, options, console, stop)
        if options.resume and options.dataset is not None:
            _change_pictures(project, options, console, stop)
        watch = Watch(name, console)
        done = _train(project, name, options, watch, stop)
    return _result(name, project.folder, done, watch, stop)


def _follow(own: Place, project: Path, console: Console) -> Result:
    """One of several processes that do what the first says, which speaks for all."""
    from studio.engine.training.session.following import follow
    from studio.engine.training.session.ranks import Lost, Ranks

    console.as_json = False
    try:
        with Handlers(signal.SIG_DFL):
            ranks = Ranks(own)
        with Handlers(signal.SIG_IGN):  # the first one ends the run, and lets the others go
            follow(ranks, project)
    except Lost:
        if own.rank == 1:  # where the first one is gone, somebody has to say so
            raise
        return Result({}, exit_code=1)
    return Result({})


def _check(options: argparse.Namespace) -> None:
    if options.resume:
        from studio.engine.training.record.options import RunOptions
        from studio.verbs.run_options import flag

        new = ("family", "size", "set", "until", *RunOptions.params(), "preflight", "augmentations")
        given = [name for name in new if getattr(options, name) is not None]
        if given:
            raise UsageError(
                "{x} cannot be changed when a run is resumed: leave it out, or start a new run.",
                x=flag(RunOptions, given[0]),
            )
        if options.queue and (options.images or options.minutes or options.dataset):
            raise UsageError(
                "A run that waits goes on as it was: leave out its length and dataset."
            )
    elif options.picture is not None and options.augmentations is None:
        raise UsageError("--picture needs --augmentations: a run is trained on all pictures.")
    elif options.freeze is not None and options.start_from is None:
        raise UsageError("--freeze needs --from: there is nothing learnt yet that could stay.")


def _queued(
    project: Project, options: argparse.Namespace, console: Console, stop: Interruption
) -> Result:
    from studio.engine.training.planning import queue

    name = options.resume or _create(project, options, console, stop)
    queue.add(project, name)
    names = [each.name for each in queue.waiting(project)]
    line = f"{name} waits for its turn, {len(names)} in all: `runs queue --train` begins."
    return Result({"run": name, "queue": names}, [line])


def _change_pictures(
    project: Project, options: argparse.Namespace, console: Console, stop: Interruption
) -> None:
    from studio.engine.dataset.preparation.prepare import PreparationCancelled
    from studio.engine.training.planning import other_pictures

    def prepared(done: int, total: int) -> None:
        console.progress(f"preparing pictures, {done} of {total}", done / max(1, total))

    try:
        other_pictures.change(project, options.resume, options.dataset, prepared, stop.is_requested)
    except PreparationCancelled:
        raise KeyboardInterrupt from None


def _create(
    project: Project, options: argparse.Namespace, console: Console, stop: Interruption
) -> str:
    from studio.engine.training.planning import runs

    recipe = _plan(project, options, console, stop)
    runs.begin_run(project, recipe)
    if recipe.reason:
        console.note(recipe.reason)
    console.note(f"Run {recipe.run}")
    return recipe.run


def _plan(
    project: Project, options: argparse.Namespace, console: Console, stop: Interruption
) -> Recipe:
    from studio.engine.dataset.preparation.prepare import PreparationCancelled
    from studio.engine.training.planning import runs

    def prepared(done: int, total: int) -> None:
        console.progress(f"preparing pictures, {done} of {total}", done / max(1, total))

    try:
        return runs.plan_run(project, _asked(project, options), prepared, stop.is_requested)
    except PreparationCancelled:
        raise KeyboardInterrupt from None


def _asked(project: Project, options: argparse.Namespace) -> NewRun:
    """What the options say of a new run, with what is usual where they say nothing."""
    from studio.engine.dataset.index import store
    from studio.engine.dataset.preparation import policy
    from studio.engine.training.record.options import AUTO, NewRun, RunOptions

    overrides: dict[str, object] = {}
    for key, value in options.set or []:
        if key in overrides:
            raise UsageError("--set {key} is given twice.", key=key)
        overrides[key] = value
    given = {name: getattr(options, name) for name in RunOptions.params()}
    known = RunOptions.from_mapping({k: v for k, v in given.items() if v is not None})
    dataset = store.dataset(project, options.dataset or _only_dataset(project))
    policy.settled(project, dataset.id, known.crop)
    size = options.size or _size_of(project, dataset.id, known.start_from)
    return NewRun(
        dataset.name, options.family or AUTO, size[0], size[1],
        options.images, options.minutes, overrides, known, until=options.until or "",
    )  # fmt: skip


def _size_of(project: Project, dataset_id: int, start: str) -> tuple[int, int]:
    """(width, height) of the run to learn from, or what the dataset is prepared at."""
    from studio.engine.dataset.preparation import policy
    from studio.engine.training.planning import runs
    from studio.engine.training.record.recipe import Recipe

    if not start:
        return policy.read_size(project, dataset_id)
    recipe = Recipe.load(runs.run(project, start).folder)
    return recipe.width, recipe.height


def _only_dataset(project: Project) -> str:
    from studio.engine.dataset.index import store

    known = [dataset.name for dataset in store.datasets(project)]
    if len(known) == 1:
        return known[0]
    if not known:
        raise StudioError(
            "There is no dataset in {folder}: import pictures first.", folder=project.folder
        )
    raise UsageError("Name one dataset with --dataset: {x}.", x=", ".join(known))


def _train(
    project: Project,
    name: str,
    options: argparse.Namespace,
    watch: Watch,
    stop: Interruption,
) -> Done:
    from studio.engine.events import Done

    end = (options.images, options.minutes) if options.resume else (None, None)
    last = trained(project, name, end, watch, stop)
    if isinstance(last, Done):
        return last
    raise StudioError(last.message, last.detail)


def trained(
    project: Project,
    name: str,
    end: tuple[int | None, float | None],
    watch: Watch,
    stop: Interruption,
) -> Done | Failed:
    """One session of a run, to its own end or another: (images, minutes) in all."""
    from studio.engine.awake import held_awake
    from studio.engine.events import Stop
    from studio.engine.training.planning import runs
    from studio.engine.training.process.driver import run_training
    from studio.engine.training.record import checkpoint

    # A run that ended before its first checkpoint begins again.
    resume = bool(checkpoint.folders(runs.run(project, name).folder))
    with held_awake(f"Training {name}"):
        return run_training(
            project, name, resume=resume, commands=_commands(stop, Stop()), on_event=watch.take,
            total_images=end[0], minutes=end[1],
        )  # fmt: skip


def _commands(stop: Interruption, command: Command) -> Callable[[], Command | None]:
    sent = False

    def next_command() -> Command | None:
        nonlocal sent
        if sent or not stop.requested:
            return None
        sent = True
        return command

    return next_command


def _result(name: str, project: Path, done: Done, watch: Watch, stop: Interruption) -> Result:
    from studio.engine.training.record.recipe import Recipe

    recipe = Recipe.load(project / "runs" / name)
    rate = watch.progress.images_per_second if watch.progress else 0.0
    checkpoint = Path(done.checkpoint)
    facts = {
        "run": name,
        "family": recipe.family,
        "why": recipe.reason,
        "labels": recipe.labels,
        "images_seen": done.images_seen,
        "seconds": done.seconds,
        "images_per_second": rate or done.images_seen / max(1e-9, done.seconds),
        "final": done.final,
        "checkpoint": str(checkpoint.absolute()) if done.checkpoint else "",
        "sha256": done.sha256,
        "reason": done.reason,
        "interrupted": stop.requested,
    }
    figures = ", ".join(f"{key} {value:.4g}" for key, value in sorted(done.final.items()))
    lines = [
        f"{name}: {done.reason} after {done.images_seen} images "
        f"({facts['images_per_second']:.1f} a second).",
        *([f"  {figures}"] if figures else []),
        f"  checkpoint: {facts['checkpoint']}",
    ]
    return Result(facts, lines, exit_code=130 if stop.requested else 0)
