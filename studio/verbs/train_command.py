"""A new run as the words of `train`, to be given to another machine."""

from __future__ import annotations

import shlex

from studio.engine.training.record.options import AUTO, NewRun, RunOptions
from studio.verbs.run_options import flag

PROGRAM = "-m", "studio"


def words_of(wanted: NewRun, project: str) -> list[str]:
    """The arguments that ask for this run of the project in a folder, where they say something."""
    found = ["train", project, "--dataset", wanted.dataset]
    if wanted.family != AUTO:
        found += ["--family", wanted.family]
    found += ["--size", f"{wanted.width}x{wanted.height}"]
    lengths = ("images", wanted.images), ("minutes", wanted.minutes), ("until", wanted.until)
    for name, value in lengths:
        if value:
            found += [f"--{name}", f"{value:g}" if isinstance(value, float) else str(value)]
    for key, changed in wanted.overrides.items():
        found += ["--set", f"{key}={changed}"]
    return [*found, *_options(wanted.options)]


def command(wanted: NewRun, project: str, processes: int) -> str:
    """One line for the shell of a server, where so many processes share every step."""
    start = (
        ["torchrun", "--standalone", "--nproc-per-node", str(processes)]
        if processes > 1
        else ["python3"]
    )
    return shlex.join([*start, *PROGRAM, *words_of(wanted, project)])


def _options(options: RunOptions) -> list[str]:
    found = []
    for name, declared in RunOptions.params().items():
        value, word = getattr(options, name), flag(RunOptions, name)
        if value == declared.default:
            continue
        if declared.choices[1:] == ("yes", "no"):
            value = value == "yes"
        if isinstance(value, bool):
            found.append(word if value else word.replace("--", "--no-", 1))
        else:
            found += [word, str(value)]
    return found
