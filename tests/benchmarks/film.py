"""Does writing a film cost more than the slower of its two halves? And does memory stay flat?

    python tests/benchmarks/film.py [--seconds 10]

The sample model, 64 pixels, 30 frames a second, MP4: frames a second of the generator alone, of
the encoder alone and of both at once, in turns, three of each; the median ratio of both to the
slower half is to stay at 0.9 or above, as long as nobody else uses the machine. Also the frames,
the rate, the length and the colours that the file says, whether its last frame is as near to its
first as others are to each other, and how much memory grew from the first turn to the last. JSON
on stdout.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

import av
import numpy as np

from studio.engine.generation.film.formats.base import format_for
from studio.engine.generation.film.render import render, shot_of
from studio.engine.generation.film.timeline import Timeline, of_seeds
from studio.engine.generation.film.walk import Walk
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.sample import make_sample_project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint

BOUND = 0.9
TURNS = 3


def timed(walk: Walk, player: Player, folder: Path, turn: int) -> tuple[dict[str, float], Path]:
    """Frames a second of each half and of both, and the film."""
    frames, target = list[np.ndarray](), folder / f"both-{turn}.mp4"
    began = time.perf_counter()
    frames += [player.picture(recipe) for recipe in walk.recipes()]
    made = time.perf_counter()
    alone = folder / f"alone-{turn}.mp4"
    format_for(alone).write(iter(frames), shot_of(player, walk), alone)
    written = time.perf_counter()
    render(player, walk, target)
    spans = {"generator": made - began, "encoder": written - made,
             "both": time.perf_counter() - written}  # fmt: skip
    return {name: len(frames) / span for name, span in spans.items()}, target


def facts(film: Path) -> dict[str, object]:
    """What another program reads."""
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        return {
            "frames": stream.frames, "fps": str(stream.average_rate),
            "seconds": float(stream.duration * stream.time_base),
            "bt709": (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1),
        }  # fmt: skip


def steps(walk: Walk, player: Player) -> dict[str, float]:
    """Mean differences in levels."""
    made = [player.picture(recipe).astype(float) for recipe in walk.recipes()]
    between = [float(np.abs(a - b).mean()) for a, b in itertools.pairwise(made)]
    return {"median": float(np.median(between)), "last": float(np.abs(made[-1] - made[0]).mean())}


def main() -> int:
    """Measure, print, and exit 1 when a bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        project = make_sample_project(Path(place) / "Vases")
        with Project.open(project) as opened:
            (run,) = runs.runs(opened)
            saved = checkpoint.load_latest(run.folder)
            assert saved is not None
            player = Player.open(saved, "cpu")
            line = Timeline.of_recipes(of_seeds([1, 5, 9], 1.0, None), given.seconds, loop=True)
            walk = Walk(player, line)
            timed(Walk(player, line.changed(seconds=0.5)), player, Path(place), 99)
            rates, memory = [], []
            for turn in range(TURNS):
                found, film = timed(walk, player, Path(place), turn)
                rates.append(found)
                memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
            said, loop = facts(film), steps(walk, player)
    ratio = float(np.median([r["both"] / min(r["generator"], r["encoder"]) for r in rates]))
    ok = ratio >= BOUND and said["frames"] == walk.count and loop["last"] <= loop["median"]
    print(json.dumps({
        "benchmark": "film", "ratio": ratio, "bound": BOUND, "frames_per_second": rates[-1],
        "file": said, "steps": loop, "memory_mb": memory, "ok": ok and said["bt709"],
    }))  # fmt: skip
    return 0 if ok and said["bt709"] else 1


if __name__ == "__main__":
    sys.exit(main())
