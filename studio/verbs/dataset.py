"""`dataset`: look at the pictures of a project, find what is wrong with them, put it right."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from studio.engine.errors import UsageError
from studio.engine.project import Project
from studio.verbs import curation, hiding, likeness, sets, wording
from studio.verbs.console import Console, Result
from studio.verbs.options import Parser, Verbs, folder, number, pair
from studio.verbs.pictures import SHOWN, action, chosen, count, file_of

if TYPE_CHECKING:
    from studio.engine.dataset.store import Dataset


def add(verbs: Verbs) -> None:
    """Declare the verb with its actions."""
    parser = verbs.add("dataset", "Look at pictures, find what is wrong, put it right.", run=_none)
    actions: Any = parser.add_subparsers(
        title="actions", metavar="ACTION", dest="action", required=True, parser_class=Parser
    )
    action(actions, "list", "The datasets of a project, or the pictures of one.", _list)
    found = action(actions, "findings", "What the folder doctor says about a dataset.", findings)
    found.add_argument("--kind", metavar="K", help="only findings of this kind")
    found.add_argument(
        "--set", metavar="KIND=VALUE", type=pair, action="append", default=[], dest="limits",
        help="move a threshold of this dataset first, e.g. blurred=20",
    )  # fmt: skip
    found.add_argument(
        "--report", metavar="FILE", type=folder, help="write everything to a .html or .json file"
    )
    mend = action(actions, "fix", "Leave out what a finding is about; files stay.", fix)
    mend.add_argument("--kind", metavar="K", help="the kind of finding, e.g. near_duplicate")
    mend.add_argument("--undo", action="store_true", help="take the last fix back instead")
    divide = action(actions, "split", "Which pictures are held out from training.", split)
    divide.add_argument(
        "--share", metavar="S", type=number(0, 0.5),
        help="divide anew: this part, 0 to 0.5, is held out in later runs",
    )  # fmt: skip
    tell = action(actions, "card", "The dataset card, with rights stated first.", card)
    tell.add_argument("--out", metavar="DIR", type=folder, help="write dataset.md and .json there")
    tell.add_argument("--source", metavar="PATH", type=folder, help="state rights of this source")
    for name, help in curation.RIGHTS.items():
        tell.add_argument(f"--{name}", metavar="TEXT", help=f"of the source, or of all: {help}")
    curation.add(actions)
    likeness.add(actions)
    hiding.add(actions)
    wording.add(actions)
    sets.add(actions)


def _none(options: argparse.Namespace, console: Console) -> Result:
    raise UsageError("Name an action: see `latent-studio dataset --help`.")


# ------------------------------------------------------------------ list


def _list(options: argparse.Namespace, console: Console) -> Result:
    """All datasets with their counts, or every picture of one."""
    from studio.engine.dataset import store

    with Project.open(options.project) as project:
        if options.dataset is not None:
            return _pictures(project, store.dataset(project, options.dataset))
        facts = [_facts(project, dataset) for dataset in store.datasets(project)]
    lines = [
        f"{each['name']}: {each['included']} of {each['found']} pictures will train"
        for each in facts
    ]
    return Result({"datasets": facts}, lines or ["No pictures yet: import some."])


def _facts(project: Project, dataset: Dataset) -> dict[str, Any]:
    from studio.engine.dataset import store

    sources = [
        {"path": str(source.path), "kind": source.kind, "rights": source.rights}
        for source in store.sources(project, dataset.id)
    ]
    return {
        "name": dataset.name,
        "created": dataset.created,
        **store.counts(project, dataset.id),
        "sources": sources,
    }


def _pictures(project: Project, dataset: Dataset) -> Result:
    from studio.engine.dataset import store

    found = store.findings(project, dataset.id)
    pictures: list[dict[str, Any]] = [
        {
            "id": item.id, "file": file_of(item), "format": item.format, "width": item.width,
            "height": item.height, "channels": item.channels, "label": item.label,
            "caption": item.caption, "usable": item.usable, "included": item.included,
            "rating": item.rating, "sha256": item.sha256, "rights": item.rights,
            "findings": [finding.kind for finding in found.get(item.id, ())],
        }
        for item in store.items(project, dataset.id)
    ]  # fmt: skip
    lines = [
        f"{'+' if each['usable'] and each['included'] else '-'} {each['file']} "
        f"{each['width']}x{each['height']} {' '.join(each['findings'])}".rstrip()
        for each in pictures
    ]
    return Result({"dataset": dataset.name, "pictures": pictures}, lines)


# ------------------------------------------------------------------ findings


def findings(options: argparse.Namespace, console: Console) -> Result:
    """Findings with their sentences, after thresholds were moved where that was asked for."""
    from studio.engine.dataset import checks, report, store, thresholds

    if options.kind is not None and options.kind not in checks.SENTENCES:
        known = ", ".join(checks.SENTENCES)
        raise UsageError(f"There is no finding {options.kind!r}: choose one of {known}.")
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        if options.limits:
            changes = {kind: _value(kind, text) for kind, text in options.limits}
            thresholds.apply(project, dataset.id, changes)
        if options.report is not None:
            report.write(project, dataset, options.report)
        limits = thresholds.read(project, dataset.id)
        by_item = store.findings(project, dataset.id)
        items = {item.id: item for item in store.items_by_id(project, list(by_item))}
        counts = store.counts(project, dataset.id)["findings"]
    listed = [
        {
            "item": item_id, "file": file_of(items[item_id]), "kind": finding.kind,
            "sentence": finding.sentence, "data": finding.data,
            "included": items[item_id].included, "usable": items[item_id].usable,
        }
        for item_id, group in sorted(by_item.items())
        for finding in group
        if options.kind in (None, finding.kind)
    ]  # fmt: skip
    facts = {
        "dataset": dataset.name, "counts": counts, "limits": limits, "findings": listed,
        "report": options.report,
    }  # fmt: skip
    lines = [f"{dataset.name}: {kind}: {count}" for kind, count in counts.items()]
    if options.report is not None:
        return Result(facts, [*lines, str(options.report)])
    lines += [f"  {each['file']}: {each['sentence']}" for each in listed[:SHOWN]]
    if len(listed) > SHOWN:
        lines.append(f"  … and {len(listed) - SHOWN} more; --json lists them all")
    return Result(facts, lines or [f"{dataset.name}: nothing was found."])


def _value(kind: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"The threshold {kind}={text} is not a number.") from None


# ------------------------------------------------------------------ fix


def fix(options: argparse.Namespace, console: Console) -> Result:
    """Leave pictures out, or take back the last time that was done."""
    from studio.engine.dataset import fixes, store

    if options.undo == (options.kind is not None):
        raise UsageError("Give either --kind, the finding to put right, or --undo.")
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        if options.undo:
            done = fixes.undo(project, dataset.id)
        else:
            done = fixes.fix(project, dataset.id, options.kind)
        files = [file_of(item) for item in store.items_by_id(project, done.item_ids)]
        left = store.counts(project, dataset.id)["included"]
    facts = {
        "dataset": dataset.name, "kind": done.kind, "undone": options.undo,
        "changed": [
            {"item": item_id, "file": file, "included": options.undo}
            for item_id, file in zip(done.item_ids, files, strict=True)
        ],
        "included": left,
    }  # fmt: skip
    what = "taken in again" if options.undo else "left out"
    lines = [f"{count(len(files))} {what}; {left} will train. No file was touched."]
    return Result(facts, lines + [f"  {file}" for file in files[:SHOWN]])


# ------------------------------------------------------------------ split and card


def split(options: argparse.Namespace, console: Console) -> Result:
    """How the pictures are divided; with a share, divided anew."""
    from studio.engine.dataset import split as division
    from studio.engine.dataset import store

    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        if options.share is None:
            found = division.read(project, dataset.id)
        else:
            found = division.change(project, dataset.id, options.share)
        files = [file_of(item) for item in store.items_by_id(project, found.item_ids)]
    facts = {
        "dataset": dataset.name, "train": found.train, "held_out": found.held_out,
        "settled": found.cut is not None, "cut": found.cut, "held_out_files": files,
    }  # fmt: skip
    lines = [f"{dataset.name}: {found.train} to train on, {found.held_out} held out."]
    return Result(facts, lines + [f"  {file}" for file in files[:SHOWN]])


def card(options: argparse.Namespace, console: Console) -> Result:
    """State rights where they were given, then say or write the card."""
    from studio.engine.dataset import card as cards

    values = {name: getattr(options, name) for name in curation.RIGHTS}
    values = {name: text for name, text in values.items() if text is not None}
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        if options.source is not None and not values:
            raise UsageError("Say what holds for that source: --licence, --author, --url, …")
        curation.state_sources(project, dataset, options, values)
        if options.out is None:
            facts = cards.card(project, dataset)
            return Result({"dataset": dataset.name, "card": facts}, [cards.markdown(facts)])
        options.out.mkdir(parents=True, exist_ok=True)
        facts = cards.write(project, dataset, options.out)
    files = [str(options.out / name) for name in (cards.MARKDOWN_NAME, cards.JSON_NAME)]
    return Result({"dataset": dataset.name, "card": facts, "files": files}, files)
