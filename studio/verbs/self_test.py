"""`self-test`, or `latent-studio --self-test`: does this copy do its work on this machine?"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs

if TYPE_CHECKING:
    from studio.engine.jobs import Job
    from studio.engine.self_test import Outcome

_MARKS = {True: "OK", False: "NOT OK", None: "-"}


def add(verbs: Verbs) -> None:
    verbs.add(
        "self-test",
        "Import, train two steps, draw, export and open a window, to see whether all of it works.",
        run,
    )


def run(options: argparse.Namespace, console: Console) -> Result:
    """A line for every part, as it ends; exit 1 where one failed."""
    from studio.engine import self_test
    from studio.engine.jobs import Job
    from studio.engine.said import Said

    job: Job[list[Outcome]] = Job(Said("Self-test"))
    outcomes = self_test.run(job, lambda each: console.note(line(each)))
    ok = all(each.ok is not False for each in outcomes)
    facts = [{"part": each.title, "ok": each.ok, "found": each.found} for each in outcomes]
    last = "All of it works." if ok else "Not all of it works: see above."
    return Result({"ok": ok, "parts": facts}, [last], 0 if ok else 1)


def line(outcome: Outcome) -> str:
    return f"{_MARKS[outcome.ok]:<7} {outcome.title}: {outcome.found}"
