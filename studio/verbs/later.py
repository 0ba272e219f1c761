"""Verbs whose names are settled and whose work comes with a later version."""

from __future__ import annotations

import argparse

from studio.engine.errors import StudioError
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs

VERBS = {
    "walk": "A path through latents as a video.",
    "invert": "A picture of your own into the model.",
    "evaluate": "Quality and copy risk in figures.",
}


def add(verbs: Verbs) -> None:
    """Declare them, so that `--help` is honest."""
    for name, summary in VERBS.items():
        parser = verbs.add(name, f"{summary} Not in this version.", run)
        parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
        parser.prefix_chars = "\0"  # whatever follows is accepted, since nothing is done with it


def run(options: argparse.Namespace, console: Console) -> Result:
    """Say so."""
    raise StudioError(f"`{options.verb}` is not in this version.")
