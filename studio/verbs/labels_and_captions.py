"""`dataset label` and `dataset caption`: the words that belong to pictures."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.engine.errors import UsageError
from studio.engine.project import Project
from studio.verbs.console import Console, Result
from studio.verbs.options import Actions, folder, words
from studio.verbs.pictures import SHOWN, action, chosen, count, file_of, picked

if TYPE_CHECKING:
    from studio.engine.dataset.curation.edits import Change
    from studio.engine.dataset.index.store import Dataset


def add(actions: Actions) -> None:
    for field, summary in (
        ("label", "The labels of pictures: the classes that a model learns."),
        ("caption", "The captions of pictures, also from a file."),
    ):
        parser = action(actions, field, summary, change)
        parser.set_defaults(field=field)
        parser.add_argument("--items", metavar="NAME", nargs="+", help="only these pictures")
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--set", metavar="TEXT", type=words, help="this instead; '' for none")
        ways.add_argument("--append", metavar="TEXT", type=words, help="add this at the end")
        ways.add_argument("--prepend", metavar="TEXT", type=words, help="add this in front")
        ways.add_argument(
            "--replace", metavar=("FIND", "TEXT"), nargs=2, type=words, help="other words instead"
        )
        if field == "caption":
            ways.add_argument(
                "--from", metavar="FILE", nargs="+", type=folder, dest="files",
                help="take them from tables (.csv, .jsonl) or text files named like the pictures",
            )  # fmt: skip


def change(options: argparse.Namespace, console: Console) -> Result:
    """Write labels or captions where that was asked for; then say what holds."""
    from studio.engine.dataset.curation import edits
    from studio.engine.dataset.index import store

    asked = _asked(options)
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        items = (
            picked(project, dataset, options.items)
            if options.items
            else store.items(project, dataset.id)
        )
        ids = [item.id for item in items]
        after: dict[int, str] = {}
        rows = None
        if getattr(options, "files", None):
            after, rows = _from_files(project, dataset, options, ids)
        elif asked is not None:
            after = edits.planned(project, ids, options.field, asked)[1]
        if after:
            edits.set_texts(project, options.field, after)
        items = store.items_by_id(project, ids)
    texts = [
        {"item": i.id, "file": file_of(i), options.field: getattr(i, options.field)} for i in items
    ]
    facts = {"dataset": dataset.name, "changed": sorted(after), "pictures": texts, "rows": rows}
    lines = [f"{dataset.name}: {count(len(after))} changed."]
    shown = [i for i in items if i.id in after] if after else items
    lines += [f"  {file_of(i)}: {getattr(i, options.field) or '-'}" for i in shown[:SHOWN]]
    return Result(facts, lines)


def _asked(options: argparse.Namespace) -> Change | None:
    from studio.engine.dataset.curation.edits import Change

    for way in ("set", "append", "prepend"):
        text = getattr(options, way)
        if text is not None:
            return Change(way, text)
    return Change("replace", options.replace[1], options.replace[0]) if options.replace else None


def _from_files(
    project: Project, dataset: Dataset, options: argparse.Namespace, ids: list[int]
) -> tuple[dict[int, str], int]:
    from studio.engine.dataset.curation import edits
    from studio.engine.dataset.intake import caption_files

    found = caption_files.read(project, dataset.id, options.files)
    wanted = {number: text for number, text in found.texts.items() if number in set(ids)}
    if not wanted:
        raise UsageError(
            "None of the {rows} captions is for a picture of {name}: the file column "
            "holds names or paths of pictures.",
            rows=found.rows,
            name=dataset.name,
        )
    before = edits.texts(project, list(wanted), "caption")
    after = {n: edits.clean("caption", text) for n, text in wanted.items() if n in before}
    return {n: text for n, text in after.items() if before[n] != text}, found.rows
