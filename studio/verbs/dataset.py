"""`dataset`: look at the pictures of a project, find what is wrong with them, put it right."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Any

from studio.engine.errors import UsageError
from studio.engine.project import Project
from studio.verbs import (
    curation,
    hidden_parts,
    labels_and_captions,
    likeness,
    picture_filters,
    sets,
)
from studio.verbs.console import Console, Result
from studio.verbs.options import Actions, Parser, Verbs, folder, number, pair
from studio.verbs.pictures import SHOWN, action, chosen, count, file_of

if TYPE_CHECKING:
    from studio.engine.dataset.index.listed_rows import Line
    from studio.engine.dataset.index.store import Dataset

_LISTED = (
    "JSON: without --dataset and filters, datasets [{name, created, found, usable, included, "
    "findings {kind: n}, sources}]; else dataset, found (all of its pictures), filters (as given) "
    "and pictures [{id, file, format, width, height, channels, label, caption, usable, included, "
    "rating, sha256, rights (stated of it), holds {licence, author, url, consent} (with what its "
    "source and file say), no_training, findings}]."
)
_FOUND = (
    "JSON: dataset, counts {kind: n} and limits of the whole dataset, filters (as given), findings "
    "[{item, file, kind, sentence, data, included, usable}] and report, which is of the whole "
    "dataset, too."
)


def add(verbs: Verbs) -> None:
    """Declare the verb with its actions."""
    verbs.add("dataset", "Look at pictures, find what is wrong, put it right.", _none, _declare)


def _declare(parser: argparse.ArgumentParser) -> None:
    actions: Actions = parser.add_subparsers(
        title="actions", metavar="ACTION", dest="action", required=True, parser_class=Parser
    )
    listed = action(actions, "list", "The datasets of a project, or the pictures of one.", _list)
    listed.add_argument("--kind", metavar="K", help="only pictures with a finding of this kind")
    picture_filters.add(listed)
    listed.epilog = _LISTED
    found = action(actions, "findings", "What the folder doctor says about a dataset.", findings)
    found.add_argument("--kind", metavar="K", help="only findings of this kind")
    found.add_argument(
        "--set", metavar="KIND=VALUE", type=pair, action="append", default=[], dest="limits",
        help="move a threshold of this dataset first, e.g. blurred=20",
    )  # fmt: skip
    found.add_argument(
        "--report", metavar="FILE", type=folder, help="write everything to a .html or .json file"
    )
    picture_filters.add(found)
    found.epilog = _FOUND
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
    hidden_parts.add(actions)
    labels_and_captions.add(actions)
    sets.add(actions)


def _none(options: argparse.Namespace, console: Console) -> Result:
    raise UsageError("Name an action: see `latent-studio dataset --help`.")


# ------------------------------------------------------------------ list


def _list(options: argparse.Namespace, console: Console) -> Result:
    """All datasets with their counts, or the pictures of one."""
    from studio.engine.dataset.index import store

    picture_filters.check_kind(options.kind)
    with Project.open(options.project) as project:
        if (
            options.dataset is not None
            or options.kind is not None
            or picture_filters.asked(options)
        ):
            return _pictures(project, chosen(project, options), options)
        facts = [_facts(project, dataset) for dataset in store.datasets(project)]
    lines = [
        f"{each['name']}: {each['train']} of {each['found']} pictures will train"
        + _held_out(each["held_out"])
        for each in facts
    ]
    return Result({"datasets": facts}, lines or ["No pictures yet: import some."])


def _held_out(number: object) -> str:
    return f", {number} held out" if number else ""


def _facts(project: Project, dataset: Dataset) -> dict[str, object]:
    from studio.engine.dataset.index import store
    from studio.engine.dataset.preparation import split as division

    divided = division.read(project, dataset.id)
    sources = [
        {"path": str(source.path), "kind": source.kind, "rights": source.rights}
        for source in store.sources(project, dataset.id)
    ]
    return {
        "name": dataset.name,
        "created": dataset.created,
        **store.counts(project, dataset.id),
        "train": divided.train,
        "held_out": divided.held_out,
        "sources": sources,
    }


def _pictures(project: Project, dataset: Dataset, options: argparse.Namespace) -> Result:
    from studio.engine.dataset.curation import filters, no_training_marks
    from studio.engine.dataset.index import store

    found = store.findings(project, dataset.id)
    meant = picture_filters.lines(project, dataset, options, found)
    asked = picture_filters.asked(options)
    if options.kind is not None:
        asked["kind"] = options.kind
        wanted = filters.found_with(found, options.kind)
        meant = {key: line for key, line in meant.items() if key in wanted}
    marked = filters.found_with(found, no_training_marks.KIND)
    pictures: list[dict[str, Any]] = [
        {
            "id": item.id, "file": file_of(item), "format": item.format, "width": item.width,
            "height": item.height, "channels": item.channels, "label": item.label,
            "caption": item.caption, "usable": item.usable, "included": item.included,
            "rating": item.rating, "sha256": item.sha256, "rights": item.rights,
            "holds": _holds(meant[item.id]), "no_training": item.id in marked,
            "findings": [finding.kind for finding in found.get(item.id, ())],
        }
        for item in store.items_by_id(project, list(meant))
    ]  # fmt: skip
    lines = [
        f"{'+' if each['usable'] and each['included'] else '-'} {each['file']} "
        f"{each['width']}x{each['height']} {' '.join(each['findings'])}".rstrip()
        for each in pictures
    ]
    every = store.counts(project, dataset.id)["found"]
    if asked:
        lines.append(f"{len(pictures)} of {count(every)}")
    facts = {"dataset": dataset.name, "found": every, "filters": asked, "pictures": pictures}
    return Result(facts, lines)


def _holds(line: Line) -> dict[str, str]:
    """What is stated about a picture, its source or in its file; nothing that is not."""
    stated = {
        "licence": line.licence, "author": line.author, "url": line.url, "consent": line.consent,
    }  # fmt: skip
    return {name: text for name, text in stated.items() if text}


# ------------------------------------------------------------------ findings


def findings(options: argparse.Namespace, console: Console) -> Result:
    """Findings with their sentences, after thresholds were moved where that was asked for."""
    from studio.engine.dataset.doctor import thresholds
    from studio.engine.dataset.index import store
    from studio.engine.dataset.papers import report

    picture_filters.check_kind(options.kind)
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        if options.limits:
            changes = {kind: _value(kind, text) for kind, text in options.limits}
            thresholds.apply(project, dataset.id, changes)
        if options.report is not None:
            report.write(project, dataset, options.report)
        limits = thresholds.read(project, dataset.id)
        by_item = store.findings(project, dataset.id)
        meant = picture_filters.lines(project, dataset, options, by_item)
        by_item = {key: group for key, group in by_item.items() if key in meant}
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
    asked = picture_filters.asked(options)
    facts = {
        "dataset": dataset.name, "counts": counts, "limits": limits, "filters": asked,
        "findings": listed, "report": options.report,
    }  # fmt: skip
    shown = Counter(each["kind"] for each in listed) if asked else counts
    lines = [f"{dataset.name}: {kind}: {number}" for kind, number in sorted(shown.items())]
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
        raise UsageError(
            "The threshold {kind}={text} is not a number.", kind=kind, text=text
        ) from None


# ------------------------------------------------------------------ fix


def fix(options: argparse.Namespace, console: Console) -> Result:
    """Leave pictures out, or take back the last time that was done."""
    from studio.engine.dataset.doctor import fixes
    from studio.engine.dataset.index import store
    from studio.engine.dataset.preparation import split as division

    if options.undo == (options.kind is not None):
        raise UsageError("Give either --kind, the finding to put right, or --undo.")
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        if options.undo:
            done = fixes.undo(project, dataset.id)
        else:
            done = fixes.fix(project, dataset.id, options.kind)
        files = [file_of(item) for item in store.items_by_id(project, done.item_ids)]
        left = division.read(project, dataset.id)
    facts = {
        "dataset": dataset.name, "kind": done.kind, "undone": options.undo,
        "changed": [
            {"item": item_id, "file": file, "included": options.undo}
            for item_id, file in zip(done.item_ids, files, strict=True)
        ],
        "included": left.train + left.held_out,
    }  # fmt: skip
    what = "taken in again" if options.undo else "left out"
    held = _held_out(left.held_out)
    lines = [f"{count(len(files))} {what}; {left.train} will train{held}. No file was touched."]
    return Result(facts, lines + [f"  {file}" for file in files[:SHOWN]])


# ------------------------------------------------------------------ split and card


def split(options: argparse.Namespace, console: Console) -> Result:
    """How the pictures are divided; with a share, divided anew."""
    from studio.engine.dataset.index import store
    from studio.engine.dataset.preparation import split as division

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
    from studio.engine.dataset.papers import dataset_card as cards

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
