"""`dataset rename`, `dataset delete` and `dataset remove-source`: what a project has."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.engine.errors import UsageError
from studio.engine.project import Project
from studio.verbs.console import Console, Result
from studio.verbs.options import Actions, folder, words
from studio.verbs.pictures import action, chosen, count

if TYPE_CHECKING:
    from studio.engine.dataset.index.store import Dataset


def add(actions: Actions) -> None:
    named = action(actions, "rename", "Give a dataset another name.", rename)
    named.add_argument("name", metavar="NAME", type=words, help="what it is called from now on")
    gone = action(
        actions, "delete", "Take a dataset out of a project, with all decisions; files stay.",
        delete,
    )  # fmt: skip
    gone.add_argument(
        "--with-runs", action="store_true",
        help="also where runs have learnt from it; they stay, but may train no further",
    )  # fmt: skip
    out = action(
        actions, "remove-source", "Take a source out of a dataset; its files stay.", remove_source
    )
    out.add_argument("path", metavar="PATH", type=folder, nargs="?", help="as `list` shows it")
    for parser, what in ((gone, "dataset"), (out, "source")):
        parser.add_argument(
            "--undo", action="store_true",
            help=f"bring the last {what} back instead, until a window has shown the project",
        )  # fmt: skip


def rename(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.dataset.curation import sets

    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        before = sets.rename(project, dataset.id, options.name)
        name = next(each.name for each in _all(project) if each.id == dataset.id)
    return Result({"dataset": name, "before": before}, [f"{before} is called {name} now."])


def delete(options: argparse.Namespace, console: Console) -> Result:
    """Put a dataset aside, or bring the last one back."""
    from studio.engine.dataset.curation import removed_sets, sets
    from studio.engine.dataset.index import store

    if options.undo and (options.dataset is not None or options.with_runs):
        raise UsageError("Give either --dataset, what to delete, or --undo.")
    with Project.open(options.project) as project:
        if options.undo:
            done = removed_sets.last(project)
            sets.put_back(project, done)
            name = next(each.name for each in _all(project) if each.id == done.dataset_id)
        elif options.dataset is None:
            known = ", ".join(each.name for each in _all(project)) or "there is none"
            raise UsageError("Say which dataset to delete with --dataset: {known}.", known=known)
        else:
            found = store.dataset(project, options.dataset)
            done = sets.delete(project, found.id, with_runs=options.with_runs)
            name = done.name
        runs = removed_sets.users(project, done.dataset_id)
    facts = {"dataset": name, "undone": options.undo, "pictures": done.pictures, "runs": runs}
    what = "is back" if options.undo else "is deleted; no file was touched"
    return Result(facts, [f"{name} with {count(done.pictures)} {what}."])


def remove_source(options: argparse.Namespace, console: Console) -> Result:
    """Put a source aside, or bring the last one of the dataset back."""
    from studio.engine.dataset.curation import removed_sets, sets
    from studio.engine.dataset.index import store

    if options.undo == (options.path is not None):
        raise UsageError("Give either PATH, the source to remove, or --undo.")
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        if options.undo:
            done = removed_sets.last(project, dataset.id)
            sets.put_back(project, done)
        else:
            source = sets.source_at(project, dataset, options.path)
            done = sets.remove_source(project, source.id)
        left = store.counts(project, dataset.id)
        sources = [str(source.path) for source in store.sources(project, dataset.id)]
    facts = {
        "dataset": dataset.name, "source": done.name, "undone": options.undo,
        "pictures": done.pictures, "found": left["found"], "included": left["included"],
        "sources": sources,
    }  # fmt: skip
    what = "is back in" if options.undo else "is removed from"
    lines = [
        f"{done.name} with {count(done.pictures)} {what} {dataset.name}; {left['included']} will "
        "train. No file was touched."
    ]
    return Result(facts, lines)


def _all(project: Project) -> list[Dataset]:
    from studio.engine.dataset.index import store

    return store.datasets(project)
