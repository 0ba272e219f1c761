"""`import`: folders, files and zip archives become a dataset."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError
from studio.engine.extras import named_in
from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Verbs, folder, number

if TYPE_CHECKING:
    from studio.engine.dataset.index.left_out import LeftOut
    from studio.engine.dataset.intake.importer import Finished
    from studio.engine.project import Project

REJECTED_SHOWN = 10


def add(verbs: Verbs) -> None:
    parser = verbs.add("import", "Pictures come in: scanned, checked, never changed.", run)
    parser.add_argument("project", metavar="PROJECT", type=folder, help="made when it is not there")
    parser.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="+",
        type=folder,
        help="a folder, picture, video or zip archive",
    )
    parser.add_argument("--name", help="the dataset's name; without it, the first source's")
    parser.add_argument(
        "--every", type=number(0.01, 3600), metavar="SECONDS",
        help="of a video, a frame so often (kept for the dataset; 1 at first)",
    )  # fmt: skip
    parser.add_argument(
        "--pages", action="store_true",
        help="every page of a scan (TIFF) is a picture (kept for the dataset)",
    )  # fmt: skip


def run(options: argparse.Namespace, console: Console) -> Result:
    with _project(options.project) as project:
        stop = Interruption(console.note, "Stopping; what was read so far is kept.")
        try:
            with stop:
                done = _import(project, options, console, stop)
        except StudioError:
            if stop.requested:  # before the first picture: there is nothing to keep
                raise KeyboardInterrupt from None
            raise
    facts = {
        "dataset": done.dataset.name,
        "found": done.found,
        "usable": done.usable,
        "findings": done.findings,
        "rejected": [{"file": file, "reason": reason} for file, reason in done.rejected],
        "left_out": [dataclasses.asdict(kind) for kind in done.left_out],
        "moved": done.moved,
        "kinds": done.kinds,
        "project": str(options.project),
        "interrupted": stop.requested,
    }
    return Result(facts, _lines(done), exit_code=130 if stop.requested else 0)


def _import(
    project: Project, options: argparse.Namespace, console: Console, stop: Interruption
) -> Finished:
    from studio.engine.dataset.intake import importer

    found = 0
    for event in importer.import_sources(
        project,
        options.sources,
        options.name,
        cancelled=stop.is_requested,
        every=options.every,
        pages=options.pages or None,
    ):
        if isinstance(event, importer.Found):
            found += len(event.items)
            console.progress("1 picture read" if found == 1 else f"{found} pictures read")
        elif isinstance(event, importer.Finished):
            return event
    raise StudioError("The import ended early: start it again, it goes on where it was.")


@contextlib.contextmanager
def _project(folder: Path) -> Iterator[Project]:
    """The project, made when it is not there; one that stays empty is taken away again."""
    from studio.engine.index_copies import copies
    from studio.engine.project import INDEX, Project, take_back

    made = [place for place in (folder, *folder.parents) if not place.exists()]
    is_new = not (folder / INDEX).exists() and not copies(folder)
    try:
        with Project.open(folder, create=True) as project:
            yield project
    except BaseException:
        if made:
            shutil.rmtree(made[-1], ignore_errors=True)
        elif is_new:
            take_back(folder)
        raise


def _lines(done: Finished) -> list[str]:
    from studio.engine.dataset.index import left_out

    lines = [f"{done.dataset.name}: {done.usable} of {done.found} pictures can be used."]
    if done.moved:
        lines.append(f"  {done.moved} of them were known and have another place now.")
    lines += [f"  {kind}: {count}" for kind, count in sorted(done.findings.items())]
    # What a missing library costs is said once, with what adds it.
    lacking = Counter(reason for _, reason in done.rejected if named_in(reason))
    lines += [f"  rejected: {count} files: {reason}" for reason, count in lacking.items()]
    others = [each for each in done.rejected if each[1] not in lacking]
    lines += [f"  rejected: {file}: {reason}" for file, reason in others[:REJECTED_SHOWN]]
    if len(others) > REJECTED_SHOWN:
        lines.append(f"  … and {len(others) - REJECTED_SHOWN} more; --json lists them all")
    lines += [f"  {left_out.sentence(kind)} {_named(kind)}" for kind in done.left_out]
    return lines


def _named(kind: LeftOut) -> str:
    """The first files of a kind, for a line."""
    more = ", …" if kind.count > len(kind.files) else ""
    return f"({', '.join(kind.files)}{more})"
