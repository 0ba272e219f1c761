"""The program's own child processes: the one place that knows and starts them.

Each runs as `python -m MODULE`; the frozen build has no `python -m` and is itself told so, which
:func:`dispatch` answers. A child's module has `main(arguments)`, which returns its exit code.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import studio

HOME = Path(studio.__file__).resolve().parent.parent
"""Where the packages lie; children run here, so that no file of the user shadows a module."""


SPINS = "GOMP_SPINCOUNT"
_own: dict[str, str] = {}
"""What this process has set for itself, and its children are not to inherit."""


class Child(StrEnum):
    """Every child there is, by its module."""

    DECODING = "studio.engine.dataset.decoding.worker"
    FOREIGN = "studio.engine.training.foreign.child"
    FRAMES = "studio.engine.dataset.intake.frames"
    TRAINING = "studio.engine.training.process.child"


def command(child: Child, *arguments: str) -> list[str]:
    """The command line of a child."""
    return [sys.executable, "-m", child.value, *arguments]


def program(*arguments: str) -> list[str]:
    """The command line of the program itself, begun anew."""
    frozen = getattr(sys, "frozen", False)
    return [sys.executable, *([] if frozen else ["-m", "studio"]), *arguments]


def installer(verb: str, *arguments: str) -> list[str]:
    """The command line of the installer of packages that belongs to this Python."""
    quiet = "--disable-pip-version-check", "--no-input"
    return [sys.executable, "-m", "pip", *quiet, verb, "--progress-bar", "off", *arguments]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The child finds this very package, wherever the parent was started from."""
    places = [str(HOME), *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {name: value for name, value in os.environ.items() if name not in _own}
    return {**kept, "PYTHONPATH": os.pathsep.join(places), **(more or {})}


def sleep_soon() -> None:
    """Let threads of PyTorch that wait for each other sleep soon, in this process and not in its
    children. To be called before torch is loaded, as libgomp looks only once.

    By itself they spin for milliseconds. Beside a training, or any other program at work, one of
    them waits for its turn then, while the others burn theirs: the slowest of twenty pictures of
    the sample took 63 to 70 ms, and 10 to 11 with this, while the training, which is best left to
    spin, became half as fast again (tests/benchmarks/busy_machine.py). On a quiet machine it
    costs a few per cent; sleeping at once (OMP_WAIT_POLICY) would halve the speed there.
    """
    if not {SPINS, "OMP_WAIT_POLICY"} & os.environ.keys():
        os.environ[SPINS] = _own[SPINS] = "5000"


def spawn(
    child: Child,
    *arguments: str,
    stdin: int = subprocess.PIPE,
    stderr: int = subprocess.DEVNULL,
    more: Mapping[str, str] | None = None,
    own_session: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a child whose answers are read from its stdout. Paths among `arguments` are absolute.

    With `own_session` Ctrl+C in a terminal reaches the parent alone. Raises :class:`OSError`.
    """
    return subprocess.Popen(
        command(child, *arguments),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        cwd=HOME,
        env=environment(more),
        start_new_session=own_session,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def dispatch(arguments: Sequence[str]) -> int | None:
    """Run the child that `-m MODULE …` names, and return its exit code; None for any other."""
    if len(arguments) < 2 or arguments[0] != "-m" or arguments[1] not in list(Child):
        return None
    return int(importlib.import_module(arguments[1]).main(list(arguments[2:])))
