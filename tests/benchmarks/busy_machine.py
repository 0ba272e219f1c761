"""Does the canvas stay quick while the machine is busy with something else?

    python tests/benchmarks/busy_machine.py [--busy N] [--turns 4]

Pictures a second of the sample model with all threads, while N other processes count (as many as
there are processors): as the program sets the patience of PyTorch's threads (GOMP_SPINCOUNT), and
as libgomp has it by itself, in turns, each in a process of its own. The ratio of the harmonic
means (it is the wait for a picture that is felt, and it varies) is to be 3 or more; with `--busy 0`
(a quiet machine) 0.9 or more. JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 3.0
PICTURES = """
import sys, time
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from pathlib import Path
player = Player.open(Path(sys.argv[1]), "cpu")
player.picture(LatentRecipe())
began, made = time.perf_counter(), 0
while time.perf_counter() - began < float(sys.argv[2]):
    made += 1
    player.picture(LatentRecipe(beginning=Seeded(seed=made)))
print(made / (time.perf_counter() - began))
"""
COUNT = "while True: pass"


def rate(checkpoint: Path, spin: str) -> float:
    """Pictures a second; an empty `spin` leaves it to the program."""
    free = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "OMP_NUM_THREADS")
    surroundings = {name: value for name, value in os.environ.items() if name not in free}
    if spin:
        surroundings["GOMP_SPINCOUNT"] = spin
    line = [sys.executable, "-c", PICTURES, str(checkpoint), str(SECONDS)]
    said = subprocess.run(line, cwd=ROOT, env=surroundings, capture_output=True, check=True)
    return float(said.stdout)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--busy", type=int, default=os.cpu_count() or 1)
    options.add_argument("--turns", type=int, default=4)
    given = options.parse_args()
    sys.path.insert(0, str(ROOT))
    from studio.engine.project import Project
    from studio.engine.sample import make_sample_project
    from studio.engine.training.planning import runs
    from studio.engine.training.record import checkpoint

    with tempfile.TemporaryDirectory() as place:
        with Project.open(make_sample_project(Path(place) / "Vases")) as project:
            (run,) = runs.runs(project)
            folder = checkpoint.folders(run.folder)[-1]
        others = [subprocess.Popen([sys.executable, "-c", COUNT]) for _ in range(given.busy)]
        try:
            turns = [(rate(folder, ""), rate(folder, "300000")) for _ in range(given.turns)]
        finally:
            for each in others:
                each.kill()
                each.wait()
    ours, plain = (statistics.harmonic_mean(each) for each in zip(*turns, strict=True))
    bound = 3.0 if given.busy else 0.9
    print(json.dumps({
        "benchmark": "busy_machine", "busy": given.busy, "processors": os.cpu_count(),
        "pictures_per_second": {"ours": round(ours, 1), "libgomp's own": round(plain, 1)},
        "ratio": round(ours / plain, 2), "bound": bound, "turns": turns,
    }))  # fmt: skip
    return 0 if ours / plain >= bound else 1


if __name__ == "__main__":
    sys.exit(main())
