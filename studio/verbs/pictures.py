"""What the actions of `dataset` share: their options, the dataset and the pictures meant."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError, UsageError
from studio.verbs.options import Actions, Run, folder

if TYPE_CHECKING:
    from studio.engine.dataset.index.store import Dataset, Item
    from studio.engine.project import Project

SHOWN = 20


def action(actions: Actions, name: str, summary: str, run: Run) -> argparse.ArgumentParser:
    """A new action of `dataset` with the options that all have."""
    parser = actions.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("project", metavar="PROJECT", type=folder, help="the project's folder")
    parser.add_argument("--dataset", metavar="N", help="its name; not needed where there is one")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object as the last line of stdout"
    )
    parser.set_defaults(run=run)
    return parser


def chosen(project: Project, options: argparse.Namespace) -> Dataset:
    """The dataset that was named, or the only one there is."""
    from studio.engine.dataset.index import store

    if options.dataset is not None:
        return store.dataset(project, options.dataset)
    known = store.datasets(project)
    if len(known) == 1:
        return known[0]
    if not known:
        raise StudioError(
            "There are no pictures in {folder}: import some first.", folder=project.folder
        )
    names = ", ".join(dataset.name for dataset in known)
    raise UsageError("Say which dataset with --dataset: {names}.", names=names)


def picked(project: Project, dataset: Dataset, names: Sequence[str]) -> list[Item]:
    """The pictures with these names or paths; raises :class:`StudioError` for an unknown one."""
    from studio.engine.dataset.index import store

    known: dict[str, list[Item]] = {}
    for item in store.items(project, dataset.id):
        for name in {item.name, file_of(item)}:
            known.setdefault(name, []).append(item)
    for name in names:
        if name not in known:
            raise StudioError(
                "There is no picture {name} in {name_2}: `latent-studio dataset list` "
                "with --dataset shows their names.",
                name=name,
                name_2=dataset.name,
            )
    found = {item.id: item for name in names for item in known[name]}
    return [found[number] for number in sorted(found)]


def file_of(item: Item) -> str:
    """Where a picture lies, safe to show."""
    from studio.engine.dataset.index.safe_names import display_path

    return display_path(item.path, item.member)


def count(number: int) -> str:
    return "1 picture" if number == 1 else f"{number} pictures"
