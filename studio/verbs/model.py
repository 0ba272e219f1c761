"""`model import` and `model export`: models come from other programs, and go to them."""

from __future__ import annotations

import argparse

from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Actions, Parser, Run, Verbs, folder, words

STOPPING = "Stopping: nothing is changed."


def add(verbs: Verbs) -> None:
    """Declare the verb and its actions."""
    parser = verbs.add(
        "model", "Bring in a model of another program, or write one for others.", brought
    )
    actions = parser.add_subparsers(
        title="actions", metavar="ACTION", dest="action", required=True, parser_class=Parser
    )
    came = _action(
        actions, "import",
        "Make a run of a StyleGAN2 of NVIDIA's (.pkl), lucidrains' or rosinality's (.pt) "
        "program; nothing in the file is run.",
        brought,
    )  # fmt: skip
    came.add_argument("file", metavar="FILE", type=folder)
    came.add_argument("--name", type=words, default="", help="what the run is called")
    gone = _action(
        actions, "export",
        "Write the model of a run so that it plays without this program, with a card beside it.",
        written,
    )  # fmt: skip
    gone.add_argument("--run", dest="run_name", type=words, required=True, metavar="R", help="run")
    gone.add_argument(
        "--checkpoint", choices=("last", "best"), default="last", help="the model to write"
    )
    gone.add_argument(
        "--format", default="safetensors", type=words,
        help="safetensors (default; weights, their layout, a script), onnx, or torch-export",
    )  # fmt: skip
    gone.add_argument("--out", type=folder, required=True, metavar="FILE", help="the new file")
    gone.add_argument("--overwrite", action="store_true", help="replace files of the same names")


def _action(actions: Actions, name: str, summary: str, run: Run) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("project", metavar="PROJECT", type=folder)
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object as the last line of stdout"
    )
    parser.set_defaults(run=run)
    return parser


def brought(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.project import Project
    from studio.engine.training.foreign.arrival import bring_in

    def advance(done: int, total: int) -> None:
        console.progress("bringing it in", done / total)

    with (
        Project.open(options.project, create=True) as project,
        Interruption(console.note, STOPPING) as stop,
    ):
        made = bring_in(project, options.file, options.name, advance, stop.is_requested)
        place = project.runs / made.run
    origin = made.origin
    facts = {
        "run": made.run, "folder": place, "notes": list(made.notes), "origin": origin.model_dump(),
    }  # fmt: skip
    lines = [
        f"{made.run}: {origin.width}x{origin.height}, {origin.program}", *made.notes, origin.terms,
        f"Begin a run of your own with it: train PROJECT --dataset N --from {made.run}",
    ]  # fmt: skip
    return Result(facts, lines)


def written(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.export.model_files.base import export_model
    from studio.engine.project import Project
    from studio.engine.training.planning import runs
    from studio.engine.training.record import checkpoint

    with Project.open(options.project) as project:
        run = runs.run(project, options.run_name).folder
    best = options.checkpoint == "best"
    saved = checkpoint.required(run, options.run_name, best=best, whole=False)
    console.progress("writing the model")
    made = export_model(
        saved.folder, options.format, options.out, run=run, overwrite=options.overwrite
    )
    facts = {"files": made, "format": options.format, "checkpoint": saved.folder}
    return Result(facts, [str(path) for path in made])
