"""Does the canvas stay quick beside a training, and how much does that cost the training?

    python tests/benchmarks/busy_machine.py [--beside training|counting|nothing] [--turns 3]

Thirty pictures a second of the sample model are asked for, with all threads, beside the training
of another VAE on its pictures (or as many counting programs as there are processors, or nothing):
with the patience that the window gives PyTorch's threads (:func:`processes.sleep_soon`), and with
libgomp's own, in turns, each in a process of its own. The p95 of the time of a picture is to be
at most half of the other's (with `nothing` 1.2 of it). JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STARTS = 7.0
"""Seconds until a training is at work."""
PICTURES = """
import sys, time
if sys.argv[2] == "ours":
    from studio.engine import processes
    processes.sleep_soon()
from pathlib import Path
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
player = Player.open(Path(sys.argv[1]), "cpu")
player.picture(LatentRecipe())
spans, end = [], time.perf_counter() + 6
while (began := time.perf_counter()) < end:
    player.picture(LatentRecipe(beginning=Seeded(seed=len(spans))))
    spans.append(time.perf_counter() - began)
    time.sleep(max(0.0, 1 / 30 - spans[-1]))
print(1000 * sorted(spans)[int(0.95 * len(spans))])
"""
COUNT = "while True: pass"
FREE = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "OMP_NUM_THREADS")


def begun(beside: str, project: Path) -> list[subprocess.Popen[str]]:
    """What is at work beside the pictures, once it is."""
    line = [sys.executable, "-m", "studio", "train", str(project), "--family", "vae",
            "--size", "64", "--images", "1000000", "--json"]  # fmt: skip
    lines = {"nothing": [], "training": [line],
             "counting": [[sys.executable, "-c", COUNT]] * (os.cpu_count() or 1)}  # fmt: skip
    made = [
        subprocess.Popen(each, cwd=ROOT, env=surroundings(), stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, text=True)
        for each in lines[beside]
    ]  # fmt: skip
    time.sleep(STARTS if beside == "training" else 0)
    return made


def surroundings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in FREE}


def turn(whose: str, beside: str, project: Path, checkpoint: Path) -> dict[str, float]:
    """p95 in ms of `ours` or libgomp's `own`, and images a second of a training."""
    others = begun(beside, project)
    line = [sys.executable, "-c", PICTURES, str(checkpoint), whose]
    found = {}
    try:
        said = subprocess.run(line, cwd=ROOT, env=surroundings(), capture_output=True, check=True)
        found["p95_ms"] = float(said.stdout)
    finally:
        for each in others:
            each.send_signal(signal.SIGINT if beside == "training" else signal.SIGKILL)
            told, _ = each.communicate()
            if beside == "training":
                rate = json.loads(told.splitlines()[-1])["images_per_second"]
                found["images_per_second"] = round(rate, 1)
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    choices = ("training", "counting", "nothing")
    options.add_argument("--beside", choices=choices, default="training")
    options.add_argument("--turns", type=int, default=3)
    given = options.parse_args()
    sys.path.insert(0, str(ROOT))
    from studio.engine.project import Project
    from studio.engine.sample import make_sample_project
    from studio.engine.training.planning import runs
    from studio.engine.training.record import checkpoint

    with tempfile.TemporaryDirectory() as place:
        path = make_sample_project(Path(place) / "Vases")
        with Project.open(path) as project:
            (run,) = runs.runs(project)
            folder = checkpoint.folders(run.folder)[-1]
        turns = [
            {whose: turn(whose, given.beside, path, folder) for whose in ("ours", "own")}
            for _ in range(given.turns)
        ]
    ours, own = (
        statistics.median(each[who]["p95_ms"] for each in turns) for who in ("ours", "own")
    )
    bound = 1.2 if given.beside == "nothing" else 0.5
    print(json.dumps({
        "benchmark": "busy_machine", "beside": given.beside, "processors": os.cpu_count(),
        "p95_ms": {"ours": round(ours, 1), "libgomp's own": round(own, 1)},
        "ratio": round(ours / own, 2), "bound": bound, "turns": turns,
    }))  # fmt: skip
    return 0 if ours / own <= bound else 1


if __name__ == "__main__":
    sys.exit(main())
