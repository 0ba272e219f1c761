"""Verbs whose place is kept: `walk`."""

from __future__ import annotations

import argparse

from studio.engine.errors import StudioError
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs

NAMES = {
    "walk": "A path through the latent space as a film; not in this version.",
}


def add(verbs: Verbs) -> None:
    """Declare the verbs; whatever follows them is accepted."""
    for name, summary in NAMES.items():
        parser = verbs.add(name, summary, run)
        parser.add_argument("anything", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, console: Console) -> Result:
    raise StudioError(
        "`{verb}` is not in this version: see CHANGELOG.md for what is.", verb=options.verb
    )
