"""`dataset crop` and `dataset rights`: decisions about a dataset and about single pictures."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError, UsageError
from studio.engine.project import Project
from studio.verbs.console import Console, Result
from studio.verbs.options import Actions, folder, size
from studio.verbs.pictures import SHOWN, action, chosen, count, file_of, picked

if TYPE_CHECKING:
    from studio.engine.dataset.index.store import Dataset, Item
    from studio.engine.dataset.preparation.policy import Policy

RIGHTS = {
    "licence": "an SPDX name or free text",
    "author": "who made the pictures",
    "url": "where they come from",
    "consent": "a note on the consent of those shown",
}


def add(actions: Actions) -> None:
    cut = action(actions, "crop", "How pictures are fitted to the training shape.", crop)
    cut.add_argument(
        "--policy", metavar="P", help="centre, smart (most detail), pad, stretch or tiles"
    )
    cut.add_argument("--fill", metavar="F", help="bars of pad: blur, mirror or a colour (#rrggbb)")
    cut.add_argument(
        "--linear", action=argparse.BooleanOptionalAction, default=None,
        help="make pictures smaller in linear light",
    )  # fmt: skip
    cut.add_argument(
        "--flatten", metavar="COLOUR", help="lay transparent pictures on #rrggbb, or keep"
    )
    cut.add_argument(
        "--size", metavar="S", type=size, help="what later runs train at: 64, or 64x48"
    )
    cut.add_argument("--items", metavar="NAME", nargs="+", help="pictures to crop by hand")
    cut.add_argument(
        "--preview", metavar="DIR", type=folder,
        help="write what the network will see, of --items or of the first pictures, as PNG",
    )  # fmt: skip
    part = cut.add_mutually_exclusive_group()
    part.add_argument(
        "--box", metavar="L,T,R,B", type=_box,
        help="with --items: the part to keep, as shares of the sides, e.g. 0.1,0,0.9,0.8",
    )  # fmt: skip
    part.add_argument("--clear", action="store_true", help="with --items: all of them again")
    state = action(actions, "rights", "Who made pictures, and under which terms.", rights)
    where = state.add_mutually_exclusive_group()
    where.add_argument("--items", metavar="NAME", nargs="+", help="of these pictures only")
    where.add_argument("--source", metavar="PATH", type=folder, help="of this source only")
    for name, help in RIGHTS.items():
        state.add_argument(f"--{name}", metavar="TEXT", help=f"{help}; '' takes it back")
    mark = state.add_mutually_exclusive_group()
    for name, value, help in (
        (
            "--no-training",
            True,
            "never to train on --items, or on what --source has and will have; leaves them out",
        ),
        ("--allow-training", False, "with --items or --source: take that mark back"),
    ):
        mark.add_argument(name, dest="mark", action="store_const", const=value, help=help)


def _box(text: str) -> tuple[float, ...]:
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if len(found) != 4:
        raise argparse.ArgumentTypeError(f"{text} is not four numbers, as 0.1,0,0.9,0.8")
    return found


# ------------------------------------------------------------------ crop


def crop(options: argparse.Namespace, console: Console) -> Result:
    """Set the policy or crop pictures by hand, then say what holds."""
    from studio.engine.dataset.curation import crops
    from studio.engine.dataset.index import store
    from studio.engine.dataset.preparation import policy

    by_hand = bool(options.box or options.clear)
    if (by_hand and not options.items) or (options.items and not (by_hand or options.preview)):
        raise UsageError("Give --items with --box or --clear: which pictures, and which part.")
    if options.size:
        policy.checked_size(*options.size)
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        before = policy.read(project, dataset.id)
        wanted = _policy(options, before)
        items = picked(project, dataset, options.items) if options.items else []
        wanted_crops = {item.id: options.box for item in items} if by_hand else {}
        changed = crops.set_crops(project, wanted_crops)
        if wanted != before:
            policy.change(project, dataset.id, wanted)
        if options.size:
            policy.change_size(project, dataset.id, options.size)
        width, height = policy.read_size(project, dataset.id)
        every = store.items(project, dataset.id)
        cropped = [item for item in every if item.crop]
        shown = store.items_by_id(project, [item.id for item in items]) or every
        written = _previews(project, shown, (width, height), wanted, options.preview)
    facts = {
        "dataset": dataset.name, "policy": wanted.text, "before": before.text,
        "crop": wanted.crop, "fill": wanted.fill, "linear": wanted.linear,
        "flatten": wanted.flatten, "size": [width, height], "changed": sorted(changed),
        "previews": written,
        "by_hand": [{"item": i.id, "file": file_of(i), "box": i.crop} for i in cropped],
    }  # fmt: skip
    lines = [
        f"{dataset.name}: {wanted.text} at {width} × {height}; "
        f"{count(len(cropped))} cropped by hand."
    ]
    return Result(facts, lines + [f"  {file_of(item)}" for item in cropped[:SHOWN]] + written)


def _previews(
    project: Project, items: list[Item], size: tuple[int, int], wanted: Policy, folder: Path | None
) -> list[str]:
    """Write what the network will see of the first few usable pictures; the files."""
    from PIL import Image

    from studio.engine.dataset.preparation import prepare

    if folder is None:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    files: list[str] = []
    for item in [each for each in items if each.usable][:SHOWN]:
        for number, pixels in enumerate(prepare.look(project, item, size, wanted).images):
            target = folder / f"{item.id:06}-{number:03}.png"
            if target.exists():
                raise StudioError(
                    "{target} is there already: choose an empty folder.", target=target
                )
            Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).save(target)
            files.append(str(target))
    return files


def _policy(options: argparse.Namespace, before: Policy) -> Policy:
    """The policy in force with what was asked for; another crop begins without bars."""
    from studio.engine.dataset.preparation import policy

    wanted = policy.parse(options.policy) if options.policy else before
    fill, linear, flatten = wanted.fill, wanted.linear, wanted.flatten
    if wanted.text == wanted.crop:  # a name alone changes nothing but the crop
        linear, flatten = before.linear, before.flatten
        fill = before.fill if wanted.crop == before.crop else ""
    if options.flatten is not None:
        flatten = "" if options.flatten == "keep" else options.flatten.lower()
    return policy.Policy(
        wanted.crop,
        fill if options.fill is None else options.fill.lower(),
        linear if options.linear is None else options.linear,
        flatten,
    )


# ------------------------------------------------------------------ rights


def rights(options: argparse.Namespace, console: Console) -> Result:
    """State rights of pictures, of a source or of all sources; then say what holds."""
    from studio.engine.dataset.curation import no_training_marks
    from studio.engine.dataset.curation import rights as stated
    from studio.engine.dataset.index import store

    values = {name: getattr(options, name) for name in RIGHTS}
    values = {name: text for name, text in values.items() if text is not None}
    if options.mark is not None and not (options.items or options.source):
        raise UsageError("Say with --items which pictures, or with --source which source to mark.")
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        if options.items:
            items = picked(project, dataset, options.items)
            if values:
                stated.set_items(project, [item.id for item in items], values)
            if options.mark is not None:
                no_training_marks.set_marks(project, [item.id for item in items], options.mark)
            items = store.items_by_id(project, [item.id for item in items])
        else:
            only = state_sources(project, dataset, options, values)
            for number in only if options.mark is not None else ():
                no_training_marks.set_source(project, number, options.mark)
            items = [i for i in store.items(project, dataset.id) if i.source_id in only]
        sources = {source.id: source for source in store.sources(project, dataset.id)}
    pictures = [
        {"item": i.id, "file": file_of(i), "rights": stated.effective(i, sources[i.source_id])}
        for i in items
    ]
    facts = {
        "dataset": dataset.name,
        "sources": [{"path": str(s.path), "rights": s.rights} for s in sources.values()],
        "pictures": pictures,
    }
    lines = [f"{dataset.name}: {count(len(items))}"]
    lines += [
        f"  {file_of(i)}: {_said(stated.effective(i, sources[i.source_id]))}" for i in items[:SHOWN]
    ]
    return Result(facts, lines)


def _said(values: Mapping[str, str]) -> str:
    said = [f"{name} {values[name]}" for name in RIGHTS if name in values]
    if "no_training" in values:
        said.append("not to be used for training")
    return "; ".join(said) or "nothing is stated"


def state_sources(
    project: Project, dataset: Dataset, options: argparse.Namespace, values: dict[str, str]
) -> set[int]:
    """State rights of the source that was named, or of all; their ids."""
    from studio.engine.dataset.curation import rights as stated
    from studio.engine.dataset.index import store

    sources = store.sources(project, dataset.id)
    if options.source is not None:
        known = ", ".join(str(source.path) for source in sources)
        sources = [source for source in sources if source.path == options.source]
        if not sources:
            raise StudioError(
                "{path} is no source of {dataset}: {known}.",
                path=options.source,
                dataset=dataset.name,
                known=known,
            )
    for source in sources if values else ():
        stated.set_source(project, source.id, values)
    return {source.id for source in sources}
