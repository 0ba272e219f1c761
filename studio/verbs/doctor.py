"""`doctor`: what this machine has, what is missing, and the command that mends it."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, folder


def add(verbs: Verbs) -> None:
    parser = verbs.add("doctor", "Check this machine and say what is missing.", run)
    parser.add_argument(
        "project", metavar="PROJECT", nargs="?", type=folder,
        help="also look at its index, for runs that were interrupted, and for runs and pieces that "
        "the index does not know or that are gone",
    )  # fmt: skip
    parser.add_argument(
        "--repair", action="store_true",
        help="where the index of PROJECT is damaged or gone, put its newest whole copy there",
    )  # fmt: skip
    parser.add_argument(
        "--relink", metavar="FOLDER", type=folder,
        help="look in FOLDER for originals of PROJECT that are gone, by their content, and link "
        "them there; what was decided about them stays",
    )  # fmt: skip
    parser.add_argument(
        "--report", action="store_true",
        help="write what was found, and the ends of the logs, without names and paths, to a text "
        "that you can read and send; nothing is sent",
    )  # fmt: skip


def run(options: argparse.Namespace, console: Console) -> Result:
    """All checks; exit 1 when one that is needed fails."""
    from studio.engine.dataset.index.safe_names import display_name
    from studio.engine.doctor import examine

    repaired, relinked = _repaired(options), _relinked(options)
    report = str(_report()) if options.report else ""
    checks = examine()
    if options.project is not None:
        from studio.engine import project_strays
        from studio.engine.project import Project

        with Project.open(options.project) as project:
            checks += project_strays.examine(project)
    ok = all(check.ok or not check.needed for check in checks)
    facts = {"ok": ok, "checks": [check.__dict__ for check in checks], "repaired": repaired,
             "relinked": relinked, "report": report}  # fmt: skip
    lines = [f"The damaged project file is {repaired} now."] if repaired else []
    lines += [f"{relinked} originals were found again."] if options.relink else []
    lines += [f"The report is in {report}. Nothing was sent: read it first."] if report else []
    for check in checks:
        mark = "ok" if check.ok else "missing" if check.needed else "optional"
        lines.append(f"{mark:<9} {check.name}: {display_name(check.found)}")
        if check.mend:
            lines.append(f"          {check.mend}")
    return Result(facts, lines, 0 if ok else 1)


def _repaired(options: argparse.Namespace) -> str:
    """Where the damaged index lies after a repair; empty where there was none."""
    from studio.engine.project_repair import repair

    return str(repair(_project(options, "--repair")) or "") if options.repair else ""


def _relinked(options: argparse.Namespace) -> int:
    """How many originals were found again."""
    from studio.engine.dataset.intake.relink import relink
    from studio.engine.project import Project

    if options.relink is None:
        return 0
    with Project.open(_project(options, "--relink")) as project:
        return relink(project, options.relink)


def _report() -> Path:
    from studio.engine import problem_report

    return problem_report.write()


def _project(options: argparse.Namespace, asks: str) -> Path:
    from studio.engine.errors import UsageError

    if options.project is None:
        raise UsageError("{asks} needs a PROJECT: name the folder of one.", asks=asks)
    return Path(options.project)
