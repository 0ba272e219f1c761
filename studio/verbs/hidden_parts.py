"""`dataset hide`: parts of pictures that must not be learnt. No file is touched."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError, UsageError
from studio.engine.project import Project
from studio.verbs.console import Console, Result
from studio.verbs.options import Actions
from studio.verbs.pictures import SHOWN, action, chosen, count, file_of, picked

if TYPE_CHECKING:
    from studio.engine.dataset.index.regions import Region
    from studio.engine.dataset.index.store import Item


def add(actions: Actions) -> None:
    parser = action(actions, "hide", "Blur parts of pictures before anything learns them.", hide)
    parser.add_argument("--items", metavar="NAME", nargs="+", help="the pictures meant")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--box", metavar="L,T,R,B", type=_numbers, action="append", dest="boxes",
        help="a part more to hide, as shares of the sides, e.g. 0.1,0,0.9,0.8; repeatable",
    )  # fmt: skip
    what.add_argument(
        "--polygon", metavar="X,Y,X,Y,…", type=_numbers, action="append", dest="polygons",
        help="a part more to hide by its corners; repeatable",
    )  # fmt: skip
    what.add_argument("--detect", action="store_true", help="every face that a detector finds")
    what.add_argument("--clear", action="store_true", help="nothing is hidden any more")
    parser.add_argument(
        "--way", metavar="W", default="blur", help="blur (a few soft patches) or fill (one colour)"
    )


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is not a row of numbers, as 0.1,0,0.9,0.8"
        ) from None


def hide(options: argparse.Namespace, console: Console) -> Result:
    """Add regions or take them all back, then say what holds."""
    from studio.engine.dataset.index import regions, store
    from studio.engine.dataset.privacy import hidden_regions, identical_files

    asked = bool(options.boxes or options.polygons or options.detect or options.clear)
    if bool(options.items) != asked:
        raise UsageError(
            "Give --items with --box, --polygon, --detect or --clear: which pictures, and what."
        )
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        items = picked(project, dataset, options.items) if options.items else []
        drawn = _drawn(options)
        wanted: dict[int, regions.Regions] = {}
        for number, item in enumerate(items):
            console.pictures(number, len(items))
            more = _detected(item, options.way) if options.detect else drawn
            wanted[item.id] = () if options.clear else (*item.hidden, *more)
        before = hidden_regions.set_regions(project, wanted)
        items = identical_files.alike(project, list(wanted))
        changed = [item.id for item in items if before.get(item.id, item.hidden) != item.hidden]
        copies = [item for item in items if item.id not in wanted]
        hidden = [item for item in store.items(project, dataset.id) if item.hidden]
    facts = {
        "dataset": dataset.name, "changed": changed, "copies": [item.id for item in copies],
        "hidden": [
            {"item": item.id, "file": file_of(item), "regions": [
                {"points": region.points, "way": region.way} for region in item.hidden
            ]}
            for item in hidden
        ],
    }  # fmt: skip
    lines = [f"{dataset.name}: {count(len(hidden))} with hidden parts. No file was touched."]
    if copies:
        lines.append(f"  The same holds in identical copies: {count(len(copies))}.")
    return Result(facts, lines + [f"  {len(i.hidden)} in {file_of(i)}" for i in hidden[:SHOWN]])


def _drawn(options: argparse.Namespace) -> list[Region]:
    from studio.engine.dataset.index import regions

    for numbers in options.boxes or ():
        if len(numbers) != 4:
            raise UsageError("A box is four numbers: left, top, right and bottom, 0 to 1.")
    for numbers in options.polygons or ():
        if len(numbers) % 2:
            raise UsageError("A polygon is pairs of numbers, x and y of each corner, 0 to 1.")
    found = [
        regions.box(left, top, right, bottom, options.way)
        for left, top, right, bottom in options.boxes or ()
    ]
    found += [
        regions.Region(tuple(zip(numbers[::2], numbers[1::2], strict=True)), options.way)
        for numbers in options.polygons or ()
    ]
    return [regions.checked(region) for region in found]


def _detected(item: Item, way: str) -> list[Region]:
    from studio.engine.dataset.privacy import face_detector

    lacking = face_detector.missing()
    if lacking:
        raise StudioError(lacking)
    return list(face_detector.faces(item, way))
