#!/usr/bin/env python3
"""Set Latent Studio up in a private environment and start it.

    python3 packaging/launch.py [run] [PROJECT]         open the window, or without a display, demo
    python3 packaging/launch.py demo [FOLDER] [--minutes 2]    the sample through the whole program
    python3 packaging/launch.py test [-- PYTEST ARGS]   run the tests
    python3 packaging/launch.py check                   run the linters and the type checker
    python3 packaging/launch.py setup                   only set up
    python3 packaging/launch.py menu                    set up, and put it into the desktop's menu

The environment is the folder `.venv` of the checkout, or LATENT_STUDIO_VENV. Standard
library only; a start after the first one calls neither pip nor the network.
"""

import sys

if sys.version_info < (3, 11):  # the sentence is for those who have an older one
    sys.exit(
        "Latent Studio needs Python 3.11 or newer, and this is "
        + sys.version.split()[0]
        + ": start packaging/launch.py with a newer python3."
    )

import argparse
import contextlib
import os
import subprocess
from pathlib import Path

import desktop_menu
import system_parts
from environment import ROOT, Environment, SetupError

CHECKS = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports"])
# A file of tests stays in one process: its fixtures are shared, and its windows are in turn.
ALL_TESTS = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")


def main(arguments):
    """Set up where needed, then become the program or the tests."""
    options, rest = _options(arguments)
    place = Path(os.environ.get("LATENT_STUDIO_VENV") or ROOT / ".venv").expanduser().absolute()
    try:
        environment = Environment(place)
        environment.prepare(for_tests=options.verb in ("test", "check"), fresh=options.fresh)
        return _start(options, rest, environment)
    except SetupError as trouble:
        print(f"launch.py: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("launch.py: interrupted; the next start goes on.", file=sys.stderr)
        return 130


def _options(arguments):
    rest = []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, rest = arguments[:cut], arguments[cut + 1 :]
    parser = argparse.ArgumentParser(prog="launch.py", description=__doc__.split("\n")[0])
    verbs = ("run", "demo", "test", "check", "setup", "menu")
    parser.add_argument("verb", nargs="?", default="run", choices=verbs, help="default: run")
    parser.add_argument(
        "project", nargs="?", help="with run: a project folder to open; with demo: a new folder"
    )
    parser.add_argument("--fresh", action="store_true", help="make the environment anew")
    parser.add_argument("--minutes", help="with demo: length of the training (default 2)")
    options = parser.parse_args(arguments)
    if options.project and options.verb not in ("run", "demo"):
        parser.error(f"{options.verb} takes no project; put arguments for pytest behind --")
    if options.minutes and options.verb != "demo":
        parser.error("--minutes belongs to demo")
    return options, rest


def _start(options, rest, environment):
    python = str(environment.python)
    if options.verb == "setup":
        print(f"Ready: {environment.program}")
        return 0
    if options.verb == "menu":
        for path in desktop_menu.add(environment.program):
            print(f"Written: {path}")
        return 0
    if options.verb == "check":
        return max(_call([str(environment.folder / name), *more]) for name, *more in CHECKS)
    if options.verb == "test":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _ask_for_parts(True, environment.log)
        return _become([python, "-m", "pytest", *(rest or ALL_TESTS)])
    project = [str(Path(options.project).absolute())] if options.project else []
    if options.verb == "run" and system_parts.has_display():
        _ask_for_parts(False, environment.log)
        return _become([python, "-m", "studio", "app", *project, *rest])
    if options.verb == "run":
        _without_display(project, environment.program)
    minutes = ["--minutes", options.minutes] if options.minutes else []
    return _become([python, "-m", "studio", "demo", *project, *minutes, *rest])


def _without_display(project, program):
    """Say so, before the demo; a project that is there is not to be played with."""
    none = "There is no display here, so the window cannot open"
    if project and Path(project[0], "project.sqlite").exists():
        raise SetupError(f"{none}; `{program} --help` shows what can be done with {project[0]}.")
    print(
        f"{none}: the demo does the same work on the command line, and `{program} --help` shows "
        "how to do it with pictures of your own.",
        file=sys.stderr, flush=True,
    )  # fmt: skip


def _become(command):
    """Hand over: nothing of the launcher stays in memory where the system allows it."""
    sys.stdout.flush()
    if command[2] == "pytest":
        os.chdir(ROOT)
    if os.name != "nt":
        os.execv(command[0], command)
    return _call(command)


def _call(command):
    with contextlib.suppress(KeyboardInterrupt):
        return subprocess.run(command, cwd=ROOT).returncode
    return 130


def _ask_for_parts(for_tests, log_path):
    """Qt's system libraries: installed where that is possible, otherwise asked for."""
    needed, wished = system_parts.missing(for_tests)
    packages = [*needed, *wished]
    tried = log_path.with_name("latent-studio.tried")
    again = tried.exists() and tried.read_text("utf-8").split() == packages and not needed
    if packages and system_parts.can_install() and not again:
        print(f"Installing system packages: {' '.join(packages)}", flush=True)
        with log_path.open("a", encoding="utf-8") as log:
            done = system_parts.install(packages, log)
            if not done and needed and wished:
                system_parts.install(needed, log)
        needed, wished = system_parts.missing(for_tests)
        # What is only wished for and cannot be had is not tried at every start.
        tried.write_text(" ".join(wished), "utf-8")
    if needed:
        raise SetupError(
            f"Qt needs system libraries that are missing: {system_parts.command(needed)}"
        )
    if wished:
        print(f"Better with: {system_parts.command(wished)}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
