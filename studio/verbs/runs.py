"""`runs`: the training runs of a project."""

from __future__ import annotations

import argparse
from functools import partial

from studio.verbs import returned_runs, run_notes, run_queue, run_records
from studio.verbs.console import Console, Result
from studio.verbs.options import Actions, Parser, Run, Verbs, folder, words


def add(verbs: Verbs) -> None:
    """Declare the verb and its actions."""
    parser = verbs.add(
        "runs",
        "The runs of a project: list, queue, name, remove, take back, and save what they tell.",
        listed,
    )
    actions = parser.add_subparsers(
        title="actions", metavar="ACTION", dest="action", required=True, parser_class=Parser
    )
    shown = _action(actions, "list", "The runs of a project, oldest first.", listed)
    shown.add_argument(
        "--search", metavar="WORDS", default="", help="only those with all words in name or note"
    )
    named = _action(actions, "rename", "Call a run something; its own name stays.", renamed)
    named.add_argument("run_name", metavar="RUN", type=words)
    named.add_argument("title", metavar="TITLE", help="'' gives it its own name again")
    gone = _action(actions, "remove", "Delete a run with its checkpoints, for good.", removed)
    gone.add_argument("run_name", metavar="RUN", type=words)
    gone.add_argument(
        "--with-pieces", action="store_true",
        help="also where pieces are rendered from it; they can then not be rendered again",
    )  # fmt: skip
    for part in (run_queue, run_notes, run_records, returned_runs):
        part.declare(partial(_action, actions))


def _action(actions: Actions, name: str, summary: str, run: Run) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("project", metavar="PROJECT", type=folder)
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object as the last line of stdout"
    )
    parser.set_defaults(run=run)
    return parser


def listed(options: argparse.Namespace, console: Console) -> Result:
    """All runs with how far they are."""
    from studio.engine.project import Project
    from studio.engine.training.planning import run_notes, runs

    with Project.open(options.project) as project:
        found = [run for run in runs.runs(project) if run_notes.is_found(run, options.search)]
    facts = [
        {
            "run": run.name, "title": run.title, "family": run.family, "status": run.status,
            "created": run.created, "images_seen": run.images_seen,
            "total_images": run.total_images, "message": run.message, "note": run.note,
            "queued": run.queued,
            "folder": str(run.folder.absolute()),
        }
        for run in found
    ]  # fmt: skip
    lines = [
        f"{run.name}{f' ({run.title})' if run.title else ''}: {run.status}, "
        f"{run.images_seen} images{f', waits as number {run.queued}' if run.queued else ''}"
        for run in found
    ]
    none = "No run is found." if options.search else "There is no run yet."
    return Result({"runs": facts}, lines or [none])


def renamed(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.project import Project
    from studio.engine.training.planning import removed_runs, runs

    with Project.open(options.project) as project:
        before = removed_runs.set_title(project, options.run_name, options.title)
        title = runs.run(project, options.run_name).title
    facts = {"run": options.run_name, "title": title, "before": before}
    return Result(facts, [f"{options.run_name}: {title or 'its own name again'}"])


def removed(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.project import Project
    from studio.engine.training.planning import removed_runs

    # Whoever trains holds the project, which is then read-only here.
    with Project.open(options.project) as project:
        gone = removed_runs.remove(project, options.run_name, with_pieces=options.with_pieces)
        removed_runs.purge(project)
    return Result({"run": gone.name, "removed": True}, [f"{gone.name} is removed."])
