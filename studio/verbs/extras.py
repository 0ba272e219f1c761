"""`extras`: libraries for something more that the program can do; list, install and try them."""

from __future__ import annotations

import argparse
import importlib

from studio.engine.extras import EXTRAS, extra
from studio.verbs.console import Console, Result
from studio.verbs.options import Actions, Parser, Run, Verbs, words


def add(verbs: Verbs) -> None:
    """Declare the verb and its actions."""
    parser = verbs.add("extras", "Libraries that the program can do more with.", listed)
    actions = parser.add_subparsers(
        title="actions", metavar="ACTION", dest="action", required=True, parser_class=Parser
    )
    _action(actions, "list", "What there is, with size and licences.", listed)
    wanted = _action(actions, "install", "Install one, each file checked by its hash.", installed)
    wanted.add_argument("extra", metavar="NAME", type=words, help="as `extras list` names it")
    _action(actions, "check", "Load all that are installed; exit 1 where one does not.", checked)


def _action(actions: Actions, name: str, summary: str, run: Run) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object as the last line of stdout"
    )
    parser.set_defaults(run=run)
    return parser


def listed(options: argparse.Namespace, console: Console) -> Result:
    facts = [
        {
            "name": each.name, "title": each.title, "summary": each.summary,
            "megabytes": each.megabytes, "licences": each.licences, "installed": each.is_installed,
        }
        for each in EXTRAS
    ]  # fmt: skip
    lines = []
    for each in EXTRAS:
        mark = "installed" if each.is_installed else f"{each.megabytes} MB"
        lines += [f"{each.name:<12} {mark:<10} {each.title}: {each.summary}"]
        lines += [f"{'':<23} {each.licences}"]
    return Result({"extras": facts}, lines)


def installed(options: argparse.Namespace, console: Console) -> Result:
    """Install one; nothing is done where it is there."""
    from studio.engine import extra_install
    from studio.engine.jobs import Job

    wanted = extra(options.extra)
    if not wanted.is_installed:
        console.note(f"{wanted.title}: {wanted.megabytes} MB, {wanted.licences}")
        extra_install.install(wanted, Job(wanted.title))
    return Result({"extra": wanted.name, "installed": True}, [f"{wanted.title} is installed."])


def checked(options: argparse.Namespace, console: Console) -> Result:
    """Whether what is installed can be used: a file of a library may be missing or be of another
    system."""
    broken: dict[str, str] = {}
    there = [each for each in EXTRAS if each.is_installed]
    for each in there:
        try:
            for module in each.modules:
                importlib.import_module(module)
        except Exception as error:  # noqa: BLE001  # a library may raise anything as it begins
            broken[each.name] = f"{type(error).__name__}: {error}"
    lines = [
        f"{each.name:<12} {broken.get(each.name, 'loads')}" for each in there
    ] or ["None is installed."]  # fmt: skip
    facts = {"loaded": [each.name for each in there if each.name not in broken], "broken": broken}
    return Result(facts, lines, 1 if broken else 0)
