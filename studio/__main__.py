"""`python -m studio` and the command `latent-studio`: nothing but dispatch."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

# What this program starts itself as; see `studio/engine/**` for each.
CHILDREN = ("studio.engine.dataset.worker", "studio.engine.training.child")


def main() -> int:
    """Run the command line, or, in the frozen build, one of the program's own children."""
    if getattr(sys, "frozen", False) and len(sys.argv) > 2 and sys.argv[1] == "-m":
        return _child(sys.argv[2])
    from studio import cli

    return cli.main(open_window=_open_window)


def _child(name: str) -> int:
    """There is no `python -m` inside the frozen build, so its children come through here."""
    if name not in CHILDREN:
        return 2
    module = importlib.import_module(name)
    del sys.argv[1:3]
    # One takes its arguments from the command line itself, the other one as a list.
    return int(module.run() or 0)


def _open_window(project: Path | None) -> int:
    from studio.desktop.app import run

    return run(project)


if __name__ == "__main__":
    sys.exit(main())
