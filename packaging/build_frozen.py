#!/usr/bin/env python3
"""Build the program as one folder that needs no Python, and let what was built do a day's work.

    python3 packaging/build_frozen.py [FOLDER]

It is built on the system that it is for: PyInstaller does not build for another. Prints one JSON
object: the size, and what the built program did (import, training in its child, film, video).
Where a step fails the exit code is 1 and the step is named.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from environment import ROOT, Environment, SetupError

PYINSTALLER = "pyinstaller==6.22.3"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist")
    out = parser.parse_args().folder.absolute()
    environment = Environment(ROOT / ".venv")
    environment.prepare(for_tests=False, fresh=False)
    python = str(environment.python)
    _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYINSTALLER])
    with tempfile.TemporaryDirectory() as work:
        recipe = str(ROOT / "packaging" / "latent-studio.spec")
        places = ["--distpath", str(out), "--workpath", work]
        _run([python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, recipe])
    folder = out / "latent-studio"
    _strip(folder / "_internal")
    done = _day_of_work(folder / ("latent-studio.exe" if os.name == "nt" else "latent-studio"))
    size = sum(path.stat().st_size for path in folder.rglob("*") if not path.is_symlink())
    megabytes = round(size / 1e6)
    print(
        json.dumps({"folder": str(folder), "megabytes": megabytes, "system": sys.platform, **done})
    )


def _strip(folder):
    """Names of functions, for debuggers: on Linux a fifth of PyTorch, three quarters of Python.
    Others come stripped, or are such as a tool has moved parts in, which stripping could break."""
    if sys.platform.startswith("linux") and (strip := shutil.which("strip")):
        for library in (*folder.glob("torch/lib/libtorch_*.so"), *folder.glob("libpython*.so*")):
            _run([strip, "--strip-unneeded", str(library)])


def _day_of_work(program):
    """What has to work in it: its children, its resources, the libraries of formats and films."""
    with tempfile.TemporaryDirectory() as place:
        home, project, film = Path(place, "home"), Path(place, "Vases"), Path(place, "film.mp4")
        surroundings = {**os.environ, "LATENT_STUDIO_HOME": str(home)}
        surroundings.pop("PYTHONPATH", None)

        def did(*arguments):
            said = _run([str(program), *arguments], env=surroundings, cwd=place, text=True,
                        stdout=subprocess.PIPE).stdout  # fmt: skip
            return json.loads(said.splitlines()[-1]) if "--json" in arguments else said

        version = did("--version").strip()
        did("demo", str(project), "--minutes", "0.05")
        run = did("runs", "list", "--json", str(project))["runs"][-1]["run"]
        walk = ("--run", run, "--seeds", "1,2", "--seconds", "1", "--fps", "8")
        did("walk", str(project), *walk, "--out", str(film))
        for kind in ("onnx", "torch-export"):
            did("model", "export", str(project), "--run", run, "--format", kind,
                "--out", str(Path(place, kind)))  # fmt: skip
        frames = did("import", "--json", str(project), str(film), "--name", "film")
        checks = did("doctor", "--json")["checks"]
    wrong = [each["name"] for each in checks if each["needed"] and not each["ok"]]
    if wrong:
        raise SetupError(f"doctor of the build misses: {', '.join(wrong)}")
    return {"version": version, "trained": run, "frames_of_a_film": frames["found"]}


def _run(command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, **options)
    if done.returncode:
        raise SetupError(f"This ended with {done.returncode}: {' '.join(command)}")
    return done


if __name__ == "__main__":
    try:
        main()
    except SetupError as trouble:
        sys.exit(f"build_frozen.py: {trouble}")
