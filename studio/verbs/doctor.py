"""`doctor`: what this machine has, what is missing, and the command that mends it."""

from __future__ import annotations

import argparse

from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs


def add(verbs: Verbs) -> None:
    verbs.add("doctor", "Check this machine and say what is missing.", run)


def run(options: argparse.Namespace, console: Console) -> Result:
    """All checks; exit 1 when one that is needed fails."""
    from studio.engine.doctor import examine

    checks = examine()
    ok = all(check.ok or not check.needed for check in checks)
    facts = {"ok": ok, "checks": [check.__dict__ for check in checks]}
    lines = []
    for check in checks:
        mark = "ok" if check.ok else "missing" if check.needed else "optional"
        lines.append(f"{mark:<9} {check.name}: {check.found}")
        if check.mend:
            lines.append(f"          {check.mend}")
    return Result(facts, lines, 0 if ok else 1)
