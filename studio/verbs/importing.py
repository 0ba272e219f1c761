"""`import`: pictures into a dataset."""

from __future__ import annotations

import argparse

from studio.engine.dataset.importing import Finished, Found, Rejected, import_sources
from studio.engine.project import Project
from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Verbs, folder


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    parser = verbs.add("import", "Import folders, pictures and zip archives as a dataset.", run)
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument("sources", nargs="+", type=folder, metavar="SOURCE", help="what to import")
    parser.add_argument("--name", help="name of the dataset (default: that of the first source)")


def run(options: argparse.Namespace, console: Console) -> Result:
    """Import; an interruption keeps what was read."""
    new = not (options.project / "project.sqlite").exists()
    there = options.project.exists()
    with Project.open(options.project, create=True) as project:
        try:
            done = _import(project, options, console)
        except BaseException:
            project.close()
            if new:
                _remove_empty(options.project, there)
            raise
    rejected = [{"file": file, "reason": reason} for file, reason in done.rejected]
    facts = {
        "project": project.folder,
        "dataset": done.dataset.name,
        "found": done.found,
        "usable": done.usable,
        "findings": done.findings,
        "rejected": rejected,
    }
    lines = [f"{done.dataset.name}: {done.usable} of {done.found} pictures can be used."]
    lines += [f"  {kind}: {count}" for kind, count in sorted(done.findings.items())]
    lines += [f"  rejected {each['file']}: {each['reason']}" for each in rejected]
    return Result(facts, lines)


def _import(project: Project, options: argparse.Namespace, console: Console) -> Finished:
    seen = 0
    with Interruption(console.note, "Stopping; what was read is kept.") as stop:
        for event in import_sources(project, options.sources, options.name, stop.is_requested):
            match event:
                case Found(items=items):
                    seen += len(items)
                    console.progress(f"{seen} pictures")
                case Rejected(file=file, reason=reason):
                    console.note(f"rejected {file}: {reason}")
                case Finished():
                    return event
    raise KeyboardInterrupt


def _remove_empty(folder: object, there: bool) -> None:
    """A project that came to nothing leaves nothing behind."""
    import shutil
    from pathlib import Path

    place = Path(str(folder))
    if not there:
        shutil.rmtree(place, ignore_errors=True)
        return
    for name in ("project.sqlite", "project.sqlite-wal", "project.sqlite-shm", ".lock"):
        (place / name).unlink(missing_ok=True)
    for name in ("cache", "runs", "pieces"):
        if (place / name).is_dir() and not any((place / name).iterdir()):
            (place / name).rmdir()
