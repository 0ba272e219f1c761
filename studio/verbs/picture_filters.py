"""Options that choose pictures by what is known about them: the filters of the window."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from studio.verbs.options import folder, whole, words

if TYPE_CHECKING:
    from studio.engine.dataset.index.listed_rows import Line
    from studio.engine.dataset.index.store import Dataset, Finding
    from studio.engine.project import Project

_PORTION = 4096
_TEXTS = {
    "label": "with this label",
    "licence": "under this licence",
    "author": "by this author",
    "site": "from this host, e.g. commons.wikimedia.org",
    "consent": "with this consent note",
}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options. Rights of a source and of a file hold for their pictures."""
    group = parser.add_argument_group("only pictures that are all of this; '' where none is stated")
    for name, help in _TEXTS.items():
        group.add_argument(f"--{name}", metavar="TEXT", type=words, help=help)
    group.add_argument("--source", metavar="PATH", type=folder, help="from this source")
    group.add_argument(
        "--rating", metavar="N", type=whole(0, 5), default=0, help="with at least N stars"
    )
    group.add_argument(
        "--text", metavar="TEXT", type=words, default="",
        help="with this in name, caption, label or rights, whatever the case",
    )  # fmt: skip
    group.add_argument(
        "--no-training", action="store_true",
        help="marked as not to be used for training, by hand, in the file or by their source",
    )  # fmt: skip


def asked(options: argparse.Namespace) -> dict[str, object]:
    """The options that were given, by name; empty when every picture is meant."""
    texts = {name: getattr(options, name) for name in _TEXTS}
    found = {name: text for name, text in texts.items() if text is not None}
    others = ("source", "rating", "text", "no_training")
    return found | {name: getattr(options, name) for name in others if getattr(options, name)}


def lines(
    project: Project,
    dataset: Dataset,
    options: argparse.Namespace,
    findings: Mapping[int, Sequence[Finding]],
) -> dict[int, Line]:
    """The pictures that are meant, by id in ascending order."""
    from studio.engine.dataset.curation import filters, no_training_marks, rights, sets
    from studio.engine.dataset.index import listed_rows

    source = options.source and sets.source_at(project, dataset, options.source).id
    texts = {name: getattr(options, name) for name in _TEXTS}
    if options.site:  # an address will do, too
        texts["site"] = rights.site(options.site).removeprefix("www.")
    wanted = filters.Filter(source_id=source, rating=options.rating, text=options.text, **texts)
    conditions = wanted.conditions()
    marked = filters.found_with(findings, no_training_marks.KIND)
    found: dict[int, Line] = {}
    last = 0
    while part := listed_rows.after(project, dataset.id, last, _PORTION):
        last = part[-1].id
        found |= {
            line.id: line
            for line in part
            if all(condition(line) for condition in conditions)
            and (line.id in marked or not options.no_training)
        }
    return found


def check_kind(kind: str | None) -> None:
    """Raises :class:`UsageError` for a kind of finding that there is not."""
    from studio.engine.dataset.doctor.checks.base import check_of

    if kind is not None:
        check_of(kind)
