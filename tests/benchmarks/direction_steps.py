"""Does one sigma change pictures equally along every direction? And how long does a search take?

    python tests/benchmarks/direction_steps.py PROJECT --run R [--seeds 8]

For each kind of directions the distance between the embeddings (fixed extractor of random
features) of pictures and of the same one sigma away, on both sides, averaged over seeds: its
coefficient of variation across directions, which is to stay at 0.5 or below. Seconds are CPU time
of this thread, with one thread. JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

from studio.engine.errors import StudioError
from studio.engine.evaluation.copies import embed
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.directions.kind import Search, kinds
from studio.engine.generation.directions.step_lengths import evened
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint

BOUND = 0.5


def change(player: Player, found: Direction, seeds: int) -> float:
    """The mean distance of one sigma."""
    gaps = []
    for seed in range(seeds):
        w = player.sample(Seeded(seed=seed))
        points = (w, w + found.step, w - found.step)
        middle, *ends = embed(np.stack([player.picture_of(point) for point in points]))
        gaps += [np.linalg.norm(end - middle) for end in ends]
    return float(np.mean(gaps))


def main() -> int:
    """Measure, print, and exit 1 when the bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("project", type=Path)
    options.add_argument("--run", required=True)
    options.add_argument("--seeds", type=int, default=8)
    given = options.parse_args()
    torch.set_num_threads(1)
    result: dict[str, object] = {"benchmark": "direction steps", "run": given.run}
    ok = True
    with Project.open(given.project) as project:
        saved = checkpoint.load_latest(runs.run(project, given.run).folder)
        assert saved is not None
        player = Player.open(saved, "cpu")
        for name, kind in kinds().items():
            began = time.thread_time()
            try:  # by itself: the cache would answer at once
                search = Search(project, given.run)
                found = evened(player, kind().find(player, search), search)
            except StudioError as error:
                result[name] = str(error)
                continue
            seconds = time.thread_time() - began
            if found:
                changes = np.array([change(player, each, given.seeds) for each in found])
                spread = float(changes.std() / changes.mean())
                ok &= spread <= BOUND
                result[name] = {
                    "directions": len(found), "seconds": round(seconds, 2),
                    "variation": round(spread, 3), "changes": changes.round(2).tolist(),
                }  # fmt: skip
    print(json.dumps({**result, "bound": BOUND, "ok": ok}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
