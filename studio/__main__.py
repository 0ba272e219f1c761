"""`python -m studio` and the command `latent-studio`: nothing but dispatch."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path


def main() -> int:
    """Run the command line, or, in the frozen build, one of the program's own children."""
    if getattr(sys, "frozen", False):
        from studio.engine import processes

        code = processes.dispatch(sys.argv[1:])
        if code is not None:
            return code
    from studio import cli

    return cli.main(open_window=_open_window)


def _open_window(
    project: Path | None, refuse: Callable[[object], None], *, check: bool = False
) -> int:
    # Nothing that is made before the first paint is garbage; the window turns this on again.
    gc.disable()
    try:
        from studio.desktop.app import run

        return run(project, refuse, check=check)
    finally:
        gc.enable()


if __name__ == "__main__":
    sys.exit(main())
