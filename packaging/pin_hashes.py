#!/usr/bin/env python3
"""Write the lists of exact packages with the hashes of their files, by which they are installed.

    python3 packaging/pin_hashes.py [--check]

One list for what the program needs, one for PyTorch as PyPI has it, one for each extra, in
`resources/packages/`. Versions are those of `constraints.txt`; hashes are those that PyPI tells of
every file of a version, for all systems. Run it after a change of either. With `--check` nothing
is written, and the exit code is 1 where a list would change. uv makes the lists, from the PATH, or
installed for this once.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from environment import CONSTRAINTS, LISTS, ROOT, SetupError

UV = "uv==0.13.9"
OLDEST_PYTHON = "3.11"
# What PyTorch of PyPI brings on Linux for graphics cards; a build for the processor needs none.
FOR_CARDS = re.compile(r"torch|triton|nvidia-.*|cuda-.*")
HEAD = "# Made by packaging/pin_hashes.py from pyproject.toml and constraints.txt: do not edit.\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as place:
        made = lists(_uv(Path(place)))
    stale = [name for name, text in made.items() if _kept(name) != text]
    for name in stale:
        print(f"{'differs' if check else 'written'}: {LISTS / name}")
        if not check:
            LISTS.mkdir(exist_ok=True)
            (LISTS / name).write_text(made[name], "utf-8")
    return int(check and bool(stale))


def lists(uv):
    """{file name: text} of every list. An extra has only what the base has not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    whole = _entries(uv, project["dependencies"])
    cards = {name for name in whole if FOR_CARDS.fullmatch(name)}
    base = {name: text for name, text in whole.items() if name not in cards}
    # `===`: an index beside PyPI may have 2.13.0+cpu, which `==` prefers and the hashes refuse.
    torch = {name: whole[name].replace("torch==", "torch===") for name in sorted(cards)}
    made = {"base": base, "torch": torch}
    for extra, requirements in project["optional-dependencies"].items():
        entries = _entries(uv, requirements)
        made[extra] = {name: text for name, text in entries.items() if name not in base}
    return {f"{name}.txt": HEAD + "".join(entries.values()) for name, entries in made.items()}


def _entries(uv, requirements):
    """{package: its lines} for what `requirements` need, themselves among it."""
    command = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST_PYTHON,
               "--generate-hashes", "--no-header", "--no-annotate", "--no-config",
               "--constraint", str(CONSTRAINTS), "-"]  # fmt: skip
    clean = {name: text for name, text in os.environ.items() if not name.startswith("UV_")}
    done = subprocess.run(
        command, input="\n".join(requirements), capture_output=True, text=True, env=clean
    )
    if done.returncode:
        raise SetupError(f"uv could not resolve {', '.join(requirements)}: {done.stderr.strip()}")
    found = re.findall(r"^[\w.-]+==.*?(?=^[\w.-]+==|\Z)", done.stdout, re.MULTILINE | re.DOTALL)
    return {text.split("==")[0]: text for text in found}


def _uv(place):
    if found := shutil.which("uv"):
        return found
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    folder = place / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([str(folder / "python"), "-m", "pip", "install", "--quiet", UV], check=True)
    return str(folder / "uv")


def _kept(name):
    path = LISTS / name
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as trouble:
        sys.exit(f"pin_hashes.py: {trouble}")
