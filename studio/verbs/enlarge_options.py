"""`--enlarge`: pictures that leave larger, by the enlarger of their run."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.verbs.options import number

if TYPE_CHECKING:
    from studio.engine.project import Project
    from studio.engine.refinement.stack import Stack


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--enlarge", type=number(1, 16), metavar="N",
        help="N times as wide and high, by the run's enlarger (see `enlarger`)",
    )  # fmt: skip
    parser.add_argument(
        "--sharpness", type=number(0, 1),
        help="of --enlarge: 0 errs least, 1 has most detail (default 0.25)",
    )  # fmt: skip


def stack(options: argparse.Namespace, project: Project) -> Stack:
    """The step that is asked for, or none; refused where the run has no enlarger."""
    from studio.engine.errors import UsageError
    from studio.engine.refinement.enlarger import card
    from studio.engine.refinement.stack import Stack, Step
    from studio.engine.training.planning import runs

    if options.enlarge is None:
        if options.sharpness is not None:
            raise UsageError("--sharpness belongs to --enlarge: name how much larger.")
        return Stack()
    run = runs.run(project, options.run_name)
    path = card.newest(run.folder, run.name, options.enlarge)
    params: dict[str, float | str | bool] = {
        "enlarger": card.in_project(run.name, path),
        "factor": options.enlarge,
    }
    if options.sharpness is not None:
        params["sharpness"] = options.sharpness
    return Stack([Step(op="enlarge", params=params)])
