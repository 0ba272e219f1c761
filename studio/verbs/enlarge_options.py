"""`--enlarge`: pictures and films that leave larger, by the enlarger of their run."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.verbs.options import number, whole

if TYPE_CHECKING:
    from studio.engine.project import Project
    from studio.engine.refinement.stack import Stack
    from studio.engine.refinement.step import Step


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
    from studio.engine.refinement.enlarger.run_enlarger import run_enlarger
    from studio.engine.refinement.stack import Stack

    if options.enlarge is None:
        if options.sharpness is not None:
            raise UsageError("--sharpness belongs to --enlarge: name how much larger.")
        return Stack()
    return Stack([run_enlarger(project, options.run_name, options.enlarge, options.sharpness)])


def add_to_film(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--enlarge", type=whole(1, 32), default=1, metavar="N",
        help="each pixel becomes N by N: small pictures stay sharp (default 1)",
    )  # fmt: skip
    parser.add_argument(
        "--enlarger", action="store_true",
        help="of --enlarge: by the run's enlarger (see `enlarger`) in place of whole pixels",
    )  # fmt: skip
    parser.add_argument(
        "--sharpness", type=number(0, 1),
        help="of --enlarger: 0 errs least, 1 has most detail (default 0.25)",
    )  # fmt: skip


def of_film(options: argparse.Namespace, project: Project) -> Step | None:
    """The step that enlarges every frame; None for whole pixels."""
    from studio.engine.errors import UsageError
    from studio.engine.refinement.enlarger.run_enlarger import run_enlarger

    if not options.enlarger:
        if options.sharpness is not None:
            raise UsageError("--sharpness belongs to --enlarger.")
        return None
    if options.enlarge == 1:
        raise UsageError("--enlarger belongs to --enlarge: name how much larger.")
    return run_enlarger(project, options.run_name, options.enlarge, options.sharpness)
