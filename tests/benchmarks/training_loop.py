"""The training loop against a bare loop over the same network and a batch in memory.

Prints one JSON object; `ratio` is the median over interleaved blocks and has to stay at or
below `bound`. Samples and checkpoints are left out of both: they are asked for, not overhead.

    python tests/benchmarks/training_loop.py [--family vae] [--size 64] [--blocks 15]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from studio.engine.dataset.importing import import_sources  # noqa: E402
from studio.engine.events import Command, Done, Failed, Stop  # noqa: E402
from studio.engine.project import Project  # noqa: E402
from studio.engine.training import runs  # noqa: E402
from studio.engine.training.loop import train  # noqa: E402
from studio.engine.training.recipe import Recipe  # noqa: E402
from studio.engine.training.runs import pictures_of  # noqa: E402
from studio.engine.training.trainer import Trainer  # noqa: E402

BOUND = 1.05
PICTURES = 64


class Interleaved:
    """Polled by the loop between two steps: times its blocks, and runs a bare block after each.

    The bare side is the family's own step in the plainest loop there is.
    """

    def __init__(self, bare: Trainer, steps: int, blocks: int) -> None:
        self.bare, self.steps, self.blocks = bare, steps, blocks
        self.batch = bare.pictures.batch(np.arange(bare.batch_size) % bare.pictures.count)
        self.ours: list[float] = []
        self.theirs: list[float] = []
        self._asked = 0
        self._began = 0.0

    def __call__(self) -> Command | None:
        self._asked += 1
        if self._asked == 1:
            self._block(self.steps)  # warm-up
        if self._asked == self.steps + 1:
            self._began = self._now()
        elif self._asked > self.steps and (self._asked - 1) % self.steps == 0:
            self.ours.append(self._now() - self._began)
            self.theirs.append(self._block(self.steps))
            self._began = self._now()
        return Stop() if len(self.ours) == self.blocks else None

    def _block(self, steps: int) -> float:
        began = self._now()
        state = self.bare.state
        for _ in range(steps):
            self.bare.family.training_step(self.batch, state)
            state.step += 1
            state.images_seen += len(self.batch)
        return self._now() - began

    def _now(self) -> float:
        if self.bare.device.type != "cpu":
            torch.accelerator.synchronize()
        return time.perf_counter()


def prepare(folder: Path, family: str, size: int, device: str) -> tuple[Recipe, Path]:
    """A project of noise pictures and a long run in it."""
    generator = np.random.default_rng(0)
    (folder / "pictures").mkdir()
    for number in range(PICTURES):
        pixels = generator.integers(0, 256, (size, size, 3), np.uint8)
        Image.fromarray(pixels).save(folder / "pictures" / f"{number}.png")
    with Project.open(folder / "project", create=True) as project:
        for _ in import_sources(project, [folder / "pictures"], "set"):
            pass
        made = runs.create_run(project, "set", family, size, size, images=10**9, device=device)
        run_folder = runs.run(project, made.run).folder
    recipe = made.model_copy(update={"sample_every_seconds": 1e6, "checkpoint_every_seconds": 1e6})
    recipe.save(run_folder)
    return recipe, run_folder


def main() -> int:
    """Measure, print, and exit 1 when the bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--family", default="vae")
    options.add_argument("--size", type=int, default=64)
    options.add_argument("--device", default="auto")
    options.add_argument("--steps", type=int, default=4, help="steps a block")
    options.add_argument("--blocks", type=int, default=15)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        recipe, run_folder = prepare(Path(place), given.family, given.size, given.device)
        project_folder = Path(place) / "project"
        pair = Interleaved(
            Trainer(recipe, pictures_of(project_folder, recipe)), given.steps, given.blocks
        )
        for event in train(run_folder, project_folder, pair, resume=False):
            if isinstance(event, Failed):
                print(json.dumps({"error": event.message}))
                return 1
        assert isinstance(event, Done)
    ratio = statistics.median(pair.ours) / statistics.median(pair.theirs)
    step = statistics.median(pair.ours) / given.steps
    result = {
        "benchmark": "training loop", "family": given.family, "size": given.size,
        "device": str(pair.bare.device), "batch": pair.bare.batch_size,
        "ms_per_step": round(1000 * step, 3),
        "bare_ms_per_step": round(1000 * statistics.median(pair.theirs) / given.steps, 3),
        "images_per_second": round(pair.bare.batch_size / step, 1),
        "blocks": given.blocks, "ratio": round(ratio, 4), "bound": BOUND, "ok": ratio <= BOUND,
    }  # fmt: skip
    print(json.dumps(result))
    return 0 if ratio <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
